package feature

import (
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
	"leapscore/ops/column"
)

// ChiSqSelector keeps the slots of a vector that a test has chosen.
var ChiSqSelector = &ops.Op{
	Name:   "chi_sq_selector",
	Doc:    "Keeps the listed slots of a vector, in the order of the list.",
	Attrs:  []string{"filter_indices: list<long>, the slots; of a sparse vector only those that ascend are found", "input_size: int"},
	Ports:  []string{"in input: tensor<double>[n]", "out output: tensor<double>[slots], in the input's form"},
	Source: "ChiSqSelectorModel.scala",
	Load:   loadChiSqSelector,
}

type chiSqSelector struct {
	size int // declared, never checked
	gather
}

func loadChiSqSelector(n *ops.Node) (ops.Kernel, error) {
	k := &chiSqSelector{size: int(n.Attrs.Int("input_size"))}
	k.gather = newGather(ints32(n.Attrs.Longs("filter_indices")))
	return k, n.Attrs.Err()
}

// ints32 keeps the lower half of each, as Java's cast.
func ints32(longs []int64) []int32 {
	ints := make([]int32, len(longs))
	for i, x := range longs {
		ints[i] = int32(x)
	}
	return ints
}

func (k *chiSqSelector) Inputs() []ops.Port  { return vectorPort("input", k.size) }
func (k *chiSqSelector) Outputs() []ops.Port { return vectorPort("output", len(k.slots)) }

func (k *chiSqSelector) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	return k.eval(b, in[0], k.merge), nil
}

// merge appends the stored values that are kept. It walks both lists once, so
// that slots which do not ascend are lost, as in MLeap.
func (k *chiSqSelector) merge(v column.Vector, indices []int32, values []float64) ([]int32, []float64) {
	for i, j := 0, 0; i < len(v.Indices) && j < len(k.slots); {
		switch at, slot := v.Indices[i], k.slots[j]; {
		case at == slot:
			indices, values = append(indices, int32(j)), append(values, v.Values[i])
			i++
			j++
		case at > slot:
			j++
		default:
			i++
		}
	}
	return indices, values
}

// gather takes slots out of vectors.
type gather struct {
	slots []int32
	low   int32 // the least of them
	need  int   // the size that a dense vector must have
}

func newGather(slots []int32) gather {
	g := gather{slots: slots}
	if len(slots) > 0 {
		g.low, g.need = slices.Min(slots), int(slices.Max(slots))+1
	}
	return g
}

// eval takes the slots out of dense rows, and out of sparse ones by sparse,
// which appends to indices and values.
func (g *gather) eval(b *ops.Batch, in arrow.Array, sparse func(v column.Vector, indices []int32, values []float64) ([]int32, []float64)) []arrow.Array {
	dense := func(dst, src []float64) {
		for j, slot := range g.slots {
			dst[j] = src[slot]
		}
	}
	if m, ok := viewMatrix(in); ok && m.width >= g.need && g.low >= 0 {
		return m.apply(b, len(g.slots), dense)
	}
	var indices []int32
	var values []float64
	return []arrow.Array{column.MapVector(b.Mem, in, func(row int, v column.Vector, out *column.VectorBuilder) {
		switch {
		case !v.Dense:
			indices, values = sparse(v, indices[:0], values[:0])
			out.AppendSparse(len(g.slots), indices, values)
		case v.Size < g.need || g.low < 0:
			b.Reject(row, 0, ops.Size, "vector of size %d, the model takes slots %d to %d", v.Size, g.low, g.need-1)
			out.AppendNull()
		default:
			dense(out.Dense(len(g.slots)), v.Values)
		}
	}, nullVector(b))}
}
