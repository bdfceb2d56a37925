package feature

import (
	"math"
	"slices"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/murmur"
)

// FeatureHasher puts values into the slots that hashes name.
var FeatureHasher = &ops.Op{
	Name: "feature_hasher",
	Doc:  "Puts numbers into the slot of their column's name, and a 1 for every other value into the slot of its name=value.",
	Attrs: []string{
		"num_features: long, the size of the vector; its low 32 bits count",
		"input_names: list<string>, the names to hash",
		"categorical_cols: list<string>, the names of numbers to treat as text",
		"input_shapes: list<data_shape>, the shapes of the inputs: scalars",
		"basic_types: list<basic_type>, the types of the inputs",
	},
	Ports:  []string{"in input0, input1, ...: scalars of the given types", "out output: tensor<double>, sparse"},
	Source: "FeatureHasherModel.scala",
	Load:   loadFeatureHasher,
}

type featureHasher struct {
	slots hashSlots
	in    []ops.Port
	cols  []hashedColumn // not more than there are inputs
}

// hashedColumn is an input with a name.
type hashedColumn struct {
	name string
	real bool // its numbers count as they are
}

func loadFeatureHasher(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	k := &featureHasher{slots: newHashSlots(a.Long("num_features"))}
	shapes, bases := a.Shapes("input_shapes"), a.BasicTypes("basic_types")
	categorical, names := a.Strings("categorical_cols"), a.Strings("input_names")
	k.in = numbered("input", min(len(shapes), len(bases)), bundle.Type{})
	for i := range k.in {
		k.in[i].Type, k.in[i].Boxed = shapes[i].Type(bases[i]), true
		switch {
		case shapes[i].Kind != bundle.ScalarKind:
			a.Failf("input_shapes", "input %d is a %s, want a scalar", i, k.in[i].Type)
		case bases[i] == bundle.ByteString || bases[i] == bundle.UnknownBase:
			a.Failf("basic_types", "input %d is a %s, which has no text to hash", i, bases[i])
		}
	}
	real := map[string]bool{}
	for i, name := range names[:min(len(names), len(k.in))] {
		k.cols = append(k.cols, hashedColumn{name: name})
		switch bases[i] {
		case bundle.Short, bundle.Int, bundle.Long, bundle.Float, bundle.Double:
			if !slices.Contains(categorical, name) {
				real[name] = true
			}
		}
	}
	for i := range k.cols {
		k.cols[i].real = real[k.cols[i].name] // by name alone, as in Java
	}
	return k, a.Err()
}

func (k *featureHasher) Inputs() []ops.Port { return k.in }
func (k *featureHasher) Outputs() []ops.Port {
	return port("output", bundle.TensorOf(bundle.Double, []int{k.slots.n}))
}

// hashed is what one input adds to each row.
type hashed struct {
	slots  []int32   // -1: nothing
	values []float64 // nil: ones
}

func (k *featureHasher) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	cols := make([]hashed, len(k.cols))
	if k.slots.n > 0 {
		for i := range cols {
			cols[i] = k.hash(b, i, in[i])
		}
	}
	out := column.NewVectorBuilder(b.Mem, b.Len, len(cols))
	var e slotSums
	for row := range b.Len {
		if k.slots.n <= 0 {
			k.withoutSlots(b, row, in, out)
			continue
		}
		e.reset()
		for i := range cols {
			slot := cols[i].slots[row]
			switch {
			case slot < 0:
			case cols[i].values == nil:
				e.add(slot, 1)
			default:
				e.add(slot, cols[i].values[row])
			}
		}
		indices, values := e.sum()
		out.AppendSparse(k.slots.n, indices, values)
	}
	return []arrow.Array{out.Array()}, nil
}

// withoutSlots appends the row of a model that has no slots.
func (k *featureHasher) withoutSlots(b *ops.Batch, row int, in []arrow.Array, out *column.VectorBuilder) {
	some := false
	for i := range k.cols {
		some = some || in[i].IsValid(row)
	}
	if k.slots.fit(b, row, some) {
		out.AppendSparse(0, nil, nil)
	} else {
		out.AppendNull()
	}
}

// slotSums adds up what the inputs of a row put into its slots.
type slotSums struct {
	keys   []uint64 // slot and number of the entry
	values []float64
	slots  []int32
	sums   []float64
}

func (e *slotSums) reset() { e.keys, e.values = e.keys[:0], e.values[:0] }

func (e *slotSums) add(slot int32, value float64) {
	e.keys = append(e.keys, uint64(slot)<<32|uint64(len(e.keys)))
	e.values = append(e.values, value)
}

// sum returns the sums of entries by slot, ascending. Each sum starts from 0.0 and
// takes the entries in their order. The result is good until the next call.
func (e *slotSums) sum() (slots []int32, sums []float64) {
	if len(e.keys) <= fewToSort {
		insertionSort(e.keys)
	} else {
		slices.Sort(e.keys)
	}
	slots, sums = e.slots[:0], e.sums[:0]
	for i := 0; i < len(e.keys); {
		slot, sum := e.keys[i]>>32, 0.0
		for ; i < len(e.keys) && e.keys[i]>>32 == slot; i++ {
			sum += e.values[uint32(e.keys[i])]
		}
		slots, sums = append(slots, int32(slot)), append(sums, sum)
	}
	e.slots, e.sums = slots, sums
	return slots, sums
}

// hash hashes the values of input i.
func (k *featureHasher) hash(b *ops.Batch, i int, arr arrow.Array) hashed {
	h := hashed{slots: make([]int32, b.Len)}
	col := &k.cols[i]
	if col.real {
		return k.numbers(b, i, arr, h)
	}
	prefix := murmur.NewPrefix(col.name + "=")
	text := []byte(prefix.Rest())
	stem := len(text)
	if k.in[i].Type.Base == bundle.String {
		hashStrings(h.slots, column.ViewStrings(arr), func(word string) int32 {
			text = append(text[:stem], word...)
			return k.slots.of(prefix.V2(text))
		})
		return h
	}
	write, bits := javaText(arr), bitsAt(arr)
	var known [256]knownSlot // of values that were seen
	for row := range h.slots {
		h.slots[row] = -1
		if !arr.IsValid(row) {
			continue
		}
		x := bits(row)
		seen := &known[x*0x9e3779b97f4a7c15>>56]
		if seen.slot == 0 || seen.bits != x {
			text = write(text[:stem], row)
			*seen = knownSlot{x, k.slots.of(prefix.V2(text)) + 1}
		}
		h.slots[row] = seen.slot - 1
	}
	return h
}

// knownSlot is the slot of a value with these bits, plus 1, or 0.
type knownSlot struct {
	bits uint64
	slot int32
}

// hashStrings fills in the slot of each row, with one call of slot for each
// word that is used of a dictionary.
func hashStrings(slots []int32, s *column.Strings, slot func(string) int32) {
	words, code, dict := s.Dict()
	var known []int32
	if dict && words.Len() <= 4*len(slots) {
		known = make([]int32, words.Len()) // slot + 1
	}
	for row := range slots {
		switch {
		case s.IsNull(row):
			slots[row] = -1
		case known == nil:
			slots[row] = slot(s.Value(row))
		default:
			c := code(row)
			if known[c] == 0 {
				known[c] = slot(words.Value(c)) + 1
			}
			slots[row] = known[c] - 1
		}
	}
}

// numbers takes the values as they are. Text and booleans get here only if a
// number has the same name; Java cannot cast them.
func (k *featureHasher) numbers(b *ops.Batch, i int, arr arrow.Array, h hashed) hashed {
	slot := k.slots.of(murmur.V2(k.cols[i].name))
	h.values = make([]float64, b.Len)
	value := doubleAt(arr)
	for row := range h.slots {
		h.slots[row] = -1
		switch {
		case arr.IsNull(row):
		case value == nil:
			b.Reject(row, i, ops.Cast, "a %s, want a number as in the other column named %q", k.in[i].Type.Base, k.cols[i].name)
		default:
			h.slots[row], h.values[row] = slot, value(row)
		}
	}
	return h
}

// doubleAt returns the reader of a column of numbers as doubles, nil for others.
func doubleAt(arr arrow.Array) func(row int) float64 {
	switch a := arr.(type) {
	case *array.Int8:
		return func(row int) float64 { return float64(a.Value(row)) }
	case *array.Int16:
		return func(row int) float64 { return float64(a.Value(row)) }
	case *array.Int32:
		return func(row int) float64 { return float64(a.Value(row)) }
	case *array.Int64:
		return func(row int) float64 { return float64(a.Value(row)) }
	case *array.Float32:
		return func(row int) float64 { return float64(a.Value(row)) }
	case *array.Float64:
		return a.Value
	}
	return nil
}

// bitsAt returns the reader of bits that differ where the texts of values do.
func bitsAt(arr arrow.Array) func(row int) uint64 {
	switch a := arr.(type) {
	case *array.Boolean:
		return func(row int) uint64 {
			if a.Value(row) {
				return 1
			}
			return 0
		}
	case *array.Int8:
		return func(row int) uint64 { return uint64(a.Value(row)) }
	case *array.Int16:
		return func(row int) uint64 { return uint64(a.Value(row)) }
	case *array.Int32:
		return func(row int) uint64 { return uint64(a.Value(row)) }
	case *array.Int64:
		return func(row int) uint64 { return uint64(a.Value(row)) }
	case *array.Float32:
		return func(row int) uint64 { return uint64(math.Float32bits(a.Value(row))) }
	case *array.Float64:
		return func(row int) uint64 { return math.Float64bits(a.Value(row)) }
	}
	panic("feature: no bits of " + arr.DataType().String())
}

// javaText returns the function that appends toString of a value in a column
// of numbers or booleans.
func javaText(arr arrow.Array) func(dst []byte, row int) []byte {
	if a, ok := arr.(*array.Boolean); ok {
		return func(dst []byte, row int) []byte { return strconv.AppendBool(dst, a.Value(row)) }
	}
	return column.NumberText(arr)
}
