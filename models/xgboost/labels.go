package xgboost

import (
	"encoding/json"

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
	var noted struct {
		Classes []json.RawMessage `json:"classes_"`
	}
	if json.Unmarshal([]byte(b.Attrs["scikit_learn"]), &noted) != nil || len(noted.Classes) < 2 {
		return nil
	}
	classes := b.Outputs
	if b.Objective == "binary:logistic" && b.Outputs == 1 {
		classes = 2
	}
	if len(noted.Classes) != classes {
		return nil
	}
	l := &labels{base: bundle.Long, count: classes}
	for _, c := range noted.Classes {
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
