package blas

import (
	"sync"
	"unsafe"
)

// The functions in this file multiply one matrix with many rows. Each output of
// each row is its own sum, so that other outputs and rows may be computed beside
// it; along one sum the order of additions is that of the functions for one row.
//
// Here an m x n matrix has m outputs and n inputs, and the values of all outputs
// for one input are adjacent.

// GemvNRows computes GemvN(m, n, 1, a, xs[i], 1, ys[i]) for every i.
func GemvNRows(m, n int, a []float64, xs, ys [][]float64) {
	checkRows(m, n, a, xs, ys)
	p := rowProduct{m: m, n: n, a: a, order: inFours, start: fromOutput}
	if p.rows(xs, ys) {
		return
	}
	for i, x := range xs {
		GemvN(m, n, 1, a, x, 1, ys[i])
	}
}

// ChainRows sets ys[i] to the product of a with xs[i], one fused sum from zero for
// each output: that is GemvT of the transposed matrix, with alpha 1 and beta 0.
func ChainRows(m, n int, a []float64, xs, ys [][]float64) {
	checkRows(m, n, a, xs, ys)
	p := rowProduct{m: m, n: n, a: a, order: upward}
	if p.rows(xs, ys) || m == 0 || n == 0 {
		return
	}
	for i, x := range xs {
		one := product{m: m, k: n, to: n, alpha: 1, a: a, b: x, c: ys[i]}
		one.run(1)
	}
}

// GemmRows computes GemmColumns(m, 1, n, 1, a, xs[i], 1, ys[i]) for every i.
func GemmRows(m, n int, a []float64, xs, ys [][]float64) {
	checkRows(m, n, a, xs, ys)
	p := rowProduct{m: m, n: n, a: a, order: upward, addEvery: n}
	if int32(m)*int32(n) >= smallGemm {
		p.addEvery = blockK
	}
	if p.rows(xs, ys) {
		return
	}
	for i, x := range xs {
		GemmColumns(m, 1, n, 1, a, x, 1, ys[i])
	}
}

func checkRows(m, n int, a []float64, xs, ys [][]float64) {
	fit := len(a) == m*n && len(xs) == len(ys)
	for i := 0; fit && i < len(xs); i++ {
		fit = len(xs[i]) == n && len(ys[i]) == m
	}
	if !fit {
		panic("blas: the lengths of a matrix and its rows do not fit")
	}
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

// A tile adds n inputs to the sums of some rows and outputs. rows points to the
// pointers to the rows, and from is where in them the inputs begin, in bytes. The
// weights and the sums of a tile are adjacent: outputs within inputs, and outputs
// within rows.
type tile func(rows *unsafe.Pointer, from uintptr, n int, w, sums *float64)

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
func (p *rowProduct) rows(xs, ys [][]float64) bool {
	if len(productKernels) == 0 || len(xs) < fewRows {
		return false
	}
	p.with(&productKernels[0], xs, ys)
	return true
}

func (p *rowProduct) with(k *productKernel, xs, ys [][]float64) {
	if p.m == 0 || p.n == 0 {
		return
	}
	room := productRooms.Get().(*productRoom)
	defer productRooms.Put(room)
	for from := 0; from < len(xs); from += blockRows {
		to := min(from+blockRows, len(xs))
		room.point(xs[from:to])
		for first := 0; first < p.m; first += blockOutputs {
			b := productBlock{rowProduct: p, productRoom: room, kernel: k, ys: ys[from:to], first: first}
			b.outputs = min(blockOutputs, p.m-first)
			b.run()
		}
		clear(room.pointers[:])
	}
}

// productRoom is memory of one call.
type productRoom struct {
	pointers [blockRows]unsafe.Pointer // to the rows, the last one again up to whole tiles
	height   int                       // pointers in use, a multiple of tileRows
	weights  []float64
	sums     []float64
}

var productRooms = sync.Pool{New: func() any { return new(productRoom) }}

func (r *productRoom) point(xs [][]float64) {
	r.height = (len(xs) + tileRows - 1) / tileRows * tileRows
	for i := range r.height {
		r.pointers[i] = unsafe.Pointer(unsafe.SliceData(xs[min(i, len(xs)-1)]))
	}
}

// productBlock is the product of a block of rows with some of the outputs.
type productBlock struct {
	*rowProduct
	*productRoom
	kernel         *productKernel
	ys             [][]float64
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
	n, offset := to-from, uintptr(8*from)
	for _, p := range b.panels {
		w := &b.weights[p.first*n]
		sums := b.sums[p.first*b.height:]
		add, step := b.kernel.narrow[b.order], tileRows
		if p.wide {
			add, step = b.kernel.wide[b.order], tileRows/2
		}
		for row := 0; row < b.height; row += step {
			add(&b.pointers[row], offset, n, w, &sums[row*p.width])
		}
	}
}

// each calls f for the part of each row's outputs that a panel has.
func (b *productBlock) each(f func(sums, y []float64)) {
	for _, p := range b.panels {
		sums := b.sums[p.first*b.height:]
		at := b.first + p.first
		for i, y := range b.ys {
			f(sums[i*p.width:][:p.used], y[at:at+p.used])
		}
	}
}

func (b *productBlock) loadSums()  { b.each(func(sums, y []float64) { copy(sums, y) }) }
func (b *productBlock) storeSums() { b.each(func(sums, y []float64) { copy(y, sums) }) }
func (b *productBlock) addSums() {
	b.each(func(sums, y []float64) {
		for i, s := range sums {
			y[i] += s
		}
	})
}
