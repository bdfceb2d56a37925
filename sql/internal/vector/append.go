//go:build !nosql

package vector

// #include "duckdb.h"
import "C"

import (
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Builder makes Arrow arrays of the vectors of one column of a result.
type Builder struct{ a appender }

// NewBuilder returns a builder for a column. Text with few distinct words becomes
// dictionaries.
func NewBuilder(mem memory.Allocator, c *Column) Builder {
	if c.id == TypeVarchar {
		return Builder{newWordsAppender(mem)}
	}
	return Builder{newAppender(mem, c)}
}

// Append appends the n values of a flat vector.
func (b Builder) Append(vector unsafe.Pointer, n int) {
	b.a.appendRange(C.duckdb_vector(vector), 0, n)
}

// NewArray returns what was appended, and starts anew.
func (b Builder) NewArray() arrow.Array { return b.a.array() }

// Release frees what was appended.
func (b Builder) Release() { b.a.release() }

// appender turns DuckDB's vectors into one Arrow array. Values below null slots are
// not defined in DuckDB, and never copied.
type appender interface {
	// appendRange appends the values [lo, hi) of a flat vector.
	appendRange(v C.duckdb_vector, lo, hi int)
	// appendNulls appends n nulls.
	appendNulls(n int)
	array() arrow.Array
	release()
}

func newAppender(mem memory.Allocator, c *Column) appender {
	switch c.id {
	case TypeBoolean:
		return &boolAppender{array.NewBooleanBuilder(mem)}
	case TypeVarchar:
		return &bytesAppender{b: array.NewStringBuilder(mem)}
	case TypeBlob:
		return &bytesAppender{b: array.NewBinaryBuilder(mem, arrow.BinaryTypes.Binary)}
	case TypeDecimal, TypeHugeInt:
		return &decimalAppender{b: array.NewDecimal128Builder(mem, c.dt.(*arrow.Decimal128Type)), c: c}
	case TypeUUID:
		return newUUIDAppender(mem)
	case TypeEnum:
		return newEnumAppender(mem, c)
	case TypeList, TypeArray, TypeMap:
		return newListAppender(mem, c)
	case TypeStruct:
		return newStructAppender(mem, c)
	}
	return &fixedAppender{mem: mem, dt: c.dt, width: c.dt.(arrow.FixedWidthDataType).Bytes()}
}

// validity returns the words of a vector's null mask, nil if nothing is null.
func validity(v C.duckdb_vector, n int) []uint64 {
	p := C.duckdb_vector_get_validity(v)
	if p == nil {
		return nil
	}
	return unsafe.Slice((*uint64)(unsafe.Pointer(p)), (n+63)/64)
}

func isValid(mask []uint64, i int) bool { return mask == nil || mask[i>>6]>>(i&63)&1 == 1 }

// Values are the n values of a flat vector, whose type must be T's.
func Values[T any](vector unsafe.Pointer, n int) []T { return values[T](C.duckdb_vector(vector), n) }

func values[T any](v C.duckdb_vector, n int) []T {
	return unsafe.Slice((*T)(C.duckdb_vector_get_data(v)), n)
}

// fixedAppender copies values that DuckDB and Arrow lay out alike.
type fixedAppender struct {
	mem   memory.Allocator
	dt    arrow.DataType
	width int
	data  []byte
	valid []byte // one bit a value, empty as long as nothing is null
	n     int
	nulls int
}

func (a *fixedAppender) appendRange(v C.duckdb_vector, lo, hi int) {
	src := unsafe.Slice((*byte)(C.duckdb_vector_get_data(v)), hi*a.width)
	mask := validity(v, hi)
	at := len(a.data)
	a.data = append(a.data, src[lo*a.width:]...)
	if mask != nil {
		for i := lo; i < hi; i++ {
			if !isValid(mask, i) {
				k := at + (i-lo)*a.width
				clear(a.data[k : k+a.width])
				a.setNull(a.n + i - lo)
			}
		}
	}
	a.n += hi - lo
}

func (a *fixedAppender) setNull(i int) {
	for len(a.valid)*8 <= i {
		a.valid = append(a.valid, 0xff)
	}
	bitutil.ClearBit(a.valid, i)
	a.nulls++
}

func (a *fixedAppender) appendNulls(n int) {
	for i := range n {
		a.setNull(a.n + i)
	}
	a.data = append(a.data, make([]byte, n*a.width)...)
	a.n += n
}

func (a *fixedAppender) array() arrow.Array {
	buf := memory.NewResizableBuffer(a.mem)
	buf.Resize(len(a.data))
	copy(buf.Bytes(), a.data)
	var valid *memory.Buffer
	if a.nulls > 0 {
		valid = memory.NewResizableBuffer(a.mem)
		valid.Resize(int(bitutil.BytesForBits(int64(a.n))))
		memory.Set(valid.Bytes(), 0xff)
		copy(valid.Bytes(), a.valid)
	}
	d := array.NewData(a.dt, a.n, []*memory.Buffer{valid, buf}, nil, a.nulls, 0)
	defer d.Release()
	buf.Release()
	if valid != nil {
		valid.Release()
	}
	a.data, a.valid, a.n, a.nulls = a.data[:0], a.valid[:0], 0, 0
	return array.MakeFromData(d)
}

func (a *fixedAppender) release() {}

// extend makes room for n 32-bit values, which count once n is added to a.n.
func (a *fixedAppender) extend(n int) []int32 {
	at := len(a.data)
	if cap(a.data) < at+4*n {
		a.data = append(make([]byte, 0, max(2*cap(a.data), at+4*n)), a.data...)
	}
	a.data = a.data[:at+4*n]
	return arrow.Int32Traits.CastFromBytes(a.data[at:])
}

func (a *fixedAppender) isNull(i int) bool {
	return i < 8*len(a.valid) && !bitutil.BitIsSet(a.valid, i)
}

// trim forgets nulls behind the last value.
func (a *fixedAppender) trim() {
	for i := a.n; i < 8*len(a.valid); i++ {
		if a.isNull(i) {
			bitutil.SetBit(a.valid, i)
			a.nulls--
		}
	}
}

type boolAppender struct{ b *array.BooleanBuilder }

func (a *boolAppender) appendRange(v C.duckdb_vector, lo, hi int) {
	src, mask := values[bool](v, hi), validity(v, hi)
	a.b.Reserve(hi - lo)
	for i := lo; i < hi; i++ {
		if isValid(mask, i) {
			a.b.UnsafeAppend(src[i])
		} else {
			a.b.UnsafeAppendBoolToBitmap(false)
		}
	}
}
func (a *boolAppender) appendNulls(n int)  { a.b.AppendNulls(n) }
func (a *boolAppender) array() arrow.Array { return a.b.NewArray() }
func (a *boolAppender) release()           { a.b.Release() }

// text is DuckDB's string: up to 12 bytes stand in it, longer ones elsewhere.
type text struct {
	n      uint32
	inline [4]byte
	ptr    *byte
}

func (t *text) bytes() []byte {
	if t.n <= 12 {
		return unsafe.Slice(&t.inline[0], t.n)
	}
	return unsafe.Slice(t.ptr, t.n)
}

// bytesBuilder is what the builders of strings and of bytes have in common.
type bytesBuilder interface {
	array.Builder
	ReserveData(n int)
}

type bytesAppender struct{ b bytesBuilder }

func (a *bytesAppender) appendRange(v C.duckdb_vector, lo, hi int) {
	src, mask := values[text](v, hi), validity(v, hi)
	a.b.Reserve(hi - lo)
	str, isString := a.b.(*array.StringBuilder)
	for i := lo; i < hi; i++ {
		switch {
		case !isValid(mask, i):
			a.b.AppendNull()
		case isString:
			b := src[i].bytes()
			str.BinaryBuilder.Append(b)
		default:
			a.b.(*array.BinaryBuilder).Append(src[i].bytes())
		}
	}
}
func (a *bytesAppender) appendNulls(n int)  { a.b.AppendNulls(n) }
func (a *bytesAppender) array() arrow.Array { return a.b.NewArray() }
func (a *bytesAppender) release()           { a.b.Release() }

type decimalAppender struct {
	b *array.Decimal128Builder
	c *Column
}

func (a *decimalAppender) appendRange(v C.duckdb_vector, lo, hi int) {
	mask := validity(v, hi)
	a.b.Reserve(hi - lo)
	for i := lo; i < hi; i++ {
		if !isValid(mask, i) {
			a.b.UnsafeAppendBoolToBitmap(false)
			continue
		}
		switch a.c.phys {
		case TypeSmallInt:
			a.b.UnsafeAppend(decimal128.FromI64(int64(values[int16](v, hi)[i])))
		case TypeInteger:
			a.b.UnsafeAppend(decimal128.FromI64(int64(values[int32](v, hi)[i])))
		case TypeBigInt:
			a.b.UnsafeAppend(decimal128.FromI64(values[int64](v, hi)[i]))
		default: // a hugeint: two words, the low one first
			x := values[[2]uint64](v, hi)[i]
			a.b.UnsafeAppend(decimal128.New(int64(x[1]), x[0]))
		}
	}
}
func (a *decimalAppender) appendNulls(n int)  { a.b.AppendNulls(n) }
func (a *decimalAppender) array() arrow.Array { return a.b.NewArray() }
func (a *decimalAppender) release()           { a.b.Release() }

// enumAppender gives dictionaries, as DuckDB keeps enums.
type enumAppender struct {
	codes *array.Int32Builder
	dict  arrow.Array
	c     *Column
}

func newEnumAppender(mem memory.Allocator, c *Column) appender {
	words := array.NewStringBuilder(mem)
	defer words.Release()
	words.AppendValues(c.dict, nil)
	return &enumAppender{array.NewInt32Builder(mem), words.NewArray(), c}
}

func (a *enumAppender) appendRange(v C.duckdb_vector, lo, hi int) {
	mask := validity(v, hi)
	a.codes.Reserve(hi - lo)
	for i := lo; i < hi; i++ {
		if !isValid(mask, i) {
			a.codes.AppendNull()
			continue
		}
		switch a.c.phys {
		case TypeUTinyInt:
			a.codes.UnsafeAppend(int32(values[uint8](v, hi)[i]))
		case TypeUSmallInt:
			a.codes.UnsafeAppend(int32(values[uint16](v, hi)[i]))
		default:
			a.codes.UnsafeAppend(int32(values[uint32](v, hi)[i]))
		}
	}
}
func (a *enumAppender) appendNulls(n int) { a.codes.AppendNulls(n) }
func (a *enumAppender) array() arrow.Array {
	codes := a.codes.NewArray()
	defer codes.Release()
	return array.NewDictionaryArray(a.c.dt, codes, a.dict)
}
func (a *enumAppender) release() {
	a.codes.Release()
	a.dict.Release()
}
