package parquet

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
)

// bitmap is the validity of an array; without bits, all is valid.
type bitmap struct {
	bits   []byte
	offset int
}

func validity(arr arrow.Array) bitmap {
	if arr.NullN() == 0 {
		return bitmap{}
	}
	return bitmap{bits: arr.NullBitmapBytes(), offset: arr.Data().Offset()}
}

func (b bitmap) at(i int) uint8 {
	i += b.offset
	return b.bits[i>>3] >> (i & 7) & 1
}

// count returns the number of values in s that are valid.
func (b bitmap) count(s span) int {
	if b.bits == nil {
		return s.hi - s.lo
	}
	return bitutil.CountSetBits(b.bits, b.offset+s.lo, s.hi-s.lo)
}

// levels writes base, or base+1 where valid, for each value of s, and returns
// their number.
func (b bitmap) levels(dst []uint8, s span, base uint8) int {
	n := s.hi - s.lo
	dst = dst[:n]
	at := b.offset + s.lo
	for i := range dst {
		j := at + i
		dst[i] = base + b.bits[j>>3]>>(j&7)&1
	}
	return n
}

// grow lengthens s by n elements of any value.
func grow[T any](s []T, n int) []T { return reserve(s, n)[:len(s)+n] }

// extend appends more to s.
func extend[T any](s, more []T) []T { return append(reserve(s, len(more)), more...) }

// reserve makes room for n elements behind s: twice as much as there was, where
// append takes a quarter more. Most of a column is then copied once, not four times.
func reserve[T any](s []T, n int) []T {
	if cap(s)-len(s) < n {
		bigger := make([]T, len(s), max(2*cap(s), len(s)+n))
		copy(bigger, s)
		s = bigger
	}
	return s
}
