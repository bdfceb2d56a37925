package format

import (
	"fmt"
	"math"
	"strconv"
	"time"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/google/uuid"

	"leapscore/internal/half"
)

// checkText says whether columns of type t can be written as text.
func checkText(t arrow.DataType) error {
	switch t := t.(type) {
	case arrow.ExtensionType:
		return checkText(t.StorageType())
	case *arrow.DictionaryType:
		if plainType(t.ValueType).ID() == arrow.STRING {
			return nil
		}
	case *arrow.StructType:
		for _, f := range t.Fields() {
			if err := checkText(f.Type); err != nil {
				return fmt.Errorf("%s: %w", f.Name, err)
			}
		}
		return nil
	case *arrow.MapType:
		switch t.KeyType().ID() {
		case arrow.STRUCT, arrow.LIST, arrow.MAP, arrow.BINARY:
			return fmt.Errorf("maps from %s cannot be written as text", t.KeyType())
		}
		return checkText(t.ItemType())
	case arrow.ListLikeType:
		return checkText(t.Elem())
	}
	switch id := t.ID(); {
	case arrow.IsInteger(id), id == arrow.FLOAT16, id == arrow.FLOAT32, id == arrow.FLOAT64, id == arrow.DECIMAL128, arrow.IsBaseBinary(id),
		id == arrow.BOOL, id == arrow.NULL, id == arrow.FIXED_SIZE_BINARY,
		id == arrow.DATE32, id == arrow.DATE64, id == arrow.TIME32, id == arrow.TIME64, id == arrow.TIMESTAMP:
		return nil
	}
	return fmt.Errorf("%s cannot be written as text", t)
}

// textsOf returns how to get the bytes of a string, or nil if arr holds no
// strings. Binary values are none.
func textsOf(arr arrow.Array) func(i int) []byte {
	switch a := arr.(type) {
	case array.ExtensionArray:
		return textsOf(a.Storage())
	case *array.String:
		return func(i int) []byte { return viewed(a.Value(i)) }
	case *array.LargeString:
		return func(i int) []byte { return viewed(a.Value(i)) }
	case *array.Dictionary:
		entry := textsOf(a.Dictionary())
		if entry == nil {
			return nil
		}
		return func(i int) []byte { return entry(a.GetValueIndex(i)) }
	}
	return nil
}

// viewed is the bytes of s, which must not be changed.
func viewed(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// scalarText returns how to append the values of arr as text that has neither
// quotes nor commas nor spaces, or nil if arr holds strings or nested values.
func scalarText(arr arrow.Array) cell {
	switch a := arr.(type) {
	case array.ExtensionArray:
		return scalarText(a.Storage())
	case *array.Null:
		return func(dst []byte, _ int) []byte { return append(dst, "null"...) }
	case *array.Boolean:
		return func(dst []byte, i int) []byte { return strconv.AppendBool(dst, a.Value(i)) }
	case *array.Float64:
		return func(dst []byte, i int) []byte { return appendFloat(dst, a.Value(i), 64) }
	case *array.Float32:
		return func(dst []byte, i int) []byte { return appendFloat(dst, float64(a.Value(i)), 32) }
	case *array.Float16:
		return func(dst []byte, i int) []byte { return appendFloat(dst, float64(half.Float32(a.Value(i))), 32) }
	case *array.Decimal128:
		scale := a.DataType().(*arrow.Decimal128Type).Scale
		return func(dst []byte, i int) []byte { return append(dst, a.Value(i).ToString(scale)...) }
	case *array.Binary:
		return func(dst []byte, i int) []byte { return base64Text(dst, a.Value(i)) }
	case *array.LargeBinary:
		return func(dst []byte, i int) []byte { return base64Text(dst, a.Value(i)) }
	case *array.FixedSizeBinary:
		return func(dst []byte, i int) []byte { return base64Text(dst, a.Value(i)) }
	case uuids:
		return func(dst []byte, i int) []byte { return append(dst, uuid.UUID(a.Value(i)).String()...) }
	}
	if c := integerText(arr); c != nil {
		return c
	}
	return timeText(arr)
}

func integerText(arr arrow.Array) cell {
	switch a := arr.(type) {
	case *array.Int8:
		return signed(a.Int8Values())
	case *array.Int16:
		return signed(a.Int16Values())
	case *array.Int32:
		return signed(a.Int32Values())
	case *array.Int64:
		return signed(a.Int64Values())
	case *array.Uint8:
		return unsigned(a.Uint8Values())
	case *array.Uint16:
		return unsigned(a.Uint16Values())
	case *array.Uint32:
		return unsigned(a.Uint32Values())
	case *array.Uint64:
		return unsigned(a.Uint64Values())
	}
	return nil
}

func signed[T int8 | int16 | int32 | int64](v []T) cell {
	return func(dst []byte, i int) []byte { return strconv.AppendInt(dst, int64(v[i]), 10) }
}

func unsigned[T uint8 | uint16 | uint32 | uint64](v []T) cell {
	return func(dst []byte, i int) []byte { return strconv.AppendUint(dst, uint64(v[i]), 10) }
}

// appendFloat appends the fewest digits that give x back. There is a point or an
// exponent, so that readers who guess types do not take doubles for integers.
func appendFloat(dst []byte, x float64, bits int) []byte {
	switch {
	case math.IsNaN(x):
		return append(dst, "NaN"...)
	case math.IsInf(x, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(x, -1):
		return append(dst, "-Infinity"...)
	}
	if abs := math.Abs(x); abs != 0 && (abs < 1e-5 || abs >= 1e16) {
		return strconv.AppendFloat(dst, x, 'e', -1, bits)
	}
	at := len(dst)
	dst = strconv.AppendFloat(dst, x, 'f', -1, bits)
	for _, c := range dst[at:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, ".0"...)
}

// timeText is dates, times and timestamps as in ISO 8601. Timestamps with a time
// zone are instants, and written in UTC with a Z.
func timeText(arr arrow.Array) cell {
	switch a := arr.(type) {
	case *array.Date32:
		return func(dst []byte, i int) []byte { return a.Value(i).ToTime().AppendFormat(dst, time.DateOnly) }
	case *array.Date64:
		return func(dst []byte, i int) []byte { return a.Value(i).ToTime().AppendFormat(dst, time.DateOnly) }
	case *array.Time32:
		unit := a.DataType().(*arrow.Time32Type).Unit
		return func(dst []byte, i int) []byte { return a.Value(i).ToTime(unit).AppendFormat(dst, "15:04:05.999") }
	case *array.Time64:
		unit := a.DataType().(*arrow.Time64Type).Unit
		return func(dst []byte, i int) []byte { return a.Value(i).ToTime(unit).AppendFormat(dst, "15:04:05.999999999") }
	case *array.Timestamp:
		t := a.DataType().(*arrow.TimestampType)
		layout := "2006-01-02T15:04:05.999999999"
		if t.TimeZone != "" {
			layout += "Z"
		}
		return func(dst []byte, i int) []byte { return a.Value(i).ToTime(t.Unit).AppendFormat(dst, layout) }
	}
	return nil
}
