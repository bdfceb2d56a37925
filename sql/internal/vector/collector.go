//go:build !nosql

package vector

// #include "parcel.h"
import "C"

import (
	"fmt"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
)

// Collector takes the rows of a query where DuckDB's threads make them, instead of
// having them copied into the one result of the query: a function around its columns
// copies each chunk into a parcel, as compact as it can be, and gives for each row the
// parcel and the place there. The result is these numbers, in the order of the rows.
type Collector struct{ c *C.leap_collector }

// NewCollector makes the function known to a connection, a duckdb_connection, under a
// name.
func NewCollector(con unsafe.Pointer, name string) (*Collector, error) {
	n := C.CString(name)
	defer C.free(unsafe.Pointer(n))
	c := &Collector{c: C.leap_collector_register(C.duckdb_connection(con), n)}
	if c.c == nil {
		return nil, fmt.Errorf("duckdb: function %s is refused", name)
	}
	return c, nil
}

// Collects reports whether rows of the columns can be collected: those with columns
// that hold other values cannot, since DuckDB does not say where these are.
func Collects(columns []*Column) bool {
	for _, c := range columns {
		switch c.id {
		case TypeList, TypeArray, TypeMap, TypeStruct:
			return false
		}
	}
	return len(columns) > 0
}

// Open begins to take the rows of a query of the given columns. The one before must
// have ended.
func (c *Collector) Open(columns []*Column) error {
	widths := make([]C.uint32_t, len(columns))
	for i, col := range columns {
		widths[i] = C.uint32_t(col.width())
	}
	if !C.leap_collector_open(c.c, unsafe.SliceData(widths), C.uint32_t(len(widths))) {
		return fmt.Errorf("duckdb: no memory for %d columns", len(columns))
	}
	return nil
}

// Width is about how many bytes DuckDB counts for a row of the columns.
func Width(columns []*Column) int {
	bytes := 0
	for _, c := range columns {
		bytes += max(c.width(), 16)
	}
	return bytes
}

// Close ends taking rows, and frees those that were not fetched.
func (c *Collector) Close() { C.leap_collector_close(c.c) }

// Free follows the end of the connection.
func (c *Collector) Free() {
	if c != nil {
		C.leap_collector_free(c.c)
	}
}

// width is the bytes of a value in DuckDB, 0 of text.
func (c *Column) width() int {
	switch c.id {
	case TypeVarchar, TypeBlob:
		return 0
	case TypeBoolean:
		return 1
	case TypeUUID, TypeHugeInt:
		return 16
	case TypeDecimal, TypeEnum:
		switch c.phys {
		case TypeUTinyInt:
			return 1
		case TypeSmallInt, TypeUSmallInt:
			return 2
		case TypeInteger, TypeUInteger:
			return 4
		case TypeBigInt:
			return 8
		}
		return 16
	}
	return c.dt.(arrow.FixedWidthDataType).Bytes()
}

// Range is rows that follow each other, in a parcel of a collector.
type Range struct{ r C.leap_range }

// Rows is how many rows there are.
func (r *Range) Rows() int { return int(r.r.rows) }

// Bytes is about how many bytes they take.
func (r *Range) Bytes() int {
	return int(uint64(r.r.parcel.used) * uint64(r.r.rows) / uint64(r.r.parcel.rows))
}

// Ranges appends the rows that a chunk of a result has the numbers of.
func (c *Collector) Ranges(dataChunk unsafe.Pointer, list []Range) []Range {
	var n C.uint32_t
	first := C.leap_ranges(c.c, C.duckdb_data_chunk(dataChunk), &n)
	for _, r := range unsafe.Slice(first, n) {
		list = append(list, Range{r})
	}
	return list
}

// Release gives rows back, which must not be looked at any more.
func (c *Collector) Release(list []Range) {
	for _, r := range list {
		C.leap_release(c.c, r.r.parcel, r.r.rows)
	}
}

// part is the values of a column in a range.
type part struct {
	base                       unsafe.Pointer // what places count from
	valid, values, text, words uint64         // places
	nulls                      int            // of all rows of the parcel
	count                      int            // of words, -1 for texts as they stand
	from, to                   int
}

func (r *Range) part(column int) part {
	p := r.r.parcel
	parts := unsafe.Add(unsafe.Pointer(p), unsafe.Sizeof(*p)) // C's flexible array
	at := (*C.leap_part)(unsafe.Add(parts, column*int(unsafe.Sizeof(C.leap_part{}))))
	return part{
		base:  unsafe.Pointer(p.bytes),
		valid: uint64(at.valid), values: uint64(at.values), text: uint64(at.text), words: uint64(at.words),
		nulls: int(at.nulls), count: int(at.count),
		from: int(r.r.from), to: int(r.r.from + r.r.rows),
	}
}

// mask is the null mask, nil if nothing is null. It is of the parcel: the first bit of
// the range is number from.
func (p *part) mask() []uint64 {
	if p.nulls == 0 {
		return nil
	}
	return unsafe.Slice((*uint64)(unsafe.Add(p.base, p.valid)), (p.to+63)/64)
}

// valuesOf are the values of the range.
func valuesOf[T any](p *part) []T {
	return unsafe.Slice((*T)(unsafe.Add(p.base, p.values)), p.to)[p.from:p.to]
}

// offsets are where the texts of the range begin, and the last ends.
func (p *part) offsets() []int32 {
	return unsafe.Slice((*int32)(unsafe.Add(p.base, p.values)), p.to+1)[p.from:]
}

// bytes are the bytes [lo, hi) of the texts or words of the parcel.
func (p *part) bytes(lo, hi int32) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(p.base, p.text)), hi)[lo:]
}

// wordOffsets are where the words begin, and the last ends.
func (p *part) wordOffsets() []int32 {
	return unsafe.Slice((*int32)(unsafe.Add(p.base, p.words)), p.count+1)
}
