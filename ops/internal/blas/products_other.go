//go:build !amd64 || purego

package blas

// productKernels are those that this processor has.
var productKernels []productKernel
