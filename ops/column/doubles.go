package column

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Fixed is the set of Go types of Arrow's fixed-width primitives.
type Fixed interface {
	int8 | int16 | int32 | int64 | float32 | float64
}

// Out is an output column of fixed-width values under construction. Values is
// of the batch's length and starts as zeros.
type Out[T Fixed] struct {
	Values []T

	dt    arrow.DataType
	buf   *memory.Buffer
	valid *memory.Buffer
	nulls int
	mem   memory.Allocator
}

// NewDoubles returns an output of n doubles.
func NewDoubles(mem memory.Allocator, n int) *Out[float64] {
	return newOut(mem, n, 8, arrow.PrimitiveTypes.Float64, arrow.Float64Traits.CastFromBytes)
}

// NewInts returns an output of n 32-bit integers.
func NewInts(mem memory.Allocator, n int) *Out[int32] {
	return newOut(mem, n, 4, arrow.PrimitiveTypes.Int32, arrow.Int32Traits.CastFromBytes)
}

// NewFloats returns an output of n 32-bit floating-point numbers.
func NewFloats(mem memory.Allocator, n int) *Out[float32] {
	return newOut(mem, n, 4, arrow.PrimitiveTypes.Float32, arrow.Float32Traits.CastFromBytes)
}

// NewLongs returns an output of n 64-bit integers.
func NewLongs(mem memory.Allocator, n int) *Out[int64] {
	return newOut(mem, n, 8, arrow.PrimitiveTypes.Int64, arrow.Int64Traits.CastFromBytes)
}

// NewShorts returns an output of n 16-bit integers.
func NewShorts(mem memory.Allocator, n int) *Out[int16] {
	return newOut(mem, n, 2, arrow.PrimitiveTypes.Int16, arrow.Int16Traits.CastFromBytes)
}

// NewBytes returns an output of n 8-bit integers.
func NewBytes(mem memory.Allocator, n int) *Out[int8] {
	return newOut(mem, n, 1, arrow.PrimitiveTypes.Int8, arrow.Int8Traits.CastFromBytes)
}

func newOut[T Fixed](mem memory.Allocator, n, width int, dt arrow.DataType, view func([]byte) []T) *Out[T] {
	buf := memory.NewResizableBuffer(mem)
	buf.Resize(n * width)
	clear(buf.Bytes())
	return &Out[T]{Values: view(buf.Bytes()), dt: dt, buf: buf, mem: mem}
}

// SetNull makes row null.
func (o *Out[T]) SetNull(row int) {
	if o.valid == nil {
		o.valid = memory.NewResizableBuffer(o.mem)
		o.valid.Resize(int(bitutil.BytesForBits(int64(len(o.Values)))))
		memory.Set(o.valid.Bytes(), 0xff)
	}
	if bitutil.BitIsSet(o.valid.Bytes(), row) {
		bitutil.ClearBit(o.valid.Bytes(), row)
		o.nulls++
	}
}

// Array ends the construction; the caller owns the result.
func (o *Out[T]) Array() arrow.Array {
	data := array.NewData(o.dt, len(o.Values), []*memory.Buffer{o.valid, o.buf}, nil, o.nulls, 0)
	defer data.Release()
	o.buf.Release()
	if o.valid != nil {
		o.valid.Release()
	}
	return array.MakeFromData(data)
}

// Doubles returns the values of a column of doubles; what stands in null rows
// is not defined.
func Doubles(arr arrow.Array) []float64 { return arr.(*array.Float64).Float64Values() }

// MapDouble applies f to each value of a column of doubles. Null rows are
// reported to null and give NaN.
func MapDouble(mem memory.Allocator, in arrow.Array, f func(row int, x float64) float64, null func(row int)) arrow.Array {
	xs := Doubles(in)
	out := NewDoubles(mem, len(xs))
	if in.NullN() == 0 {
		for i, x := range xs {
			out.Values[i] = f(i, x)
		}
		return out.Array()
	}
	for i, x := range xs {
		if in.IsNull(i) {
			null(i)
			out.Values[i] = math.NaN()
			continue
		}
		out.Values[i] = f(i, x)
	}
	return out.Array()
}
