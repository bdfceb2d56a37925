package boosting

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/tree/shap"
)

// Explainer implements shap.Source.
func (k *kernel) Explainer() (shap.Explainer, error) { return k.Booster.Explainer() }

// FeatureColumns gives the features of rows as XGBoost sees them: what a vector does
// not have is missing.
func (k *kernel) FeatureColumns(_ *ops.Batch, in []arrow.Array, from, n int, used []int32) [][]float64 {
	if len(used) == 0 {
		return nil
	}
	cols := make([][]float64, used[len(used)-1]+1)
	for _, f := range used {
		cols[f] = make([]float64, n)
		for i := range cols[f] {
			cols[f][i] = math.NaN()
		}
	}
	vectors := column.ViewVectors(in[0])
	for i := range n {
		if vectors.IsNull(from + i) {
			continue
		}
		stored(vectors.Row(from+i), func(feature int, x float64) {
			if feature < len(cols) && cols[feature] != nil {
				cols[feature][i] = x
			}
		})
	}
	return cols
}

// stored calls f for the values that a vector stores.
func stored(v column.Vector, f func(feature int, x float64)) {
	for k, x := range v.Values {
		if v.Dense {
			f(k, x)
		} else {
			f(int(v.Indices[k]), x)
		}
	}
}
