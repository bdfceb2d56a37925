package feature

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
	"leapscore/ops/internal/javamath"
)

// Normalizer divides a vector by its norm.
var Normalizer = &ops.Op{
	Name:   "normalizer",
	Doc:    "Divides a vector by its norm; a vector whose norm is 0 is not changed.",
	Attrs:  []string{"p_norm: double, the order of the norm; if it is below 1 or NaN, every row is refused", "input_size: int"},
	Ports:  []string{"in input: tensor<double>[n]", "out output: tensor<double>[n], in the input's form"},
	Source: "NormalizerModel.scala, Vectors.norm of Spark's mllib-local",
	Load:   loadNormalizer,
}

type normalizer struct {
	p     float64
	size  int
	slots slotwise
}

func loadNormalizer(n *ops.Node) (ops.Kernel, error) {
	k := &normalizer{p: n.Attrs.Double("p_norm"), size: int(n.Attrs.Int("input_size"))}
	norm := k.norm()
	divide := func(dst, src []float64) {
		by := norm(src)
		if by == 0 {
			copy(dst, src)
			return
		}
		for i, x := range src {
			dst[i] = x / by
		}
	}
	k.slots = slotwise{
		size:   math.MaxInt, // input_size is declared and never checked
		dense:  divide,
		sparse: func(dst []float64, v column.Vector) { divide(dst, v.Values) },
	}
	return k, n.Attrs.Err()
}

// norm returns the norm of order k.p over the stored values of a vector.
func (k *normalizer) norm() func(values []float64) float64 {
	switch {
	case k.p == 1:
		return blas.Norm1
	case k.p == 2:
		return blas.Norm2
	case math.IsInf(k.p, 1):
		return blas.NormInf
	}
	return func(values []float64) float64 {
		sum := 0.0
		for _, x := range values {
			sum += javamath.Pow(math.Abs(x), k.p)
		}
		return javamath.Pow(sum, 1/k.p)
	}
}

func (k *normalizer) Inputs() []ops.Port  { return vectorPort("input", k.size) }
func (k *normalizer) Outputs() []ops.Port { return vectorPort("output", k.size) }

func (k *normalizer) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	if k.p >= 1 {
		return k.slots.eval(b, in[0]), nil
	}
	out := refuseAll(b, in[0], fmt.Sprintf("p_norm is %v, want at least 1", k.p))
	return []arrow.Array{out}, nil
}

// refuseAll refuses every row, for a model that no row can pass.
func refuseAll(b *ops.Batch, in arrow.Array, msg string) arrow.Array {
	return column.MapVector(b.Mem, in, func(row int, _ column.Vector, out *column.VectorBuilder) {
		b.Reject(row, 0, ops.Invalid, "%s", msg)
		out.AppendNull()
	}, nullVector(b))
}
