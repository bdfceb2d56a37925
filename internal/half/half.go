// Package half reads numbers of 16 bits, of which package float16 of Arrow reads
// those next to zero as others.
package half

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow/float16"
)

// Float32 returns x, which a float holds exactly.
func Float32(x float16.Num) float32 {
	bits := uint32(x.Uint16())
	sign, exp, frac := bits>>15<<31, bits>>10&0x1f, bits&0x3ff
	switch exp {
	case 0: // no leading one: a multiple of 2^-24
		return math.Float32frombits(sign | math.Float32bits(float32(frac)*(1.0/(1<<24))))
	case 0x1f: // infinity, or no number
		return math.Float32frombits(sign | 0xff<<23 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+127-15)<<23 | frac<<13)
}
