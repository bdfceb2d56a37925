//go:build !nosql

package sql

// #include "duckdb.h"
import "C"

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"leapscore/sql/internal/vector"
)

// bind gives each parameter of the statement its value, as the type that
// DuckDB derived from its use. Values are never pasted into the text.
func bind(stmt C.duckdb_prepared_statement, params map[string]string) error {
	var names []string
	for i := range C.duckdb_nparams(stmt) {
		p := C.duckdb_parameter_name(stmt, i+1)
		name := C.GoString(p)
		C.duckdb_free(unsafe.Pointer(p))
		names = append(names, name)
		v, ok := params[name]
		if !ok {
			return fmt.Errorf("%w: parameter $%s has no value; give it with --param %s=VALUE", ErrQuery, name, name)
		}
		if err := bindOne(stmt, i+1, v); err != nil {
			return fmt.Errorf("%w: parameter $%s: its value does not fit, %w", ErrQuery, name, err)
		}
	}
	for name := range params {
		if !slices.Contains(names, name) {
			return fmt.Errorf("%w: there is no parameter $%s; the query has %s", ErrQuery, name, list(names))
		}
	}
	return nil
}

func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return "$" + strings.Join(names, ", $")
}

func bindOne(stmt C.duckdb_prepared_statement, i C.idx_t, v string) error {
	state := C.int(0)
	switch id := int(C.duckdb_param_type(stmt, i)); id {
	case vector.TypeBoolean:
		b, err := strconv.ParseBool(v)
		if err != nil {
			return fmt.Errorf("want true or false")
		}
		state = C.duckdb_bind_boolean(stmt, i, C.bool(b))
	case vector.TypeTinyInt, vector.TypeSmallInt, vector.TypeInteger, vector.TypeBigInt, vector.TypeUTinyInt, vector.TypeUSmallInt, vector.TypeUInteger, vector.TypeUBigInt, vector.TypeHugeInt:
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return fmt.Errorf("want an integer")
		}
		state = C.duckdb_bind_int64(stmt, i, C.int64_t(n))
	case vector.TypeFloat, vector.TypeDouble, vector.TypeDecimal:
		x, err := strconv.ParseFloat(v, 64)
		if err != nil {
			return fmt.Errorf("want a number")
		}
		state = C.duckdb_bind_double(stmt, i, C.double(x))
	case vector.TypeDate:
		t, err := time.Parse(time.DateOnly, v)
		if err != nil {
			return fmt.Errorf("want a date such as 2006-01-02")
		}
		state = C.duckdb_bind_date(stmt, i, C.int32_t(t.Unix()/86400))
	case vector.TypeTimestamp, vector.TypeTimestampS, vector.TypeTimestampMS, vector.TypeTimestampNS, vector.TypeTimestampTZ:
		t, err := parseTime(v)
		if err != nil {
			return err
		}
		state = C.duckdb_bind_timestamp(stmt, i, C.int64_t(t.UnixMicro()))
	default:
		p := C.CString(v)
		defer C.free(unsafe.Pointer(p))
		state = C.duckdb_bind_varchar_length(stmt, i, p, C.idx_t(len(v)))
	}
	if state != 0 {
		return fmt.Errorf("DuckDB refuses the value")
	}
	return nil
}

func parseTime(v string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999", time.DateOnly} {
		if t, err := time.Parse(layout, v); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("want a time such as 2006-01-02 15:04:05")
}
