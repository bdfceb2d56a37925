package blas

import "sync"

// productRoom is memory of one call.
type productRoom struct {
	at      [blockRows]int // where rows begin, the last one again up to whole tiles
	height  int            // of at in use, a multiple of tileRows
	weights []float64
	sums    []float64
}

var productRooms = sync.Pool{New: func() any { return new(productRoom) }}

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
		add, step := b.kernel.narrow[b.kind], tileRows
		if p.wide {
			add, step = b.kernel.wide[b.kind], tileRows/2
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
