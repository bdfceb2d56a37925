//go:build !purego

package blas

// dots256 adds the products of n elements of three rows and four other vectors, from
// an element on, to their sums. rows is where the rows begin in base. If ends has
// toTotals, dots256 writes the totals to out, whose rows are stride apart; n is a
// multiple of four unless it has.
//
//go:noescape
func dots256(base *float64, rows *int, ws **float64, from, n int, sums *float64, ends int, out *float64, stride int)

// dot256 writes the dot products of w and eight rows.
//
//go:noescape
func dot256(base *float64, rows *int, n int, w, out *float64)

// squares256 writes the sums of the squares of eight rows.
//
//go:noescape
func squares256(base *float64, rows *int, n int, out *float64)

// far256 is Far in vector code.
//
//go:noescape
func far256(norms, squares, dots *float64, n int, norm, square, best float64, limits *[3]float64) int

// sdot128 is sdotFours; n is a multiple of four and not 0.
//
//go:noescape
func sdot128(x, y *float32, n int) float32
