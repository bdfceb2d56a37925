package blas

import (
	"sync"
	"unsafe"
)

// DotStride is the distance of rows in the results of DotRows for n vectors.
func DotStride(n int) int {
	if n <= 2 {
		return n
	}
	return (n + 3) &^ 3
}

// DotRows sets out[i*DotStride(len(ws))+j] to Dot(xs[i], ws[j]). All vectors have one
// length. Elements of out between the rows may hold anything afterwards.
func DotRows(ws, xs [][]float64, out []float64) {
	stride := DotStride(len(ws))
	if len(out) < len(xs)*stride {
		panic("blas: no room for the dot products of all rows")
	}
	if len(ws) == 0 || len(xs) == 0 {
		return
	}
	n := len(ws[0])
	checkLengths(n, ws)
	checkLengths(n, xs)
	if !hasDots || len(xs) < fewRows {
		for i, x := range xs {
			for j, w := range ws {
				out[i*stride+j] = Dot(x, w)
			}
		}
		return
	}
	d := dotRooms.Get().(*dotRoom)
	defer dotRooms.Put(d)
	d.n, d.ws, d.stride = n, ws, stride
	most := max(dotTileRows, min(dotRows, blockBytes/(8*n+8))/dotTileRows*dotTileRows)
	for from := 0; from < len(xs); from += most {
		d.point(xs[from:min(from+most, len(xs))])
		d.multiply(out[from*stride:])
	}
	clear(d.pointers[:])
	d.ws = nil
}

func checkLengths(n int, xs [][]float64) {
	for _, x := range xs {
		if len(x) != n {
			panic("blas: dot of vectors of different lengths")
		}
	}
}

// SquaredNorms sets out[i] to the plain sum of the squares of xs[i], whose root
// Norm2 is. All vectors have one length.
func SquaredNorms(xs [][]float64, out []float64) {
	i := 0
	for ; hasDots && i+8 <= len(xs); i += 8 {
		var rows [8]unsafe.Pointer
		for j, x := range xs[i : i+8] {
			rows[j] = unsafe.Pointer(unsafe.SliceData(x))
		}
		checkLengths(len(xs[i]), xs[i:i+8])
		_ = out[i+7]
		squares256(&rows[0], len(xs[i]), &out[i])
	}
	for ; i < len(xs); i++ {
		out[i] = squares(xs[i])
	}
}

// Sizes of the blocks that dot products are computed in.
const (
	dotTileRows = 24  // the least common multiple of the tiles' rows
	dotRows     = 240 // at most
	dotInputs   = 512
	blockBytes  = 512 << 10 // of rows, which the second cache holds
)

// What one call of dots256 does besides multiplying.
const (
	fromNothing = 1 << iota // the sums start at zero
	toTotals                // the sums are added up
)

// dotRoom is memory of one call.
type dotRoom struct {
	n        int
	ws       [][]float64
	stride   int
	rows     int
	pointers [dotRows]unsafe.Pointer // to the rows, the last one again up to whole tiles
	sums     [dotRows * 16]float64
}

var dotRooms = sync.Pool{New: func() any { return new(dotRoom) }}

func (d *dotRoom) point(xs [][]float64) {
	d.rows = len(xs)
	for i := range (len(xs) + dotTileRows - 1) / dotTileRows * dotTileRows {
		d.pointers[i] = unsafe.Pointer(unsafe.SliceData(xs[min(i, len(xs)-1)]))
	}
}

// multiply computes all products of the rows pointed to.
func (d *dotRoom) multiply(out []float64) {
	if len(d.ws) <= 2 {
		for j, w := range d.ws {
			d.multiplyOne(w, out[j:])
		}
		return
	}
	for j := 0; j < len(d.ws); j += 4 {
		var ws [4]unsafe.Pointer
		for k := range ws {
			ws[k] = unsafe.Pointer(unsafe.SliceData(d.ws[min(j+k, len(d.ws)-1)]))
		}
		d.multiplyFour(&ws, out[j:])
	}
}

// multiplyOne computes the products with one vector, of eight rows at a time.
func (d *dotRoom) multiplyOne(w, out []float64) {
	var eight [8]float64
	for i := 0; i < d.rows; i += 8 {
		dot256(&d.pointers[i], d.n, unsafe.SliceData(w), &eight[0])
		for k, s := range eight[:min(8, d.rows-i)] {
			out[(i+k)*d.stride] = s
		}
	}
}

// multiplyFour computes the products with four vectors, of three rows at a time.
func (d *dotRoom) multiplyFour(ws *[4]unsafe.Pointer, out []float64) {
	var tail [12]float64
	for from := 0; ; from += dotInputs {
		ends, n := 0, dotInputs
		if from == 0 {
			ends = fromNothing
		}
		if d.n-from <= n {
			ends, n = ends|toTotals, d.n-from
		}
		i := 0
		for ; i+3 <= d.rows; i += 3 {
			dots256(&d.pointers[i], &ws[0], uintptr(8*from), n, &d.sums[16*i], ends, &out[i*d.stride], uintptr(8*d.stride))
		}
		if i < d.rows {
			dots256(&d.pointers[i], &ws[0], uintptr(8*from), n, &d.sums[16*i], ends, &tail[0], 8*4)
		}
		if ends&toTotals == 0 {
			continue
		}
		for k := i; k < d.rows; k++ {
			copy(out[k*d.stride:][:4], tail[4*(k-i):])
		}
		return
	}
}
