//go:build !nosql

package sql

// #include "table.h"
import "C"

import (
	"fmt"
	"math"
	"runtime/cgo"
	"unsafe"

	"leapscore/sql/internal/vector"
)

// guard calls fn and gives its error, or its panic, to set.
func guard(t *tables, fn func() error, set func(*C.char)) {
	var err error
	func() {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("%s: panic: %v", tableFunction, p)
			}
		}()
		err = fn()
	}()
	if err != nil {
		t.fail(err)
		msg := C.CString(err.Error())
		defer C.free(unsafe.Pointer(msg))
		set(msg)
	}
}

//export leapTableBind
func leapTableBind(info C.duckdb_bind_info) {
	t := cgo.Handle(C.leap_bind_owner(info)).Value().(*tables)
	guard(t, func() error {
		p := C.duckdb_bind_get_parameter(info, 0)
		id := int64(C.duckdb_get_int64(p))
		C.duckdb_destroy_value(&p)
		t.mu.Lock()
		known := id >= 0 && id < int64(len(t.list))
		t.mu.Unlock()
		if !known {
			return fmt.Errorf("%w: %s is not for queries; name the files with FROM 'files'", ErrQuery, tableFunction)
		}
		tab := t.list[id]
		for _, c := range tab.columns {
			typ := C.duckdb_create_logical_type(vector.TypeVarchar)
			if c.dt != nil && c.bad == nil {
				C.duckdb_destroy_logical_type(&typ)
				own, _ := vector.NewType(c.dt) // c.bad says that there is one
				typ = C.duckdb_logical_type(own)
			}
			if c.uuid {
				C.duckdb_destroy_logical_type(&typ)
				typ = C.duckdb_create_logical_type(vector.TypeUUID)
			}
			name := C.CString(c.name)
			C.duckdb_bind_add_result_column(info, name, typ)
			C.free(unsafe.Pointer(name))
			C.duckdb_destroy_logical_type(&typ)
		}
		if tab.rows >= 0 {
			C.duckdb_bind_set_cardinality(info, C.idx_t(tab.rows), true)
		}
		C.leap_bind_keep(info, C.uintptr_t(cgo.NewHandle(tab)))
		return nil
	}, func(msg *C.char) { C.duckdb_bind_set_error(info, msg) })
}

//export leapTableInit
func leapTableInit(info C.duckdb_init_info) {
	t := cgo.Handle(C.leap_init_owner(info)).Value().(*tables)
	guard(t, func() error {
		tab := cgo.Handle(C.leap_init_bound(info)).Value().(*table)
		var columns []int
		for i := range C.duckdb_init_get_column_count(info) {
			at := C.duckdb_init_get_column_index(info, i)
			if at >= C.idx_t(len(tab.columns)) {
				at = math.MaxUint64 // a number of rows, as count(*) wants it
			}
			columns = append(columns, int(int64(at)))
		}
		p, err := tab.begin(columns)
		if err != nil {
			return err
		}
		C.leap_init_keep(info, C.uintptr_t(cgo.NewHandle(p)))
		C.duckdb_init_set_max_threads(info, C.idx_t(t.threads))
		return nil
	}, func(msg *C.char) { C.duckdb_init_set_error(info, msg) })
}

//export leapTableLocal
func leapTableLocal(info C.duckdb_init_info) {
	C.leap_init_keep(info, C.uintptr_t(cgo.NewHandle(&tableCursor{})))
}

//export leapTableCall
func leapTableCall(info C.duckdb_function_info, out C.duckdb_data_chunk) {
	p := cgo.Handle(C.leap_call_global(info)).Value().(*tablePass)
	c := cgo.Handle(C.leap_call_local(info)).Value().(*tableCursor)
	guard(p.table.of, func() error { return p.next(c, out) }, func(msg *C.char) { C.duckdb_function_set_error(info, msg) })
}

// leapTableDrop ends what a handle stands for.
//
//export leapTableDrop
func leapTableDrop(handle C.uintptr_t) {
	h := cgo.Handle(handle)
	switch x := h.Value().(type) {
	case *tablePass:
		_ = x.feed.Close() // errors of reading have been reported
	case *tableCursor:
		x.release()
	}
	h.Delete()
}
