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
	xs      [][]float64
	to      []*int32
	norms   []float64
	dots    []float64
}

// add takes the row v, whose answer goes to to before finish returns, and reports
// whether it can.
func (s *search) add(v column.Vector, to *int32) bool {
	if s.centers == nil || !v.Dense || len(v.Values) != len(s.centers.values[0]) {
		return false
	}
	s.xs, s.to = append(s.xs, v.Values), append(s.to, to)
	if len(s.xs) == searchRows {
		s.finish()
	}
	return true
}

// finish answers all rows that were added.
func (s *search) finish() {
	if len(s.xs) == 0 {
		return
	}
	stride := blas.DotStride(len(s.centers.values))
	if s.dots == nil {
		s.norms = make([]float64, len(s.xs))
		s.dots = make([]float64, len(s.xs)*stride)
	}
	blas.SquaredNorms(s.xs, s.norms)
	blas.DotRows(s.centers.values, s.xs, s.dots)
	for i, x := range s.xs {
		*s.to[i] = s.centers.nearest(x, math.Sqrt(s.norms[i]), s.dots[i*stride:])
	}
	s.xs, s.to = s.xs[:0], s.to[:0]
}

// nearest is predict with the dot products of all centres.
func (c *centerBlock) nearest(x []float64, norm float64, dots []float64) int32 {
	best, nearest, square := math.Inf(1), 0, norm*norm
	squares, dots := c.squares[:len(c.norms)], dots[:len(c.norms)]
	for i, n := range c.norms {
		diff := n - norm
		apart := float64(diff * diff)
		if !(apart < best) {
			continue
		}
		sum := squares[i] + float64(square)
		d := sum - float64(2*dots[i])
		if !blas.NormsSuffice(sum, apart) {
			d = blas.SqDist(c.values[i], x)
		}
		if d < best {
			best, nearest = d, i
		}
	}
	return int32(nearest)
}
