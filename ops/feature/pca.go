package feature

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
)

// PCA projects a vector on principal components.
var PCA = &ops.Op{
	Name:   "pca",
	Doc:    "Projects a vector onto the model's principal components.",
	Attrs:  []string{"principal_components: tensor<double>[size, components], column-major"},
	Ports:  []string{"in input: tensor<double>", "out output: tensor<double>, dense"},
	Source: "PcaModel.scala, PcaOp.scala, BLAS.scala of Spark's mllib-local",
	Load:   loadPCA,
}

// mostEmpty bounds the cost of one row of a model that holds no values.
const mostEmpty = 1 << 20

type pca struct {
	size, components int
	matrix           []float64 // the values of all components for one input after another
}

func loadPCA(n *ops.Node) (ops.Kernel, error) {
	t := n.Attrs.Tensor("principal_components")
	if err := n.Attrs.Err(); err != nil {
		return nil, err
	}
	if len(t.Dims) < 2 || t.Dims[0]*t.Dims[1] != len(t.Doubles) {
		n.Attrs.Failf("principal_components", "tensor of dimensions %v, want two", t.Dims)
		return nil, n.Attrs.Err()
	}
	if t.Dims[0] == 0 && t.Dims[1] > mostEmpty {
		n.Attrs.Failf("principal_components", "%d components without a value", t.Dims[1])
		return nil, n.Attrs.Err()
	}
	return &pca{t.Dims[0], t.Dims[1], transposed(t.Dims[0], t.Dims[1], t.Doubles)}, nil
}

// transposed returns a matrix of rows x cols, column-major, row after row.
func transposed(rows, cols int, a []float64) []float64 {
	t := make([]float64, len(a))
	for col := range cols {
		for row, x := range a[col*rows : (col+1)*rows] {
			t[row*cols+col] = x
		}
	}
	return t
}

// The dimensions are declared as empty, so that a scalar is taken too.
func (k *pca) Inputs() []ops.Port  { return port("input", bundle.TensorOf(bundle.Double, []int{})) }
func (k *pca) Outputs() []ops.Port { return port("output", bundle.TensorOf(bundle.Double, []int{})) }

func (k *pca) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	fits := func(size int) bool { return size == k.size && size > 0 }
	dense := func(dsts, srcs blas.Rows) { blas.ChainRows(k.components, k.size, k.matrix, srcs, dsts) }
	return mapDense(b, in[0], k.components, fits, dense, func(row int, v column.Vector, dst []float64) {
		switch {
		case v.Size != k.size:
			b.Reject(row, 0, ops.Size, "vector of size %d, the components have %d", v.Size, k.size)
		case v.Dense:
			b.Reject(row, 0, ops.Invalid, "empty vector, and there is no product of it with the components")
		default:
			// A sparse row is multiplied without fused additions: other bits.
			blas.GemvNSparse(k.components, k.size, 1, k.matrix, v.Indices, v.Values, 0, dst)
		}
	}), nil
}
