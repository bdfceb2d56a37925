package feature

import (
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
	"leapscore/ops/column"
)

// VectorSlicer takes slots out of a vector.
var VectorSlicer = &ops.Op{
	Name: "vector_slicer",
	Doc:  "Returns the listed slots of a vector, in the order of the lists.",
	Attrs: []string{
		"indices: list<long>, slots",
		"named_indices: list<int>, the slots of names, after the others",
		"names: list<string>; the longer of names and named_indices is cut to the length of the shorter",
		"input_size: int",
	},
	Ports:  []string{"in input: tensor<double>[n]", "out output: tensor<double>[slots], in the input's form"},
	Source: "VectorSlicerModel.scala, SparseVector.slice of Spark's mllib-local",
	Load:   loadVectorSlicer,
}

type vectorSlicer struct {
	size int // declared, never checked
	gather
}

func loadVectorSlicer(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	k := &vectorSlicer{size: int(a.Int("input_size"))}
	names, named := a.Strings("names"), a.Ints("named_indices")
	named = named[:min(len(names), len(named))]
	k.gather = newGather(slices.Concat(ints32(a.Longs("indices")), named))
	return k, a.Err()
}

func (k *vectorSlicer) Inputs() []ops.Port  { return vectorPort("input", k.size) }
func (k *vectorSlicer) Outputs() []ops.Port { return vectorPort("output", len(k.slots)) }

func (k *vectorSlicer) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	return k.eval(b, in[0], k.slice), nil
}

// slice appends the values of the slots, without zeros. A slot that a sparse
// vector cannot have is only empty, where a dense one is refused.
func (k *vectorSlicer) slice(v column.Vector, indices []int32, values []float64) ([]int32, []float64) {
	for j, slot := range k.slots {
		if i, ok := slices.BinarySearch(v.Indices, slot); ok && v.Values[i] != 0 {
			indices, values = append(indices, int32(j)), append(values, v.Values[i])
		}
	}
	return indices, values
}
