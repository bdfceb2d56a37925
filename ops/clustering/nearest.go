package clustering

import (
	"math"
	"sync"

	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
)

// centerBlock are the centres of k-means for rows that are dense and of their size.
type centerBlock struct {
	values         [][]float64
	norms, squares []float64

	// columns returns the values of all centres for one element after another, which
	// only rows need whose norms do not suffice.
	columns func() []float64
}

// newCenterBlock returns nil if there are no centres, or of several sizes.
func newCenterBlock(centers []point) *centerBlock {
	c := &centerBlock{}
	for _, p := range centers {
		if len(p.values) != len(centers[0].values) {
			return nil
		}
		c.values = append(c.values, p.values)
		c.norms = append(c.norms, p.norm)
		c.squares = append(c.squares, p.norm*p.norm)
	}
	if len(centers) == 0 {
		return nil
	}
	c.columns = sync.OnceValue(func() []float64 { return columns(c.values) })
	return c
}

func columns(rows [][]float64) []float64 {
	t := make([]float64, len(rows)*len(rows[0]))
	for i, row := range rows {
		for j, x := range row {
			t[j*len(rows)+i] = x
		}
	}
	return t
}

// searchRows is how many rows are searched for at a time.
const searchRows = 240

// search finds the nearest centres of rows, many at a time.
type search struct {
	centers *centerBlock
	xs      blas.Rows
	rows    []int // their numbers in out
	out     []int32
	norms   []float64
	dots    []float64
	close   []int // of the rows, those that many norms do not suffice for
}

// add takes a row, whose values begin at element at, and which finish answers at the
// latest. It reports whether it can.
func (s *search) add(row int, v column.Vector, at int) bool {
	if s.centers == nil || !v.Dense || v.Size != len(s.centers.values[0]) {
		return false
	}
	s.xs.At, s.rows = append(s.xs.At, at), append(s.rows, row)
	if len(s.rows) == searchRows {
		s.finish()
	}
	return true
}

// finish answers all rows that were added.
func (s *search) finish() {
	if len(s.rows) == 0 {
		return
	}
	size, stride := len(s.centers.values[0]), blas.DotStride(len(s.centers.values))
	if s.dots == nil {
		s.norms = make([]float64, len(s.rows))
		s.dots = make([]float64, len(s.rows)*stride)
	}
	blas.SquaredNorms(size, s.xs, s.norms)
	blas.DotRows(s.centers.values, s.xs, s.dots)
	s.close = s.close[:0]
	for i, row := range s.rows {
		x := s.xs.Row(i, size)
		few := 4
		one := func(center int) (d float64, ok bool) {
			if few--; few < 0 {
				return 0, false
			}
			return blas.SqDist(s.centers.values[center], x), true
		}
		nearest, ok := s.centers.nearest(math.Sqrt(s.norms[i]), s.dots[i*stride:], one)
		if s.out[row] = nearest; !ok {
			s.close = append(s.close, i)
		}
	}
	s.finishClose(size, stride)
	s.xs.At, s.rows = s.xs.At[:0], s.rows[:0]
}

// finishClose answers the rows that need many distances, which it computes together.
func (s *search) finishClose(size, stride int) {
	if len(s.close) == 0 {
		return
	}
	n := len(s.centers.values)
	xs, ys := blas.Rows{Values: s.xs.Values}, blas.Rows{Values: make([]float64, len(s.close)*n)}
	for at, i := range s.close {
		xs.At, ys.At = append(xs.At, s.xs.At[i]), append(ys.At, at*n)
	}
	blas.DistanceRows(n, size, s.centers.columns(), xs, ys)
	for at, i := range s.close {
		apart := ys.Row(at, n)
		one := func(center int) (float64, bool) { return apart[center], true }
		s.out[s.rows[i]], _ = s.centers.nearest(math.Sqrt(s.norms[i]), s.dots[i*stride:], one)
	}
}

// nearest is predict with the dot products of all centres. distance is called where
// the norms do not suffice, and ends the search if it does not answer.
func (c *centerBlock) nearest(norm float64, dots []float64, distance func(center int) (float64, bool)) (int32, bool) {
	square := norm * norm
	best, nearest := math.Inf(1), 0
	for i := 0; i < len(c.norms); {
		i += blas.Far(c.norms[i:], c.squares[i:], dots[i:], norm, square, best)
		for end := min(i+4, len(c.norms)); i < end; i++ {
			diff := c.norms[i] - norm
			apart := float64(diff * diff)
			if !(apart < best) {
				continue
			}
			sum := c.squares[i] + float64(square)
			d := sum - float64(2*dots[i])
			if !blas.NormsSuffice(sum, apart) {
				var ok bool
				if d, ok = distance(i); !ok {
					return 0, false
				}
			}
			if d < best {
				best, nearest = d, i
			}
		}
	}
	return int32(nearest), true
}
