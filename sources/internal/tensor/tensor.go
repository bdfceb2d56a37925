package tensor

import (
	"errors"
	"fmt"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// VectorType is laid out as Spark's VectorUDT: type is 1 for a dense vector
// and 0 for a sparse one.
var VectorType = arrow.StructOf(
	arrow.Field{Name: "type", Type: arrow.PrimitiveTypes.Int8},
	arrow.Field{Name: "size", Type: arrow.PrimitiveTypes.Int32},
	arrow.Field{Name: "indices", Type: arrow.ListOf(arrow.PrimitiveTypes.Int32), Nullable: true},
	arrow.Field{Name: "values", Type: arrow.ListOf(arrow.PrimitiveTypes.Float64), Nullable: true},
)

var Bases = map[string]arrow.DataType{
	"boolean": arrow.FixedWidthTypes.Boolean, "byte": arrow.PrimitiveTypes.Int8, "short": arrow.PrimitiveTypes.Int16,
	"integer": arrow.PrimitiveTypes.Int32, "int": arrow.PrimitiveTypes.Int32, "long": arrow.PrimitiveTypes.Int64,
	"float": arrow.PrimitiveTypes.Float32, "double": arrow.PrimitiveTypes.Float64,
	"string": arrow.BinaryTypes.String, "byte_string": arrow.BinaryTypes.Binary,
}

// Value is a tensor before it is checked. indices is nil if it is dense.
type Value struct {
	Dims    []int32
	Indices [][]int32
	Sparse  bool
}

// AppendTo appends the tensor to a vector column, or begins a list of it, and
// returns the builder of its n values.
func (t *Value) AppendTo(b array.Builder, n int) (array.Builder, error) {
	if l, ok := b.(*array.ListBuilder); ok {
		if t.Sparse {
			return nil, errSparse
		}
		size := int64(1)
		for _, d := range t.Dims {
			if size *= int64(d); d < 0 || size > int64(n) {
				break
			}
		}
		if size != int64(n) {
			return nil, fmt.Errorf("a tensor of dimensions %v with %d values", t.Dims, n)
		}
		l.Append(true)
		return l.ValueBuilder(), nil
	}
	if len(t.Dims) != 1 || t.Dims[0] < 0 {
		return nil, fmt.Errorf("a tensor of dimensions %v, want one dimension", t.Dims)
	}
	if !t.Sparse && int(t.Dims[0]) != n || t.Sparse && len(t.Indices) != n {
		return nil, fmt.Errorf("a tensor of size %d with %d values and %d indices", t.Dims[0], n, len(t.Indices))
	}
	s := b.(*array.StructBuilder)
	s.Append(true)
	kind := s.FieldBuilder(0).(*array.Int8Builder)
	s.FieldBuilder(1).(*array.Int32Builder).Append(t.Dims[0])
	at := s.FieldBuilder(2).(*array.ListBuilder)
	at.Append(true)
	if !t.Sparse {
		kind.Append(1)
	} else {
		kind.Append(0)
		last := int32(-1)
		for _, i := range t.Indices {
			if len(i) != 1 || i[0] <= last || i[0] >= t.Dims[0] {
				return nil, fmt.Errorf("index %v after %d in a tensor of size %d", i, last, t.Dims[0])
			}
			last = i[0]
			at.ValueBuilder().(*array.Int32Builder).Append(last)
		}
	}
	v := s.FieldBuilder(3).(*array.ListBuilder)
	v.Append(true)
	return v.ValueBuilder(), nil
}

func AppendText(b array.Builder, s []byte) {
	switch b := b.(type) {
	case *array.StringBuilder:
		b.BinaryBuilder.Append(s)
	case *array.BinaryBuilder:
		b.Append(s)
	}
}

func AppendBits(b array.Builder, v uint64) {
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.Append(v != 0)
	case *array.Int8Builder:
		b.Append(int8(v))
	case *array.Int16Builder:
		b.Append(int16(v))
	case *array.Int32Builder:
		b.Append(int32(v))
	case *array.Int64Builder:
		b.Append(int64(v))
	case *array.Float32Builder:
		b.Append(math.Float32frombits(uint32(v)))
	case *array.Float64Builder:
		b.Append(math.Float64frombits(v))
	}
}

var errSparse = errors.New("a sparse tensor of this type, want a dense one")
