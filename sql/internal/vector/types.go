//go:build !nosql

package vector

// #include "duckdb.h"
import "C"

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
)

// DuckDB's type numbers, from its public C API.
const (
	TypeBoolean     = 1
	TypeTinyInt     = 2
	TypeSmallInt    = 3
	TypeInteger     = 4
	TypeBigInt      = 5
	TypeUTinyInt    = 6
	TypeUSmallInt   = 7
	TypeUInteger    = 8
	TypeUBigInt     = 9
	TypeFloat       = 10
	TypeDouble      = 11
	TypeTimestamp   = 12
	TypeDate        = 13
	TypeTime        = 14
	TypeHugeInt     = 16
	TypeVarchar     = 17
	TypeBlob        = 18
	TypeDecimal     = 19
	TypeTimestampS  = 20
	TypeTimestampMS = 21
	TypeTimestampNS = 22
	TypeEnum        = 23
	TypeList        = 24
	TypeStruct      = 25
	TypeMap         = 26
	TypeUUID        = 27
	TypeTimestampTZ = 31
	TypeArray       = 33
	TypeSQLNull     = 36
)

var typeNames = map[int]string{
	0: "unknown", TypeTime: "TIME", 15: "INTERVAL", 28: "UNION", 29: "BIT", 30: "TIME WITH TIME ZONE",
	32: "UHUGEINT", 35: "BIGNUM", 39: "TIME_NS",
}

// Column describes how one column of a result is decoded.
type Column struct {
	id   int // DuckDB's type number
	dt   arrow.DataType
	phys int      // of decimals and enums: the integer type they are kept in
	dict []string // of enums
	size int      // of arrays
	sub  []Column // element, key and value, or fields
}

var scalarTypes = map[int]arrow.DataType{
	TypeBoolean:     arrow.FixedWidthTypes.Boolean,
	TypeTinyInt:     arrow.PrimitiveTypes.Int8,
	TypeSmallInt:    arrow.PrimitiveTypes.Int16,
	TypeInteger:     arrow.PrimitiveTypes.Int32,
	TypeBigInt:      arrow.PrimitiveTypes.Int64,
	TypeUTinyInt:    arrow.PrimitiveTypes.Uint8,
	TypeUSmallInt:   arrow.PrimitiveTypes.Uint16,
	TypeUInteger:    arrow.PrimitiveTypes.Uint32,
	TypeUBigInt:     arrow.PrimitiveTypes.Uint64,
	TypeFloat:       arrow.PrimitiveTypes.Float32,
	TypeDouble:      arrow.PrimitiveTypes.Float64,
	TypeDate:        arrow.FixedWidthTypes.Date32,
	TypeTime:        arrow.FixedWidthTypes.Time64us,
	TypeTimestamp:   &arrow.TimestampType{Unit: arrow.Microsecond},
	TypeTimestampS:  &arrow.TimestampType{Unit: arrow.Second},
	TypeTimestampMS: &arrow.TimestampType{Unit: arrow.Millisecond},
	TypeTimestampNS: &arrow.TimestampType{Unit: arrow.Nanosecond},
	TypeTimestampTZ: &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"},
	TypeHugeInt:     &arrow.Decimal128Type{Precision: 38, Scale: 0},
	TypeVarchar:     arrow.BinaryTypes.String,
	TypeBlob:        arrow.BinaryTypes.Binary,
	TypeUUID:        uuidBytes,
	TypeSQLNull:     arrow.PrimitiveTypes.Int32,
}

// NewColumn reads DuckDB's description of a type, a duckdb_logical_type, which it
// destroys.
func NewColumn(logicalType unsafe.Pointer) (Column, error) {
	return newColumn(C.duckdb_logical_type(logicalType))
}

// Field is the Arrow field of the column.
func (c *Column) Field(name string) arrow.Field {
	if c.id == TypeUUID {
		return UUID(name)
	}
	return arrow.Field{Name: name, Type: c.dt, Nullable: true}
}

// newColumn reads DuckDB's description of a type, which it destroys.
func newColumn(t C.duckdb_logical_type) (Column, error) {
	defer C.duckdb_destroy_logical_type(&t)
	c := Column{id: int(C.duckdb_get_type_id(t))}
	if dt, ok := scalarTypes[c.id]; ok {
		c.dt = dt
		return c, nil
	}
	switch c.id {
	case TypeDecimal:
		c.phys = int(C.duckdb_decimal_internal_type(t))
		c.dt = &arrow.Decimal128Type{Precision: int32(C.duckdb_decimal_width(t)), Scale: int32(C.duckdb_decimal_scale(t))}
		return c, nil
	case TypeEnum:
		c.phys = int(C.duckdb_enum_internal_type(t))
		for i := range int(C.duckdb_enum_dictionary_size(t)) {
			s := C.duckdb_enum_dictionary_value(t, C.idx_t(i))
			c.dict = append(c.dict, C.GoString(s))
			C.duckdb_free(unsafe.Pointer(s))
		}
		c.dt = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
		return c, nil
	case TypeList:
		return c.with(arrow.ListOf, C.duckdb_list_type_child_type(t))
	case TypeArray:
		c.size = int(C.duckdb_array_type_array_size(t))
		return c.with(arrow.ListOf, C.duckdb_array_type_child_type(t))
	case TypeMap:
		return c.mapOf(t)
	case TypeStruct:
		return c.structOf(t)
	}
	name := typeNames[c.id]
	if name == "" {
		name = fmt.Sprintf("type %d", c.id)
	}
	return c, fmt.Errorf("is %s, which cannot be read; cast it in the query, for example to VARCHAR", name)
}

func (c Column) with(of func(arrow.DataType) *arrow.ListType, elem C.duckdb_logical_type) (Column, error) {
	sub, err := newColumn(elem)
	if err == nil && sub.id == TypeUUID {
		err = errors.New("has elements of UUID, which cannot be read; cast them in the query, to VARCHAR[]")
	}
	if err != nil {
		return c, err
	}
	c.sub = []Column{sub}
	c.dt = of(sub.dt)
	return c, nil
}

func (c Column) mapOf(t C.duckdb_logical_type) (Column, error) {
	key, err := newColumn(C.duckdb_map_type_key_type(t))
	if err != nil {
		return c, err
	}
	val, err := newColumn(C.duckdb_map_type_value_type(t))
	if err == nil && (key.id == TypeUUID || val.id == TypeUUID) {
		err = errors.New("is a map of UUID, which cannot be read; cast it in the query")
	}
	c.sub = []Column{key, val}
	c.dt = arrow.MapOf(key.dt, val.dt)
	return c, err
}

func (c Column) structOf(t C.duckdb_logical_type) (Column, error) {
	var fields []arrow.Field
	for i := range C.duckdb_struct_type_child_count(t) {
		sub, err := newColumn(C.duckdb_struct_type_child_type(t, i))
		if err != nil {
			return c, err
		}
		name := C.duckdb_struct_type_child_name(t, i)
		fields = append(fields, sub.Field(C.GoString(name)))
		C.duckdb_free(unsafe.Pointer(name))
		c.sub = append(c.sub, sub)
	}
	c.dt = arrow.StructOf(fields...)
	return c, nil
}
