package libm

import "math"

const (
	shift   = 0x1.8p52 // x + shift - shift is x, rounded to a whole number
	topMask = 0x7ff

	expInvLn2N = 0x1.71547652b82fep0 * 128
	expLn2HiN  = -0x1.62e42fefa0000p-8
	expLn2LoN  = -0x1.cf79abc9e3b3ap-47
	expC2      = 0x1.ffffffffffdbdp-2
	expC3      = 0x1.555555555543cp-3
	expC4      = 0x1.55555cf172b91p-5
	expC5      = 0x1.1111167a4d017p-7
)

// top12 returns the sign and the exponent of x.
func top12(x float64) uint32 { return uint32(math.Float64bits(x) >> 52) }

// Exp returns e^x.
func Exp(x float64) float64 { return exp(x, 0, false) }

// exp returns e^(x+tail), or its opposite.
func exp(x, tail float64, negative bool) float64 {
	abstop := top12(x) & topMask
	large := false
	if abstop-0x3c9 >= 0x3f { // |x| < 2^-54, or |x| >= 512
		switch {
		case abstop-0x3c9 >= 0x80000000:
			return signed(1+x, negative)
		case x > math.MaxFloat64 || x != x:
			return 1 + x
		case abstop >= 0x409 && x < 0:
			return signed(0, negative)
		case abstop >= 0x409:
			return signed(math.Inf(1), negative)
		}
		large = true
	}
	kd := math.FMA(expInvLn2N, x, shift)
	ki := math.Float64bits(kd)
	kd -= shift
	r := math.FMA(kd, expLn2LoN, math.FMA(kd, expLn2HiN, x)) + tail
	at := 2 * (ki % 128)
	top := ki << 45
	if negative {
		top += 1 << 63
	}
	bits := expTable[at+1] + top
	r2 := r * r
	low := math.FMA(r2, math.FMA(r, expC3, expC2), math.Float64frombits(expTable[at])+r)
	low = math.FMA(r2*r2, math.FMA(r, expC5, expC4), low)
	if large {
		return expLarge(low, bits, ki)
	}
	scale := math.Float64frombits(bits)
	return math.FMA(scale, low, scale)
}

func signed(x float64, negative bool) float64 {
	if negative {
		return -x
	}
	return x
}

// expLarge returns scale*(1+low) where the exponent of scale may have run over.
func expLarge(low float64, bits, ki uint64) float64 {
	if ki&0x80000000 == 0 {
		scale := math.Float64frombits(bits - 1009<<52)
		return 0x1p1009 * math.FMA(scale, low, scale)
	}
	bits += 1022 << 52
	scale := math.Float64frombits(bits)
	p := float64(scale * low) // used twice, so not fused
	y := scale + p
	if math.Abs(y) < 1 { // rounded to the bits that a denormal number has, once
		one := math.Copysign(1, y)
		lo := scale - y + p
		hi := one + y
		lo = one - hi + y + lo
		y = hi + lo - one
		if y == 0 {
			y = math.Float64frombits(bits & (1 << 63))
		}
	}
	return 0x1p-1022 * y
}

// Exp32 returns e^x of floats.
func Exp32(x float32) float32 {
	const (
		invLn2N = 0x1.71547652b82fep+0 * 32
		c0      = 0x1.c6af84b912394p-5 / 32 / 32 / 32
		c1      = 0x1.ebfce50fac4f3p-3 / 32 / 32
		c2      = 0x1.62e42ff0c52d6p-1 / 32
	)
	switch {
	case x != x:
		return x
	case x > 0x1.62e42ep6:
		return float32(math.Inf(1))
	case x < -0x1.9fe368p6:
		return 0
	}
	xd := float64(x)
	kd := math.FMA(invLn2N, xd, shift)
	ki := math.Float64bits(kd)
	kd -= shift
	r := math.FMA(invLn2N, xd, -kd)
	scale := math.Float64frombits(exp2Table[ki%32] + ki<<47)
	y := math.FMA(math.FMA(c0, r, c1), r*r, math.FMA(c2, r, 1))
	return float32(y * scale)
}
