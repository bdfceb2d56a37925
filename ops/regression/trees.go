package regression

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/javamath"
	"leapscore/ops/tree"
	"leapscore/ops/tree/shap"
)

// trees is the common part of the ops that are made of regression trees.
type trees struct {
	*tree.Regression
	features int // declared

	// predict computes the predictions of a block of rows.
	predict func(b *ops.Batch, r *tree.Rows, out []float64)
}

// loadTrees reads the trees of an ensemble, each a model in a folder of its own.
func loadTrees(n *ops.Node) (trees, error) {
	features := n.Attrs.Long("num_features")
	names := n.Attrs.Strings("trees")
	if err := n.Attrs.Err(); err != nil {
		return trees{}, err
	}
	e, err := tree.LoadMembers(names, n.Subs)
	if err != nil {
		return trees{}, fmt.Errorf("trees: %w", err)
	}
	return newTrees(e, features), nil
}

func newTrees(e *tree.Ensemble, features int64) trees {
	return trees{Regression: tree.NewRegression(e), features: int(javamath.L2I(features))}
}

func (k *trees) Inputs() []ops.Port {
	return []ops.Port{{Name: "features", Type: bundle.Tensor(bundle.Double, k.features)}}
}

func (k *trees) Outputs() []ops.Port {
	return []ops.Port{{Name: "prediction", Type: bundle.Scalar(bundle.Double).NonNull()}}
}

// Eval computes the predictions block by block.
func (k *trees) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	vs := column.ViewVectors(in[0])
	if in[0].NullN() > 0 {
		for i := range b.Len {
			if vs.IsNull(i) {
				b.Reject(i, 0, ops.Null, "null vector")
			}
		}
	}
	return k.eval(b, &tree.Rows{Vectors: &vs}), nil
}

// EvalColumns implements ops.ColumnsHead.
func (k *trees) EvalColumns(b *ops.Batch, cols [][]float64) ([]arrow.Array, error) {
	return k.eval(b, &tree.Rows{Columns: cols}), nil
}

// Explainer implements shap.Source.
func (k *trees) Explainer() (shap.Explainer, error) {
	return nil, errors.New("bundles have no counts of rows in regression trees, and without them no feature's share is known; explain the model in the format of the library that trained it")
}

func (k *trees) eval(b *ops.Batch, r *tree.Rows) []arrow.Array {
	out := column.NewDoubles(b.Mem, b.Len)
	r.Refuse = func(row int, format string, args ...any) {
		b.Reject(row, 0, ops.Size, format, args...)
	}
	for r.From = 0; r.From < b.Len; r.From += tree.Block {
		r.N = min(tree.Block, b.Len-r.From)
		k.predict(b, r, out.Values[r.From:r.From+r.N])
	}
	return []arrow.Array{out.Array()}
}
