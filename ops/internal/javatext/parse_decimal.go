package javatext

import (
	"encoding/binary"
	"math"
	"math/big"
	"math/bits"
	"sync"
)

// This file reads decimal numbers in one pass and rounds them by the method of
// Eisel and Lemire (Lemire, "Number Parsing at a Gigabyte per Second", 2021;
// Mushtak and Lemire, "Fast Number Parsing Without Fallback", 2023), subnormal
// numbers too. The result is the nearest number, as that of strconv.ParseFloat,
// which reads all other texts.

// binaryFormat is a format of floating point numbers.
type binaryFormat struct {
	fraction   uint // bits
	least      int  // exponent
	infinite   int  // the biased exponent
	exact      int  // powers of ten up to this are numbers of the format
	tieLo, tie int  // powers of ten that may give numbers halfway between two
	powerLo    int  // smaller powers of ten give zero, whatever the digits
	powerHi    int  // greater ones infinity
}

var (
	doubles = binaryFormat{52, -1023, 0x7ff, 22, -4, 23, -342, 308}
	floats  = binaryFormat{23, -127, 0xff, 10, -17, 10, -64, 38}
)

// decimalText is a number digits * 10^power.
type decimalText struct {
	digits   uint64
	power    int
	negative bool
	cut      bool // there are more digits, not all zero
}

// maxDecimalText keeps powers far from overflows.
const maxDecimalText = 512

// readDecimal reads a text of digits, perhaps with sign, point, exponent and
// suffix. ok is false for all others.
func readDecimal(s string) (d decimalText, ok bool) {
	if len(s) > maxDecimalText {
		return d, false
	}
	i := 0
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		d.negative = s[0] == '-'
		i = 1
	}
	start := i
	i = d.take(s, i, 0)
	count := i - start
	if i < len(s) && s[i] == '.' {
		start = i + 1
		i = d.take(s, start, 1)
		count += i - start
	}
	if count == 0 {
		return d, false
	}
	if i < len(s) && s[i]|0x20 == 'e' {
		var power int
		if power, i = readPower(s, i+1); i < 0 {
			return d, false
		}
		d.power += power
	}
	if i == len(s)-1 && (s[i]|0x20 == 'f' || s[i]|0x20 == 'd') {
		i++
	}
	return d, i == len(s)
}

// take reads the digits from i on and returns where they end. Each that is kept
// lowers the power by fraction; digits beyond 19 only count.
func (d *decimalText) take(s string, i, fraction int) int {
	for ; i < len(s); i++ {
		if d.digits < 1e10 && i+8 <= len(s) {
			if x := eightBytes(s, i); areDigits(x) {
				d.digits = d.digits*1e8 + eightDigits(x)
				d.power -= 8 * fraction
				i += 7
				continue
			}
		}
		c := s[i] - '0'
		switch {
		case c > 9:
			return i
		case d.digits < 1e18:
			d.digits = d.digits*10 + uint64(c)
			d.power -= fraction
		default:
			d.cut = d.cut || c != 0
			d.power += 1 - fraction
		}
	}
	return i
}

// readPower returns the exponent that starts at i, and its end, or -1.
func readPower(s string, i int) (power, end int) {
	negative := false
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		negative = s[i] == '-'
		i++
	}
	start := i
	for ; i < len(s) && isDecimal(s[i]); i++ {
		if power < 1e6 {
			power = power*10 + int(s[i]-'0')
		}
	}
	if i == start {
		return 0, -1
	}
	if negative {
		power = -power
	}
	return power, i
}

func eightBytes(s string, i int) uint64 {
	_ = s[i+7]
	return binary.LittleEndian.Uint64([]byte(s[i : i+8]))
}

// areDigits reports whether all eight bytes are digits.
func areDigits(x uint64) bool {
	return ((x+0x4646464646464646)|(x-0x3030303030303030))&0x8080808080808080 == 0
}

// eightDigits is their number; the first byte is the highest.
func eightDigits(x uint64) uint64 {
	x -= 0x3030303030303030
	x = x*10 + x>>8
	const mask = 0x000000ff000000ff
	return uint64(uint32(((x&mask)*(100+1000000<<32) + (x>>16&mask)*(1+10000<<32)) >> 32))
}

// value returns the number nearest to d in a format. ok is false if the digits that
// were cut off decide.
func (d *decimalText) value(f *binaryFormat) (v float64, ok bool) {
	if !d.cut && d.digits>>(f.fraction+1) == 0 && -f.exact <= d.power && d.power <= f.exact {
		v = d.exact(f)
	} else {
		mantissa, power := d.nearest(f, d.digits)
		if d.cut {
			if above, p := d.nearest(f, d.digits+1); above != mantissa || p != power {
				return 0, false
			}
		}
		if f.fraction == 52 {
			v = math.Float64frombits(uint64(power)<<52 | mantissa)
		} else {
			v = float64(math.Float32frombits(uint32(power)<<23 | uint32(mantissa)))
		}
	}
	if d.negative {
		v = -v
	}
	return v, true
}

// exact is value if digits and power of ten are numbers of the format, so that the
// only rounding is that of one operation.
func (d *decimalText) exact(f *binaryFormat) float64 {
	power := exactPowers[max(d.power, -d.power)]
	switch {
	case f.fraction == 52 && d.power < 0:
		return float64(d.digits) / power
	case f.fraction == 52:
		return float64(d.digits) * power
	case d.power < 0:
		return float64(float32(d.digits) / float32(power))
	}
	return float64(float32(d.digits) * float32(power))
}

var exactPowers = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// nearest returns the fraction and the biased exponent of the number nearest to
// w * 10^power.
func (d *decimalText) nearest(f *binaryFormat, w uint64) (fraction uint64, exponent int) {
	q := d.power
	switch {
	case w == 0 || q < f.powerLo:
		return 0, 0
	case q > f.powerHi:
		return 0, f.infinite
	}
	zeros := bits.LeadingZeros64(w)
	w <<= zeros
	high, low := timesPower(w, q, f.fraction)
	upper := int(high >> 63)
	shift := uint(upper) + 64 - f.fraction - 3
	m := high >> shift
	exponent = (217706*q)>>16 + 63 + upper - zeros - f.least
	if exponent <= 0 { // subnormal, unless rounding makes it the least normal number
		if 1-exponent >= 64 {
			return 0, 0
		}
		m >>= uint(1 - exponent)
		m = (m + m&1) >> 1
		return m & (1<<f.fraction - 1), int(m >> f.fraction)
	}
	if low <= 1 && f.tieLo <= q && q <= f.tie && m&3 == 1 && m<<shift == high {
		m &^= 1 // halfway: to even
	}
	m = (m + m&1) >> 1
	if m >= 2<<f.fraction {
		m = 1 << f.fraction
		exponent++
	}
	if exponent >= f.infinite {
		return 0, f.infinite
	}
	return m &^ (1 << f.fraction), exponent
}

// timesPower returns the highest 128 bits of w * 10^q, as exact as the fraction
// needs them.
func timesPower(w uint64, q int, fraction uint) (high, low uint64) {
	p := &powersOfTen()[q+342]
	high, low = bits.Mul64(w, p.hi)
	mask := ^uint64(0) >> (fraction + 3)
	if high&mask == mask {
		more, _ := bits.Mul64(w, p.lo)
		var carry uint64
		low, carry = bits.Add64(low, more, 0)
		high += carry
	}
	return high, low
}

// powersOfTen are the highest 128 bits of 10^-342 to 10^308, cut off, and rounded up
// for negative powers.
var powersOfTen = sync.OnceValue(func() *[651]uint128 {
	var table [651]uint128
	wide := func(x *big.Int) uint128 {
		x.Rsh(x, uint(max(x.BitLen()-128, 0)))
		x.Lsh(x, uint(128-x.BitLen()))
		return uint128{new(big.Int).Rsh(x, 64).Uint64(), x.Uint64()}
	}
	power, one, five := big.NewInt(1), big.NewInt(1), big.NewInt(5)
	for q := range 343 {
		if q <= 308 {
			table[342+q] = wide(new(big.Int).Set(power))
		}
		if q > 0 {
			shift := uint(power.BitLen()) + 127
			if q > 27 {
				shift = 2*uint(power.BitLen()) + 128
			}
			part := new(big.Int).Lsh(one, shift)
			part.Quo(part, power)
			table[342-q] = wide(part.Add(part, one))
		}
		power.Mul(power, five)
	}
	return &table
})
