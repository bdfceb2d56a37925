package compare

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// vectors compares two columns of vectors, element by element.
type vectors struct {
	equalBits, equalValues int64
	diff                   differences
	otherSize, flips       int64
	x, y                   []float64
}

func (c *vectors) Close() error { return nil }

func (c *vectors) add(a, b arrow.Array, n int, at func(int) string) error {
	xs, ys := newVectors(a), newVectors(b)
	for row := range n {
		if a.IsNull(row) || b.IsNull(row) {
			continue
		}
		c.x, c.y = xs(c.x[:0], row), ys(c.y[:0], row)
		if argmax(c.x) != argmax(c.y) {
			c.flips++
		}
		if len(c.x) != len(c.y) {
			c.otherSize++
			continue
		}
		bits, values := true, true
		for i, x := range c.x {
			y := c.y[i]
			same := x == y || x != x && y != y
			values = values && same
			bits = bits && math.Float64bits(x) == math.Float64bits(y)
			c.diff.add(x, y, same, func() string { return at(row) })
		}
		if bits {
			c.equalBits++
		}
		if values {
			c.equalValues++
		}
	}
	return nil
}

// argmax is the place of the largest element, the first of several, or -1.
func argmax(v []float64) int {
	at := -1
	for i, x := range v {
		if x == x && (at < 0 || x > v[at]) {
			at = i
		}
	}
	return at
}

func (c *vectors) finish(r *Result) error {
	r.EqualBits += c.equalBits
	r.EqualValues += c.equalValues
	r.Difference = c.diff.result()
	r.Vector = &Vector{OtherSize: c.otherSize, ArgmaxFlips: c.flips, ArgmaxFlipsShare: share(c.flips, r.Rows)}
	return nil
}

// newVectors returns a function that appends the elements of a row. Null
// elements are NaN.
func newVectors(arr arrow.Array) func(dst []float64, row int) []float64 {
	if s, ok := arr.(*array.Struct); ok {
		return newSparse(s)
	}
	list := arr.(array.ListLike)
	in, values := list.ListValues(), newDoubles(list.ListValues())
	return func(dst []float64, row int) []float64 {
		lo, hi := list.ValueOffsets(row)
		for i := int(lo); i < int(hi); i++ {
			if in.IsNull(i) {
				dst = append(dst, math.NaN())
			} else {
				dst = append(dst, values.of(i))
			}
		}
		return dst
	}
}

// newSparse reads structs laid out as Spark's VectorUDT, where type 0 is sparse, or
// without type, where indices are null unless a row is sparse.
func newSparse(s *array.Struct) func(dst []float64, row int) []float64 {
	first := s.NumField() - 3
	size, indices := s.Field(first).(*array.Int32), s.Field(first+1).(*array.List)
	values := newVectors(s.Field(first + 2))
	dense := indices.IsNull
	if first > 0 {
		kind := s.Field(0).(*array.Int8)
		dense = func(row int) bool { return kind.Value(row) != 0 }
	}
	at := indices.ListValues().(*array.Int32)
	var stored []float64
	return func(dst []float64, row int) []float64 {
		if dense(row) {
			return values(dst, row)
		}
		stored = values(stored[:0], row)
		dst = append(dst, make([]float64, max(size.Value(row), 0))...)
		lo, hi := indices.ValueOffsets(row)
		for i, x := range stored[:min(len(stored), int(hi-lo))] {
			if j := int(at.Value(int(lo) + i)); j >= 0 && j < len(dst) {
				dst[j] = x
			}
		}
		return dst
	}
}
