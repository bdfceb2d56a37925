//go:build !nosql

package vector

// #include "fill.h"
import "C"

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"

	"leapscore/internal/half"
)

// Fill writes the n values from lo on of an array into a vector of its type.
func Fill(v unsafe.Pointer, arr arrow.Array, lo, n int) error {
	return fill(C.duckdb_vector(v), arr, lo, n, 0)
}

// fill writes the n values from lo on of an array into a vector of its
// type, from row at on.
func fill(v C.duckdb_vector, arr arrow.Array, lo, n, at int) error {
	if n == 0 {
		return nil
	}
	fillNulls(v, arr, lo, n, at)
	switch a := arr.(type) {
	case *array.Null:
	case *array.Boolean:
		out := values[bool](v, at+n)[at:]
		for i := range out {
			out[i] = a.Value(lo + i)
		}
	case *array.String:
		fillText(v, a.Data(), lo, n, at)
	case *array.Binary:
		fillText(v, a.Data(), lo, n, at)
	case *array.FixedSizeBinary:
		fillEach(v, a, lo, n, at, a.Value)
	case *array.LargeBinary:
		fillEach(v, a, lo, n, at, a.Value)
	case *array.LargeString:
		fillEach(v, a, lo, n, at, func(i int) []byte { return []byte(a.Value(i)) })
	case *array.Dictionary:
		fillWords(v, a, lo, n, at)
	case *array.Struct:
		return fillStruct(v, a, lo, n, at)
	case array.ListLike: // maps too
		return fillList(v, a, lo, n, at)
	case *array.Decimal128:
		fillDecimal(v, a, lo, n, at)
	default:
		return fillNumbers(v, arr, lo, n, at)
	}
	return nil
}

// fillNulls marks what is null.
func fillNulls(v C.duckdb_vector, arr arrow.Array, lo, n, at int) {
	if arr.DataType().ID() == arrow.NULL {
		for i, mask := 0, writableMask(v, at+n); i < n; i++ {
			mask[(at+i)>>6] &^= 1 << ((at + i) & 63)
		}
		return
	}
	if arr.NullN() == 0 {
		return
	}
	mask := writableMask(v, at+n)
	src, shift := arr.NullBitmapBytes(), arr.Data().Offset()+lo
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(&mask[0])), 8*len(mask))
	bitutil.CopyBitmap(src, shift, n, bytes, at)
}

// writableMask returns the null mask for n values, which it makes.
func writableMask(v C.duckdb_vector, n int) []uint64 {
	C.duckdb_vector_ensure_validity_writable(v)
	return validity(v, n)
}

func fillStruct(v C.duckdb_vector, a *array.Struct, lo, n, at int) error {
	for k := range a.NumField() {
		if err := fill(C.duckdb_struct_vector_get_child(v, C.idx_t(k)), a.Field(k), lo, n, at); err != nil {
			return err
		}
	}
	if a.NullN() == 0 {
		return nil
	}
	for i := range n {
		if a.IsNull(lo + i) {
			nullParts(v, a.DataType(), at+i)
		}
	}
	return nil
}

// nullParts makes the parts of a struct null in one row, as DuckDB wants them
// where the struct is. Arrow does not care what they are there.
func nullParts(v C.duckdb_vector, dt arrow.DataType, row int) {
	st, ok := dt.(*arrow.StructType)
	if !ok {
		return
	}
	for k, f := range st.Fields() {
		part := C.duckdb_struct_vector_get_child(v, C.idx_t(k))
		writableMask(part, row+1)[row>>6] &^= 1 << (row & 63)
		nullParts(part, f.Type, row)
	}
}

// bytesOf returns the address of what C only reads.
func bytesOf(b []byte) *C.uint8_t { return (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(b))) }

func textBuffers(d arrow.ArrayData) (data *C.char, offsets []int32) {
	buf := d.Buffers()
	if buf[1] != nil {
		offsets = arrow.Int32Traits.CastFromBytes(buf[1].Bytes())[d.Offset():]
	}
	if buf[2] != nil {
		data = (*C.char)(unsafe.Pointer(unsafe.SliceData(buf[2].Bytes())))
	}
	return data, offsets
}

func nullBits(d arrow.ArrayData) *C.uint8_t {
	if b := d.Buffers()[0]; b != nil && d.NullN() != 0 {
		return bytesOf(b.Bytes())
	}
	return nil
}

func fillText(v C.duckdb_vector, d arrow.ArrayData, lo, n, at int) {
	data, offsets := textBuffers(d)
	C.leap_fill_text(v, C.idx_t(at), C.idx_t(n), data, (*C.int32_t)(unsafe.SliceData(offsets[lo:])), nullBits(d), C.idx_t(d.Offset()+lo))
}

func fillWords(v C.duckdb_vector, a *array.Dictionary, lo, n, at int) {
	if a.Dictionary().Len() == 0 {
		return // all null
	}
	var codes []int32
	if ix, ok := a.Indices().(*array.Int32); ok {
		codes = ix.Int32Values()[lo : lo+n]
	} else {
		codes = make([]int32, n)
		for i := range codes {
			if a.IsValid(lo + i) {
				codes[i] = int32(a.GetValueIndex(lo + i))
			}
		}
	}
	data, offsets := textBuffers(a.Dictionary().Data())
	C.leap_fill_words(v, C.idx_t(at), C.idx_t(n), data, (*C.int32_t)(unsafe.SliceData(offsets)), C.idx_t(a.Dictionary().Len()),
		(*C.int32_t)(unsafe.SliceData(codes)), nullBits(a.Data()), C.idx_t(a.Data().Offset()+lo))
}

// fillEach writes the bytes that value gives.
func fillEach(v C.duckdb_vector, arr arrow.Array, lo, n, at int, value func(int) []byte) {
	for i := range n {
		if arr.IsValid(lo + i) {
			b := value(lo + i)
			C.duckdb_vector_assign_string_element_len(v, C.idx_t(at+i), (*C.char)(unsafe.Pointer(unsafe.SliceData(b))), C.idx_t(len(b)))
		}
	}
}

// fillList writes lists and maps. Their elements follow those that the vector
// has from rows before.
func fillList(v C.duckdb_vector, a array.ListLike, lo, n, at int) error {
	from, _ := a.ValueOffsets(lo)
	_, to := a.ValueOffsets(lo + n - 1)
	base, total := int(C.duckdb_list_vector_get_size(v)), int(to-from)
	if C.duckdb_list_vector_reserve(v, C.idx_t(base+total)) != 0 || C.duckdb_list_vector_set_size(v, C.idx_t(base+total)) != 0 {
		return fmt.Errorf("no room for %d elements of lists", base+total)
	}
	entries := values[[2]uint64](v, at+n)[at:]
	for i := range entries {
		start, end := a.ValueOffsets(lo + i)
		entries[i] = [2]uint64{uint64(base) + uint64(start-from), uint64(end - start)}
	}
	return fill(C.duckdb_list_vector_get_child(v), a.ListValues(), int(from), total, base)
}

func fillDecimal(v C.duckdb_vector, a *array.Decimal128, lo, n, at int) {
	src := a.Values()[lo : lo+n]
	switch p := a.DataType().(*arrow.Decimal128Type).Precision; {
	case p <= 4:
		for i, out := 0, values[int16](v, at+n)[at:]; i < n; i++ {
			out[i] = int16(src[i].LowBits())
		}
	case p <= 9:
		for i, out := 0, values[int32](v, at+n)[at:]; i < n; i++ {
			out[i] = int32(src[i].LowBits())
		}
	case p <= 18:
		for i, out := 0, values[int64](v, at+n)[at:]; i < n; i++ {
			out[i] = int64(src[i].LowBits())
		}
	default:
		for i, out := 0, values[[2]uint64](v, at+n)[at:]; i < n; i++ {
			out[i] = [2]uint64{src[i].LowBits(), uint64(src[i].HighBits())}
		}
	}
}

// fillNumbers writes values of fixed width, most of which need no change.
func fillNumbers(v C.duckdb_vector, arr arrow.Array, lo, n, at int) error {
	switch a := arr.(type) {
	case *array.Float16:
		for i, out := 0, values[float32](v, at+n)[at:]; i < n; i++ {
			out[i] = half.Float32(a.Value(lo + i))
		}
	case *array.Date64:
		for i, out := 0, values[int32](v, at+n)[at:]; i < n; i++ {
			out[i] = int32(floorDiv(int64(a.Value(lo+i)), 86_400_000))
		}
	case *array.Time32:
		scale := int64(a.DataType().(*arrow.Time32Type).Unit.Multiplier() / 1000)
		for i, out := 0, values[int64](v, at+n)[at:]; i < n; i++ {
			out[i] = int64(a.Value(lo+i)) * scale
		}
	case *array.Time64:
		if a.DataType().(*arrow.Time64Type).Unit == arrow.Nanosecond {
			return fillMicros(v, a, lo, n, at, func(i int) int64 { return int64(a.Value(i)) })
		}
		fillBytes(v, arr, lo, n, at)
	case *array.Timestamp:
		return fillTimes(v, a, lo, n, at)
	default:
		if _, ok := arr.DataType().(arrow.FixedWidthDataType); !ok {
			return fmt.Errorf("%s, which a query cannot read", arr.DataType())
		}
		fillBytes(v, arr, lo, n, at)
	}
	return nil
}

// fillBytes copies values that DuckDB and Arrow lay out alike.
func fillBytes(v C.duckdb_vector, arr arrow.Array, lo, n, at int) {
	w := arr.DataType().(arrow.FixedWidthDataType).Bytes()
	from := (arr.Data().Offset() + lo) * w
	copy(values[byte](v, (at+n)*w)[at*w:], arr.Data().Buffers()[1].Bytes()[from:from+n*w])
}

// fillTimes writes points in time: in microseconds, or in nanoseconds where
// DuckDB has a type for them.
func fillTimes(v C.duckdb_vector, a *array.Timestamp, lo, n, at int) error {
	t := a.DataType().(*arrow.TimestampType)
	out := values[int64](v, at+n)[at:]
	switch {
	case t.Unit == arrow.Microsecond || t.Unit == arrow.Nanosecond && t.TimeZone == "":
		fillBytes(v, a, lo, n, at)
	case t.Unit == arrow.Nanosecond:
		return fillMicros(v, a, lo, n, at, func(i int) int64 { return int64(a.Value(i)) })
	default:
		scale := int64(t.Unit.Multiplier() / 1000)
		for i := range out {
			x := int64(a.Value(lo + i))
			if (x > math.MaxInt64/scale || x < math.MinInt64/scale) && a.IsValid(lo+i) {
				return fmt.Errorf("time %d %s is out of the range of TIMESTAMP", x, t.Unit)
			}
			out[i] = x * scale
		}
	}
	return nil
}

// fillMicros writes nanoseconds as the microseconds that DuckDB has a type for, and
// refuses those that have digits below.
func fillMicros(v C.duckdb_vector, arr arrow.Array, lo, n, at int, nanos func(int) int64) error {
	for i, out := 0, values[int64](v, at+n)[at:]; i < n; i++ {
		x := nanos(lo + i)
		if x%1000 != 0 && arr.IsValid(lo+i) {
			return fmt.Errorf("%s has nanoseconds, which DuckDB's type for it does not hold; leave the column out of the query, read it with --input, or write a query that only names columns",
				arr.ValueStr(lo+i))
		}
		out[i] = x / 1000
	}
	return nil
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
