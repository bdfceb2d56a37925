package scan

import (
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sources"
)

// FileColumns is what a file says of its columns: their fields, and of one of
// them why it cannot be read, or that it is not there.
type FileColumns struct {
	Name   string
	Fields []arrow.Field
	Find   func(column string) (f arrow.Field, ok bool, err error)
}

// Unite returns the columns of all files: those of the first in its order, and
// behind them those that only later files have. A column that a file lacks, or
// has with a type that does not fit, has an error that names the file.
func Unite(files []FileColumns) ([]arrow.Field, map[string]error) {
	var fields []arrow.Field
	errs := make(map[string]error)
	seen := make(map[string]bool)
	for first, file := range files {
		for _, f := range file.Fields {
			if !seen[f.Name] {
				seen[f.Name] = true
				f, err := uniteColumn(files, first, f)
				if err != nil {
					errs[f.Name] = err
				}
				fields = append(fields, f)
			}
		}
	}
	return fields, errs
}

// uniteColumn returns the column that the files share. The first of them that
// has it is files[first].
func uniteColumn(files []FileColumns, first int, c arrow.Field) (arrow.Field, error) {
	out := arrow.Field{Name: c.Name, Type: c.Type, Nullable: c.Nullable, Metadata: FieldMeta(c)}
	types := []arrow.DataType{c.Type}
	said := c.Type.ID() != arrow.NULL // what the column's metadata is
	for _, file := range files {
		other, ok, err := file.Find(c.Name)
		switch {
		case err != nil:
		case !ok:
			err = fmt.Errorf("column %q is missing, it is in %s", c.Name, files[first].Name)
		default:
			// Types that are the same may differ in what may be null.
			if !slices.ContainsFunc(types, func(t arrow.DataType) bool { return arrow.TypeEqual(t, other.Type, arrow.CheckMetadata()) }) {
				types = append(types, other.Type)
			}
			if out.Type, ok = JoinTypes(types...); !ok {
				err = fmt.Errorf("column %q is %s, it is %s in %s", c.Name, other.Type, c.Type, files[first].Name)
			}
		}
		if err != nil {
			out.Type = c.Type
			return out, &sources.FileError{Name: file.Name, Err: err}
		}
		out.Nullable = out.Nullable || other.Nullable
		switch {
		case other.Type.ID() == arrow.NULL:
		case said:
			out.Metadata = joinMeta(out, other)
		default:
			out.Metadata, said = FieldMeta(other), true
		}
	}
	return out, nil
}

// SchemaColumns is the columns of a file of this schema.
func SchemaColumns(name string, schema *arrow.Schema) FileColumns {
	return FileColumns{Name: name, Fields: schema.Fields(), Find: func(column string) (arrow.Field, bool, error) {
		f, ok := schema.FieldsByName(column)
		if !ok {
			return arrow.Field{}, false, nil
		}
		return f[0], true, nil
	}}
}
