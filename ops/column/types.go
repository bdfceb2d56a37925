package column

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
)

// VectorType is the Arrow form of a tensor of doubles, laid out as Spark's
// VectorUDT: type is 1 for a dense row and 0 for a sparse one, size is always
// set, indices are empty in dense rows.
var VectorType = arrow.StructOf(
	arrow.Field{Name: "type", Type: arrow.PrimitiveTypes.Int8},
	arrow.Field{Name: "size", Type: arrow.PrimitiveTypes.Int32},
	arrow.Field{Name: "indices", Type: arrow.ListOf(arrow.PrimitiveTypes.Int32), Nullable: true},
	arrow.Field{Name: "values", Type: arrow.ListOf(arrow.PrimitiveTypes.Float64), Nullable: true},
)

// BaseType returns the Arrow type of a single value of b.
func BaseType(b bundle.Base) arrow.DataType {
	switch b {
	case bundle.Boolean:
		return arrow.FixedWidthTypes.Boolean
	case bundle.Byte:
		return arrow.PrimitiveTypes.Int8
	case bundle.Short:
		return arrow.PrimitiveTypes.Int16
	case bundle.Int:
		return arrow.PrimitiveTypes.Int32
	case bundle.Long:
		return arrow.PrimitiveTypes.Int64
	case bundle.Float:
		return arrow.PrimitiveTypes.Float32
	case bundle.Double:
		return arrow.PrimitiveTypes.Float64
	case bundle.String:
		return arrow.BinaryTypes.String
	case bundle.ByteString:
		return arrow.BinaryTypes.Binary
	}
	panic(fmt.Sprintf("column: no Arrow type for %v", b))
}

// ArrowType returns the Arrow form of t.
func ArrowType(t bundle.Type) arrow.DataType {
	switch {
	case t.Kind == bundle.ScalarKind:
		return BaseType(t.Base)
	case t.Kind == bundle.MapKind:
		return arrow.MapOf(BaseType(t.Key), BaseType(t.Base))
	case t.IsVector():
		return VectorType
	default:
		return arrow.ListOf(BaseType(t.Base))
	}
}

// IsVector reports whether dt is laid out as VectorType.
func IsVector(dt arrow.DataType) bool {
	return dt.ID() == arrow.STRUCT && arrow.TypeEqual(dt, VectorType)
}
