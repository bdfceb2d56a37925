// Package murmur computes the 32-bit MurmurHash3 of MLeap's hashing ops, in
// the two variants that bundles name by hashUnsafeBytesVersion. It follows
// Murmur3_x86_32.java and HashingTermFrequencyModel.scala of MLeap (Apache-2.0).
//
// It hashes the bytes it is given. Java hashes the UTF-8 form of its strings
// and turns an unpaired surrogate into '?' first; text in valid UTF-8 holds no
// such thing, so there is nothing to turn here.
package murmur

import (
	"math/bits"
	"unsafe"
)

// Seed is the only seed that MLeap uses, and its hash of a null.
const Seed = 42

const (
	c1 = 0xcc9e2d51
	c2 = 0x1b873593
)

// V1 is the hash of Spark before 2.3 (hashUnsafeBytes): each byte after the
// last whole word is mixed as a word of its own, sign extended.
func V1(s string) int32 {
	aligned := len(s) &^ 3
	h := hashWords(s[:aligned])
	for i := aligned; i < len(s); i++ {
		h = mixH(h, mixK(uint32(int32(int8(s[i])))))
	}
	return finish(h, len(s))
}

// V2 is the standard MurmurHash3 x86_32 (hashUnsafeBytes2), used by Spark
// since 2.3 and by feature_hasher always.
func V2(s string) int32 { return lastBytes(Seed, s, len(s)) }

// lastBytes hashes s, the end of a text of n bytes, after those that made h.
func lastBytes(h uint32, s string, n int) int32 {
	for ; len(s) >= 4; s = s[4:] {
		h = mixH(h, mixK(word(s)))
	}
	var k uint32
	if rest := uint(len(s)); rest > 0 {
		// First, middle and last byte, which are the same for fewer than three: lengths
		// are random, so that branches on them would be slow.
		k = uint32(s[0]) | uint32(s[rest/2])<<(8*(rest/2)) | uint32(s[rest-1])<<(8*(rest-1))
	}
	return finish(h^mixK(k), n)
}

// Prefix is the start of texts that are hashed by V2. Its words are hashed once.
type Prefix struct {
	h    uint32
	n    int    // bytes that made h
	rest string // the bytes after them, less than a word
}

// NewPrefix returns the prefix s.
func NewPrefix(s string) Prefix {
	n := len(s) &^ 3
	return Prefix{hashWords(s[:n]), n, s[n:]}
}

// Rest is what is to stand before the text that V2 is given.
func (p *Prefix) Rest() string { return p.rest }

// V2 is the hash of the prefix and a text, given as Rest and the text.
func (p *Prefix) V2(text []byte) int32 {
	return lastBytes(p.h, unsafe.String(unsafe.SliceData(text), len(text)), p.n+len(text))
}

// NonNegativeMod is the slot of hash h in a table of n slots: the remainder,
// plus n if that is negative. n must not be 0.
func NonNegativeMod(h, n int32) int32 {
	r := h % n
	if r < 0 {
		r += n
	}
	return r
}

func hashWords(s string) uint32 {
	h := uint32(Seed)
	for ; len(s) >= 4; s = s[4:] {
		h = mixH(h, mixK(word(s)))
	}
	return h
}

// word is the first four bytes of s, the lowest first.
func word(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func mixK(k uint32) uint32 { return bits.RotateLeft32(k*c1, 15) * c2 }

func mixH(h, k uint32) uint32 { return bits.RotateLeft32(h^k, 13)*5 + 0xe6546b64 }

func finish(h uint32, n int) int32 {
	h ^= uint32(n)
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	h ^= h >> 16
	return int32(h)
}
