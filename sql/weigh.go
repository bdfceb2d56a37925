//go:build !nosql

package sql

// #include "duckdb_api.h"
import "C"

import "github.com/apache/arrow/go/v15/arrow"

// Bounds of what chunks take in memory. A split lies in memory as a whole, so
// one of wide rows has fewer; and so has one of a query that finds few rows
// here and there, since a chunk of one row takes as much as one of 2048. Both
// depend on the rows only.
const (
	splitBytes = 64 << 20
	batchBytes = 8 << 20
)

// vectorRows is the room that DuckDB gives every vector of a chunk.
const vectorRows = 2048

// weigh returns about how many bytes a chunk takes.
func weigh(chunk C.duckdb_data_chunk, columns []*column) int {
	n := int(C.duckdb_data_chunk_get_size(chunk))
	bytes := 0
	for i, c := range columns {
		bytes += weighVector(C.duckdb_data_chunk_get_vector(chunk, C.idx_t(i)), c, n)
	}
	return bytes
}

// weighVector weighs a vector of n values and what belongs to it.
func weighVector(v C.duckdb_vector, c *column, n int) int {
	room := max(n, vectorRows)
	switch c.id {
	case typeVarchar, typeBlob:
		return 16*room + longText(v, n)
	case typeList:
		return 16*room + weighVector(C.duckdb_list_vector_get_child(v), &c.sub[0], int(C.duckdb_list_vector_get_size(v)))
	case typeMap:
		entries, size := C.duckdb_list_vector_get_child(v), int(C.duckdb_list_vector_get_size(v))
		return 16*room + weighFields(entries, c, size)
	case typeArray:
		return weighVector(C.duckdb_array_vector_get_child(v), &c.sub[0], n*c.size)
	case typeStruct:
		return weighFields(v, c, n)
	case typeDecimal, typeHugeInt:
		return 16 * room
	case typeEnum:
		return 4 * room
	}
	if t, ok := c.dt.(arrow.FixedWidthDataType); ok {
		return max(t.BitWidth()/8, 1) * room
	}
	return 16 * room
}

func weighFields(v C.duckdb_vector, c *column, n int) int {
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
