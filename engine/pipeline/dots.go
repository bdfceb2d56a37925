package pipeline

import (
	"math"

	"leapscore/engine/pipeline/internal/terms"
	"leapscore/ops/column"
)

// dots computes the dot product of each row's vector with the coefficients, in
// the order of additions that package blas has for the form of the row: plain
// sums of the stored entries where it is sparse, four accumulators with fused
// multiply-add where it is dense.
//
// A zero that is not stored may be added all the same: the sum starts at +0.0,
// never becomes -0.0, and adding a zero of either sign leaves it as it is.
func (h *fusedHead) dots(dots []float64, s *scratch) {
	n := len(dots)
	if h.form != formDense && column.StoredSparse(h.size, len(h.segments)) {
		h.sparse(dots, s) // even without a zero
		return
	}
	if h.form == formDense {
		h.dense(dots, s)
		return
	}
	nnz := h.count(s, n)
	dense, sparse := s.float(n), s.float(n)
	h.dense(dense, s)
	h.sparse(sparse, s)
	for row := range dots {
		if column.StoredSparse(h.size, int(nnz[row])) {
			dots[row] = sparse[row]
		} else {
			dots[row] = dense[row]
		}
	}
}

// count returns how many values other than zero each row has.
func (h *fusedHead) count(s *scratch, n int) []uint16 {
	if cap(s.bytes) < n {
		s.bytes = make([]uint16, n)
	}
	nnz := s.bytes[:n]
	clear(nnz)
	for i := range s.cols {
		c := &s.cols[i]
		switch {
		case c.encoder != nil:
			for row, at := range c.positions(s) {
				if at >= 0 {
					nnz[row]++
				}
			}
		case h.form == formBefore || !c.hasMean && !c.hasScale:
			for row, x := range c.x[:n] {
				if x != 0 {
					nnz[row]++
				}
			}
		default:
			for row, x := range c.x[:n] {
				if c.value(x) != 0 {
					nnz[row]++
				}
			}
		}
	}
	return nnz
}

// blockRows is how many rows take the terms of all columns, before the next ones do:
// their sums stay in the first-level cache.
const blockRows = 1024

func (h *fusedHead) sparse(dots []float64, s *scratch) {
	clear(dots)
	s.coefs = s.coefs[:0]
	byWord := s.list[:0]
	for i := range s.cols {
		byWord = append(byWord, h.byWord(&s.cols[i], s))
	}
	s.list = byWord
	for lo := 0; lo < len(dots); lo += blockRows {
		hi := min(lo+blockRows, len(dots))
		for i := range s.cols {
			h.addTerms(dots[lo:hi], &s.cols[i], lo, hi, byWord[i])
		}
	}
}

// addTerms adds the terms of a column to the sums of the rows from lo to before hi.
func (h *fusedHead) addTerms(sums []float64, c *loaded, lo, hi int, byWord []float64) {
	switch {
	case c.codes != nil:
		terms.AddByCode(sums, c.codes[lo:hi], byWord)
	case c.pos != nil:
		coef := h.coef[c.at : c.at+c.width]
		for row, at := range c.pos[lo:hi] {
			if at >= 0 {
				sums[row] += coef[at]
			}
		}
	case !c.hasMean && !c.hasScale:
		terms.AddProduct(sums, c.x[lo:hi], h.coef[c.at])
	case c.constant():
		zero := 0 * h.coef[c.at] // or NaN
		for row := range sums {
			sums[row] += zero
		}
	default:
		mean, scale := c.steps()
		terms.AddScaled(sums, c.x[lo:hi], mean, scale, h.coef[c.at])
	}
}

// byWord returns the coefficient of each word of a dictionary, 0 for those without
// a place in the vector, behind those of columns before.
func (h *fusedHead) byWord(c *loaded, s *scratch) []float64 {
	first := len(s.coefs)
	for _, at := range c.byWord {
		x := 0.0
		if at >= 0 {
			x = h.coef[c.at+int(at)]
		}
		s.coefs = append(s.coefs, x)
	}
	return s.coefs[first:]
}

// dense follows blas.Dot: four accumulators up to the last multiple of four,
// then one after the other.
func (h *fusedHead) dense(dots []float64, s *scratch) {
	n := len(dots)
	lanes := s.float(4 * n)
	clear(lanes)
	main := h.size - h.size%4
	for i := range s.cols {
		c := &s.cols[i]
		if c.encoder != nil {
			for row, at := range c.positions(s)[:n] {
				if j := c.at + int(at); at >= 0 && j < main {
					// A one times the coefficient is exact: fma and sum agree.
					lanes[4*row+j&3] += h.coef[j]
				}
			}
			continue
		}
		if c.at >= main {
			continue
		}
		coef, lane := h.coef[c.at], c.at&3
		for row, x := range c.x[:n] {
			k := 4*row + lane
			lanes[k] = math.FMA(h.stored(c, x), coef, lanes[k])
		}
	}
	for row := range dots {
		l := lanes[4*row : 4*row+4 : 4*row+4]
		dots[row] = 0 + (((l[0] + l[1]) + l[2]) + l[3])
	}
	for i := range s.cols {
		c := &s.cols[i]
		for j := max(c.at, main); j < c.at+c.width; j++ {
			h.tail(dots, s, c, j)
		}
	}
}

// tail adds slot j, which stands behind the last multiple of four.
func (h *fusedHead) tail(dots []float64, s *scratch, c *loaded, j int) {
	coef := h.coef[j]
	if c.encoder == nil {
		for row, x := range c.x[:len(dots)] {
			dots[row] = math.FMA(h.stored(c, x), coef, dots[row])
		}
		return
	}
	for row, at := range c.positions(s)[:len(dots)] {
		x := 0.0
		if int(at) == j-c.at {
			x = 1
		}
		dots[row] = math.FMA(x, coef, dots[row])
	}
}

// stored is the value of a slot as it stands in a dense row: an assembler does
// not keep the sign of a zero.
func (h *fusedHead) stored(c *loaded, x float64) float64 {
	v := c.value(x)
	if h.form == formCompressed {
		v += 0.0
	}
	return v
}
