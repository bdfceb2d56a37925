package bundle

import (
	"fmt"
	"slices"
	"strings"
)

// Base is the type of a single value.
type Base uint8

// The base types of MLeap. UnknownBase is what a reader leaves where a bundle
// says nothing.
const (
	UnknownBase Base = iota
	Boolean
	Byte
	Short
	Int
	Long
	Float
	Double
	String
	ByteString
)

var baseNames = [...]string{"unknown", "boolean", "byte", "short", "int", "long", "float", "double", "string", "byte_string"}

// String returns the name that bundles use.
func (b Base) String() string {
	if int(b) < len(baseNames) {
		return baseNames[b]
	}
	return fmt.Sprintf("base(%d)", uint8(b))
}

// ParseBase is the inverse of Base.String. "integer", the spelling of leap
// frames, is accepted for "int".
func ParseBase(s string) (Base, bool) {
	if s == "integer" {
		return Int, true
	}
	i := slices.Index(baseNames[:], s)
	return Base(max(i, 0)), i >= 0
}

// Numeric reports whether values of the base are numbers.
func (b Base) Numeric() bool { return b >= Byte && b <= Double }

// Kind is how values are put together.
type Kind uint8

// The kinds of values that a column can hold.
const (
	ScalarKind Kind = iota
	ListKind
	TensorKind
	MapKind
)

// Type is the type of a column or port.
type Type struct {
	Kind Kind
	Base Base // of the scalar, or of the elements
	Key  Base // of a map
	// Dims are the declared dimensions of a tensor. nil is "not declared",
	// which differs from declared and empty: only the latter takes a scalar.
	Dims     []int
	Nullable bool
}

// Scalar returns the nullable scalar type of b.
func Scalar(b Base) Type { return Type{Kind: ScalarKind, Base: b, Nullable: true} }

// List returns the nullable list type of b.
func List(b Base) Type { return Type{Kind: ListKind, Base: b, Nullable: true} }

// Tensor returns the nullable tensor type of b. No dims means not declared;
// use TensorOf to declare none.
func Tensor(b Base, dims ...int) Type {
	return Type{Kind: TensorKind, Base: b, Dims: dims, Nullable: true}
}

// TensorOf returns the nullable tensor type of b with dims declared, if only
// as empty.
func TensorOf(b Base, dims []int) Type {
	return Type{Kind: TensorKind, Base: b, Dims: append([]int{}, dims...), Nullable: true}
}

// Map returns the nullable map type from key to value.
func Map(key, value Base) Type {
	return Type{Kind: MapKind, Key: key, Base: value, Nullable: true}
}

// NonNull returns t declared as never null.
func (t Type) NonNull() Type {
	t.Nullable = false
	return t
}

// IsVector reports whether t is a tensor of doubles, the only tensors whose
// dense or sparse form this engine tracks.
func (t Type) IsVector() bool { return t.Kind == TensorKind && t.Base == Double }

// Equal reports whether both types are the same, dimensions and nullability
// included.
func (t Type) Equal(o Type) bool {
	return t.Kind == o.Kind && t.Base == o.Base && t.Key == o.Key && t.Nullable == o.Nullable &&
		(t.Dims == nil) == (o.Dims == nil) && slices.Equal(t.Dims, o.Dims)
}

// String prints t as errors and listings show it, for example
// "tensor<double>[3]" or "string?".
func (t Type) String() string {
	var s string
	switch t.Kind {
	case ScalarKind:
		s = t.Base.String()
	case ListKind:
		s = "list<" + t.Base.String() + ">"
	case TensorKind:
		s = "tensor<" + t.Base.String() + ">"
		if t.Dims != nil {
			s += strings.ReplaceAll(fmt.Sprint(t.Dims), " ", ",")
		}
	case MapKind:
		s = "map<" + t.Key.String() + "," + t.Base.String() + ">"
	}
	if t.Nullable {
		s += "?"
	}
	return s
}

// Field is a named column or port with its type.
type Field struct {
	Name string
	Type Type
}

// Schema is a list of fields with distinct names.
type Schema []Field

// Field returns the field of that name.
func (s Schema) Field(name string) (Field, bool) {
	for _, f := range s {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// Names returns the names in order.
func (s Schema) Names() []string {
	names := make([]string, len(s))
	for i, f := range s {
		names[i] = f.Name
	}
	return names
}
