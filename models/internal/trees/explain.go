package trees

import (
	"errors"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/models/explain"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/tree"
	"leapscore/ops/tree/shap"
)

// Explainer implements shap.Source.
func (k *kernel) Explainer() (shap.Explainer, error) {
	if k.Explain == nil {
		return nil, errors.New("models of this kind cannot be explained")
	}
	return k.Explain()
}

// FeatureColumns implements explain.Featured. Rows that Score refuses are refused here as well, be it that nothing but
// the explanation is wanted.
func (k *kernel) FeatureColumns(b *ops.Batch, in []arrow.Array, from, n int, used []int32) [][]float64 {
	r := tree.Rows{N: n, Refuse: func(row int, format string, args ...any) {
		if k.vector {
			row -= from
		}
		b.Reject(from+row, -1, ops.Invalid, format, args...)
	}}
	var cols [][]float64
	if k.vector {
		v := column.ViewVectors(in[0])
		r.Vectors, r.From = &v, from
		cols = explain.Elements(b, &v, from, n, used)
	} else {
		cols = make([][]float64, len(in))
		for f := range cols {
			part := array.NewSlice(in[f], int64(from), int64(from+n))
			cols[f] = k.Booster.Features[f].numbers(part)
			part.Release()
		}
		r.Columns = cols
	}
	nothing := make([]*Values, len(k.Booster.Outputs))
	for first := r.From; n > 0; first += tree.Block {
		r.From, r.N = first, min(tree.Block, n)
		n -= r.N
		k.Score(&r, nothing)
	}
	return cols
}
