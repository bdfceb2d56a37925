//go:build !nosql

package sql

// #include "duckdb_api.h"
import "C"

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
)

// DuckDB's type numbers, from its public C API.
const (
	typeBoolean     = 1
	typeTinyInt     = 2
	typeSmallInt    = 3
	typeInteger     = 4
	typeBigInt      = 5
	typeUTinyInt    = 6
	typeUSmallInt   = 7
	typeUInteger    = 8
	typeUBigInt     = 9
	typeFloat       = 10
	typeDouble      = 11
	typeTimestamp   = 12
	typeDate        = 13
	typeTime        = 14
	typeHugeInt     = 16
	typeVarchar     = 17
	typeBlob        = 18
	typeDecimal     = 19
	typeTimestampS  = 20
	typeTimestampMS = 21
	typeTimestampNS = 22
	typeEnum        = 23
	typeList        = 24
	typeStruct      = 25
	typeMap         = 26
	typeUUID        = 27
	typeTimestampTZ = 31
	typeArray       = 33
	typeSQLNull     = 36
)

var typeNames = map[int]string{
	0: "unknown", typeTime: "TIME", 15: "INTERVAL", 28: "UNION", 29: "BIT", 30: "TIME WITH TIME ZONE",
	32: "UHUGEINT", 35: "BIGNUM", 39: "TIME_NS",
}

// column describes how one column of a result is decoded.
type column struct {
	id   int // DuckDB's type number
	dt   arrow.DataType
	phys int      // of decimals and enums: the integer type they are kept in
	dict []string // of enums
	size int      // of arrays
	sub  []column // element, key and value, or fields
}

var scalarTypes = map[int]arrow.DataType{
	typeBoolean:     arrow.FixedWidthTypes.Boolean,
	typeTinyInt:     arrow.PrimitiveTypes.Int8,
	typeSmallInt:    arrow.PrimitiveTypes.Int16,
	typeInteger:     arrow.PrimitiveTypes.Int32,
	typeBigInt:      arrow.PrimitiveTypes.Int64,
	typeUTinyInt:    arrow.PrimitiveTypes.Uint8,
	typeUSmallInt:   arrow.PrimitiveTypes.Uint16,
	typeUInteger:    arrow.PrimitiveTypes.Uint32,
	typeUBigInt:     arrow.PrimitiveTypes.Uint64,
	typeFloat:       arrow.PrimitiveTypes.Float32,
	typeDouble:      arrow.PrimitiveTypes.Float64,
	typeDate:        arrow.FixedWidthTypes.Date32,
	typeTime:        arrow.FixedWidthTypes.Time64us,
	typeTimestamp:   &arrow.TimestampType{Unit: arrow.Microsecond},
	typeTimestampS:  &arrow.TimestampType{Unit: arrow.Second},
	typeTimestampMS: &arrow.TimestampType{Unit: arrow.Millisecond},
	typeTimestampNS: &arrow.TimestampType{Unit: arrow.Nanosecond},
	typeTimestampTZ: &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"},
	typeHugeInt:     &arrow.Decimal128Type{Precision: 38, Scale: 0},
	typeVarchar:     arrow.BinaryTypes.String,
	typeBlob:        arrow.BinaryTypes.Binary,
	typeUUID:        uuidBytes,
	typeSQLNull:     arrow.PrimitiveTypes.Int32,
}

// newColumn reads DuckDB's description of a type, which it destroys.
func newColumn(t C.duckdb_logical_type) (column, error) {
	defer C.duckdb_destroy_logical_type(&t)
	c := column{id: int(C.duckdb_get_type_id(t))}
	if dt, ok := scalarTypes[c.id]; ok {
		c.dt = dt
		return c, nil
	}
	switch c.id {
	case typeDecimal:
		c.phys = int(C.duckdb_decimal_internal_type(t))
		c.dt = &arrow.Decimal128Type{Precision: int32(C.duckdb_decimal_width(t)), Scale: int32(C.duckdb_decimal_scale(t))}
		return c, nil
	case typeEnum:
		c.phys = int(C.duckdb_enum_internal_type(t))
		for i := range int(C.duckdb_enum_dictionary_size(t)) {
			s := C.duckdb_enum_dictionary_value(t, C.idx_t(i))
			c.dict = append(c.dict, C.GoString(s))
			C.duckdb_free(unsafe.Pointer(s))
		}
		c.dt = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
		return c, nil
	case typeList:
		return c.with(arrow.ListOf, C.duckdb_list_type_child_type(t))
	case typeArray:
		c.size = int(C.duckdb_array_type_array_size(t))
		return c.with(arrow.ListOf, C.duckdb_array_type_child_type(t))
	case typeMap:
		key, err := newColumn(C.duckdb_map_type_key_type(t))
		if err != nil {
			return c, err
		}
		val, err := newColumn(C.duckdb_map_type_value_type(t))
		if err == nil && (key.id == typeUUID || val.id == typeUUID) {
			err = errors.New("is a map of UUID, which cannot be read; cast it in the query")
		}
		c.sub = []column{key, val}
		c.dt = arrow.MapOf(key.dt, val.dt)
		return c, err
	case typeStruct:
		return c.structOf(t)
	}
	name := typeNames[c.id]
	if name == "" {
		name = fmt.Sprintf("type %d", c.id)
	}
	return c, fmt.Errorf("is %s, which cannot be read; cast it in the query, for example to VARCHAR", name)
}

func (c column) with(of func(arrow.DataType) *arrow.ListType, elem C.duckdb_logical_type) (column, error) {
	sub, err := newColumn(elem)
	if err == nil && sub.id == typeUUID {
		err = errors.New("has elements of UUID, which cannot be read; cast them in the query, to VARCHAR[]")
	}
	if err != nil {
		return c, err
	}
	c.sub = []column{sub}
	c.dt = of(sub.dt)
	return c, nil
}

func (c column) structOf(t C.duckdb_logical_type) (column, error) {
	var fields []arrow.Field
	for i := range C.duckdb_struct_type_child_count(t) {
		sub, err := newColumn(C.duckdb_struct_type_child_type(t, i))
		if err != nil {
			return c, err
		}
		name := C.duckdb_struct_type_child_name(t, i)
		f := arrow.Field{Name: C.GoString(name), Type: sub.dt, Nullable: true}
		if sub.id == typeUUID {
			f.Metadata = uuidMeta
		}
		fields = append(fields, f)
		C.duckdb_free(unsafe.Pointer(name))
		c.sub = append(c.sub, sub)
	}
	c.dt = arrow.StructOf(fields...)
	return c, nil
}
