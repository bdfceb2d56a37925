// Package engines runs leapscore inside Ray and Dask, with the build tag engines.
// It has tests only.
package engines
