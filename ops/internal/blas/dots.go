package blas

import "sync"

// DotStride is the distance of rows in the results of DotRows for n vectors.
func DotStride(n int) int {
	if n <= 2 {
		return n
	}
	return (n + 3) &^ 3
}

// DotRows sets out[i*DotStride(len(ws))+j] to the Dot of row i and ws[j], which all
// have one size. Elements of out between the rows may hold anything afterwards.
func DotRows(ws [][]float64, xs Rows, out []float64) {
	stride, rows := DotStride(len(ws)), len(xs.At)
	if len(out) < rows*stride {
		panic("blas: no room for the dot products of all rows")
	}
	if len(ws) == 0 || rows == 0 {
		return
	}
	n := len(ws[0])
	checkLengths(n, ws)
	xs.check(n)
	if !hasVectors || rows < fewRows || n == 0 {
		for i := range xs.At {
			for j, w := range ws {
				out[i*stride+j] = Dot(xs.Row(i, n), w)
			}
		}
		return
	}
	d := dotRooms.Get().(*dotRoom)
	defer dotRooms.Put(d)
	most := max(dotTileRows, min(dotRows, blockBytes/(8*n))/dotTileRows*dotTileRows)
	for from := 0; from < rows; from += most {
		block := xs.At[from:min(from+most, rows)]
		placeRows(d.at[:], block, dotTileRows)
		p := dotProduct{dotRoom: d, rows: len(block), n: n, ws: ws, xs: xs.Values, stride: stride}
		p.multiply(out[from*stride:])
	}
}

func checkLengths(n int, xs [][]float64) {
	for _, x := range xs {
		if len(x) != n {
			panic("blas: dot of vectors of different lengths")
		}
	}
}

// SquaredNorms sets out[i] to the plain sum of the squares of row i, whose size is n
// and whose Norm2 is the root of it.
func SquaredNorms(n int, xs Rows, out []float64) {
	xs.check(n)
	i := 0
	for ; hasVectors && n > 0 && i+8 <= len(xs.At); i += 8 {
		_ = out[i+7]
		squares256(&xs.Values[0], &xs.At[i], n, &out[i])
	}
	for ; i < len(xs.At); i++ {
		out[i] = squares(xs.Row(i, n))
	}
}

// Sizes of the blocks that dot products are computed in.
const (
	dotTileRows = 24  // the least common multiple of the tiles' rows
	dotRows     = 240 // at most
	dotInputs   = 512
	blockBytes  = 512 << 10 // of rows, which the second cache holds
)

// Bits of the argument ends of dots256.
const (
	fromNothing = 1 << iota // the sums start at zero
	toTotals                // the sums are added up
)

// dotRoom is memory of one call.
type dotRoom struct {
	at   [dotRows]int // where rows begin, the last one again up to whole tiles
	sums [dotRows * 16]float64
}

var dotRooms = sync.Pool{New: func() any { return new(dotRoom) }}

// dotProduct is a block of rows, and all that they are multiplied with.
type dotProduct struct {
	*dotRoom
	rows   int
	n      int
	ws     [][]float64
	xs     []float64
	stride int
}

func (d *dotProduct) multiply(out []float64) {
	if len(d.ws) <= 2 {
		for j, w := range d.ws {
			d.multiplyOne(w, out[j:])
		}
		return
	}
	for j := 0; j < len(d.ws); j += 4 {
		var ws [4]*float64
		for k := range ws {
			ws[k] = &d.ws[min(j+k, len(d.ws)-1)][0]
		}
		d.multiplyFour(&ws, out[j:])
	}
}

// multiplyOne computes the products with one vector, of eight rows at a time.
func (d *dotProduct) multiplyOne(w, out []float64) {
	var eight [8]float64
	for i := 0; i < d.rows; i += 8 {
		dot256(&d.xs[0], &d.at[i], d.n, &w[0], &eight[0])
		for k, s := range eight[:min(8, d.rows-i)] {
			out[(i+k)*d.stride] = s
		}
	}
}

// multiplyFour computes the products with four vectors, of three rows at a time.
func (d *dotProduct) multiplyFour(ws *[4]*float64, out []float64) {
	var tail [12]float64
	whole := d.rows / 3 * 3
	for from := 0; from < d.n; from += dotInputs {
		ends, n := 0, dotInputs
		if from == 0 {
			ends = fromNothing
		}
		if d.n-from <= n {
			ends, n = ends|toTotals, d.n-from
		}
		for i := 0; i < whole; i += 3 {
			dots256(&d.xs[0], &d.at[i], &ws[0], from, n, &d.sums[16*i], ends, &out[i*d.stride], d.stride)
		}
		if whole < d.rows {
			dots256(&d.xs[0], &d.at[whole], &ws[0], from, n, &d.sums[16*whole], ends, &tail[0], 4)
		}
	}
	for k := whole; k < d.rows; k++ {
		copy(out[k*d.stride:][:4], tail[4*(k-whole):])
	}
}
