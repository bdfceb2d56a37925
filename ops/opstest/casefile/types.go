package casefile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Base is the type of a single value, by the name that bundles use.
type Base string

// The base types.
const (
	Boolean    Base = "boolean"
	Byte       Base = "byte"
	Short      Base = "short"
	Int        Base = "int"
	Long       Base = "long"
	Float      Base = "float"
	Double     Base = "double"
	String     Base = "string"
	ByteString Base = "byte_string"
)

var bases = []Base{Boolean, Byte, Short, Int, Long, Float, Double, String, ByteString}

// Kind is how values are put together.
type Kind uint8

// The kinds of columns.
const (
	Scalar Kind = iota
	List
	Tensor
	Map
)

// Type is the type of a column. Every column may hold nulls.
type Type struct {
	Kind Kind
	Base Base  // of the scalar, or of the elements
	Key  Base  // of a map
	Dims []int // of a tensor; nil if not declared, which is not the same as empty
}

// ParseType reads what Type.String prints.
func ParseType(s string) (Type, error) {
	t := Type{Base: Base(s)}
	name, arg, ok := strings.Cut(s, "<")
	if ok {
		arg, rest, closed := strings.Cut(arg, ">")
		if !closed {
			return t, fmt.Errorf("type %q: no closing >", s)
		}
		t.Base = Base(arg)
		switch name {
		case "list":
			t.Kind = List
		case "tensor":
			t.Kind = Tensor
			if rest != "" {
				dims, err := parseDims(rest)
				if err != nil {
					return t, fmt.Errorf("type %q: %w", s, err)
				}
				t.Dims, rest = dims, ""
			}
		case "map":
			t.Kind = Map
			key, value, _ := strings.Cut(arg, ",")
			t.Key, t.Base = Base(key), Base(value)
			if !slices.Contains(bases, t.Key) {
				return t, fmt.Errorf("type %q: unknown key type %q", s, key)
			}
		default:
			return t, fmt.Errorf("type %q: want a base type, list, tensor or map", s)
		}
		if rest != "" {
			return t, fmt.Errorf("type %q: unexpected %q", s, rest)
		}
	}
	if !slices.Contains(bases, t.Base) {
		return t, fmt.Errorf("type %q: unknown base type %q", s, t.Base)
	}
	return t, nil
}

func parseDims(s string) ([]int, error) {
	inner, ok := strings.CutPrefix(s, "[")
	inner, ok2 := strings.CutSuffix(inner, "]")
	if !ok || !ok2 {
		return nil, fmt.Errorf("dimensions %q: want [d,d...]", s)
	}
	dims := []int{}
	if inner == "" {
		return dims, nil
	}
	for d := range strings.SplitSeq(inner, ",") {
		n, err := strconv.Atoi(d)
		if err != nil {
			return nil, fmt.Errorf("dimension %q: not a number", d)
		}
		dims = append(dims, n)
	}
	return dims, nil
}

// String prints t, for example "tensor<double>[3]".
func (t Type) String() string {
	switch t.Kind {
	case List:
		return "list<" + string(t.Base) + ">"
	case Tensor:
		s := "tensor<" + string(t.Base) + ">"
		if t.Dims != nil {
			s += "[" + joinInts(t.Dims, ",") + "]"
		}
		return s
	case Map:
		return "map<" + string(t.Key) + "," + string(t.Base) + ">"
	default:
		return string(t.Base)
	}
}

// Fits reports whether t and o are the same but for declared dimensions,
// which MLeap does not check.
func (t Type) Fits(o Type) bool { return t.Kind == o.Kind && t.Base == o.Base && t.Key == o.Key }

func joinInts(ns []int, sep string) string {
	var b strings.Builder
	for i, n := range ns {
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(strconv.Itoa(n))
	}
	return b.String()
}
