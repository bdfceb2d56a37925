package format

import (
	"encoding/binary"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/float16"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/internal/half"
)

// Conversion changes a column to another type without loss.
type Conversion func(arrow.Array) (arrow.Array, error)

type number interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~float32 | ~float64
}

// Converter returns how columns of type from become those of type to, or nil if
// that is not needed or not known; see convertible.
func Converter(from, to arrow.DataType) Conversion {
	if arrow.TypeEqual(from, to) {
		return nil
	}
	if ts, ok := from.(*arrow.TimestampType); ok && to.ID() == arrow.TIMESTAMP {
		return micros(ts, to)
	}
	switch from.ID() {
	case arrow.INT8:
		return widen[int8](to)
	case arrow.INT16:
		return widen[int16](to)
	case arrow.INT32:
		return widen[int32](to)
	case arrow.UINT8:
		return widen[uint8](to)
	case arrow.UINT16:
		return widen[uint16](to)
	case arrow.UINT32:
		return widen[uint32](to)
	case arrow.FLOAT32:
		return widen[float32](to)
	case arrow.FLOAT16:
		return widenHalf(to)
	}
	return nil
}

func widenHalf(to arrow.DataType) Conversion {
	value := func(bits uint16) float32 {
		return half.Float32(float16.FromLEBytes(binary.LittleEndian.AppendUint16(nil, bits)))
	}
	switch to.ID() {
	case arrow.FLOAT32:
		return mapValues[uint16, float32](to, func(b uint16) (float32, error) { return value(b), nil })
	case arrow.FLOAT64:
		return mapValues[uint16, float64](to, func(b uint16) (float64, error) { return float64(value(b)), nil })
	}
	return nil
}

// widen converts numbers to a wider type. The caller has seen to it that it is
// one that holds all of them.
func widen[F number](to arrow.DataType) Conversion {
	switch to.ID() {
	case arrow.INT16:
		return mapValues[F, int16](to, func(f F) (int16, error) { return int16(f), nil })
	case arrow.INT32:
		return mapValues[F, int32](to, func(f F) (int32, error) { return int32(f), nil })
	case arrow.INT64:
		return mapValues[F, int64](to, func(f F) (int64, error) { return int64(f), nil })
	case arrow.FLOAT64:
		return mapValues[F, float64](to, func(f F) (float64, error) { return float64(f), nil })
	}
	return nil
}

// micros converts timestamps to microseconds. One that has more digits than
// that is an error.
func micros(from *arrow.TimestampType, to arrow.DataType) Conversion {
	switch from.Unit {
	case arrow.Second:
		return mapValues[int64, int64](to, func(v int64) (int64, error) { return times(v, 1_000_000) })
	case arrow.Millisecond:
		return mapValues[int64, int64](to, func(v int64) (int64, error) { return times(v, 1000) })
	case arrow.Nanosecond:
		return mapValues[int64, int64](to, func(v int64) (int64, error) {
			if v%1000 != 0 {
				return 0, fmt.Errorf("a time of %d ns, and the table has microseconds; round it in --sql", v)
			}
			return v / 1000, nil
		})
	}
	return nil
}

func times(v, by int64) (int64, error) {
	if p := v * by; p/by == v {
		return p, nil
	}
	return 0, fmt.Errorf("a time of %d is too far away for microseconds", v)
}

// mapValues returns a conversion value by value, which leaves out nulls.
func mapValues[F, T number](to arrow.DataType, fn func(F) (T, error)) Conversion {
	return func(arr arrow.Array) (arrow.Array, error) {
		n := arr.Len()
		buf := memory.NewResizableBuffer(memory.DefaultAllocator)
		defer buf.Release()
		buf.Resize(n * int(to.(arrow.FixedWidthDataType).BitWidth()/8))
		dst := arrow.GetData[T](buf.Bytes())
		data := arr.Data()
		if n > 0 {
			src := arrow.GetData[F](data.Buffers()[1].Bytes())[data.Offset() : data.Offset()+n]
			for i, v := range src {
				if arr.IsNull(i) {
					dst[i] = 0
					continue
				}
				var err error
				if dst[i], err = fn(v); err != nil {
					return nil, err
				}
			}
		}
		var valid *memory.Buffer
		if arr.NullN() > 0 {
			valid = memory.NewResizableBuffer(memory.DefaultAllocator)
			defer valid.Release()
			valid.Resize(int(bitutil.BytesForBits(int64(n))))
			for i := range n {
				bitutil.SetBitTo(valid.Bytes(), i, arr.IsValid(i))
			}
		}
		out := array.NewData(to, n, []*memory.Buffer{valid, buf}, nil, arr.NullN(), 0)
		defer out.Release()
		return array.MakeFromData(out), nil
	}
}

// Nearest returns the type that a table without unsigned numbers, and with
// microseconds alone, has for t.
func Nearest(t arrow.DataType) arrow.DataType {
	switch t.ID() {
	case arrow.UINT8:
		return arrow.PrimitiveTypes.Int16
	case arrow.UINT16:
		return arrow.PrimitiveTypes.Int32
	case arrow.UINT32:
		return arrow.PrimitiveTypes.Int64
	case arrow.FLOAT16:
		return arrow.PrimitiveTypes.Float32
	case arrow.TIMESTAMP:
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: t.(*arrow.TimestampType).TimeZone}
	}
	return t
}

// wider are the types that hold all values of another.
var wider = map[arrow.Type][]arrow.Type{
	arrow.INT8:    {arrow.INT16, arrow.INT32, arrow.INT64, arrow.FLOAT64},
	arrow.INT16:   {arrow.INT32, arrow.INT64, arrow.FLOAT64},
	arrow.INT32:   {arrow.INT64, arrow.FLOAT64},
	arrow.UINT8:   {arrow.INT16, arrow.INT32, arrow.INT64, arrow.FLOAT64},
	arrow.UINT16:  {arrow.INT32, arrow.INT64, arrow.FLOAT64},
	arrow.UINT32:  {arrow.INT64, arrow.FLOAT64},
	arrow.FLOAT16: {arrow.FLOAT32, arrow.FLOAT64},
	arrow.FLOAT32: {arrow.FLOAT64},
}

var wide = map[arrow.Type]arrow.DataType{
	arrow.INT16: arrow.PrimitiveTypes.Int16, arrow.INT32: arrow.PrimitiveTypes.Int32, arrow.INT64: arrow.PrimitiveTypes.Int64,
	arrow.FLOAT32: arrow.PrimitiveTypes.Float32, arrow.FLOAT64: arrow.PrimitiveTypes.Float64,
}

// Wider returns the types that hold all numbers of type t.
func Wider(t arrow.DataType) []arrow.DataType {
	var types []arrow.DataType
	for _, id := range wider[t.ID()] {
		types = append(types, wide[id])
	}
	return types
}
