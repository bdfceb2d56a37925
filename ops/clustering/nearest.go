package clustering

import (
	"math"

	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
)

// centerBlock are the centres of k-means for rows that are dense and of their size.
type centerBlock struct {
	values         [][]float64
	norms, squares []float64
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
	return c
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
	for i, row := range s.rows {
		s.out[row] = s.centers.nearest(s.xs.Row(i, size), math.Sqrt(s.norms[i]), s.dots[i*stride:])
	}
	s.xs.At, s.rows = s.xs.At[:0], s.rows[:0]
}

// nearest is predict with the dot products of all centres.
func (c *centerBlock) nearest(x []float64, norm float64, dots []float64) int32 {
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
				d = blas.SqDist(c.values[i], x)
			}
			if d < best {
				best, nearest = d, i
			}
		}
	}
	return int32(nearest)
}
