package jtransforms

// leaf holds the constants of the blocks of 8 and 16 points, by parts of half
// a circle.
type leaf struct {
	h    float64    // the square root of 1/2
	w8   complex128 // one eighth
	w16  complex128 // one sixteenth
	w316 complex128 // three sixteenths
}

// turn turns x by an eighth of a circle.
func (f *leaf) turn(x complex128) complex128 { return turnEighth(f.h, x) }

// turnBack turns x by an eighth of a circle the other way.
func (f *leaf) turnBack(x complex128) complex128 {
	return complex(float64(f.h*(real(x)+imag(x))), float64(f.h*(imag(x)-real(x))))
}

// cross is the pair x + i*y and x - i*y.
func cross(x, y complex128) (complex128, complex128) { return addI(x, y), subI(x, y) }

// plain8 transforms a plain block of 8 points.
func (f *leaf) plain8(z []complex128) {
	z = z[:8]
	x0, x1, x2, x3 := z[0]+z[4], z[0]-z[4], z[2]+z[6], z[2]-z[6]
	y0, y2 := x0+x2, x0-x2
	y1, y3 := cross(x1, x3)
	x0, x1, x2, x3 = z[1]+z[5], z[1]-z[5], z[3]+z[7], z[3]-z[7]
	y4, y6 := x0+x2, x0-x2
	y5, y7 := cross(x1, x3)
	y5, y7 = f.turn(y5), f.turn(y7)

	z[0], z[1] = y0+y4, y0-y4
	z[2], z[3] = cross(y2, y6)
	z[4], z[5] = y1+y5, y1-y5
	z[6], z[7] = cross(y3, y7)
}

// turned8 transforms a turned block of 8 points.
func (f *leaf) turned8(z []complex128) {
	z = z[:8]
	w := f.w8
	y0, y1 := cross(z[0], z[4])
	y2, y3 := cross(z[2], z[6])
	y4, y5 := cross(z[1], z[5])
	y6, y7 := cross(z[3], z[7])
	y2, y3 = f.turn(y2), f.turn(y3)
	y4, y5 = mul(w, y4), mul(swap(w), y5)
	y6, y7 = mul(swap(w), y6), mul(w, y7)

	x0, x1 := y0+y2, y4+y6
	z[0], z[1] = x0+x1, x0-x1
	z[2], z[3] = cross(y0-y2, y4-y6)
	x0, x1 = addI(y1, y3), y5-y7
	z[4], z[5] = x0+x1, x0-x1
	z[6], z[7] = cross(subI(y1, y3), y5+y7)
}

// plain16 transforms a plain block of 16 points.
func (f *leaf) plain16(z []complex128) {
	z = z[:16]
	w := f.w8
	x0, x1, x2, x3 := z[0]+z[8], z[0]-z[8], z[4]+z[12], z[4]-z[12]
	y0, y4 := x0+x2, x0-x2
	y8, y12 := cross(x1, x3)
	x0, x1, x2, x3 = z[1]+z[9], z[1]-z[9], z[5]+z[13], z[5]-z[13]
	y1, y5 := x0+x2, x0-x2
	y9, y13 := mul(w, addI(x1, x3)), mul(swap(w), subI(x1, x3))
	x0, x1, x2, x3 = z[2]+z[10], z[2]-z[10], z[6]+z[14], z[6]-z[14]
	y2, y6 := x0+x2, x0-x2
	y10, y14 := f.turn(addI(x1, x3)), f.turnBack(subI(x1, x3))
	x0, x1, x2, x3 = z[3]+z[11], z[3]-z[11], z[7]+z[15], z[7]-z[15]
	y3, y7 := x0+x2, x0-x2
	y11, y15 := mul(swap(w), addI(x1, x3)), mul(w, subI(x1, x3))

	x0, x2 = y0+y2, y1+y3
	z[0], z[1] = x0+x2, x0-x2
	z[2], z[3] = cross(y0-y2, y1-y3)
	x0, x2 = addI(y4, y6), f.turn(addI(y5, y7))
	z[4], z[5] = x0+x2, x0-x2
	z[6], z[7] = cross(subI(y4, y6), f.turn(subI(y5, y7)))
	x0, x2 = y8+y10, y9+y11
	z[8], z[9] = x0+x2, x0-x2
	z[10], z[11] = cross(y8-y10, y9-y11)
	x0, x2 = y12-y14, y13-y15
	z[12], z[13] = x0+x2, x0-x2
	z[14], z[15] = cross(y12+y14, y13+y15)
}

// turned16 transforms a turned block of 16 points.
func (f *leaf) turned16(z []complex128) {
	z = z[:16]
	w1, w2, w3 := f.w16, f.w8, f.w316
	x1, x2 := addI(z[0], z[8]), f.turn(addI(z[4], z[12]))
	y0, y4 := x1+x2, x1-x2
	y8, y12 := cross(subI(z[0], z[8]), f.turn(subI(z[4], z[12])))
	x1, x2 = mul(w1, addI(z[1], z[9])), mul(swap(w3), addI(z[5], z[13]))
	y1, y5 := x1+x2, x1-x2
	x1, x2 = mul(w3, subI(z[1], z[9])), mulConj(w1, subI(z[5], z[13]))
	y9, y13 := x1-x2, x1+x2
	x1, x2 = mul(w2, addI(z[2], z[10])), mul(swap(w2), addI(z[6], z[14]))
	y2, y6 := x1+x2, x1-x2
	x1, x2 = mul(swap(w2), subI(z[2], z[10])), mul(w2, subI(z[6], z[14]))
	y10, y14 := x1-x2, x1+x2
	x1, x2 = mul(w3, addI(z[3], z[11])), mul(swap(w1), addI(z[7], z[15]))
	y3, y7 := x1+x2, x1-x2
	x1, x2 = mulConj(swap(w1), subI(z[3], z[11])), mul(swap(w3), subI(z[7], z[15]))
	y11, y15 := x1+x2, x1-x2

	x1, x2 = y0+y2, y1+y3
	z[0], z[1] = x1+x2, x1-x2
	z[2], z[3] = cross(y0-y2, y1-y3)
	x1, x2 = addI(y4, y6), f.turn(addI(y5, y7))
	z[4], z[5] = x1+x2, x1-x2
	z[6], z[7] = cross(subI(y4, y6), f.turn(subI(y5, y7)))
	x1, x2 = y8+y10, y9-y11
	z[8], z[9] = x1+x2, x1-x2
	z[10], z[11] = cross(y8-y10, y9+y11)
	x1, x2 = addI(y12, y14), f.turn(subI(y13, y15))
	z[12], z[13] = x1+x2, x1-x2
	z[14], z[15] = cross(subI(y12, y14), f.turn(addI(y13, y15)))
}
