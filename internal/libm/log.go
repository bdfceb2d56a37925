package libm

import "math"

const (
	ln2Hi = 0x1.62e42fefa3800p-1
	ln2Lo = 0x1.ef35793c76730p-45
)

// Log returns the natural logarithm of x.
func Log(x float64) float64 {
	const low, high = 0x3fee000000000000, 0x3ff1090000000000 // 1-2^-4, 1+1.09p-4
	bits := math.Float64bits(x)
	if bits-low < high-low {
		return logNearOne(x)
	}
	if top := bits >> 48; top-0x10 >= 0x7fe0 {
		switch {
		case bits*2 == 0:
			return math.Inf(-1)
		case x > math.MaxFloat64 || x != x:
			return x
		case top&0x8000 != 0:
			return math.NaN()
		}
		bits = math.Float64bits(x*0x1p52) - 52<<52
	}
	tmp := bits - 0x3fe6000000000000
	c := &logTable[tmp>>45&127]
	k := float64(int64(tmp) >> 52)
	z := math.Float64frombits(bits - tmp&(0xfff<<52))
	r := math.FMA(z, c.inv, -1)
	w := math.FMA(k, ln2Hi, c.log)
	hi := w + r
	lo := math.FMA(k, ln2Lo, w-hi+r)
	return logPoly(r, lo) + hi
}

// logPoly is log(1+r) - r + lo of a small r.
func logPoly(r, lo float64) float64 {
	const (
		a0 = -0x1.0000000000001p-1
		a1 = 0x1.555555551305bp-2
		a2 = -0x1.fffffffeb459p-3
		a3 = 0x1.999b324f10111p-3
		a4 = -0x1.55575e506c89fp-3
	)
	r2 := r * r
	p := math.FMA(r2, math.FMA(r, a4, a3), math.FMA(r, a2, a1))
	return math.FMA(r*r2, p, math.FMA(r2, a0, lo))
}

func logNearOne(x float64) float64 {
	const (
		b0  = -0x1p-1
		b1  = 0x1.5555555555577p-2
		b2  = -0x1.ffffffffffdcbp-3
		b3  = 0x1.999999995dd0cp-3
		b4  = -0x1.55555556745a7p-3
		b5  = 0x1.24924a344de3p-3
		b6  = -0x1.fffffa4423d65p-4
		b7  = 0x1.c7184282ad6cap-4
		b8  = -0x1.999eb43b068ffp-4
		b9  = 0x1.78182f7afd085p-4
		b10 = -0x1.5521375d145cdp-4
	)
	if x == 1 {
		return 0
	}
	r := x - 1
	r2 := r * r
	r3 := r * r2
	p := math.FMA(r3, b10, math.FMA(r2, b9, math.FMA(r, b8, b7)))
	p = math.FMA(r3, p, math.FMA(r2, b6, math.FMA(r, b5, b4)))
	p = math.FMA(r3, p, math.FMA(r2, b3, math.FMA(r, b2, b1)))
	w := float64(r * 0x1p27)
	rhi := float64(r+w) - w
	rlo := r - rhi
	w = float64(rhi * rhi * b0)
	hi := r + w
	lo := r - hi + w
	lo = math.FMA(b0*rlo, rhi+r, lo)
	return math.FMA(r3, p, lo) + hi
}

// Log32 returns the natural logarithm of a float.
func Log32(x float32) float32 {
	const (
		ln2 = 0x1.62e42fefa39efp-1
		a0  = -0x1.00ea348b88334p-2
		a1  = 0x1.5575b0be00b6ap-2
		a2  = -0x1.ffffef20a4123p-2
	)
	bits := math.Float32bits(x)
	if bits-0x00800000 >= 0x7f000000 {
		switch {
		case bits*2 == 0:
			return float32(math.Inf(-1))
		case x > math.MaxFloat32 || x != x:
			return x
		case bits&0x80000000 != 0:
			return float32(math.NaN())
		}
		bits = math.Float32bits(x*0x1p23) - 23<<23
	}
	if bits == 0x3f800000 {
		return 0
	}
	tmp := bits - 0x3f330000
	c := &log32Table[tmp>>19&15]
	k := float64(int32(tmp) >> 23)
	z := float64(math.Float32frombits(bits - tmp&0xff800000))
	r := math.FMA(z, c.inv, -1)
	y0 := math.FMA(k, ln2, c.log)
	r2 := r * r
	y := math.FMA(a0, r2, math.FMA(a1, r, a2))
	return float32(math.FMA(y, r2, y0+r))
}
