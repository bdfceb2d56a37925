package feature

import (
	"errors"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
)

// Binarizer turns numbers above a threshold into 1, others into 0.
var Binarizer = &ops.Op{
	Name: "binarizer",
	Doc:  "Returns 1 for a number above the threshold, else 0. Only the stored entries of a sparse vector are compared.",
	Attrs: []string{
		"threshold: double",
		"input_shapes: data_shape (one, in spite of the name), a scalar or a tensor",
	},
	Ports:  []string{"in input: double or tensor<double>", "out output: as the input; a vector is sparse where that is smaller"},
	Source: "BinarizerModel.scala, BinarizerOp.scala",
	Load: func(n *ops.Node) (ops.Kernel, error) {
		switch {
		case n.Attrs.Has("thresholds") && n.Attrs.Has("threshold"):
			return nil, errors.New("both threshold and thresholds are there, want threshold alone")
		case n.Attrs.Has("thresholds"):
			return nil, errors.New("thresholds: several columns at once, which MLeap does not support")
		}
		return newBinarizer(n.Attrs, n.Attrs.Double("threshold"), n.Attrs.Shape("input_shapes"))
	},
}

type binarizer struct {
	threshold float64
	typ       bundle.Type
}

func newBinarizer(a *bundle.Attrs, threshold float64, s bundle.DataShape) (ops.Kernel, error) {
	t := s.Type(bundle.Double)
	switch s.Kind {
	case bundle.ScalarKind:
		t.Nullable = false
	case bundle.TensorKind:
		t.Nullable = true
	default:
		a.Failf("input_shapes", "neither a scalar nor a tensor")
	}
	return &binarizer{threshold, t}, a.Err()
}

func (k *binarizer) Inputs() []ops.Port  { return port("input", k.typ) }
func (k *binarizer) Outputs() []ops.Port { return port("output", k.typ) }

func (k *binarizer) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	if k.typ.Kind == bundle.TensorKind {
		return []arrow.Array{column.MapVector(b.Mem, in[0], k.vector, nullVector(b))}, nil
	}
	out := column.NewDoubles(b.Mem, b.Len)
	for i, x := range column.Doubles(in[0]) {
		out.Values[i] = float64(k.above(x))
	}
	return []arrow.Array{out.Array()}, nil
}

// above is 1 above the threshold, else 0.
func (k *binarizer) above(x float64) int {
	n := 0 // without a branch, which could not be predicted
	if x > k.threshold {
		n = 1
	}
	return n
}

func (k *binarizer) vector(_ int, v column.Vector, out *column.VectorBuilder) {
	ones := 0
	for _, x := range v.Values {
		ones += k.above(x)
	}
	if !column.StoredSparse(v.Size, ones) {
		dst := out.Dense(v.Size)
		for j, x := range v.Values {
			dst[position(v, j)] = float64(k.above(x))
		}
		return
	}
	indices, values := out.Sparse(v.Size, ones)
	for at := range values {
		values[at] = 1
	}
	for j, at := 0, 0; at < ones; j++ {
		indices[at] = int32(position(v, j))
		at += k.above(v.Values[j])
	}
}
