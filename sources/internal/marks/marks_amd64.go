//go:build !purego

package marks

import "golang.org/x/sys/cpu"

// kernels are the vector code that this processor has, the fastest first.
var kernels = func() (found []kernel) {
	if x := &cpu.X86; x.HasAVX2 && x.HasPOPCNT {
		found = append(found, kernel{"AVX2", masks256, lines256})
	}
	return found
}()

// masks256 returns bits if there are bytes that are not ASCII.
//
//go:noescape
func masks256(text *byte, steps int, of *[4]byte, out *uint64) (high uint64)

//go:noescape
func lines256(text *byte, steps int, end, quote byte) (n, lines int)
