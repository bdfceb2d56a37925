package regression

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
)

// linear is the common part of models that see their features only through a
// dot product.
type linear struct {
	coefficients []float64
	intercept    float64
}

func loadLinear(a *bundle.Attrs) linear {
	return linear{a.Tensor("coefficients").Doubles, a.Double("intercept")}
}

func (l *linear) Inputs() []ops.Port {
	return []ops.Port{{Name: "features", Type: bundle.Tensor(bundle.Double, len(l.coefficients))}}
}

// Coefficients is part of ops.DotHead.
func (l *linear) Coefficients() []float64 { return l.coefficients }

// dots returns the dot product of each row with the coefficients, whose order
// of additions depends on whether the row is dense; 0 for rows that it refuses.
func (l *linear) dots(b *ops.Batch, in arrow.Array) []float64 {
	vs := column.ViewVectors(in)
	dots := make([]float64, vs.Len())
	n := len(l.coefficients)
	if values, width, ok := vs.Matrix(); ok && width == n {
		l.dotsOfMatrix(values, dots)
		return dots
	}
	for row := range dots {
		if vs.IsNull(row) {
			b.Reject(row, 0, ops.Null, "null vector")
			continue
		}
		switch v := vs.Row(row); {
		case v.Size != n:
			b.Reject(row, 0, ops.Size, "vector of size %d, the model has %d coefficients", v.Size, n)
		case v.Dense:
			dots[row] = blas.Dot(v.Values, l.coefficients)
		default:
			dots[row] = blas.DotSparse(v.Indices, v.Values, l.coefficients)
		}
	}
	return dots
}

// dotsOfMatrix is dots for dense rows, one after another.
func (l *linear) dotsOfMatrix(values, dots []float64) {
	const most = 256
	coefficients, n := [][]float64{l.coefficients}, len(l.coefficients)
	rows := blas.Rows{Values: values, At: make([]int, 0, min(len(dots), most))}
	for from := 0; from < len(dots); from += len(rows.At) {
		rows.At = rows.At[:0]
		for i := from; i < min(from+most, len(dots)); i++ {
			rows.At = append(rows.At, i*n)
		}
		blas.DotRows(coefficients, rows, dots[from:])
	}
}
