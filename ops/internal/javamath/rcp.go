package javamath

import "math"

// rcp gives what RCPPS answers for the significand of the double whose bits are given,
// as a float32 in (0.5, 1]. The instruction looks at the upper twelve bits only.
func rcp(bits uint64) float32 {
	return math.Float32frombits(0x3f000000 + uint32(rcpTable[bits>>40&0xfff])<<11)
}

// widened is the float64 of the same value as the float32 (in [0.25, 2)) whose bits are
// given, without the bits that mask lacks.
func widened(bits32 uint32, mask uint64) float64 {
	return math.Float64frombits((uint64(bits32)<<29 + (1023-127)<<52) & mask)
}
