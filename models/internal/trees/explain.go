package trees

import (
	"errors"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/models/explain"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/tree/shap"
)

// Explainer implements shap.Source.
func (k *kernel) Explainer() (shap.Explainer, error) {
	if k.Explain == nil {
		return nil, errors.New("models of this kind cannot be explained")
	}
	return k.Explain()
}

// FeatureColumns implements explain.Featured.
func (k *kernel) FeatureColumns(b *ops.Batch, in []arrow.Array, from, n int, used []int32) [][]float64 {
	if k.vector {
		v := column.ViewVectors(in[0])
		return explain.Elements(b, &v, from, n, used, k.Absent)
	}
	cols := make([][]float64, len(in))
	for _, f := range used {
		cols[f] = k.Booster.Features[f].numbers(array.NewSlice(in[f], int64(from), int64(from+n)))
	}
	return cols
}
