package format

import (
	"encoding/json"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
)

// sparkKey is the key of a Parquet file's metadata under which Spark keeps the
// schema of the rows. With it, a struct of the right layout is read as a vector of
// package org.apache.spark.ml.linalg. All columns have to be in it.
const sparkKey = "org.apache.spark.sql.parquet.row.metadata"

type sparkField struct {
	Name     string   `json:"name"`
	Type     any      `json:"type"`
	Nullable bool     `json:"nullable"`
	Metadata struct{} `json:"metadata"`
}

type sparkStruct struct {
	Type   string       `json:"type"`
	Fields []sparkField `json:"fields"`
}

type sparkArray struct {
	Type         string `json:"type"`
	ElementType  any    `json:"elementType"`
	ContainsNull bool   `json:"containsNull"`
}

type sparkMap struct {
	Type              string `json:"type"`
	KeyType           any    `json:"keyType"`
	ValueType         any    `json:"valueType"`
	ValueContainsNull bool   `json:"valueContainsNull"`
}

type sparkUDT struct {
	Type    string      `json:"type"`
	Class   string      `json:"class"`
	PyClass string      `json:"pyClass"`
	SQLType sparkStruct `json:"sqlType"`
}

// vectorUDT is Spark's description of its vectors.
var vectorUDT = sparkUDT{
	Type: "udt", Class: "org.apache.spark.ml.linalg.VectorUDT", PyClass: "pyspark.ml.linalg.VectorUDT",
	SQLType: sparkStruct{"struct", []sparkField{
		{Name: "type", Type: "byte"},
		{Name: "size", Type: "integer", Nullable: true},
		{Name: "indices", Type: sparkArray{"array", "integer", false}, Nullable: true},
		{Name: "values", Type: sparkArray{"array", "double", false}, Nullable: true},
	}},
}

// sparkSchema returns s as Spark writes it, or "" if no column holds vectors. The
// error names a column that Spark has no type for.
func sparkSchema(s *arrow.Schema) (string, error) {
	if !hasVectors(s.Fields()) {
		return "", nil
	}
	t, err := sparkFields(s.Fields())
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(t)
	return string(text), err
}

func hasVectors(fields []arrow.Field) bool {
	for _, f := range fields {
		if IsVector(f.Type) {
			return true
		}
		if t, ok := f.Type.(arrow.NestedType); ok && hasVectors(t.Fields()) {
			return true
		}
	}
	return false
}

// IsVector reports whether t is laid out as Spark's VectorUDT.
func IsVector(t arrow.DataType) bool {
	s, ok := t.(*arrow.StructType)
	if !ok || s.NumFields() != 4 {
		return false
	}
	list := func(i int, of arrow.Type) bool {
		l, ok := s.Field(i).Type.(*arrow.ListType)
		return ok && l.Elem().ID() == of
	}
	for i, name := range []string{"type", "size", "indices", "values"} {
		if s.Field(i).Name != name {
			return false
		}
	}
	return s.Field(0).Type.ID() == arrow.INT8 && s.Field(1).Type.ID() == arrow.INT32 && list(2, arrow.INT32) && list(3, arrow.FLOAT64)
}

func sparkFields(fields []arrow.Field) (sparkStruct, error) {
	s := sparkStruct{"struct", []sparkField{}}
	for _, f := range fields {
		t, err := sparkType(f.Type)
		if err != nil {
			return s, fmt.Errorf("column %q: %w", f.Name, err)
		}
		s.Fields = append(s.Fields, sparkField{Name: f.Name, Type: t, Nullable: true})
	}
	return s, nil
}

// sparkTypes are the types as which Spark reads what package parquet writes.
var sparkTypes = map[arrow.Type]string{
	arrow.BOOL: "boolean", arrow.INT8: "byte", arrow.INT16: "short", arrow.INT32: "integer", arrow.INT64: "long",
	arrow.UINT8: "short", arrow.UINT16: "integer", arrow.UINT32: "long", arrow.UINT64: "decimal(20,0)",
	arrow.FLOAT32: "float", arrow.FLOAT64: "double", arrow.STRING: "string", arrow.BINARY: "binary",
	arrow.FIXED_SIZE_BINARY: "binary", arrow.DATE32: "date", arrow.DATE64: "date",
}

func sparkType(t arrow.DataType) (any, error) {
	if IsVector(t) {
		return vectorUDT, nil
	}
	switch t := plainType(t).(type) {
	case *arrow.StructType:
		return sparkFields(t.Fields())
	case *arrow.MapType:
		key, err := sparkType(t.KeyType())
		if err != nil {
			return nil, err
		}
		value, err := sparkType(t.ItemType())
		return sparkMap{"map", key, value, true}, err
	case arrow.ListLikeType:
		elem, err := sparkType(t.Elem())
		return sparkArray{"array", elem, true}, err
	case *arrow.Decimal128Type:
		return fmt.Sprintf("decimal(%d,%d)", t.Precision, t.Scale), nil
	case *arrow.TimestampType:
		switch {
		case t.Unit == arrow.Nanosecond:
		case t.TimeZone == "":
			return "timestamp_ntz", nil
		default:
			return "timestamp", nil
		}
	default:
		if name, ok := sparkTypes[t.ID()]; ok {
			return name, nil
		}
	}
	return nil, fmt.Errorf("%s is no type that Spark has", t)
}
