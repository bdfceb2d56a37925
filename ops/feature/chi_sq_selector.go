package feature

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
	"leapscore/ops/column"
)

// ChiSqSelector keeps the slots of a vector that a test has chosen.
var ChiSqSelector = &ops.Op{
	Name:   "chi_sq_selector",
	Doc:    "Keeps the listed slots of a vector, in the order of the list.",
	Attrs:  []string{"filter_indices: list<long>, the slots; in a sparse vector only ascending slots are found", "input_size: int"},
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
