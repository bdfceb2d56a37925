package booster

import (
	"encoding/binary"
	"math/bits"
)

// CityHash64 of CityHash version 1, by Geoff Pike and Jyrki Alakuijala, ported to Go.
// Later versions give other numbers for texts of more than 64 bytes. The original:
//
// Copyright (c) 2011 Google, Inc.
//
// Permission is hereby granted, free of charge, to any person obtaining a copy
// of this software and associated documentation files (the "Software"), to deal
// in the Software without restriction, including without limitation the rights
// to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
// copies of the Software, and to permit persons to whom the Software is
// furnished to do so, subject to the following conditions:
//
// The above copyright notice and this permission notice shall be included in
// all copies or substantial portions of the Software.
//
// THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
// IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
// FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
// AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
// LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
// OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN
// THE SOFTWARE.

const (
	cityK0 = 0xc3a5c85c97cb3127
	cityK1 = 0xb492b66fbe98f273
	cityK2 = 0x9ae16a3b2f90404f
	cityK3 = 0xc949d7c7509e6557
)

func fetch64(s string, at int) uint64 {
	var b [8]byte
	copy(b[:], s[at:at+8])
	return binary.LittleEndian.Uint64(b[:])
}

func fetch32(s string, at int) uint64 {
	return uint64(s[at]) | uint64(s[at+1])<<8 | uint64(s[at+2])<<16 | uint64(s[at+3])<<24
}

func rotate(v uint64, right int) uint64 { return bits.RotateLeft64(v, -right) }

func shiftMix(v uint64) uint64 { return v ^ v>>47 }

func hash16(low, high uint64) uint64 {
	const mul = 0x9ddfea08eb382d69
	a := (low ^ high) * mul
	a ^= a >> 47
	b := (high ^ a) * mul
	b ^= b >> 47
	return b * mul
}

// cityHash64 is the hash of the bytes of a text.
func cityHash64(s string) uint64 {
	switch n := len(s); {
	case n <= 16:
		return city16(s)
	case n <= 32:
		return city32(s)
	case n <= 64:
		return city64(s)
	}
	return cityLong(s)
}

func city16(s string) uint64 {
	n := len(s)
	switch {
	case n > 8:
		a, b := fetch64(s, 0), fetch64(s, n-8)
		return hash16(a, rotate(b+uint64(n), n)) ^ b
	case n >= 4:
		return hash16(uint64(n)+fetch32(s, 0)<<3, fetch32(s, n-4))
	case n > 0:
		y := uint32(s[0]) + uint32(s[n>>1])<<8
		z := uint32(n) + uint32(s[n-1])<<2
		return shiftMix(uint64(y)*cityK2^uint64(z)*cityK3) * cityK2
	}
	return cityK2
}

func city32(s string) uint64 {
	n := len(s)
	a, b := fetch64(s, 0)*cityK1, fetch64(s, 8)
	c, d := fetch64(s, n-8)*cityK2, fetch64(s, n-16)*cityK0
	return hash16(rotate(a-b, 43)+rotate(c, 30)+d, a+rotate(b^cityK3, 20)-c+uint64(n))
}

func city64(s string) uint64 {
	n := len(s)
	half := func(a, z uint64, at int) (first, second uint64) {
		b, c := rotate(a+z, 52), rotate(a, 37)
		a += fetch64(s, at+8)
		c += rotate(a, 7)
		a += fetch64(s, at+16)
		return a + z, b + rotate(a, 31) + c
	}
	vf, vs := half(fetch64(s, 0)+(uint64(n)+fetch64(s, n-16))*cityK0, fetch64(s, 24), 0)
	wf, ws := half(fetch64(s, 16)+fetch64(s, n-32), fetch64(s, n-8), n-32)
	r := shiftMix((vf+ws)*cityK2 + (wf+vs)*cityK0)
	return shiftMix(r*cityK0+vs) * cityK2
}

// weak32 is a hash of 32 bytes and two seeds.
func weak32(s string, at int, a, b uint64) (first, second uint64) {
	a += fetch64(s, at)
	z := fetch64(s, at+24)
	b = rotate(b+a+z, 21)
	c := a
	a += fetch64(s, at+8)
	a += fetch64(s, at+16)
	b += rotate(a, 44)
	return a + z, b + c
}

func cityLong(s string) uint64 {
	n := len(s)
	x, y, z := fetch64(s, 0), fetch64(s, n-16)^cityK1, fetch64(s, n-56)^cityK0
	v1, v2 := weak32(s, n-64, uint64(n), y)
	w1, w2 := weak32(s, n-32, uint64(n)*cityK1, cityK0)
	z += shiftMix(v2) * cityK1
	x = rotate(z+x, 39) * cityK1
	y = rotate(y, 33) * cityK1
	for at := 0; at < (n-1)&^63; at += 64 {
		x = rotate(x+y+v1+fetch64(s, at+16), 37) * cityK1
		y = rotate(y+v2+fetch64(s, at+48), 42) * cityK1
		x ^= w2
		y ^= v1
		z = rotate(z^w1, 33)
		v1, v2 = weak32(s, at, v2*cityK1, x+w1)
		w1, w2 = weak32(s, at+32, z+w2, y)
		z, x = x, z
	}
	return hash16(hash16(v1, w1)+shiftMix(y)*cityK1+z, hash16(v2, w2)+x)
}

// CategoryHash is the number by which a model knows a category.
func CategoryHash(category string) int32 { return int32(uint32(cityHash64(category))) }
