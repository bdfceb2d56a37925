//go:build !amd64 || purego

package tree

var bitKernels []bitKernel
