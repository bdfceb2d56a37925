//go:build !nosql

package vector

// #include "fill.h"
import "C"

import (
	"fmt"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
)

// NewType returns DuckDB's type for the values of an Arrow column, a
// duckdb_logical_type that the caller destroys.
func NewType(dt arrow.DataType) (unsafe.Pointer, error) {
	t, err := duckType(dt)
	return unsafe.Pointer(t), err
}

// CheckType reports why DuckDB has no type for the values of an Arrow column.
func CheckType(dt arrow.DataType) error {
	t, err := duckType(dt)
	if err == nil {
		C.duckdb_destroy_logical_type(&t)
	}
	return err
}

// duckType returns DuckDB's type for the values of an Arrow column: the one
// that DuckDB's own reader gives a Parquet column of that kind. The caller
// destroys it.
func duckType(dt arrow.DataType) (C.duckdb_logical_type, error) {
	if id := scalarID(dt); id != 0 {
		return C.duckdb_create_logical_type(C.int(id)), nil
	}
	switch dt := dt.(type) {
	case *arrow.Decimal128Type:
		return C.duckdb_create_decimal_type(C.uint8_t(dt.Precision), C.uint8_t(dt.Scale)), nil
	case *arrow.DictionaryType:
		if id := dt.ValueType.ID(); id == arrow.STRING || id == arrow.BINARY {
			return duckType(dt.ValueType)
		}
	case *arrow.MapType:
		key, err := duckType(dt.KeyType())
		if err != nil {
			return nil, err
		}
		defer C.duckdb_destroy_logical_type(&key)
		val, err := duckType(dt.ItemType())
		if err != nil {
			return nil, err
		}
		defer C.duckdb_destroy_logical_type(&val)
		return C.duckdb_create_map_type(key, val), nil
	case *arrow.StructType:
		return duckStruct(dt)
	case arrow.ListLikeType:
		if id := dt.ID(); id != arrow.LIST && id != arrow.LARGE_LIST && id != arrow.FIXED_SIZE_LIST {
			break
		}
		elem, err := duckType(dt.Elem())
		if err != nil {
			return nil, err
		}
		defer C.duckdb_destroy_logical_type(&elem)
		return C.duckdb_create_list_type(elem), nil
	}
	return nil, fmt.Errorf("is %s, which a query cannot read", dt)
}

func duckStruct(dt *arrow.StructType) (C.duckdb_logical_type, error) {
	n := dt.NumFields()
	if n == 0 {
		return nil, fmt.Errorf("is %s without fields, which a query cannot read", dt)
	}
	types := make([]C.duckdb_logical_type, 0, n)
	names := unsafe.Slice((**C.char)(C.calloc(C.size_t(n), C.size_t(unsafe.Sizeof((*C.char)(nil))))), n)
	defer func() {
		for i := range types {
			C.duckdb_destroy_logical_type(&types[i])
			C.free(unsafe.Pointer(names[i]))
		}
		C.free(unsafe.Pointer(&names[0]))
	}()
	for _, f := range dt.Fields() {
		t, err := duckType(f.Type)
		if err != nil {
			return nil, err
		}
		names[len(types)] = C.CString(f.Name)
		types = append(types, t)
	}
	return C.duckdb_create_struct_type(&types[0], &names[0], C.idx_t(n)), nil
}

// scalarID returns DuckDB's number of a type without parts, or 0.
func scalarID(dt arrow.DataType) int {
	switch dt := dt.(type) {
	case *arrow.TimestampType:
		switch {
		case dt.TimeZone != "":
			return TypeTimestampTZ
		case dt.Unit == arrow.Nanosecond:
			return TypeTimestampNS
		}
		return TypeTimestamp
	case *arrow.Decimal128Type, *arrow.DictionaryType:
		return 0
	}
	return scalarIDs[dt.ID()]
}

var scalarIDs = map[arrow.Type]int{
	arrow.NULL:              TypeInteger,
	arrow.BOOL:              TypeBoolean,
	arrow.INT8:              TypeTinyInt,
	arrow.INT16:             TypeSmallInt,
	arrow.INT32:             TypeInteger,
	arrow.INT64:             TypeBigInt,
	arrow.UINT8:             TypeUTinyInt,
	arrow.UINT16:            TypeUSmallInt,
	arrow.UINT32:            TypeUInteger,
	arrow.UINT64:            TypeUBigInt,
	arrow.FLOAT16:           TypeFloat,
	arrow.FLOAT32:           TypeFloat,
	arrow.FLOAT64:           TypeDouble,
	arrow.DATE32:            TypeDate,
	arrow.DATE64:            TypeDate,
	arrow.TIME32:            TypeTime,
	arrow.TIME64:            TypeTime,
	arrow.STRING:            TypeVarchar,
	arrow.BINARY:            TypeBlob,
	arrow.LARGE_STRING:      TypeVarchar,
	arrow.LARGE_BINARY:      TypeBlob,
	arrow.FIXED_SIZE_BINARY: TypeBlob,
}
