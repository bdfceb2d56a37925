package bundle

import (
	"fmt"
	"slices"
)

// Value is one attribute of a model: a scalar, a list or a tensor. Exactly one
// of the three is set.
type Value struct {
	Scalar *ScalarValue
	List   *ListValue
	Tensor *TensorValue
}

// ScalarValue is a scalar attribute. The wire leaves out whatever equals the
// default of its kind, so a field that holds a zero may stand for a value that
// was written or for none: a reader asks for the one field that it expects.
type ScalarValue struct {
	Bool      bool
	Int       int32 // of byte, short and int attributes
	Long      int64
	Float     float32
	Double    float64
	String    string
	Bytes     []byte
	Tensor    *TensorValue
	BasicType Base
	Shape     *DataShape
	Model     *Model
}

// ListValue is a list attribute. A writer fills one of the fields.
type ListValue struct {
	Bools      []bool
	Ints       []int32 // of byte, short and int attributes
	Longs      []int64
	Floats     []float32
	Doubles    []float64
	Strings    []string
	Bytes      [][]byte
	Tensors    []TensorValue
	BasicTypes []Base
	Shapes     []DataShape
	Models     []Model
}

// TensorValue is a dense tensor. The values are in the order of the wire: the
// op decides what that order means for a matrix (MLeap's own are column-major).
type TensorValue struct {
	Base Base
	// Dims are the sizes of the dimensions; nil means that the bundle declares
	// no shape. Tensors of Attrs have all sizes known and their product equal
	// to the number of values.
	Dims []int

	Bools   []bool
	Ints    []int32 // of bytes, shorts and ints
	Longs   []int64
	Floats  []float32
	Doubles []float64
	Strings []string // of strings and byte strings
}

// Len is the number of values.
func (t *TensorValue) Len() int {
	switch t.Base {
	case Boolean:
		return len(t.Bools)
	case Byte, Short, Int:
		return len(t.Ints)
	case Long:
		return len(t.Longs)
	case Float:
		return len(t.Floats)
	case Double:
		return len(t.Doubles)
	case String, ByteString:
		return len(t.Strings)
	}
	return 0
}

// DataShape is the declared shape of an input or output of a model.
type DataShape struct {
	Kind     Kind
	Nullable bool
	Dims     []int // of a tensor; nil if not declared
}

// Type returns the type of values of base b in shape s.
func (s DataShape) Type(b Base) Type {
	return Type{Kind: s.Kind, Base: b, Dims: s.Dims, Nullable: s.Nullable}
}

// describe names what v holds, as errors show it: "list<double>".
func (v Value) describe() string {
	switch {
	case v.List != nil:
		return v.List.describe()
	case v.Tensor != nil:
		return "tensor<" + v.Tensor.Base.String() + ">"
	}
	return "scalar"
}

func (l *ListValue) describe() string {
	for _, f := range []struct {
		n    int
		kind string
	}{
		{len(l.Bools), "boolean"}, {len(l.Ints), "int"}, {len(l.Longs), "long"}, {len(l.Floats), "float"},
		{len(l.Doubles), "double"}, {len(l.Strings), "string"}, {len(l.Bytes), "byte_string"}, {len(l.Tensors), "tensor"},
		{len(l.BasicTypes), "basic_type"}, {len(l.Shapes), "data_shape"}, {len(l.Models), "model"},
	} {
		if f.n > 0 {
			return "list<" + f.kind + ">"
		}
	}
	return "empty list"
}

// holds returns the kind of a scalar and what it holds, if that is a number, a boolean
// or a text and not the default of its kind.
func (s *ScalarValue) holds() (kind, text string) {
	switch {
	case s.Bool:
		return "boolean", "boolean true"
	case s.Int != 0:
		return "int", fmt.Sprintf("int %d", s.Int)
	case s.Long != 0:
		return "long", fmt.Sprintf("long %d", s.Long)
	case s.Float != 0:
		return "float", fmt.Sprintf("float %v", s.Float)
	case s.Double != 0:
		return "double", fmt.Sprintf("double %v", s.Double)
	case s.String != "":
		return "string", fmt.Sprintf("string %.40q", s.String)
	}
	return "", ""
}

// firstNaN returns which value is the first that is NaN, and -1 if none is.
func (v Value) firstNaN() int {
	switch {
	case v.Scalar != nil:
		return nanAt([]float32{v.Scalar.Float}, []float64{v.Scalar.Double})
	case v.List != nil:
		return nanAt(v.List.Floats, v.List.Doubles)
	case v.Tensor != nil:
		return nanAt(v.Tensor.Floats, v.Tensor.Doubles)
	}
	return -1
}

// nanAt looks through the one of two lists that is not empty.
func nanAt(floats []float32, doubles []float64) int {
	if i := slices.IndexFunc(doubles, func(x float64) bool { return x != x }); i >= 0 {
		return i
	}
	return slices.IndexFunc(floats, func(x float32) bool { return x != x })
}
