package sources

import (
	"context"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/arrow/scalar"
)

// Default is a column with one value in all rows.
type Default struct {
	Name  string
	Value scalar.Scalar
}

// WithDefaults returns the rows of src with the columns that it lacks of those
// given, behind its own. Columns that it has stay as they are, nulls too. Closing
// the result closes src.
func WithDefaults(src Source, defaults []Default) Source {
	fields := slices.Clone(src.Schema().Fields())
	lacks := map[string]scalar.Scalar{}
	for _, d := range defaults {
		if src.Schema().HasField(d.Name) {
			continue
		}
		lacks[d.Name] = d.Value
		fields = append(fields, arrow.Field{Name: d.Name, Type: d.Value.DataType(), Nullable: !d.Value.IsValid()})
	}
	if len(lacks) == 0 {
		return src
	}
	meta := src.Schema().Metadata()
	return &withDefaults{src, lacks, arrow.NewSchema(fields, &meta)}
}

type withDefaults struct {
	Source
	lacks  map[string]scalar.Scalar
	schema *arrow.Schema
}

// Unwrap returns the source that the rows are from.
func (s *withDefaults) Unwrap() Source { return s.Source }

func (s *withDefaults) Schema() *arrow.Schema { return s.schema }

func (s *withDefaults) Scan(ctx context.Context, cols []string) (Scan, error) {
	var fields []arrow.Field
	for _, c := range cols {
		if f, ok := s.schema.FieldsByName(c); ok {
			fields = append(fields, f[0])
		}
	}
	scan, err := s.Source.Scan(ctx, slices.DeleteFunc(slices.Clone(cols), func(c string) bool { return s.lacks[c] != nil }))
	if err != nil || len(fields) < len(cols) {
		return scan, err
	}
	return Wrap(scan, func(r Reader, _ memory.Allocator) Reader {
		return &defaultsReader{Reader: r, fields: fields, lacks: s.lacks}
	}), nil
}

type defaultsReader struct {
	Reader
	fields []arrow.Field
	lacks  map[string]scalar.Scalar
}

func (r *defaultsReader) Next() (Batch, error) {
	b, err := r.Reader.Next()
	if err != nil {
		return b, err
	}
	rec, err := r.filled(b.Record)
	b.Release()
	b.Record = rec
	return b, err
}

// filled puts the columns of rec and the defaults into their order.
func (r *defaultsReader) filled(rec arrow.Record) (arrow.Record, error) {
	cols := make([]arrow.Array, 0, len(r.fields))
	defer func() {
		for _, c := range cols {
			c.Release()
		}
	}()
	fields := slices.Clone(r.fields)
	next := 0
	for i, f := range fields {
		value := r.lacks[f.Name]
		if value == nil {
			rec.Column(next).Retain()
			cols = append(cols, rec.Column(next))
			fields[i] = rec.Schema().Field(next)
			next++
			continue
		}
		col, err := Repeated(value, int(rec.NumRows()))
		if err != nil {
			return nil, err
		}
		cols = append(cols, col)
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), cols, rec.NumRows()), nil
}

// Repeated returns n times a value. Arrow takes memory for it to be zero, as only
// Go's is.
func Repeated(v scalar.Scalar, n int) (arrow.Array, error) {
	mem := memory.NewGoAllocator()
	if !v.IsValid() {
		return array.MakeArrayOfNull(mem, v.DataType(), n), nil
	}
	return scalar.MakeArrayFromScalar(v, n, mem)
}
