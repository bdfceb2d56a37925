//go:build !purego

package blas

import "golang.org/x/sys/cpu"

// hasVectors says whether this processor runs the code for registers of 256 bits.
var hasVectors = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// productKernels are those that this processor has, the fastest first.
var productKernels = func() (found []productKernel) {
	if cpu.X86.HasAVX512F {
		found = append(found, productKernel{
			name: "AVX-512", lanes: 8,
			wide:   [kinds]tile{upward: wideUp512, inFours: wideFours512, apart: wideApart512},
			narrow: [kinds]tile{upward: narrowUp512, inFours: narrowFours512, apart: narrowApart512},
		})
	}
	if hasVectors {
		found = append(found, productKernel{
			name: "AVX2", lanes: 4,
			wide:   [kinds]tile{upward: wideUp256, inFours: wideFours256, apart: wideApart256},
			narrow: [kinds]tile{upward: narrowUp256, inFours: narrowFours256, apart: narrowApart256},
		})
	}
	return found
}()

// wideUp256 adds to the sums of four rows and 12 outputs, upward.
//
//go:noescape
func wideUp256(base *float64, rows *int, from, n int, w, sums *float64)

// wideFours256 is wideUp256 inFours.
//
//go:noescape
func wideFours256(base *float64, rows *int, from, n int, w, sums *float64)

// narrowUp256 adds to the sums of eight rows and 4 outputs, upward.
//
//go:noescape
func narrowUp256(base *float64, rows *int, from, n int, w, sums *float64)

// narrowFours256 is narrowUp256 inFours.
//
//go:noescape
func narrowFours256(base *float64, rows *int, from, n int, w, sums *float64)

// wideApart256 adds the squared differences of four rows and 12 points.
//
//go:noescape
func wideApart256(base *float64, rows *int, from, n int, w, sums *float64)

// narrowApart256 adds the squared differences of eight rows and 4 points.
//
//go:noescape
func narrowApart256(base *float64, rows *int, from, n int, w, sums *float64)

// The same with twice as many outputs.

//go:noescape
func wideUp512(base *float64, rows *int, from, n int, w, sums *float64)

//go:noescape
func wideFours512(base *float64, rows *int, from, n int, w, sums *float64)

//go:noescape
func narrowUp512(base *float64, rows *int, from, n int, w, sums *float64)

//go:noescape
func narrowFours512(base *float64, rows *int, from, n int, w, sums *float64)

//go:noescape
func wideApart512(base *float64, rows *int, from, n int, w, sums *float64)

//go:noescape
func narrowApart512(base *float64, rows *int, from, n int, w, sums *float64)
