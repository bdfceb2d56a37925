package javamath

import (
	"cmp"
	"math"
)

// Min is Math.min(double, double): NaN if either is, and -0.0 is below 0.0.
func Min(a, b float64) float64 { return min(a, b) }

// Max is Math.max(double, double): NaN if either is, and 0.0 is above -0.0.
func Max(a, b float64) float64 { return max(a, b) }

// MinF is Math.min(float, float).
func MinF(a, b float32) float32 { return min(a, b) }

// MaxF is Math.max(float, float).
func MaxF(a, b float32) float32 { return max(a, b) }

// Compare is Double.compare: by value, with -0.0 before 0.0 and NaN equal to NaN and
// after all others.
func Compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return compareUnordered(a, b)
}

// compareUnordered compares what < and > do not tell apart: zeros by their sign, and
// NaN with anything.
func compareUnordered(a, b float64) int {
	key := func(x float64) int {
		switch {
		case x != x:
			return 2
		case x == 0 && math.Signbit(x):
			return 0
		}
		return 1
	}
	return cmp.Compare(key(a), key(b))
}

// CompareF is Float.compare.
func CompareF(a, b float32) int { return Compare(float64(a), float64(b)) }

// BinarySearch is Arrays.binarySearch(double[], double): the index of key in sorted, or
// -(insertion point)-1; among equals it finds the one that Java does.
func BinarySearch(sorted []float64, key float64) int {
	low, high := 0, len(sorted)-1
	for low <= high {
		mid := int(uint(low+high) >> 1)
		switch c := Compare(sorted[mid], key); {
		case c < 0:
			low = mid + 1
		case c > 0:
			high = mid - 1
		default:
			return mid
		}
	}
	return -(low + 1)
}
