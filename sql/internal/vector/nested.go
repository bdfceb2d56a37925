//go:build !nosql

package vector

// #include "duckdb.h"
import "C"

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// rows keeps the null mask of a nested column.
type rows struct {
	mem   memory.Allocator
	valid []byte
	n     int
	nulls int
}

func (r *rows) add(valid bool) {
	if r.n%8 == 0 {
		r.valid = append(r.valid, 0)
	}
	bitutil.SetBitTo(r.valid, r.n, valid)
	r.n++
	if !valid {
		r.nulls++
	}
}

// finish returns the mask, which the caller releases, and starts anew.
func (r *rows) finish() (valid *memory.Buffer, n, nulls int) {
	n, nulls = r.n, r.nulls
	if nulls > 0 {
		valid = memory.NewBufferBytes(append([]byte(nil), r.valid...))
	}
	r.valid, r.n, r.nulls = r.valid[:0], 0, 0
	return valid, n, nulls
}

// listAppender appends lists, fixed-size arrays and maps, which are lists of
// key and value.
type listAppender struct {
	rows
	c       *Column
	offsets []int32
	total   int
	elems   []appender // one, or key and value
}

func newListAppender(mem memory.Allocator, c *Column) appender {
	a := &listAppender{rows: rows{mem: mem}, c: c, offsets: []int32{0}}
	for i := range c.sub {
		a.elems = append(a.elems, newAppender(mem, &c.sub[i]))
	}
	return a
}

func (a *listAppender) appendRange(v C.duckdb_vector, lo, hi int) {
	mask := validity(v, hi)
	var child C.duckdb_vector
	var entries [][2]uint64 // offset and length of each row
	if a.c.id == TypeArray {
		child = C.duckdb_array_vector_get_child(v)
	} else {
		child = C.duckdb_list_vector_get_child(v)
		entries = values[[2]uint64](v, hi)
	}
	for i := lo; i < hi; i++ {
		ok := isValid(mask, i)
		a.add(ok)
		if ok {
			from, n := i*a.c.size, a.c.size
			if entries != nil {
				from, n = int(entries[i][0]), int(entries[i][1])
			}
			a.element(child, from, from+n)
		}
		a.offsets = append(a.offsets, int32(a.total))
	}
}

func (a *listAppender) element(child C.duckdb_vector, lo, hi int) {
	if hi == lo {
		return
	}
	a.total += hi - lo
	if a.c.id != TypeMap {
		a.elems[0].appendRange(child, lo, hi)
		return
	}
	for k, e := range a.elems {
		e.appendRange(C.duckdb_struct_vector_get_child(child, C.idx_t(k)), lo, hi)
	}
}

func (a *listAppender) appendNulls(n int) {
	for range n {
		a.add(false)
		a.offsets = append(a.offsets, int32(a.total))
	}
}

func (a *listAppender) array() arrow.Array {
	var children []arrow.ArrayData
	for _, e := range a.elems {
		arr := e.array()
		defer arr.Release()
		children = append(children, arr.Data())
	}
	if a.c.id == TypeMap {
		entries := array.NewData(a.c.dt.(*arrow.MapType).Elem(), a.total, []*memory.Buffer{nil}, children, 0, 0)
		defer entries.Release()
		children = []arrow.ArrayData{entries}
	}
	off := memory.NewBufferBytes(append([]byte(nil), arrow.Int32Traits.CastToBytes(a.offsets)...))
	valid, n, nulls := a.finish()
	d := array.NewData(a.c.dt, n, []*memory.Buffer{valid, off}, children, nulls, 0)
	defer d.Release()
	a.offsets, a.total = a.offsets[:1], 0
	return array.MakeFromData(d)
}

func (a *listAppender) release() {
	for _, e := range a.elems {
		e.release()
	}
}

type structAppender struct {
	rows
	c      *Column
	fields []appender
}

func newStructAppender(mem memory.Allocator, c *Column) appender {
	a := &structAppender{rows: rows{mem: mem}, c: c}
	for i := range c.sub {
		a.fields = append(a.fields, newAppender(mem, &c.sub[i]))
	}
	return a
}

func (a *structAppender) appendRange(v C.duckdb_vector, lo, hi int) {
	mask := validity(v, hi)
	for i := lo; i < hi; i++ {
		a.add(isValid(mask, i))
	}
	for k, f := range a.fields {
		f.appendRange(C.duckdb_struct_vector_get_child(v, C.idx_t(k)), lo, hi)
	}
}

func (a *structAppender) appendNulls(n int) {
	for range n {
		a.add(false)
	}
	for _, f := range a.fields {
		f.appendNulls(n)
	}
}

func (a *structAppender) array() arrow.Array {
	var children []arrow.ArrayData
	for _, f := range a.fields {
		arr := f.array()
		defer arr.Release()
		children = append(children, arr.Data())
	}
	valid, n, nulls := a.finish()
	d := array.NewData(a.c.dt, n, []*memory.Buffer{valid}, children, nulls, 0)
	defer d.Release()
	return array.MakeFromData(d)
}

func (a *structAppender) release() {
	for _, f := range a.fields {
		f.release()
	}
}
