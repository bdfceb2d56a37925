package feature

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
	"leapscore/ops/column"
)

// VectorIndexer replaces the values of categorical slots by their numbers.
var VectorIndexer = &ops.Op{
	Name: "vector_indexer",
	Doc:  "Replaces the values of a vector's categorical slots by their numbers; a sparse vector's empty slots stay empty.",
	Attrs: []string{
		"num_features: long, the size of the vectors",
		"keys: list<long>, the categorical slots",
		"key_K_keys, key_K_values: list<double>, list<long>, the values of slot K and their numbers",
		"handle_invalid: string, error (default), skip (every row with an unseen value is refused too) or keep",
	},
	Ports:  []string{"in input: tensor<double>[n]", "out output: tensor<double>[n], in the input's form"},
	Source: "VectorIndexerModel.scala, VectorIndexerOp.scala",
	Load:   loadVectorIndexer,
}

type vectorIndexer struct {
	size    int
	slots   []categorical // ascending
	invalid invalid
}

// categorical is a slot that is indexed. Maps hold 0.0 and -0.0 as one key, and
// never find NaN, as Scala's.
type categorical struct {
	slot   int32
	index  map[float64]float64
	unseen float64 // the result of keep
	// small is index as far as its keys are small whole numbers, -1 where there
	// is none.
	small []float64
}

func (c *categorical) find(x float64) (float64, bool) {
	if i := int(x); uint(i) < uint(len(c.small)) && float64(i) == x && c.small[i] >= 0 {
		return c.small[i], true
	}
	y, ok := c.index[x]
	return y, ok
}

func smallKeys(index map[float64]float64) []float64 {
	const most = 256
	small := make([]float64, most)
	used := 0
	for i := range small {
		small[i] = -1
		if y, ok := index[float64(i)]; ok {
			small[i], used = y, i+1
		}
	}
	return small[:used]
}

func loadVectorIndexer(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	k := &vectorIndexer{size: int(int32(a.Long("num_features"))), invalid: loadInvalid(a, invalidError, true)}
	for _, slot := range ints32(a.Longs("keys")) {
		keys, values := a.Doubles(fmt.Sprintf("key_%d_keys", slot)), a.Longs(fmt.Sprintf("key_%d_values", slot))
		c := categorical{slot: slot, index: make(map[float64]float64, len(keys))}
		for i := range min(len(keys), len(values)) {
			c.index[keys[i]] = float64(int32(values[i]))
		}
		c.unseen, c.small = float64(len(c.index)), smallKeys(c.index)
		if !slices.ContainsFunc(k.slots, func(o categorical) bool { return o.slot == slot }) {
			k.slots = append(k.slots, c)
		}
	}
	slices.SortFunc(k.slots, func(x, y categorical) int { return cmp.Compare(x.slot, y.slot) })
	return k, a.Err()
}

func (k *vectorIndexer) Inputs() []ops.Port  { return vectorPort("input", k.size) }
func (k *vectorIndexer) Outputs() []ops.Port { return vectorPort("output", k.size) }

func (k *vectorIndexer) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	if m, ok := viewMatrix(in[0]); ok && m.width == k.size && k.slotsFit() {
		row := -1
		return m.apply(b, m.width, func(dst, src []float64) {
			row++
			copy(dst, src)
			k.dense(b, row, dst)
		}), nil
	}
	return []arrow.Array{column.MapVector(b.Mem, in[0], func(row int, v column.Vector, out *column.VectorBuilder) {
		switch {
		case v.Size != k.size:
			b.Reject(row, 0, ops.Size, "vector of size %d, want %d", v.Size, k.size)
			out.AppendNull()
		case v.Dense && !k.slotsFit():
			b.Reject(row, 0, ops.Size, "the model indexes slots that a vector of size %d does not have", v.Size)
			out.AppendNull()
		case v.Dense:
			dst := out.Dense(v.Size)
			copy(dst, v.Values)
			k.dense(b, row, dst)
		default:
			indices, values := out.Sparse(v.Size, len(v.Values))
			copy(indices, v.Indices)
			copy(values, v.Values)
			k.sparse(b, row, indices, values)
		}
	}, nullVector(b))}, nil
}

// slotsFit reports whether vectors of the declared size have all slots.
func (k *vectorIndexer) slotsFit() bool {
	return len(k.slots) == 0 || k.slots[0].slot >= 0 && int(k.slots[len(k.slots)-1].slot) < k.size
}

func (k *vectorIndexer) dense(b *ops.Batch, row int, values []float64) {
	for i := range k.slots {
		at := &values[k.slots[i].slot]
		*at = k.number(b, row, &k.slots[i], *at)
	}
}

func (k *vectorIndexer) sparse(b *ops.Batch, row int, indices []int32, values []float64) {
	for c, j := 0, 0; c < len(k.slots) && j < len(indices); {
		switch slot := k.slots[c].slot; {
		case slot < indices[j]:
			c++
		case slot > indices[j]:
			j++
		default:
			values[j] = k.number(b, row, &k.slots[c], values[j])
			c++
			j++
		}
	}
}

// number returns the number of x. With skip, MLeap makes a null of the row and
// then fails on that.
func (k *vectorIndexer) number(b *ops.Batch, row int, c *categorical, x float64) float64 {
	y, ok := c.find(x)
	if ok {
		return y
	}
	switch k.invalid {
	case invalidSkip:
		b.Reject(row, 0, ops.Invalid, "unseen value %v in slot %d: skip makes the vector null, which is refused", x, c.slot)
	case invalidError:
		b.Reject(row, 0, ops.Unseen, "unseen value %v in slot %d, and handle_invalid is error", x, c.slot)
	}
	return c.unseen
}
