package scan

import (
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/internal/half"
)

// JoinTypes returns the type of a column that has these types in files, or false
// if there is none: equal types, or else the narrowest number that holds all
// values of all. It does not depend on their order. The type of columns that are
// null throughout becomes any other.
func JoinTypes(types ...arrow.DataType) (arrow.DataType, bool) {
	some := slices.DeleteFunc(slices.Clone(types), func(t arrow.DataType) bool { return t.ID() == arrow.NULL })
	if len(some) == 0 {
		return arrow.Null, true
	}
	if !slices.ContainsFunc(some, func(t arrow.DataType) bool { return !SameType(some[0], t) }) {
		joined := some[0]
		for _, t := range some[1:] {
			joined = joinNulls(joined, t)
		}
		return joined, true
	}
	for _, wide := range []arrow.DataType{
		arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Uint32,
		arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Uint64, arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64,
	} {
		if !slices.ContainsFunc(some, func(t arrow.DataType) bool { return !Widens(t, wide) }) {
			return wide, true
		}
	}
	return nil, false
}

// Widens reports whether every value of the numbers of type from is one of to,
// or from has no values.
func Widens(from, to arrow.DataType) bool {
	a, b := from.ID(), to.ID()
	bits := func(t arrow.DataType) int { return t.(arrow.FixedWidthDataType).BitWidth() }
	switch {
	case a == arrow.NULL:
		return true
	case a == arrow.FLOAT16:
		return b == arrow.FLOAT32 || b == arrow.FLOAT64
	case a == b && arrow.IsInteger(a), a == b && arrow.IsFloating(a):
		return true
	case arrow.IsSignedInteger(a) && arrow.IsSignedInteger(b), arrow.IsUnsignedInteger(a) && arrow.IsInteger(b):
		return bits(from) < bits(to)
	case arrow.IsInteger(a) && b == arrow.FLOAT64:
		return bits(from) <= 32
	case arrow.IsInteger(a) && b == arrow.FLOAT32:
		return bits(from) <= 16
	}
	return a == arrow.FLOAT32 && b == arrow.FLOAT64
}

// Widened returns arr, of numbers or nulls, as an array of type to, which it widens to.
// It takes over arr.
func Widened(mem memory.Allocator, arr arrow.Array, to arrow.DataType) arrow.Array {
	if arr.DataType().ID() == to.ID() {
		return arr
	}
	defer arr.Release()
	switch a := arr.(type) {
	case *array.Null:
		// Which takes memory for zeroed that need not be.
		return array.MakeArrayOfNull(memory.NewGoAllocator(), to, arr.Len())
	case *array.Int8:
		return widenedTo(mem, arr, a.Int8Values(), to)
	case *array.Int16:
		return widenedTo(mem, arr, a.Int16Values(), to)
	case *array.Int32:
		return widenedTo(mem, arr, a.Int32Values(), to)
	case *array.Uint8:
		return widenedTo(mem, arr, a.Uint8Values(), to)
	case *array.Uint16:
		return widenedTo(mem, arr, a.Uint16Values(), to)
	case *array.Uint32:
		return widenedTo(mem, arr, a.Uint32Values(), to)
	case *array.Float16:
		floats := make([]float32, a.Len())
		for i, x := range a.Values() {
			floats[i] = half.Float32(x)
		}
		return widenedTo(mem, arr, floats, to)
	default:
		return widenedTo(mem, arr, arr.(*array.Float32).Float32Values(), to)
	}
}

type number interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | float32 | float64
}

func widenedTo[A number](mem memory.Allocator, arr arrow.Array, v []A, to arrow.DataType) arrow.Array {
	buf := memory.NewResizableBuffer(mem)
	buf.Resize(len(v) * to.(arrow.FixedWidthDataType).BitWidth() / 8)
	switch b := buf.Bytes(); to.ID() {
	case arrow.INT16:
		convert(arrow.Int16Traits.CastFromBytes(b), v)
	case arrow.UINT16:
		convert(arrow.Uint16Traits.CastFromBytes(b), v)
	case arrow.INT32:
		convert(arrow.Int32Traits.CastFromBytes(b), v)
	case arrow.UINT32:
		convert(arrow.Uint32Traits.CastFromBytes(b), v)
	case arrow.INT64:
		convert(arrow.Int64Traits.CastFromBytes(b), v)
	case arrow.UINT64:
		convert(arrow.Uint64Traits.CastFromBytes(b), v)
	case arrow.FLOAT32:
		convert(arrow.Float32Traits.CastFromBytes(b), v)
	default:
		convert(arrow.Float64Traits.CastFromBytes(b), v)
	}
	defer buf.Release()
	valid, free := validBits(mem, arr)
	defer free()
	data := array.NewData(to, len(v), []*memory.Buffer{valid, buf}, nil, arr.NullN(), 0)
	defer data.Release()
	return array.MakeFromData(data)
}

func convert[A, B number](dst []B, src []A) {
	for i, x := range src {
		dst[i] = B(x)
	}
}

// validBits returns the validity of arr, from bit 0 on, or nil.
func validBits(mem memory.Allocator, arr arrow.Array) (*memory.Buffer, func()) {
	old := arr.Data().Buffers()[0]
	if arr.NullN() == 0 || old == nil {
		return nil, func() {}
	}
	if arr.Data().Offset() == 0 {
		return old, func() {}
	}
	buf := memory.NewResizableBuffer(mem)
	buf.Resize((arr.Len() + 7) / 8)
	clear(buf.Bytes())
	for i := range arr.Len() {
		if arr.IsValid(i) {
			buf.Bytes()[i>>3] |= 1 << (i & 7)
		}
	}
	return buf, buf.Release
}
