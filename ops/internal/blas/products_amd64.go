//go:build !purego

package blas

import "golang.org/x/sys/cpu"

// productKernels are those that this processor has, the fastest first.
var productKernels = func() (found []productKernel) {
	x := &cpu.X86
	if x.HasAVX512F {
		found = append(found, productKernel{
			name: "AVX-512", lanes: 8,
			wide:   [orders]tile{upward: wideUp512, inFours: wideFours512},
			narrow: [orders]tile{upward: narrowUp512, inFours: narrowFours512},
		})
	}
	if x.HasAVX2 && x.HasFMA {
		found = append(found, productKernel{
			name: "AVX2", lanes: 4,
			wide:   [orders]tile{upward: wideUp256, inFours: wideFours256},
			narrow: [orders]tile{upward: narrowUp256, inFours: narrowFours256},
		})
	}
	return found
}()

// wideUp256 adds to the sums of four rows and 12 outputs, in the order upward.
//
//go:noescape
func wideUp256(base *float64, rows *int, from, n int, w, sums *float64)

// wideFours256 is wideUp256 in the order inFours.
//
//go:noescape
func wideFours256(base *float64, rows *int, from, n int, w, sums *float64)

// narrowUp256 adds to the sums of eight rows and 4 outputs, in the order upward.
//
//go:noescape
func narrowUp256(base *float64, rows *int, from, n int, w, sums *float64)

// narrowFours256 is narrowUp256 in the order inFours.
//
//go:noescape
func narrowFours256(base *float64, rows *int, from, n int, w, sums *float64)

// The same with twice as many outputs.

//go:noescape
func wideUp512(base *float64, rows *int, from, n int, w, sums *float64)

//go:noescape
func wideFours512(base *float64, rows *int, from, n int, w, sums *float64)

//go:noescape
func narrowUp512(base *float64, rows *int, from, n int, w, sums *float64)

//go:noescape
func narrowFours512(base *float64, rows *int, from, n int, w, sums *float64)
