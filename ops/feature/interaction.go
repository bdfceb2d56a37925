package feature

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/javamath"
)

// Interaction multiplies every value of each input with those of all others.
var Interaction = &ops.Op{
	Name: "interaction",
	Doc:  "Multiplies every value of each input with the values of all other inputs; a category is a vector with a single one.",
	Attrs: []string{
		"num_inputs: int",
		"num_features0, num_features1, ...: list<int>, the number of categories of each value of that input, 1 for a number",
		"input_shapes: list<data_shape>, a scalar or a tensor per input",
	},
	Ports: []string{
		"in input0, input1, ...: double or tensor<double>",
		"out output: tensor<double>, sparse; the last input varies fastest",
	},
	Source:  "InteractionModel.scala",
	Inexact: "identical, except that a row is refused if MLeap would put two entries of a sparse vector of categories into one slot, which no op can read",
	Load:    loadInteraction,
}

type interaction struct {
	in    []ops.Port
	codes []encoder // per input
	size  int       // declared

	stored int // how many entries a row may have, for sizing builders
}

// mostForeseen bounds what is reserved for rows that may turn out short.
const mostForeseen = 64

// encoder is how the values of one input are laid out.
type encoder struct {
	counts  []int32 // categories of each value, 1 for a number
	offsets []int32 // where the slots of each value begin
	size    int
}

func loadInteraction(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	k := &interaction{size: 1, stored: 1}
	for i := range a.Int("num_inputs") {
		name := fmt.Sprintf("num_features%d", i)
		e, ok := newEncoder(a.Ints(name))
		if !ok {
			a.Failf(name, "a count below 1 or more than %d slots", math.MaxInt32)
		}
		if k.size *= e.size; k.size > math.MaxInt32 {
			a.Failf(name, "more than %d products of all inputs", math.MaxInt32)
		}
		if a.Err() != nil {
			return nil, a.Err()
		}
		k.codes = append(k.codes, e)
		k.stored = min(k.stored*len(e.counts), mostForeseen)
	}
	for i, s := range a.Shapes("input_shapes") {
		if s.Kind != bundle.ScalarKind && s.Kind != bundle.TensorKind {
			a.Failf("input_shapes", "input %d is neither a scalar nor a tensor", i)
		}
		k.in = append(k.in, ops.Port{Name: fmt.Sprintf("input%d", i), Type: s.Type(bundle.Double), Boxed: true})
	}
	if len(k.in) > len(k.codes) {
		// MLeap loads the model and then refuses every row.
		a.Failf("input_shapes", "%d shapes, want %d as num_inputs says", len(k.in), len(k.codes))
	}
	return k, a.Err()
}

func newEncoder(counts []int32) (e encoder, ok bool) {
	e = encoder{counts: counts, offsets: make([]int32, len(counts))}
	for i, c := range counts {
		e.offsets[i] = int32(e.size)
		e.size += int(c)
		if c < 1 || e.size > math.MaxInt32 {
			return encoder{}, false
		}
	}
	return e, true
}

func (k *interaction) Inputs() []ops.Port  { return k.in }
func (k *interaction) Outputs() []ops.Port { return vectorPort("output", k.size) }

func (k *interaction) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	cols := viewNumeric(k.in, in)
	out := column.NewVectorBuilder(b.Mem, b.Len, k.stored)
	var now, next entries
	for row := range b.Len {
		now.indices, now.values = append(now.indices[:0], 0), append(now.values[:0], 1)
		size := 1
		// From the last input to the first, as MLeap: the order of the products'
		// factors, and of what is refused.
		for i := len(cols) - 1; i >= 0; i-- {
			next.reset()
			m := multiplier{e: &k.codes[i], by: &now, to: &next, size: int32(size)}
			if !m.input(b, row, i, &cols[i]) {
				next.reset()
			}
			size *= k.codes[i].size
			now, next = next, now
		}
		if !now.sort() {
			b.Reject(row, -1, ops.Invalid, "two products in one slot, as MLeap lays out sparse vectors of categories")
			now.reset()
		}
		out.AppendSparse(size, now.indices, now.values)
	}
	return []arrow.Array{out.Array()}, nil
}

// multiplier multiplies the entries by with each value of one input.
type multiplier struct {
	e      *encoder
	by, to *entries
	size   int32 // of by
}

// input multiplies with the values of an input in one row, or refuses the row.
func (m *multiplier) input(b *ops.Batch, row, port int, c *numeric) bool {
	if c.isNull(row) {
		b.Reject(row, port, ops.Null, "null, and null is no factor")
		return false
	}
	if c.scalars != nil {
		if len(m.e.counts) != 1 {
			b.Reject(row, port, ops.Invalid, "a number, where num_features%d counts %d values", port, len(m.e.counts))
			return false
		}
		at, x, ok := m.e.encode(0, 0, c.scalars[row])
		if !ok {
			m.refuse(b, row, port, 0, c.scalars[row])
			return false
		}
		indices, values := m.to.grow(len(m.by.indices))
		m.by.times(indices, values, at*m.size, x)
		return true
	}
	v := c.vectors.Row(row)
	if v.Size != len(m.e.counts) {
		b.Reject(row, port, ops.Size, "vector of size %d, want %d", v.Size, len(m.e.counts))
		return false
	}
	n := len(m.by.indices)
	indices, values := m.to.grow(len(v.Values) * n)
	for j, x := range v.Values {
		// MLeap lays the j-th entry of a sparse tensor out as if it stood in
		// slot j.
		at, y, ok := m.e.encode(position(v, j), j, x)
		if !ok {
			m.refuse(b, row, port, position(v, j), x)
			return false
		}
		m.by.times(indices[j*n:], values[j*n:], at*m.size, y)
	}
	return true
}

// encode returns the slot and the factor of x, which has as many categories as
// slot says and is laid out where slot at begins.
func (e *encoder) encode(slot, at int, x float64) (int32, float64, bool) {
	offset, count := e.offsets[at], e.counts[slot]
	if count == 1 {
		return offset, x, true
	}
	n := javamath.D2I(x)
	return offset + n, 1, float64(n) == x && n >= 0 && n < count
}

func (m *multiplier) refuse(b *ops.Batch, row, port, slot int, x float64) {
	code := ops.Invalid
	if x != x {
		code = ops.NaN
	}
	b.Reject(row, port, code, "%v is no category in [0, %d)", x, m.e.counts[slot])
}

// entries are the stored entries of a sparse row.
type entries struct {
	indices []int32
	values  []float64
}

func (s *entries) reset() { s.indices, s.values = s.indices[:0], s.values[:0] }

// grow appends n entries, which hold anything, and returns them.
func (s *entries) grow(n int) (indices []int32, values []float64) {
	had := len(s.indices)
	s.indices = slices.Grow(s.indices, n)[:had+n]
	s.values = slices.Grow(s.values, n)[:had+n]
	return s.indices[had:], s.values[had:]
}

// times writes the entries, moved by offset and multiplied with x.
func (s *entries) times(indices []int32, values []float64, offset int32, x float64) {
	for j, i := range s.indices {
		indices[j], values[j] = i+offset, s.values[j]*x
	}
}

// sort orders the entries, which they mostly are, and reports whether no two
// have one index.
func (s *entries) sort() bool {
	if !slices.IsSorted(s.indices) {
		sort.Stable(s)
	}
	for j := 1; j < len(s.indices); j++ {
		if s.indices[j] == s.indices[j-1] {
			return false
		}
	}
	return true
}

func (s *entries) Len() int           { return len(s.indices) }
func (s *entries) Less(i, j int) bool { return s.indices[i] < s.indices[j] }
func (s *entries) Swap(i, j int) {
	s.indices[i], s.indices[j] = s.indices[j], s.indices[i]
	s.values[i], s.values[j] = s.values[j], s.values[i]
}
