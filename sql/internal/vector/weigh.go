//go:build !nosql

package vector

// #include "duckdb.h"
import "C"

import (
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
)

// Rows is the room that DuckDB gives every vector of a chunk.
const Rows = 2048

// Weigh returns about how many bytes a chunk takes.
func Weigh(dataChunk unsafe.Pointer, columns []*Column) int {
	chunk := C.duckdb_data_chunk(dataChunk)
	n := int(C.duckdb_data_chunk_get_size(chunk))
	bytes := 0
	for i, c := range columns {
		bytes += weighVector(C.duckdb_data_chunk_get_vector(chunk, C.idx_t(i)), c, n)
	}
	return bytes
}

// weighVector weighs a vector of n values and what belongs to it.
func weighVector(v C.duckdb_vector, c *Column, n int) int {
	room := max(n, Rows)
	switch c.id {
	case TypeVarchar, TypeBlob:
		return 16*room + longText(v, n)
	case TypeList:
		return 16*room + weighVector(C.duckdb_list_vector_get_child(v), &c.sub[0], int(C.duckdb_list_vector_get_size(v)))
	case TypeMap:
		entries, size := C.duckdb_list_vector_get_child(v), int(C.duckdb_list_vector_get_size(v))
		return 16*room + weighFields(entries, c, size)
	case TypeArray:
		return weighVector(C.duckdb_array_vector_get_child(v), &c.sub[0], n*c.size)
	case TypeStruct:
		return weighFields(v, c, n)
	case TypeDecimal, TypeHugeInt:
		return 16 * room
	case TypeEnum:
		return 4 * room
	}
	if t, ok := c.dt.(arrow.FixedWidthDataType); ok {
		return max(t.BitWidth()/8, 1) * room
	}
	return 16 * room
}

func weighFields(v C.duckdb_vector, c *Column, n int) int {
	bytes := 0
	for k := range c.sub {
		bytes += weighVector(C.duckdb_struct_vector_get_child(v, C.idx_t(k)), &c.sub[k], n)
	}
	return bytes
}

// longText estimates the text of a vector that does not stand in it, from one
// value in sixteen.
func longText(v C.duckdb_vector, n int) int {
	const step = 16
	src, mask := values[text](v, n), validity(v, n)
	bytes := 0
	for i := 0; i < n; i += step {
		if isValid(mask, i) && src[i].n > 12 {
			bytes += step * int(src[i].n)
		}
	}
	return bytes
}
