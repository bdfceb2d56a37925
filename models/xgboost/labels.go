package xgboost

import (
	"encoding/json"
	"fmt"
	"strings"

	"leapscore/bundle"
	"leapscore/models/internal/trees"
	"leapscore/models/xgboost/booster"
)

// labels are the names of classes.
type labels struct {
	base  bundle.Base // Int, Long or String
	count int
	longs []int64
	words []string
}

// labelsOf returns the classes that scikit-learn's classifiers of versions before 2.0
// wrote to an attribute, or nil.
func labelsOf(b *booster.Booster) *labels {
	var noted []json.RawMessage
	if !inScikit(b, "classes_", &noted) || len(noted) < 2 {
		return nil
	}
	classes := b.Outputs
	if b.Objective == "binary:logistic" && b.Outputs == 1 {
		classes = 2
	}
	if len(noted) != classes {
		return nil
	}
	l := &labels{base: bundle.Long, count: classes}
	for _, c := range noted {
		var n int64
		var s string
		switch {
		case json.Unmarshal(c, &n) == nil:
			l.longs = append(l.longs, n)
		case json.Unmarshal(c, &s) == nil:
			l.words = append(l.words, s)
		default:
			return nil
		}
	}
	switch classes {
	case len(l.words):
		l.base = bundle.String
	case len(l.longs):
	default:
		return nil
	}
	return l
}

// inScikit reads a value that scikit-learn's interface of versions before 2.0 wrote to an
// attribute. The attribute is no JSON as a whole, since it may hold NaN.
func inScikit(b *booster.Booster, key string, value any) bool {
	_, rest, found := strings.Cut(b.Attrs["scikit_learn"], `"`+key+`":`)
	return found && json.NewDecoder(strings.NewReader(rest)).Decode(value) == nil
}

// missingWarning says that a number stood for missing values in the training.
func missingWarning(b *booster.Booster) string {
	var x *float64
	if !inScikit(b, "missing", &x) || x == nil {
		return ""
	}
	return fmt.Sprintf("the model was trained with missing=%v: leapscore takes null and NaN for missing only; make null of %[1]v in a query", *x)
}

// write writes the label of each row: of a probability above the threshold, of the
// first greatest one, or of the class that the prediction is. Probabilities and the
// threshold are compared as floats, as NumPy does: one that is printed and given as the
// threshold is not above itself.
func (l *labels) write(to *trees.Values, prediction [][]float32, threshold float32) {
	for i := range prediction[0] {
		class := 0
		switch {
		case len(prediction) > 1:
			for k := range prediction {
				if prediction[k][i] > prediction[class][i] {
					class = k
				}
			}
		case l.count == 2 && prediction[0][i] > threshold:
			class = 1
		case l.count > 2:
			class = int(prediction[0][i])
		}
		switch l.base {
		case bundle.Int:
			to.Ints[i] = int32(class)
		case bundle.Long:
			to.Longs[i] = l.longs[class]
		default:
			to.Words[i] = l.words[class]
		}
	}
}
