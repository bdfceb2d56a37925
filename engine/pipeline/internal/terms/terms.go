// Package terms adds the terms of many dot products at once: those of one column, to the
// sums of its rows. The sum of a row is made in the order of the columns, whatever runs
// here; rows are independent, and so are the lanes of vector code. The plain code is
// that of other processors, and what vector code is tested against.
package terms

// AddScaled adds (x-mean)*scale*coef to the sum of each row, rounded after each step.
func AddScaled(sums, x []float64, mean, scale, coef float64) {
	x = x[:len(sums)]
	n := addScaledLanes(sums, x, mean, scale, coef)
	addScaled(sums[n:], x[n:], mean, scale, coef)
}

func addScaled(sums, x []float64, mean, scale, coef float64) {
	for row, v := range x {
		v = float64(v-mean) * scale
		sums[row] += float64(v * coef)
	}
}

// AddProduct adds x*coef to the sum of each row, rounded after each step.
func AddProduct(sums, x []float64, coef float64) {
	x = x[:len(sums)]
	n := addProductLanes(sums, x, coef)
	addProduct(sums[n:], x[n:], coef)
}

func addProduct(sums, x []float64, coef float64) {
	for row, v := range x {
		sums[row] += float64(v * coef)
	}
}

// Scale writes (x-mean)*scale for each row, rounded after each step.
func Scale(dst, x []float64, mean, scale float64) {
	x = x[:len(dst)]
	n := scaleLanes(dst, x, mean, scale)
	scaleRows(dst[n:], x[n:], mean, scale)
}

func scaleRows(dst, x []float64, mean, scale float64) {
	for row, v := range x {
		dst[row] = float64(v-mean) * scale
	}
}

// AddByCode adds byCode[code] to the sum of each row.
func AddByCode(sums []float64, codes []int32, byCode []float64) {
	codes = codes[:len(sums)]
	for len(codes) >= 4 && len(sums) >= 4 {
		a, b, c, d := byCode[codes[0]], byCode[codes[1]], byCode[codes[2]], byCode[codes[3]]
		sums[0] += a
		sums[1] += b
		sums[2] += c
		sums[3] += d
		codes, sums = codes[4:], sums[4:]
	}
	for row, code := range codes {
		sums[row] += byCode[code]
	}
}
