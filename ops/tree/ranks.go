package tree

import (
	"math"
	"slices"
	"unsafe"
)

// A rank says which thresholds of a feature a value is not above: with the
// thresholds sorted from the greatest to the least, the rank of x is the number of
// those with x <= threshold, which are the first ones. So x <= thresholds[i] is
// rank > i, exactly, and a split compares small integers. The rank of NaN is 0.

// source says how the rank of a feature is found. A feature has a column of ranks
// for every source that its splits need.
type source struct {
	feature     int32
	missing     Missing // of a numerical split
	zeroMissing bool
	category    categoryKind
}

// categoryKind says which values are a category; none are for numerical splits.
type categoryKind uint8

const (
	noCategories categoryKind = iota
	wholeNumbers              // bundles: whole numbers alone
	truncated                 // int(x) for x > -1
	truncatedUp               // int(x) for x >= 0
)

// rankColumn is a column of ranks, or of codes of categories.
type rankColumn struct {
	source
	values     int32     // the column of values of the feature
	thresholds []float64 // from the greatest on, NaN after the last; 2^n-1 of them
	levels     levels
	gone       uint16   // the rank of values that are missing
	codes      []uint16 // by category; categories beyond it have no code
	width      uint16   // the number of codes
	copies     bool     // the column before it has the same thresholds
}

// Codes of categories: of missing values, and of values that no split lists.
const (
	missingCode uint16 = iota
	noneCode
)

// setThresholds takes the thresholds, whose order does not matter. The greatest
// rank, top, is above all of them.
func (c *rankColumn) setThresholds(different map[float64]struct{}, top uint16) {
	sorted := make([]float64, 0, 1+len(different))
	for t := range different {
		sorted = append(sorted, t)
	}
	slices.SortFunc(sorted, func(a, b float64) int {
		switch {
		case a > b:
			return -1
		case a < b:
			return 1
		}
		return 0
	})
	c.levels = newLevels(sorted)
	for len(sorted)&(len(sorted)+1) != 0 {
		sorted = append(sorted, math.NaN())
	}
	c.thresholds = sorted
	switch c.missing {
	case MissingLeft:
		c.gone = top
	case MissingAsZero:
		c.gone = uint16(c.rank(0))
	}
}

// rank returns the rank of a value that is not missing.
func (c *rankColumn) rank(x float64) int {
	r := 0
	for step := (len(c.thresholds) + 1) / 2; step > 0; step /= 2 {
		if x <= c.thresholds[r+step-1] {
			r += step
		}
	}
	return r
}

// special reports whether the rank of x is not that of its place.
func (c *rankColumn) special(x float64) bool {
	return x != x || c.zeroMissing && math.Abs(x) <= zero
}

// categoryCode returns the code of the category of a value.
func (c *rankColumn) categoryCode(x float64) uint16 {
	if c.special(x) {
		return missingCode
	}
	if !(x >= 0 || c.category == truncated && x > -1) || x >= float64(len(c.codes)) {
		return noneCode
	}
	i := int(x)
	if c.category == wholeNumbers && float64(i) != x {
		return noneCode
	}
	return c.codes[i]
}

// levels are the thresholds of a column as a tree whose nodes have fan thresholds and
// one more child: vector code compares a value with those of a node at once. Level 0
// has one node; entry j of level l is the last threshold of step j, the steps being
// fan^(depth-1-l) thresholds long.
type levels struct {
	at    [4]unsafe.Pointer
	depth int
}

const fan = 16

// newLevels takes the thresholds from the greatest on.
func newLevels(thresholds []float64) (l levels) {
	step := 1
	for l.depth = 1; step*fan <= len(thresholds); l.depth++ {
		step *= fan
	}
	for k := range l.depth {
		full := len(thresholds) / step
		level := make([]float64, (full/fan+1)*fan)
		for j := range level {
			level[j] = math.NaN()
			if j < full {
				level[j] = thresholds[(j+1)*step-1]
			}
		}
		l.at[k] = unsafe.Pointer(unsafe.SliceData(level))
		step /= fan
	}
	return l
}

// findRanks writes the ranks of values to out, where they count from minus the
// bias; gone is that of NaN. The values are read, and the ranks written, up to the
// next multiple of rankRows.
func findRanks[T uint8 | uint16](c *rankColumn, x []float64, gone uint16, out []T, bias T) {
	if hasSearch {
		switch out := any(&out[0]).(type) {
		case *uint8:
			searchBytes(&x[0], len(x), &c.levels.at[0], c.levels.depth, int(gone), out)
		case *uint16:
			searchWords(&x[0], len(x), &c.levels.at[0], c.levels.depth, int(gone), out)
		}
		return
	}
	ranks(&x[0], len(x), c.thresholds, &out[0], bias)
	if gone != 0 {
		for i, v := range x {
			if v != v {
				out[i] = T(gone) ^ bias
			}
		}
	}
}

// rankRows is the number of rows whose ranks are searched side by side.
const rankRows = 4

// ranks is findRanks without vector code.
func ranks[T uint8 | uint16](x *float64, n int, thresholds []float64, out *T, bias T) {
	p, t, q := unsafe.Pointer(x), unsafe.Pointer(unsafe.SliceData(thresholds)), unsafe.Pointer(out)
	half := uintptr(len(thresholds)+1) / 2
	for ; n > 0; n -= rankRows {
		x0, x1 := *(*float64)(p), *(*float64)(unsafe.Add(p, 8))
		x2, x3 := *(*float64)(unsafe.Add(p, 16)), *(*float64)(unsafe.Add(p, 24))
		var r0, r1, r2, r3 uintptr
		for step := half; step > 0; step /= 2 {
			at := unsafe.Add(t, step*8-8)
			r0 += step & -notAbove(x0, at, r0)
			r1 += step & -notAbove(x1, at, r1)
			r2 += step & -notAbove(x2, at, r2)
			r3 += step & -notAbove(x3, at, r3)
		}
		*(*T)(q) = T(r0) ^ bias
		*(*T)(unsafe.Add(q, unsafe.Sizeof(*out))) = T(r1) ^ bias
		*(*T)(unsafe.Add(q, 2*unsafe.Sizeof(*out))) = T(r2) ^ bias
		*(*T)(unsafe.Add(q, 3*unsafe.Sizeof(*out))) = T(r3) ^ bias
		p, q = unsafe.Add(p, 8*rankRows), unsafe.Add(q, rankRows*unsafe.Sizeof(*out))
	}
}

// notAbove is 1 if x is at most threshold i, else 0.
func notAbove(x float64, thresholds unsafe.Pointer, i uintptr) uintptr {
	var b uint8
	if x <= *(*float64)(unsafe.Add(thresholds, i*8)) {
		b = 1
	}
	return uintptr(b)
}
