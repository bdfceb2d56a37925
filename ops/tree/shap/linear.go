package shap

import "slices"

// Linear explains a linear booster (gblinear) by its terms, in float32 as XGBoost multiplies them: a feature's value
// is its weight times x, and 0 if x is missing.
type Linear struct {
	weights []float32 // weights[feature*groups+group]
	bias    []float32
	used    []int32
	wide    []float64 // bias
}

// NewLinear returns the Linear of weights[feature*groups+group]; bias, one for each group, has the base score in it.
func NewLinear(weights, bias []float32) *Linear {
	l := &Linear{weights: weights, bias: bias}
	groups := len(bias)
	for _, b := range bias {
		l.wide = append(l.wide, float64(b))
	}
	for f := range len(weights) / max(groups, 1) {
		if slices.ContainsFunc(weights[f*groups:][:groups], func(w float32) bool { return w != 0 }) {
			l.used = append(l.used, int32(f))
		}
	}
	return l
}

// Used, Outputs, Bias and Explain implement Explainer.
func (l *Linear) Used() []int32   { return l.used }
func (l *Linear) Outputs() int    { return len(l.bias) }
func (l *Linear) Bias() []float64 { return l.wide }

// Explain is part of Explainer.
func (l *Linear) Explain(cols [][]float64, from, n int, out [][]float64) {
	for g := range l.bias {
		for k, f := range l.used {
			w := l.weights[int(f)*len(l.bias)+g]
			to := out[g*len(l.used)+k][:n]
			for i, x := range cols[f][from:][:n] {
				to[i] = float64(term(x, w))
			}
		}
	}
}

// Row gives the bits of XGBoost's contributions of a row, as XGBoost.Row does.
func (l *Linear) Row(row []float64, out []float32) {
	groups := len(l.bias)
	features := len(l.weights) / max(groups, 1)
	for g, b := range l.bias {
		to := out[g*(features+1):][:features+1]
		for f := range features {
			to[f] = term(row[f], l.weights[f*groups+g])
		}
		to[features] = b
	}
}

func term(x float64, w float32) float32 {
	if x != x {
		return 0
	}
	return float32(float32(x) * w)
}
