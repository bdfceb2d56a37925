package blas

// The functions in this file multiply one matrix with many rows. Each output of
// each row is its own sum, so that other outputs and rows may be computed beside
// it; along one sum the order of additions is that of the functions for one row.
//
// Here an m x n matrix has m outputs and n inputs, and the values of all outputs
// for one input are adjacent.

// Rows are vectors of one size in the same slice. They say where each begins.
type Rows struct {
	Values []float64
	At     []int
}

// Row returns row i, whose size is n.
func (r Rows) Row(i, n int) []float64 { return r.Values[r.At[i]:][:n:n] }

// check panics unless all rows of size n are within the values.
func (r Rows) check(n int) {
	for _, at := range r.At {
		if uint(at) > uint(len(r.Values)) || n > len(r.Values)-at {
			panic("blas: a row lies outside of the values")
		}
	}
}

// GemvNRows computes GemvN(m, n, 1, a, row i of xs, 1, row i of ys) for every i.
func GemvNRows(m, n int, a []float64, xs, ys Rows) {
	checkRows(m, n, a, xs, ys)
	p := rowProduct{m: m, n: n, a: a, kind: inFours, start: fromOutput}
	if p.rows(xs, ys) {
		return
	}
	for i := range xs.At {
		GemvN(m, n, 1, a, xs.Row(i, n), 1, ys.Row(i, m))
	}
}

// ChainRows sets row i of ys to the product of a with row i of xs, one fused sum from zero for
// each output: that is GemvT of the transposed matrix, with alpha 1 and beta 0.
func ChainRows(m, n int, a []float64, xs, ys Rows) {
	checkRows(m, n, a, xs, ys)
	p := rowProduct{m: m, n: n, a: a, kind: upward}
	if p.rows(xs, ys) || m == 0 || n == 0 {
		return
	}
	for i := range xs.At {
		one := product{m: m, k: n, to: n, alpha: 1, a: a, b: xs.Row(i, n), c: ys.Row(i, m)}
		one.run(1)
	}
}

// GemmRows computes GemmColumns(m, 1, n, 1, a, row i of xs, 1, row i of ys) for every i.
func GemmRows(m, n int, a []float64, xs, ys Rows) {
	checkRows(m, n, a, xs, ys)
	p := rowProduct{m: m, n: n, a: a, kind: upward, addEvery: n}
	if !smallColumn(m, n) {
		p.addEvery = blockK
	}
	if p.rows(xs, ys) {
		return
	}
	for i := range xs.At {
		GemmColumns(m, 1, n, 1, a, xs.Row(i, n), 1, ys.Row(i, m))
	}
}

// DistanceRows sets row i of ys to the SqDist of row i of xs to each of m points, given
// as a matrix whose outputs they are.
func DistanceRows(m, n int, a []float64, xs, ys Rows) {
	checkRows(m, n, a, xs, ys)
	p := rowProduct{m: m, n: n, a: a, kind: apart}
	if n > 0 && p.rows(xs, ys) {
		return
	}
	for i := range xs.At {
		y := ys.Row(i, m)
		clear(y)
		for j, x := range xs.Row(i, n) {
			for k, c := range a[j*m : (j+1)*m] {
				d := c - x
				y[k] += float64(d * d)
			}
		}
	}
}

// placeRows copies where rows begin to at, the last one again up to whole tiles, and
// returns how many rows these have.
func placeRows(at, rows []int, tile int) int {
	n := (len(rows) + tile - 1) / tile * tile
	for i := copy(at, rows); i < n; i++ {
		at[i] = rows[len(rows)-1]
	}
	return n
}

func checkRows(m, n int, a []float64, xs, ys Rows) {
	if len(a) != m*n || len(xs.At) != len(ys.At) {
		panic("blas: the lengths of a matrix and its rows do not fit")
	}
	xs.check(n)
	ys.check(m)
}

// Kinds of sums.
const (
	upward  = iota // of fused products
	inFours        // upward by blocks of four inputs, in each of which the last is first
	apart          // of squared differences, upward
	kinds
)

// Sizes of the blocks that are worked on at a time, so that the weights of one
// tile stay in the first cache and those of one block in the second.
// blockInputs is a multiple of four.
const (
	fewRows      = 4 // that are not worth packing for
	blockRows    = 256
	blockInputs  = 168
	blockOutputs = 240
	tileRows     = 8 // narrow ones; wide ones have half of it
)

// A tile adds n inputs, from one on, to the sums of some rows and outputs. rows is
// where the rows begin in base. The weights and the sums of a tile are adjacent:
// outputs within inputs, and outputs within rows.
type tile func(base *float64, rows *int, from, n int, w, sums *float64)

// productKernel is vector code for products, by kind.
type productKernel struct {
	name   string
	lanes  int         // outputs in one register
	wide   [kinds]tile // 4 rows, 3*lanes outputs
	narrow [kinds]tile // 8 rows, lanes outputs
}

// Where sums start.
const (
	fromZero = iota
	fromOutput
)

// rowProduct is a matrix on its way through the rows of one call.
type rowProduct struct {
	m, n     int
	a        []float64
	kind     int
	start    int
	addEvery int // inputs after which the sums are added to the outputs, or 0
}

// rows computes all rows, in vector code. It returns false if there is none, or
// if it is not worth it.
func (p *rowProduct) rows(xs, ys Rows) bool {
	if len(productKernels) == 0 || len(xs.At) < fewRows {
		return false
	}
	p.with(&productKernels[0], xs, ys)
	return true
}

func (p *rowProduct) with(k *productKernel, xs, ys Rows) {
	if p.m == 0 || p.n == 0 {
		return
	}
	room := productRooms.Get().(*productRoom)
	defer productRooms.Put(room)
	for from := 0; from < len(xs.At); from += blockRows {
		to := min(from+blockRows, len(xs.At))
		room.height = placeRows(room.at[:], xs.At[from:to], tileRows)
		for first := 0; first < p.m; first += blockOutputs {
			b := productBlock{rowProduct: p, productRoom: room, kernel: k, first: first}
			b.xs, b.ys = xs.Values, Rows{ys.Values, ys.At[from:to]}
			b.outputs = min(blockOutputs, p.m-first)
			b.run()
		}
	}
}
