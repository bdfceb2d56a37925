//go:build !nosql

package sql

// #include "duckdb.h"
import "C"

import (
	"context"
	"fmt"
	"unsafe"

	"leapscore/sql/internal/vector"
)

// rowNumbers is the numbers of the wanted rows, as DuckDB finds them.
type rowNumbers struct {
	scan  *scan
	chunk C.duckdb_data_chunk
	files []int64
	rows  []int64
	at    int
	last  [2]int64
	ended bool
}

// until appends the numbers of rows of a file that come before row to, from row
// from on.
func (r *rowNumbers) until(file, from, to int64, out []uint32) ([]uint32, error) {
	for {
		for ; r.at < len(r.rows); r.at++ {
			is, row := r.files[r.at], r.rows[r.at]
			if is > file || is == file && row >= to {
				return out, nil
			}
			if is < file || row < from || is == r.last[0] && row <= r.last[1] {
				return nil, fmt.Errorf("query: row %d of file %d is out of order", row, is)
			}
			r.last = [2]int64{is, row}
			out = append(out, uint32(row-from))
		}
		if err := r.fetch(); err != nil || r.ended {
			return out, err
		}
	}
}

func (r *rowNumbers) fetch() error {
	r.free()
	for !r.ended {
		if err := r.scan.ctx.Err(); err != nil {
			return context.Cause(r.scan.ctx)
		}
		chunk := C.duckdb_fetch_chunk(r.scan.result)
		if chunk == nil {
			if msg := C.GoString(C.duckdb_result_error(&r.scan.result)); msg != "" {
				return r.scan.query.conn.failed(r.scan.ctx, msg)
			}
			r.ended = true
			return nil
		}
		if n := int(C.duckdb_data_chunk_get_size(chunk)); n > 0 {
			r.chunk, r.at = chunk, 0
			r.files = vector.Values[int64](unsafe.Pointer(C.duckdb_data_chunk_get_vector(chunk, 0)), n)
			r.rows = vector.Values[int64](unsafe.Pointer(C.duckdb_data_chunk_get_vector(chunk, 1)), n)
			return nil
		}
		C.duckdb_destroy_data_chunk(&chunk)
	}
	return nil
}

func (r *rowNumbers) free() {
	if r.chunk != nil {
		C.duckdb_destroy_data_chunk(&r.chunk)
		r.chunk, r.files, r.rows, r.at = nil, nil, nil, 0
	}
}

func (r *rowNumbers) close() error {
	r.free()
	return r.scan.Close()
}

// empty reports whether all numbers have been taken.
func (r *rowNumbers) empty() bool {
	return r.at == len(r.rows) && (r.ended || r.fetch() == nil && r.ended)
}
