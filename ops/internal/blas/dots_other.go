//go:build !amd64 || purego

package blas

func dots256(base *float64, rows *int, ws **float64, from, n int, sums *float64, ends int, out *float64, stride int) {
	panic(noVectors)
}
func dot256(base *float64, rows *int, n int, w, out *float64)  { panic(noVectors) }
func squares256(base *float64, rows *int, n int, out *float64) { panic(noVectors) }
func far256(norms, squares, dots *float64, n int, norm, square, best float64, limits *[3]float64) int {
	panic(noVectors)
}
func sdot128(x, y *float32, n int) float32 { panic(noVectors) }
