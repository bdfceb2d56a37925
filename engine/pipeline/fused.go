package pipeline

import (
	"math"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine/pipeline/internal/terms"
	"leapscore/ops"
	"leapscore/ops/column"
)

// loaded is a segment's column of one batch: numbers, or positions of ones.
type loaded struct {
	*segment
	x   []float64
	pos []int32 // of an encoder, relative to at; -1 for none

	// Where the column is a small dictionary of words, the positions are given by
	// word, and pos is left out until positions makes it.
	codes  []int32
	byWord []int32
}

// positions returns the positions of an encoder row by row, or nil if there is
// none.
func (c *loaded) positions(s *scratch) []int32 {
	if c.pos == nil && c.codes != nil {
		c.pos = s.int(len(c.codes))
		for row, w := range c.codes {
			c.pos[row] = c.byWord[w]
		}
	}
	return c.pos
}

// scratch is the memory of one evaluation, kept between batches.
type scratch struct {
	floats []float64
	ints   []int32
	bytes  []uint16
	cols   []loaded
	byWord []float64
	coefs  []float64
	list   [][]float64
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

func (s *scratch) reset() { s.floats, s.ints = s.floats[:0], s.ints[:0] }

// float returns n numbers of any value. Numbers that it returned before stay valid.
func (s *scratch) float(n int) []float64 {
	if len(s.floats)+n > cap(s.floats) {
		s.floats = make([]float64, 0, max(2*cap(s.floats), n, 1<<14))
	}
	at := len(s.floats)
	s.floats = s.floats[:at+n]
	return s.floats[at : at+n : at+n]
}

func (s *scratch) int(n int) []int32 {
	if len(s.ints)+n > cap(s.ints) {
		s.ints = make([]int32, 0, max(2*cap(s.ints), n, 1<<14))
	}
	at := len(s.ints)
	s.ints = s.ints[:at+n]
	return s.ints[at : at+n : at+n]
}

// eval computes the outputs of the head from the columns of its segments. Rows
// that the plain program would refuse are reported without a reason.
func (h *fusedHead) eval(b *ops.Batch, slots []arrow.Array) ([]arrow.Array, error) {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.reset()
	s.cols = s.cols[:0]
	for i := range h.segments {
		seg := &h.segments[i]
		arr := slots[seg.slot]
		if seg.cast != nil {
			arr = seg.cast(b.Mem, arr, func(row int, _ string, _ ...any) { refuse(b, row) })
			defer arr.Release()
		}
		s.cols = append(s.cols, seg.load(b, s, arr))
	}
	if c, ok := h.kernel.(ops.ColumnsHead); ok && h.dot == nil {
		return c.EvalColumns(b, h.columns(s, b.Len))
	}
	if h.dot == nil {
		vectors := column.NewVectorBuilder(b.Mem, b.Len, h.size)
		h.fill(vectors.DenseRows(b.Len, h.size), s, b.Len)
		arr := vectors.Array()
		defer arr.Release()
		return h.kernel.Eval(b, []arrow.Array{arr})
	}
	dots := s.float(b.Len)
	h.dots(dots, s)
	return h.dot.EvalDots(b, dots)
}

func refuse(b *ops.Batch, row int) { b.Reject(row, -1, ops.Invalid, "") }

// load reads the column of a segment.
func (seg *segment) load(b *ops.Batch, s *scratch, arr arrow.Array) loaded {
	l := loaded{segment: seg}
	switch {
	case seg.indexer != nil:
		words := column.ViewStrings(arr)
		if _, _, ok := words.Dict(); !ok {
			if coded, ok := words.Coded(s.int(b.Len)); ok {
				words = coded
			}
		}
		if codes, ok := smallDict(words, b.Len); ok && seg.encoder != nil {
			l.codes, l.byWord = codes, seg.places(b, s, words, codes)
			return l
		}
		l.x = s.float(b.Len)
		seg.index(b, s, words, l.x)
	default:
		l.x = column.Doubles(arr)
		if arr.NullN() > 0 {
			for row := range b.Len {
				if arr.IsNull(row) {
					refuse(b, row)
				}
			}
		}
	}
	if seg.encoder == nil {
		return l
	}
	l.pos = s.int(b.Len)
	last, at := math.NaN(), -1
	for row, x := range l.x {
		if x != last {
			var ok bool
			if at, ok = seg.encoder.Position(seg.encoderCol, x); !ok {
				refuse(b, row)
				at, last = -1, math.NaN()
				l.pos[row] = -1
				continue
			}
			last = x
		}
		l.pos[row] = int32(at)
	}
	return l
}

// smallDict returns the codes of a column of n words without nulls, if it is a
// dictionary that has fewer words than the column has rows.
func smallDict(words *column.Strings, n int) ([]int32, bool) {
	codes, ok := words.DictCodes()
	if !ok || words.HasNulls() {
		return nil, false
	}
	if dict, _, _ := words.Dict(); dict.Len() > n {
		return nil, false
	}
	return codes[:n], true
}

// numbers numbers the words of a dictionary: -1 if they are refused, of which there
// are none if clean is set.
func (seg *segment) numbers(s *scratch, words *column.Strings) (byWord []float64, clean bool) {
	dict, _, _ := words.Dict()
	s.byWord, clean = s.byWord[:0], true
	for c := range dict.Len() {
		n, known := seg.indexer.Index(seg.indexerCol, dict.Value(c))
		if !known && !seg.indexer.Keep() {
			n, clean = -1, false
		} else if !known {
			n = seg.indexer.Unknown(seg.indexerCol)
		}
		s.byWord = append(s.byWord, n)
	}
	return s.byWord, clean
}

// index numbers words, once per distinct word where the column is a dictionary
// that is smaller than the batch. Refused words get the number 0.
func (seg *segment) index(b *ops.Batch, s *scratch, words *column.Strings, x []float64) {
	codes, ok := smallDict(words, len(x))
	if !ok {
		for row := range x {
			x[row] = seg.number(b, row, words.IsNull(row), words, row)
		}
		return
	}
	byWord, clean := seg.numbers(s, words)
	for row, c := range codes {
		x[row] = byWord[c]
	}
	if !clean {
		for row := range x {
			if x[row] < 0 {
				refuse(b, row)
				x[row] = 0
			}
		}
	}
}

// places returns the position of the one for each word of a dictionary, and refuses
// the rows of words that have none.
func (seg *segment) places(b *ops.Batch, s *scratch, words *column.Strings, codes []int32) []int32 {
	const refused = -2
	numbers, clean := seg.numbers(s, words)
	places := s.int(len(numbers))
	for w, n := range numbers {
		if n < 0 {
			places[w] = refused
		} else if at, ok := seg.encoder.Position(seg.encoderCol, n); ok {
			places[w] = int32(at)
		} else {
			places[w], clean = refused, false
		}
	}
	if !clean {
		for row, w := range codes {
			if places[w] == refused {
				refuse(b, row)
			}
		}
	}
	return places
}

func (seg *segment) number(b *ops.Batch, row int, null bool, words *column.Strings, at int) float64 {
	if !null {
		if n, ok := seg.indexer.Index(seg.indexerCol, words.Value(at)); ok {
			return n
		}
	}
	if !seg.indexer.Keep() {
		refuse(b, row)
		return 0
	}
	return seg.indexer.Unknown(seg.indexerCol)
}

// value is what stands in the slot of a segment for the number x.
func (seg *segment) value(x float64) float64 {
	if seg.hasMean {
		if seg.hasScale && seg.scale == 0 {
			return 0
		}
		x -= seg.mean
	}
	if seg.hasScale {
		x *= seg.scale
	}
	return x
}

// columns returns the vectors element by element. Numbers of a source
// are not copied.
func (h *fusedHead) columns(s *scratch, n int) [][]float64 {
	s.list = s.list[:0]
	for i := range s.cols {
		c := &s.cols[i]
		switch {
		case c.encoder != nil:
			for j := range int32(c.width) {
				ones := s.float(n)
				for row, at := range c.positions(s)[:n] {
					ones[row] = 0
					if at == j {
						ones[row] = 1
					}
				}
				s.list = append(s.list, ones)
			}
		case !c.hasMean && !c.hasScale:
			s.list = append(s.list, c.x[:n])
		default:
			scaled := s.float(n)
			c.scaleInto(scaled)
			s.list = append(s.list, scaled)
		}
	}
	return s.list
}

// constant reports whether all values of the segment's slot are 0.
func (seg *segment) constant() bool { return seg.hasMean && seg.hasScale && seg.scale == 0 }

// steps returns what is subtracted from a number and what it is then multiplied by, for
// value: to subtract 0 and to multiply by 1 leave every number as it is.
func (seg *segment) steps() (mean, scale float64) {
	scale = 1
	if seg.hasMean {
		mean = seg.mean
	}
	if seg.hasScale {
		scale = seg.scale
	}
	return mean, scale
}

// scaleInto writes the values of the segment's slot.
func (c *loaded) scaleInto(dst []float64) {
	if c.constant() {
		clear(dst)
		return
	}
	mean, scale := c.steps()
	terms.Scale(dst, c.x, mean, scale)
}

// fill writes the vectors as rows of a matrix.
func (h *fusedHead) fill(m []float64, s *scratch, n int) {
	clear(m)
	w := h.size
	for i := range s.cols {
		c := &s.cols[i]
		switch {
		case c.encoder != nil:
			for row, at := range c.positions(s) {
				if at >= 0 {
					m[row*w+c.at+int(at)] = 1
				}
			}
		case !c.hasMean && !c.hasScale:
			for row, x := range c.x[:n] {
				m[row*w+c.at] = x
			}
		default:
			for row, x := range c.x[:n] {
				m[row*w+c.at] = c.value(x)
			}
		}
	}
}
