package tree

import (
	"math"
	"slices"
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
