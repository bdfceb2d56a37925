package regression

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/javamath"
	"leapscore/ops/tree"
)

// trees is what the ops that are made of regression trees share.
type trees struct {
	*tree.Regression
	features int // declared
}

// loadTrees reads the trees of an ensemble, each a model in a folder of its own.
func loadTrees(n *ops.Node) (trees, error) {
	features := n.Attrs.Long("num_features")
	names := n.Attrs.Strings("trees")
	if err := n.Attrs.Err(); err != nil {
		return trees{}, err
	}
	e, err := tree.LoadMembers(names, n.Sub)
	if err != nil {
		return trees{}, fmt.Errorf("trees: %w", err)
	}
	return newTrees(e, features), nil
}

func newTrees(e *tree.Ensemble, features int64) trees {
	return trees{tree.NewRegression(e), int(javamath.L2I(features))}
}

func (k *trees) Inputs() []ops.Port {
	return []ops.Port{{Name: "features", Type: bundle.Tensor(bundle.Double, k.features)}}
}

func (k *trees) Outputs() []ops.Port {
	return []ops.Port{{Name: "prediction", Type: bundle.Scalar(bundle.Double).NonNull()}}
}

// eval computes the predictions block by block.
func (k *trees) eval(b *ops.Batch, in arrow.Array, block func(r *tree.Rows, out []float64)) []arrow.Array {
	vs := column.ViewVectors(in)
	out := column.NewDoubles(b.Mem, b.Len)
	if in.NullN() > 0 {
		for i := range b.Len {
			if vs.IsNull(i) {
				b.Reject(i, 0, ops.Null, "null vector")
			}
		}
	}
	r := tree.Rows{Vectors: &vs, Refuse: func(row int, format string, args ...any) {
		b.Reject(row, 0, ops.Size, format, args...)
	}}
	for r.From = 0; r.From < b.Len; r.From += tree.Block {
		r.N = min(tree.Block, b.Len-r.From)
		block(&r, out.Values[r.From:r.From+r.N])
	}
	return []arrow.Array{out.Array()}
}
