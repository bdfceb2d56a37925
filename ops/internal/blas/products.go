package blas

import "sync"

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
	p := rowProduct{m: m, n: n, a: a, order: inFours, start: fromOutput}
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
	p := rowProduct{m: m, n: n, a: a, order: upward}
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
	p := rowProduct{m: m, n: n, a: a, order: upward, addEvery: n}
	if int32(m)*int32(n) >= smallGemm {
		p.addEvery = blockK
	}
	if p.rows(xs, ys) {
		return
	}
	for i := range xs.At {
		GemmColumns(m, 1, n, 1, a, xs.Row(i, n), 1, ys.Row(i, m))
	}
}

func checkRows(m, n int, a []float64, xs, ys Rows) {
	if len(a) != m*n || len(xs.At) != len(ys.At) {
		panic("blas: the lengths of a matrix and its rows do not fit")
	}
	xs.check(n)
	ys.check(m)
}

// The orders of the inputs along a sum.
const (
	upward  = iota
	inFours // blocks of four, in each the last first, and the inputs that are left upward
	orders
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

// productKernel is vector code for products, by order.
type productKernel struct {
	name   string
	lanes  int          // outputs in one register
	wide   [orders]tile // 4 rows, 3*lanes outputs
	narrow [orders]tile // 8 rows, lanes outputs
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
	order    int
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
		room.place(xs.At[from:to])
		for first := 0; first < p.m; first += blockOutputs {
			b := productBlock{rowProduct: p, productRoom: room, kernel: k, first: first}
			b.xs, b.ys = xs.Values, Rows{ys.Values, ys.At[from:to]}
			b.outputs = min(blockOutputs, p.m-first)
			b.run()
		}
	}
}

// productRoom is memory of one call.
type productRoom struct {
	at      [blockRows]int // where rows begin, the last one again up to whole tiles
	height  int            // of at in use, a multiple of tileRows
	weights []float64
	sums    []float64
}

var productRooms = sync.Pool{New: func() any { return new(productRoom) }}

func (r *productRoom) place(rows []int) {
	r.height = (len(rows) + tileRows - 1) / tileRows * tileRows
	for i := copy(r.at[:], rows); i < r.height; i++ {
		r.at[i] = rows[len(rows)-1]
	}
}

// productBlock is the product of a block of rows with some of the outputs.
type productBlock struct {
	*rowProduct
	*productRoom
	kernel         *productKernel
	xs             []float64
	ys             Rows
	first, outputs int

	panels []panel
	buf    [blockOutputs/4 + 1]panel
	wide   int // outputs in all panels
}

// A panel is outputs that are neighbours in a tile.
type panel struct {
	first, used, width int // relative to the block's first output; width includes padding
	wide               bool
}

func (b *productBlock) run() {
	b.cut()
	b.sums = grown(b.sums, b.height*b.wide)
	b.weights = grown(b.weights, blockInputs*b.wide)
	clear(b.sums)
	if b.start == fromOutput {
		b.loadSums()
	}
	every := b.addEvery
	if every == 0 {
		every = b.n
	}
	for from := 0; from < b.n; {
		to := min(from+blockInputs, from-from%every+every, b.n)
		b.pack(from, to)
		b.tiles(from, to)
		if from = to; b.addEvery > 0 && (from%every == 0 || from == b.n) {
			b.addSums()
			clear(b.sums)
		}
	}
	if b.addEvery == 0 {
		b.storeSums()
	}
}

func grown(x []float64, n int) []float64 {
	if cap(x) < n {
		return make([]float64, n)
	}
	return x[:n]
}

// cut finds the panels: as few and as wide as they waste no vectors.
func (b *productBlock) cut() {
	lanes, at := b.kernel.lanes, 0
	b.panels = b.buf[:0]
	for at < b.outputs {
		p := panel{first: at, width: lanes}
		if left := b.outputs - at; left > 2*lanes {
			p.width, p.wide = 3*lanes, true
		}
		p.used = min(p.width, b.outputs-at)
		b.panels = append(b.panels, p)
		at += p.width
	}
	b.wide = at
}

// pack copies the weights of the inputs from <= i < to.
func (b *productBlock) pack(from, to int) {
	for i := from; i < to; i++ {
		src := b.a[i*b.m+b.first:][:b.outputs]
		for _, p := range b.panels {
			dst := b.weights[p.first*(to-from)+(i-from)*p.width:][:p.width]
			clear(dst[copy(dst, src[p.first:p.first+p.used]):])
		}
	}
}

// tiles adds the inputs from <= i < to to all sums.
func (b *productBlock) tiles(from, to int) {
	n := to - from
	for _, p := range b.panels {
		w := &b.weights[p.first*n]
		sums := b.sums[p.first*b.height:]
		add, step := b.kernel.narrow[b.order], tileRows
		if p.wide {
			add, step = b.kernel.wide[b.order], tileRows/2
		}
		for row := 0; row < b.height; row += step {
			add(&b.xs[0], &b.at[row], from, n, w, &sums[row*p.width])
		}
	}
}

// loadSums starts the sums with the outputs.
func (b *productBlock) loadSums() {
	for _, p := range b.panels {
		sums, at := b.sums[p.first*b.height:], b.first+p.first
		for i, start := range b.ys.At {
			copy(sums[i*p.width:], b.ys.Values[start+at:][:p.used])
		}
	}
}

func (b *productBlock) storeSums() {
	for _, p := range b.panels {
		sums, at := b.sums[p.first*b.height:], b.first+p.first
		for i, start := range b.ys.At {
			copy(b.ys.Values[start+at:], sums[i*p.width:][:p.used])
		}
	}
}

func (b *productBlock) addSums() {
	for _, p := range b.panels {
		sums, at := b.sums[p.first*b.height:], b.first+p.first
		for i, start := range b.ys.At {
			row, to := sums[i*p.width:][:p.used], b.ys.Values[start+at:][:p.used]
			for j, s := range row {
				to[j] += s
			}
		}
	}
}
