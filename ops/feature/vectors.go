package feature

import (
	"math"

	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
)

// slotwise is an op that turns each vector into one of the same size.
type slotwise struct {
	size int // of the model; rows that reach beyond it are refused
	// passesNaN is set if a NaN in a row that is or becomes dense stays one
	// without a look at the model, so that it may stand beyond it.
	passesNaN bool

	// dense fills dst from src, both of one row. They may be the same.
	dense func(dst, src []float64)
	// sparse fills the values of a row that stays sparse. If it is nil, all
	// rows become dense.
	sparse func(dst []float64, v column.Vector)
}

func (s *slotwise) eval(b *ops.Batch, in arrow.Array) []arrow.Array {
	if m, ok := viewMatrix(in); ok && m.width <= s.size {
		return m.apply(b, m.width, s.dense)
	}
	return []arrow.Array{column.MapVector(b.Mem, in, func(row int, v column.Vector, out *column.VectorBuilder) {
		switch {
		case s.beyond(v):
			b.Reject(row, 0, ops.Size, "vector of size %d, the model has %d", v.Size, s.size)
			out.AppendNull()
		case v.Dense:
			dst, n := out.Dense(v.Size), min(v.Size, s.size)
			copy(dst[n:], v.Values[n:])
			s.dense(dst[:n], v.Values[:n])
		case s.sparse == nil:
			dst, n := out.Dense(v.Size), min(v.Size, s.size)
			v.CopyTo(dst)
			s.dense(dst[:n], dst[:n])
		default:
			indices, values := out.Sparse(v.Size, len(v.Values))
			copy(indices, v.Indices)
			s.sparse(values, v)
		}
	}, nullVector(b))}
}

// beyond reports whether the JVM would read behind the model's arrays.
func (s *slotwise) beyond(v column.Vector) bool {
	if v.Dense || s.sparse == nil {
		return v.Size > s.size && !(s.passesNaN && nanFrom(v, s.size))
	}
	return len(v.Indices) > 0 && int(v.Indices[len(v.Indices)-1]) >= s.size
}

// nanFrom reports whether all values of v from position i on are NaN.
func nanFrom(v column.Vector, i int) bool {
	for ; i < v.Size; i++ {
		if !math.IsNaN(v.At(i)) {
			return false
		}
	}
	return true
}

// multiplied is a model of one factor per slot.
type multiplied struct {
	slots   slotwise
	in, out []ops.Port
}

func newMultiplied(factors []float64, in, out []ops.Port) *multiplied {
	k := &multiplied{in: in, out: out}
	k.slots = slotwise{
		size: len(factors),
		dense: func(dst, src []float64) {
			f := factors[:len(src)]
			for i, x := range src {
				dst[i] = x * f[i]
			}
		},
		sparse: func(dst []float64, v column.Vector) {
			for j, x := range v.Values {
				dst[j] = x * factors[v.Indices[j]]
			}
		},
	}
	return k
}

func (k *multiplied) Inputs() []ops.Port  { return k.in }
func (k *multiplied) Outputs() []ops.Port { return k.out }

func (k *multiplied) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	return k.slots.eval(b, in[0]), nil
}

// matrix is a column of dense vectors of one width without nulls.
type matrix struct {
	values []float64 // row after row
	width  int
}

// viewMatrix returns a column of vectors as a matrix if it is one.
func viewMatrix(in arrow.Array) (matrix, bool) {
	vs := column.ViewVectors(in)
	values, width, ok := vs.Matrix()
	return matrix{values, width}, ok
}

// apply fills a dense row of the given width from each row.
func (m matrix) apply(b *ops.Batch, width int, f func(dst, src []float64)) []arrow.Array {
	out := column.NewVectorBuilder(b.Mem, b.Len, width)
	dst, src := out.DenseRows(b.Len, width), m.values
	for range b.Len {
		f(dst[:width:width], src[:m.width:m.width])
		dst, src = dst[width:], src[m.width:]
	}
	return []arrow.Array{out.Array()}
}

// mapDense makes dense rows of the given width. many fills those of dense rows that
// fit, a stretch of them at a time, and one those of all others, which begin as zeros.
func mapDense(b *ops.Batch, in arrow.Array, width int, fits func(size int) bool, many func(dsts, srcs blas.Rows), one func(row int, v column.Vector, dst []float64)) []arrow.Array {
	const most = 1024
	vs, null := column.ViewVectors(in), nullVector(b)
	out := column.NewVectorBuilder(b.Mem, b.Len, width)
	srcs, dsts := blas.Rows{Values: vs.Stored()}, blas.Rows{}
	for row := 0; row < b.Len; {
		if vs.IsNull(row) {
			null(row)
			out.AppendNull()
			row++
			continue
		}
		end := row + 1
		for end < min(b.Len, row+most) && !vs.IsNull(end) {
			end++
		}
		srcs.At, dsts.At = srcs.At[:0], dsts.At[:0]
		dsts.Values = out.DenseRows(end-row, width)
		for at := 0; row < end; row, at = row+1, at+width {
			if v := vs.Row(row); v.Dense && fits(v.Size) {
				srcs.At, dsts.At = append(srcs.At, vs.At(row)), append(dsts.At, at)
			} else {
				dst := dsts.Values[at:][:width]
				clear(dst)
				one(row, v, dst)
			}
		}
		many(dsts, srcs)
	}
	return []arrow.Array{out.Array()}
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

// position returns where the j-th stored value of v stands.
func position(v column.Vector, j int) int {
	if v.Dense {
		return j
	}
	return int(v.Indices[j])
}

// numeric is an input of numbers or of vectors.
type numeric struct {
	arr     arrow.Array
	nulls   bool
	scalars []float64 // nil if there are vectors
	vectors column.Vectors
}

// viewNumeric views inputs whose ports are scalars or tensors of doubles.
func viewNumeric(ports []ops.Port, in []arrow.Array) []numeric {
	cols := make([]numeric, len(in))
	for i, arr := range in {
		cols[i] = numeric{arr: arr, nulls: arr.NullN() > 0}
		if ports[i].Type.Kind == bundle.ScalarKind {
			cols[i].scalars = column.Doubles(arr)
		} else {
			cols[i].vectors = column.ViewVectors(arr)
		}
	}
	return cols
}

func (c *numeric) isNull(row int) bool { return c.nulls && c.arr.IsNull(row) }

// nullRows yields the rows that are null.
func (c *numeric) nullRows(yield func(row int) bool) {
	if !c.nulls {
		return
	}
	for row := range c.arr.Len() {
		if c.arr.IsNull(row) && !yield(row) {
			return
		}
	}
}

// Picked implements ops.Picker.
func (g *gather) Picked() []int32 { return g.slots }
