package bundle

import (
	"errors"
	"fmt"
)

// list returns one field of the list of that name. A list that holds values of
// another kind only is an error: MLeap reads it as empty, which no loader wants.
func list[T any](a *Attrs, name, want string, field func(*ListValue) []T) []T {
	v, ok := a.value(name)
	switch {
	case !ok:
		a.fail(name, errMissing)
		return nil
	case v.List == nil:
		a.Failf(name, "%s, want list<%s>", v.describe(), want)
		return nil
	}
	s := field(v.List)
	if found := v.List.describe(); len(s) == 0 && found != "empty list" {
		a.Failf(name, "%s, want list<%s>", found, want)
	}
	return s
}

// Bools returns a required list of booleans. The caller must not change it, as
// with all lists and tensors.
func (a *Attrs) Bools(name string) []bool {
	return list(a, name, "boolean", func(l *ListValue) []bool { return l.Bools })
}

// Ints returns a required list of ints, which is also how bytes and shorts are
// written.
func (a *Attrs) Ints(name string) []int32 {
	return list(a, name, "int", func(l *ListValue) []int32 { return l.Ints })
}

// Longs returns a required list of longs.
func (a *Attrs) Longs(name string) []int64 {
	return list(a, name, "long", func(l *ListValue) []int64 { return l.Longs })
}

// Floats returns a required list of floats.
func (a *Attrs) Floats(name string) []float32 {
	return list(a, name, "float", func(l *ListValue) []float32 { return l.Floats })
}

// Doubles returns a required list of doubles.
func (a *Attrs) Doubles(name string) []float64 {
	return list(a, name, "double", func(l *ListValue) []float64 { return l.Doubles })
}

// Strings returns a required list of strings.
func (a *Attrs) Strings(name string) []string {
	return list(a, name, "string", func(l *ListValue) []string { return l.Strings })
}

// ByteStrings returns a required list of byte strings.
func (a *Attrs) ByteStrings(name string) [][]byte {
	return list(a, name, "byte_string", func(l *ListValue) [][]byte { return l.Bytes })
}

// BasicTypes returns a required list of basic types.
func (a *Attrs) BasicTypes(name string) []Base {
	return list(a, name, "basic_type", func(l *ListValue) []Base { return l.BasicTypes })
}

// Shapes returns a required list of data shapes.
func (a *Attrs) Shapes(name string) []DataShape {
	return list(a, name, "data_shape", func(l *ListValue) []DataShape { return l.Shapes })
}

// Models returns a required list of models. They have no files.
func (a *Attrs) Models(name string) []Model {
	return list(a, name, "model", func(l *ListValue) []Model { return l.Models })
}

// DoublesOr returns the list of doubles, or def if the attribute is absent.
func (a *Attrs) DoublesOr(name string, def []float64) []float64 {
	if !a.Has(name) {
		return def
	}
	return a.Doubles(name)
}

// StringsOr returns the list of strings, or def if the attribute is absent.
func (a *Attrs) StringsOr(name string, def []string) []string {
	if !a.Has(name) {
		return def
	}
	return a.Strings(name)
}

// LongsOr returns the list of longs, or def if the attribute is absent.
func (a *Attrs) LongsOr(name string, def []int64) []int64 {
	if !a.Has(name) {
		return def
	}
	return a.Longs(name)
}

// Tensor returns a required tensor of doubles. Its sizes are all known and
// their product is the number of values.
func (a *Attrs) Tensor(name string) TensorValue {
	v, ok := a.value(name)
	switch {
	case !ok:
		a.fail(name, errMissing)
		return TensorValue{Base: Double}
	case v.Tensor == nil || v.Tensor.Base != Double:
		a.Failf(name, "%s, want tensor<double>", v.describe())
		return TensorValue{Base: Double}
	}
	return a.normal(name, v.Tensor)
}

// TensorOr returns the tensor of doubles, or false if the attribute is absent.
func (a *Attrs) TensorOr(name string) (TensorValue, bool) {
	if !a.Has(name) {
		return TensorValue{}, false
	}
	return a.Tensor(name), true
}

// Tensors returns a required list of tensors of any base, which the caller
// checks where it reads the values. Sizes are as Tensor says.
func (a *Attrs) Tensors(name string) []TensorValue {
	ts := list(a, name, "tensor", func(l *ListValue) []TensorValue { return l.Tensors })
	if len(ts) == 0 {
		return nil
	}
	out := make([]TensorValue, len(ts))
	for i := range ts {
		out[i] = a.normal(name, &ts[i])
	}
	return out
}

// normal returns t with its one unknown size worked out, as
// Tensor.normalizeDimensions (mleap-tensor) does when an op reads a tensor.
func (a *Attrs) normal(name string, t *TensorValue) TensorValue {
	dims, err := normalDims(t.Dims, t.Len())
	if err != nil {
		a.fail(name, err)
		return TensorValue{Base: t.Base}
	}
	out := *t
	out.Dims = dims
	return out
}

func normalDims(dims []int, n int) ([]int, error) {
	if dims == nil {
		return nil, errors.New("tensor without a shape")
	}
	open := -1
	product := 1
	for i, d := range dims {
		switch {
		case d == -1 && open >= 0:
			return nil, fmt.Errorf("tensor shape %v: two unknown sizes", dims)
		case d == -1:
			open = i
		case d < 0:
			return nil, fmt.Errorf("tensor shape %v: negative size", dims)
		case d > 0 && product > maxTensor/d:
			return nil, fmt.Errorf("tensor shape %v: more values than a tensor may have", dims)
		default:
			product *= d
		}
	}
	if open >= 0 {
		if product == 0 {
			return nil, fmt.Errorf("tensor shape %v: the unknown size has no value", dims)
		}
		dims = append([]int{}, dims...)
		dims[open] = n / product
		product *= dims[open]
	}
	if product != n {
		return nil, fmt.Errorf("tensor shape %v: %d values, want %d", dims, n, product)
	}
	return dims, nil
}

// maxTensor is the largest number of values that a JVM array, hence a tensor of
// MLeap, can have.
const maxTensor = 1<<31 - 1
