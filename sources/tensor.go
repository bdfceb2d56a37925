package sources

import (
	"errors"
	"fmt"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// vectorType is laid out as Spark's VectorUDT: type is 1 for a dense vector
// and 0 for a sparse one.
var vectorType = arrow.StructOf(
	arrow.Field{Name: "type", Type: arrow.PrimitiveTypes.Int8},
	arrow.Field{Name: "size", Type: arrow.PrimitiveTypes.Int32},
	arrow.Field{Name: "indices", Type: arrow.ListOf(arrow.PrimitiveTypes.Int32), Nullable: true},
	arrow.Field{Name: "values", Type: arrow.ListOf(arrow.PrimitiveTypes.Float64), Nullable: true},
)

var leapBases = map[string]arrow.DataType{
	"boolean": arrow.FixedWidthTypes.Boolean, "byte": arrow.PrimitiveTypes.Int8, "short": arrow.PrimitiveTypes.Int16,
	"integer": arrow.PrimitiveTypes.Int32, "int": arrow.PrimitiveTypes.Int32, "long": arrow.PrimitiveTypes.Int64,
	"float": arrow.PrimitiveTypes.Float32, "double": arrow.PrimitiveTypes.Float64,
	"string": arrow.BinaryTypes.String, "byte_string": arrow.BinaryTypes.Binary,
}

// tensorValue is a tensor before it is checked. indices is nil if it is dense.
type tensorValue struct {
	dims    []int32
	indices [][]int32
	sparse  bool
}

// appendTo appends the tensor to a vector column, or begins a list of it, and
// returns the builder of its n values.
func (t *tensorValue) appendTo(b array.Builder, n int) (array.Builder, error) {
	if l, ok := b.(*array.ListBuilder); ok {
		if t.sparse {
			return nil, errSparse
		}
		size := int64(1)
		for _, d := range t.dims {
			if size *= int64(d); d < 0 || size > int64(n) {
				break
			}
		}
		if size != int64(n) {
			return nil, fmt.Errorf("a tensor of dimensions %v with %d values", t.dims, n)
		}
		l.Append(true)
		return l.ValueBuilder(), nil
	}
	if len(t.dims) != 1 || t.dims[0] < 0 {
		return nil, fmt.Errorf("a tensor of dimensions %v, want one dimension", t.dims)
	}
	if !t.sparse && int(t.dims[0]) != n || t.sparse && len(t.indices) != n {
		return nil, fmt.Errorf("a tensor of size %d with %d values and %d indices", t.dims[0], n, len(t.indices))
	}
	s := b.(*array.StructBuilder)
	s.Append(true)
	kind := s.FieldBuilder(0).(*array.Int8Builder)
	s.FieldBuilder(1).(*array.Int32Builder).Append(t.dims[0])
	at := s.FieldBuilder(2).(*array.ListBuilder)
	at.Append(true)
	if !t.sparse {
		kind.Append(1)
	} else {
		kind.Append(0)
		last := int32(-1)
		for _, i := range t.indices {
			if len(i) != 1 || i[0] <= last || i[0] >= t.dims[0] {
				return nil, fmt.Errorf("index %v after %d in a tensor of size %d", i, last, t.dims[0])
			}
			last = i[0]
			at.ValueBuilder().(*array.Int32Builder).Append(last)
		}
	}
	v := s.FieldBuilder(3).(*array.ListBuilder)
	v.Append(true)
	return v.ValueBuilder(), nil
}

func appendLeapText(b array.Builder, s []byte) {
	switch b := b.(type) {
	case *array.StringBuilder:
		b.BinaryBuilder.Append(s)
	case *array.BinaryBuilder:
		b.Append(s)
	}
}

func appendLeapBits(b array.Builder, v uint64) {
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
