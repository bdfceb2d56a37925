// Package arrays has what several packages ask of Arrow.
package arrays

import (
	"github.com/apache/arrow/go/v15/arrow"
)

// FieldNames returns the names of the fields of a schema.
func FieldNames(s *arrow.Schema) []string {
	var names []string
	for _, f := range s.Fields() {
		names = append(names, f.Name)
	}
	return names
}

// SchemaOf returns schema with the types of columns that may come in another form
// than it says: strings as a dictionary, and wide lists as vectors, which are
// structs. It is schema itself if no column does.
func SchemaOf(schema *arrow.Schema, cols []arrow.Array) *arrow.Schema {
	var fields []arrow.Field
	for i, c := range cols {
		have, said := c.DataType(), schema.Field(i).Type
		switch {
		case have.ID() == arrow.STRUCT && said.ID() != arrow.STRUCT:
		case have.ID() == arrow.DICTIONARY && !arrow.TypeEqual(have, said):
		default:
			continue
		}
		if fields == nil {
			fields = schema.Fields() // a copy
		}
		fields[i].Type = have
	}
	if fields == nil {
		return schema
	}
	meta := schema.Metadata()
	return arrow.NewSchema(fields, &meta)
}

// TypedAs returns a schema of the fields with the types of the columns, whatever
// the fields say. Readers use it for columns that they have built or widened, which
// SchemaOf would show in the type that was announced.
func TypedAs(fields []arrow.Field, cols []arrow.Array) *arrow.Schema {
	out := make([]arrow.Field, len(fields))
	for i, f := range fields {
		f.Type = cols[i].DataType()
		out[i] = f
	}
	return arrow.NewSchema(out, nil)
}
