//go:build !amd64 || purego

package blas

// hasVectors says whether there is vector code.
const hasVectors = false

const noVectors = "blas: no vector code on this processor"

// productKernels are those that this processor has.
var productKernels []productKernel
