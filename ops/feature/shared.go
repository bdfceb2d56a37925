package feature

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
)

// invalid is what an op does with a value that its model does not know
// (HandleInvalid.scala).
type invalid string

const (
	invalidError invalid = "error"
	invalidSkip  invalid = "skip"
	invalidKeep  invalid = "keep"
)

// loadInvalid reads handle_invalid. An op that cannot skip refuses "skip".
func loadInvalid(a *bundle.Attrs, def invalid, canSkip bool) invalid {
	v := invalid(a.StringOr("handle_invalid", string(def)))
	switch {
	case v == invalidError, v == invalidKeep, v == invalidSkip && canSkip:
	default:
		want := "error or keep"
		if canSkip {
			want = "error, skip or keep"
		}
		a.Failf("handle_invalid", "%q, want %s", string(v), want)
	}
	return v
}

// nullVector reports null rows of an op's only input.
func nullVector(b *ops.Batch) func(row int) {
	return func(row int) { b.Reject(row, 0, ops.Null, "null vector") }
}

// port returns the ports of an op that has one input or one output.
func port(name string, t bundle.Type) []ops.Port { return []ops.Port{{Name: name, Type: t}} }

// doublePort returns the ports of an op with one input or output that is a
// double and never null.
func doublePort(name string) []ops.Port { return port(name, bundle.Scalar(bundle.Double).NonNull()) }

// vectorPort returns the ports of an op with one input or output that is a
// vector with its size declared.
func vectorPort(name string, size int) []ops.Port {
	return port(name, bundle.Tensor(bundle.Double, size))
}

// slotwise is an op that turns each vector into one of the same size.
type slotwise struct {
	size int // of the model; rows that reach beyond it are refused

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
			s.dense(out.Dense(v.Size), v.Values)
		case s.sparse == nil:
			dst := out.Dense(v.Size)
			v.CopyTo(dst)
			s.dense(dst, dst)
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
		return v.Size > s.size
	}
	return len(v.Indices) > 0 && int(v.Indices[len(v.Indices)-1]) >= s.size
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
