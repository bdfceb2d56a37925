package arrow

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// appender is what the builders of values of type T have in common.
type appender[T any] interface{ Append(T) }

// appendOf appends value i of from, if both are of the type T.
func appendOf[T any](b array.Builder, from arrow.Array, i int) bool {
	to, ok := b.(appender[T])
	values, has := from.(interface{ Value(int) T })
	if ok && has {
		to.Append(values.Value(i))
	}
	return ok && has
}

// appendEntry appends value i of from, which is not null, to b of the same type.
func appendEntry(b array.Builder, from arrow.Array, i int) error {
	var ok bool
	switch from.DataType().ID() {
	case arrow.BOOL:
		ok = appendOf[bool](b, from, i)
	case arrow.INT8:
		ok = appendOf[int8](b, from, i)
	case arrow.INT16:
		ok = appendOf[int16](b, from, i)
	case arrow.INT32:
		ok = appendOf[int32](b, from, i)
	case arrow.INT64:
		ok = appendOf[int64](b, from, i)
	case arrow.UINT8:
		ok = appendOf[uint8](b, from, i)
	case arrow.UINT16:
		ok = appendOf[uint16](b, from, i)
	case arrow.UINT32:
		ok = appendOf[uint32](b, from, i)
	case arrow.UINT64:
		ok = appendOf[uint64](b, from, i)
	case arrow.FLOAT32:
		ok = appendOf[float32](b, from, i)
	case arrow.FLOAT64:
		ok = appendOf[float64](b, from, i)
	case arrow.STRING, arrow.LARGE_STRING:
		ok = appendOf[string](b, from, i)
	case arrow.BINARY, arrow.LARGE_BINARY, arrow.FIXED_SIZE_BINARY:
		ok = appendOf[[]byte](b, from, i)
	case arrow.DATE32:
		ok = appendOf[arrow.Date32](b, from, i)
	case arrow.TIMESTAMP:
		ok = appendOf[arrow.Timestamp](b, from, i)
	}
	if !ok {
		return fmt.Errorf("a dictionary of %s is not read", from.DataType())
	}
	return nil
}

// checkEntryType says whether dictionaries of t can be read.
func checkEntryType(t arrow.DataType) error {
	switch t.ID() {
	case arrow.BOOL, arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64, arrow.UINT8, arrow.UINT16, arrow.UINT32, arrow.UINT64,
		arrow.FLOAT32, arrow.FLOAT64, arrow.STRING, arrow.LARGE_STRING, arrow.BINARY, arrow.LARGE_BINARY, arrow.FIXED_SIZE_BINARY,
		arrow.DATE32, arrow.TIMESTAMP, arrow.STRING_VIEW, arrow.BINARY_VIEW:
		return nil
	}
	return fmt.Errorf("a dictionary of %s is not read from Arrow IPC", t)
}
