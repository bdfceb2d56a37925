//go:build !amd64 || purego

package marks

// kernels are none.
var kernels []kernel
