package javamath

import "math"

// Round is Math.round(double): the nearest long, a tie upwards, NaN as 0 and numbers
// beyond a long as its ends.
func Round(x float64) int64 {
	floor := math.Floor(x)
	if x-floor >= 0.5 {
		floor++
	}
	return D2L(floor)
}

// RoundF is Math.round(float): the nearest int, a tie upwards, NaN as 0 and numbers
// beyond an int as its ends.
func RoundF(x float32) int32 {
	wide := float64(x)
	floor := math.Floor(wide)
	if wide-floor >= 0.5 {
		floor++
	}
	return D2I(floor)
}

// Rint is Math.rint: the nearest integer, a tie to the even one.
func Rint(x float64) float64 { return math.RoundToEven(x) }

// Signum is Math.signum: 1.0 with the sign of x, and zeros and NaN themselves.
func Signum(x float64) float64 {
	if x == 0 || x != x {
		return x
	}
	return math.Copysign(1, x)
}

// D2I is the cast (int) of a double: towards zero, NaN as 0, the ends of int beyond them.
func D2I(x float64) int32 {
	switch {
	case x >= math.MaxInt32:
		return math.MaxInt32
	case x <= math.MinInt32:
		return math.MinInt32
	case x != x:
		return 0
	}
	return int32(x)
}

// D2L is the cast (long) of a double.
func D2L(x float64) int64 {
	switch {
	case x >= 0x1p63:
		return math.MaxInt64
	case x <= -0x1p63:
		return math.MinInt64
	case x != x:
		return 0
	}
	return int64(x)
}

// F2I is the cast (int) of a float.
func F2I(x float32) int32 { return D2I(float64(x)) }

// F2L is the cast (long) of a float.
func F2L(x float32) int64 { return D2L(float64(x)) }

// D2S is the cast (short) of a double, which goes through int.
func D2S(x float64) int16 { return int16(D2I(x)) }

// D2B is the cast (byte) of a double, which goes through int.
func D2B(x float64) int8 { return int8(D2I(x)) }

// F2S is the cast (short) of a float, which goes through int.
func F2S(x float32) int16 { return int16(F2I(x)) }

// F2B is the cast (byte) of a float, which goes through int.
func F2B(x float32) int8 { return int8(F2I(x)) }

// L2I is the cast (int) of a long: its lower 32 bits.
func L2I(x int64) int32 { return int32(x) }

// L2S is the cast (short) of a long: its lower 16 bits.
func L2S(x int64) int16 { return int16(x) }

// L2B is the cast (byte) of a long: its lower 8 bits.
func L2B(x int64) int8 { return int8(x) }
