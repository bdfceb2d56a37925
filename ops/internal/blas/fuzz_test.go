package blas

import (
	"encoding/binary"
	"math"
	"testing"
)

// FuzzRows compares all products of many rows with those of one row, given any bits.
func FuzzRows(f *testing.F) {
	f.Add(uint8(3), uint8(5), uint8(9), []byte("some bits, which are the values over and over again"))
	f.Add(uint8(40), uint8(17), uint8(30), []byte{0, 0, 0, 0, 0, 0, 0xf0, 0x7f, 1, 0, 0, 0, 0, 0, 0, 0x80, 3})
	f.Add(uint8(25), uint8(4), uint8(4), []byte{0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x80})
	f.Fuzz(func(t *testing.T, m, n, rows uint8, data []byte) {
		if m == 0 || n == 0 || rows == 0 || len(data) == 0 {
			return
		}
		values := bitsOf(data)
		c := rowsCase{m: int(m), n: int(n), a: values(int(m) * int(n))}
		c.xs, c.ys = spaced(values, int(n), int(rows)), spaced(values, int(m), int(rows))
		for _, kernel := range productKernels {
			for _, form := range forms {
				got, want := c.outputs(), c.outputs()
				p := form.many(c.m, c.n, c.a)
				p.with(&kernel, c.xs, got)
				for i := range c.xs.At {
					form.alone(c.m, c.n, c.a, c.xs.Row(i, c.n), want.Row(i, c.m))
				}
				if digest(got.Values...) != digest(want.Values...) {
					t.Errorf("%s, %s: %v, want %v", kernel.name, form.name, got, want)
				}
			}
		}
		fuzzDots(t, c)
	})
}

func fuzzDots(t *testing.T, c rowsCase) {
	var ws [][]float64
	for i := range c.m {
		ws = append(ws, c.a[i*c.n:(i+1)*c.n])
	}
	stride := DotStride(c.m)
	out := make([]float64, len(c.xs.At)*stride)
	DotRows(ws, c.xs, out)
	for i := range c.xs.At {
		for j, w := range ws {
			if got, want := out[i*stride+j], Dot(c.xs.Row(i, c.n), w); digest(got) != digest(want) {
				t.Errorf("dot of row %d and vector %d: %v, want %v", i, j, got, want)
			}
		}
	}
}

// bitsOf returns a function that makes values of the bits of data, again and again.
func bitsOf(data []byte) func(n int) []float64 {
	at := 0
	return func(n int) []float64 {
		x := make([]float64, n)
		var word [8]byte
		for i := range x {
			for j := range word {
				word[j] = data[at%len(data)]
				at++
			}
			x[i] = math.Float64frombits(binary.LittleEndian.Uint64(word[:]))
		}
		return x
	}
}

func spaced(values func(n int) []float64, n, rows int) Rows {
	r := Rows{Values: values(rows * n)}
	for i := range rows {
		r.At = append(r.At, i*n)
	}
	return r
}
