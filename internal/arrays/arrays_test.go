package arrays

import (
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

func TestSchemasHaveTheFormsThatColumnsComeIn(t *testing.T) {
	word := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	vector := arrow.StructOf(arrow.Field{Name: "size", Type: arrow.PrimitiveTypes.Int32})
	list := arrow.ListOf(arrow.PrimitiveTypes.Float64)
	schema := arrow.NewSchema([]arrow.Field{{Name: "s", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "v", Type: list}}, nil)
	for _, c := range []struct{ have, want []arrow.DataType }{
		{[]arrow.DataType{arrow.BinaryTypes.String, list}, []arrow.DataType{arrow.BinaryTypes.String, list}},
		{[]arrow.DataType{word, list}, []arrow.DataType{word, list}},
		{[]arrow.DataType{word, vector}, []arrow.DataType{word, vector}},
		{[]arrow.DataType{arrow.BinaryTypes.String, arrow.ListOfNonNullable(arrow.PrimitiveTypes.Float64)}, []arrow.DataType{arrow.BinaryTypes.String, list}},
	} {
		var cols []arrow.Array
		for _, typ := range c.have {
			cols = append(cols, array.MakeArrayOfNull(memory.NewGoAllocator(), typ, 1))
		}
		got := SchemaOf(schema, cols)
		for i, want := range c.want {
			if f := got.Field(i); !arrow.TypeEqual(f.Type, want) || f.Name != schema.Field(i).Name || f.Nullable != schema.Field(i).Nullable {
				t.Errorf("columns %v: field %d is %v, want %v", c.have, i, f, want)
			}
		}
	}
	if !arrow.TypeEqual(schema.Field(0).Type, arrow.BinaryTypes.String) {
		t.Errorf("the schema was changed: %v", schema)
	}
}
