package booster

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"leapscore/internal/libm"
)

// An objective turns base scores to margins, and margins to predictions
// (src/objective).
type objective struct {
	link      func(p float32) float32 // of a base score; nil: as it is
	transform func(o *outputs)        // nil: predictions are margins
	one       bool                    // several margins give one prediction
	logistic  bool
}

// outputs are the margins of some rows, output by output, which become predictions.
type outputs struct {
	values [][]float32
	old    bool // the version is before 1.6
}

var objectives = map[string]objective{
	"reg:squarederror":     {},
	"reg:linear":           {},
	"reg:squaredlogerror":  {},
	"reg:pseudohubererror": {},
	"reg:absoluteerror":    {},
	"reg:quantileerror":    {},
	"reg:expectileerror":   {},
	"reg:logistic":         {link: logit, transform: sigmoids, logistic: true},
	"reg:gamma":            {link: libm.Log32, transform: exponents},
	"reg:tweedie":          {link: libm.Log32, transform: exponents},
	"binary:logistic":      {link: logit, transform: sigmoids, logistic: true},
	"binary:logitraw":      {},
	"binary:hinge":         {transform: hinges},
	"count:poisson":        {link: libm.Log32, transform: exponents},
	"survival:cox":         {link: libm.Log32, transform: exponents},
	"survival:aft":         {link: libm.Log32, transform: exponents},
	"multi:softmax":        {transform: firstGreatest, one: true},
	"multi:softprob":       {transform: softmax},
	"rank:pairwise":        {},
	"rank:ndcg":            {},
	"rank:map":             {},
}

// Objectives lists the objectives that are read.
func Objectives() []string { return slices.Sorted(maps.Keys(objectives)) }

// objectiveOf returns the objective of a document.
func objectiveOf(d *document) (objective, error) {
	o, ok := objectives[d.objective]
	if !ok {
		return o, fmt.Errorf("the objective is %.60q, which is none of those that are read: %s", d.objective, strings.Join(Objectives(), ", "))
	}
	if d.objective == "reg:expectileerror" && max(d.numTarget, d.numClass) > 1 {
		return o, errors.New("the objective is reg:expectileerror with several expectiles, whose predictions are not known to be those of the library: train a model for each")
	}
	return o, nil
}

func logit(p float32) float32 { return -libm.Log32(1/p - 1) }

func sigmoids(o *outputs) {
	for _, column := range o.values {
		for i, x := range column {
			x = -x
			if x > 88.7 && !o.old { // else exp would be infinite
				x = 88.7
			}
			column[i] = 1 / (libm.Exp32(x) + 1)
		}
	}
}

// exponents are those of floats. Builds of XGBoost without CUDA (xgboost-cpu) take the
// exponent of doubles for survival:aft alone, whose last bit differs now and then;
// those of `pip install xgboost` do not.
func exponents(o *outputs) {
	for _, column := range o.values {
		for i, x := range column {
			column[i] = libm.Exp32(x)
		}
	}
}

func hinges(o *outputs) {
	for _, column := range o.values {
		for i, x := range column {
			column[i] = 0
			if x > 0 {
				column[i] = 1
			}
		}
	}
}

// softmax is that of src/common/math.h: the sum is a double.
func softmax(o *outputs) {
	if len(o.values) == 0 {
		return
	}
	for i := range o.values[0] {
		most := o.values[0][i]
		for _, column := range o.values[1:] {
			most = greater(column[i], most)
		}
		sum := 0.0
		for _, column := range o.values {
			column[i] = libm.Exp32(column[i] - most)
			sum += float64(column[i])
		}
		for _, column := range o.values {
			column[i] /= float32(sum)
		}
	}
}

// greater is fmaxf, which returns the other if one is NaN.
func greater(a, b float32) float32 {
	if a > b || b != b {
		return a
	}
	return b
}

// firstGreatest leaves in the first column which column has the greatest value.
func firstGreatest(o *outputs) {
	first := o.values[0]
	for i := range first {
		at := 0
		for k, column := range o.values {
			if column[i] > o.values[at][i] {
				at = k
			}
		}
		first[i] = float32(at)
	}
	o.values = o.values[:1]
}

// margins returns the margins that the outputs of a model begin with, one for each.
func (d *document) margins(o objective, count int) ([]float32, error) {
	scores, err := d.scores()
	if err != nil {
		return nil, fmt.Errorf("base_score %.60q: %w", d.baseScore, err)
	}
	if len(scores) == 1 {
		scores = slices.Repeat(scores, count)
	}
	if len(scores) != count {
		return nil, fmt.Errorf("base_score has %d values, and the model %d outputs", len(scores), count)
	}
	if d.untrained() {
		return scores, nil
	}
	for i, p := range scores {
		if d.form == "binary" && !d.since(1, 0) && o.transform != nil && !strings.HasPrefix(d.objective, "multi:") {
			before := &outputs{values: [][]float32{{p}}, old: true} // the file holds a margin
			o.transform(before)
			p = before.values[0][0]
		}
		if o.logistic {
			if p, err = d.probability(p); err != nil {
				return nil, err
			}
		}
		if o.link != nil {
			p = o.link(p)
		}
		scores[i] = p
	}
	return scores, nil
}

// untrained reports whether base_score is still to be estimated: XGBoost 3.2 then takes
// it for a margin.
func (d *document) untrained() bool {
	return d.since(3, 2) && d.estimated && len(d.plants) == 0 && len(d.weights) == 0
}

// scores returns what the file holds as base_score.
func (d *document) scores() ([]float32, error) {
	if d.form == "binary" {
		return []float32{d.baseFloat}, nil
	}
	text := strings.TrimSpace(d.baseScore)
	inner, isList := strings.CutPrefix(text, "[")
	if !isList {
		parse := parseFloat
		if !d.since(1, 2) {
			parse = loose
		}
		x, err := parse(text)
		return []float32{x}, err
	}
	inner, ok := strings.CutSuffix(inner, "]")
	if !ok {
		return nil, errors.New("the list does not end")
	}
	var out []float32
	for part := range strings.SplitSeq(inner, ",") {
		x, err := parseFloat(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// probability checks a base score that is to be one.
func (d *document) probability(p float32) (float32, error) {
	const least = 1e-6
	if d.since(3, 2) && p >= 0 && p <= 1 {
		return min(max(p, least), 1-float32(least)), nil
	}
	if !(p > 0 && p < 1) {
		return 0, fmt.Errorf("base_score is %v, and %s wants a probability", p, d.objective)
	}
	return p, nil
}

// version is the number of a version of XGBoost, part by part.
type version []int32

// since tells whether it is that version or a later one.
func (v version) since(major, minor int32) bool {
	part := [2]int32{}
	copy(part[:], v)
	return part[0] > major || part[0] == major && part[1] >= minor
}

func (d *document) since(major, minor int32) bool { return d.version.since(major, minor) }
