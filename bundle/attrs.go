package bundle

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// Attrs is the typed reader of one model's attributes. A loader asks for what
// it needs and looks at Err once: the first error sticks, and every read after
// it still returns a usable zero.
//
// Methods may be called concurrently, but share the one error.
type Attrs struct {
	values map[string]Value

	mu   sync.Mutex
	err  error
	read map[string]bool
	lost []Lost
}

// Lost is a scalar that was read as another kind than it has: its value is not used.
type Lost struct {
	Name string
	Has  string // kind and value, such as "long 7"
	Read string // the kind that was asked for
}

// NewAttrs returns the reader of values, which it keeps.
func NewAttrs(values map[string]Value) *Attrs { return &Attrs{values: values} }

// Has reports whether the attribute is present, with any value.
func (a *Attrs) Has(name string) bool {
	_, ok := a.values[name]
	return ok
}

// Names returns the names of all attributes, sorted.
func (a *Attrs) Names() []string { return slices.Sorted(maps.Keys(a.values)) }

// Value returns the attribute as the wire holds it.
func (a *Attrs) Value(name string) (Value, bool) { return a.value(name) }

// value returns an attribute, and notes that it was read.
func (a *Attrs) value(name string) (Value, bool) {
	v, ok := a.values[name]
	if ok {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.read == nil {
			a.read = map[string]bool{}
		}
		a.read[name] = true
	}
	return v, ok
}

// Read reports whether an attribute was asked for and is there.
func (a *Attrs) Read(name string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.read[name]
}

// Lost returns the scalars that were read as another kind than they have.
func (a *Attrs) Lost() []Lost {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.lost)
}

// NaNs returns the attributes of floats or doubles with a value that is NaN, and which
// value is the first: "" for scalars, "[3]" for lists and tensors.
func (a *Attrs) NaNs() map[string]string {
	found := map[string]string{}
	for name, v := range a.values {
		switch at := v.firstNaN(); {
		case at >= 0 && v.Scalar != nil:
			found[name] = ""
		case at >= 0:
			found[name] = fmt.Sprintf("[%d]", at)
		}
	}
	return found
}

// Err returns the first error of any read, which names the attribute.
func (a *Attrs) Err() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.err
}

// Failf adds an error about an attribute in the form of the reader's own, for
// example Failf("splits", "%d values, want at least 2", n). It is kept if it is
// the first.
func (a *Attrs) Failf(name, format string, args ...any) {
	a.fail(name, fmt.Errorf(format, args...))
}

func (a *Attrs) fail(name string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err == nil {
		a.err = &pathError{name, err}
	}
}

var errMissing = errors.New("missing")

// scalar returns the scalar of that name, or an empty one after an error.
func (a *Attrs) scalar(name, want string) *ScalarValue {
	v, ok := a.value(name)
	switch {
	case !ok:
		a.fail(name, errMissing)
	case v.Scalar == nil:
		a.Failf(name, "%s, want %s", v.describe(), want)
	default:
		if kind, text := v.Scalar.holds(); kind != "" && kind != want {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.lost = append(a.lost, Lost{name, text, want})
		}
		return v.Scalar
	}
	return &ScalarValue{}
}

// Bool returns a required boolean. Like all scalars it reads as the default of
// its kind (false) where the attribute holds a scalar of another kind or none,
// which is how MLeap reads bundles: the wire leaves out defaults.
func (a *Attrs) Bool(name string) bool { return a.scalar(name, "boolean").Bool }

// Int returns a required int, or 0 where the attribute holds another kind of
// scalar: a long does not read as an int.
func (a *Attrs) Int(name string) int32 { return a.scalar(name, "int").Int }

// Long returns a required long, or 0 where the attribute holds another kind of
// scalar: an int does not read as a long.
func (a *Attrs) Long(name string) int64 { return a.scalar(name, "long").Long }

// Float returns a required float, or 0 where the attribute holds another kind
// of scalar.
func (a *Attrs) Float(name string) float32 { return a.scalar(name, "float").Float }

// Double returns a required double, or 0 where the attribute holds another kind
// of scalar.
func (a *Attrs) Double(name string) float64 { return a.scalar(name, "double").Double }

// String returns a required string, or "" where the attribute holds another
// kind of scalar.
func (a *Attrs) String(name string) string { return a.scalar(name, "string").String }

// BasicType returns a required basic type, or UnknownBase where the attribute
// holds another kind of scalar.
func (a *Attrs) BasicType(name string) Base { return a.scalar(name, "basic_type").BasicType }

// BoolOr returns the boolean, or def if the attribute is absent.
func (a *Attrs) BoolOr(name string, def bool) bool {
	if !a.Has(name) {
		return def
	}
	return a.Bool(name)
}

// IntOr returns the int, or def if the attribute is absent.
func (a *Attrs) IntOr(name string, def int32) int32 {
	if !a.Has(name) {
		return def
	}
	return a.Int(name)
}

// LongOr returns the long, or def if the attribute is absent.
func (a *Attrs) LongOr(name string, def int64) int64 {
	if !a.Has(name) {
		return def
	}
	return a.Long(name)
}

// FloatOr returns the float, or def if the attribute is absent.
func (a *Attrs) FloatOr(name string, def float32) float32 {
	if !a.Has(name) {
		return def
	}
	return a.Float(name)
}

// DoubleOr returns the double, or def if the attribute is absent.
func (a *Attrs) DoubleOr(name string, def float64) float64 {
	if !a.Has(name) {
		return def
	}
	return a.Double(name)
}

// StringOr returns the string, or def if the attribute is absent.
func (a *Attrs) StringOr(name string, def string) string {
	if !a.Has(name) {
		return def
	}
	return a.String(name)
}

// Shape returns a required data shape.
func (a *Attrs) Shape(name string) DataShape {
	s := a.scalar(name, "data_shape")
	if s.Shape == nil {
		a.fail(name, errors.New("no data_shape"))
		return DataShape{}
	}
	return *s.Shape
}

// ShapeOr returns the data shape, or def if the attribute is absent.
func (a *Attrs) ShapeOr(name string, def DataShape) DataShape {
	if !a.Has(name) {
		return def
	}
	return a.Shape(name)
}

// Model returns a required model that is itself an attribute. It has no files.
func (a *Attrs) Model(name string) *Model {
	s := a.scalar(name, "model")
	if s.Model == nil {
		a.fail(name, errors.New("no model"))
		return &Model{Attrs: NewAttrs(nil)}
	}
	return s.Model
}
