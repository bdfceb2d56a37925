package casefile

import (
	"bytes"
	"math"
	"slices"
)

// Value is nil for a null, or what the type of its column says:
//
//	boolean                 bool
//	byte, short, int, long  int64, in the range of the type
//	float                   float32
//	double                  float64
//	string                  string
//	byte_string             []byte
//	list                    []Value
//	map                     []Entry, in the order of the text, keys distinct
//	tensor                  *Array
type Value any

// Entry is one entry of a map.
type Entry struct{ Key, Value Value }

// Array is a tensor. Its form, dense or sparse, is part of the value: MLeap
// computes other bits from the one than from the other.
type Array struct {
	Dims   []int
	Sparse bool
	// Indices has an index per value of a sparse tensor, each with a number
	// per dimension, in the order that they have in MLeap. It is nil in a
	// dense tensor.
	Indices [][]int
	// Values are the stored values, row major if dense.
	Values []Value
}

// Doubles returns the stored values of a tensor of doubles.
func (a *Array) Doubles() []float64 {
	xs := make([]float64, len(a.Values))
	for i, v := range a.Values {
		xs[i] = v.(float64)
	}
	return xs
}

// Flat returns a as a tensor of one dimension, row major, which shares its
// values.
func (a *Array) Flat() *Array {
	size := 1
	for _, d := range a.Dims {
		size *= d
	}
	f := &Array{Dims: []int{size}, Sparse: a.Sparse, Values: a.Values}
	for _, index := range a.Indices {
		at := 0
		for i, n := range index {
			at = at*a.Dims[i] + n
		}
		f.Indices = append(f.Indices, []int{at})
	}
	return f
}

// Equal reports whether a and b are the same value to the bit. All NaNs are
// equal, 0 and -0 differ, a dense and a sparse tensor differ. The order of the
// entries of a map does not count.
func Equal(a, b Value) bool {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		return ok && (math.Float64bits(a) == math.Float64bits(b) || a != a && b != b)
	case float32:
		b, ok := b.(float32)
		return ok && (math.Float32bits(a) == math.Float32bits(b) || a != a && b != b)
	case []byte:
		b, ok := b.([]byte)
		return ok && bytes.Equal(a, b)
	case []Value:
		b, ok := b.([]Value)
		return ok && slices.EqualFunc(a, b, Equal)
	case []Entry:
		b, ok := b.([]Entry)
		return ok && equalMaps(a, b)
	case *Array:
		b, ok := b.(*Array)
		return ok && a.Sparse == b.Sparse && slices.Equal(a.Dims, b.Dims) &&
			slices.EqualFunc(a.Indices, b.Indices, slices.Equal[[]int]) && slices.EqualFunc(a.Values, b.Values, Equal)
	default:
		return a == b
	}
}

func equalMaps(a, b []Entry) bool {
	if len(a) != len(b) {
		return false
	}
	for _, e := range a {
		i := slices.IndexFunc(b, func(f Entry) bool { return Equal(e.Key, f.Key) })
		if i < 0 || !Equal(e.Value, b[i].Value) {
			return false
		}
	}
	return true
}
