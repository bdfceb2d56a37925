package tree

import (
	"math"

	"leapscore/ops/column"
)

// gather turns rows into columns of values, or lists those that are stored, and
// returns how many rows. Rows of bundles' trees that are null, or shorter than some
// tree may read, are left to the plain way.
func (p *rankPlan) gather(r *Rows, first int, s *rankScratch) int {
	s.slow = s.slow[:0]
	n := min(sparsePass, r.N-first)
	if s.sparse = p.isSparse(r, first, n); s.sparse {
		p.prepare(r.Absent, &s.entries)
		p.collect(r, first, n, s)
		return n
	}
	if s.x == nil {
		s.x, s.cols = make([]float64, len(p.features)*p.pass), make([][]float64, len(p.features))
	}
	n = min(p.pass, r.N-first)
	for c := range s.cols {
		s.cols[c] = s.x[c*p.pass:][:n]
	}
	switch {
	case len(p.features) == 0: // no tree has a split
	case r.Vectors == nil:
		p.gatherColumns(r, first, n, s)
	default:
		p.gatherVectors(r, first, n, s)
	}
	return n
}

// gatherVectors is gather for rows that are vectors and store most values.
func (p *rankPlan) gatherVectors(r *Rows, first, n int, s *rankScratch) {
	pass := p.pass
	for at := 0; at < n; at += lanes {
		var dense [lanes][]float64
		count := 0
		for k := range min(lanes, n-at) {
			row := r.From + first + at + k
			if r.Vectors.IsNull(row) {
				p.noRow(s, at+k)
				continue
			}
			switch v := r.Vectors.Row(row); {
			case v.Size < len(p.column):
				p.shortRow(r, v, s, at+k)
			case v.Dense:
				dense[k] = v.Values
				count++
			default:
				p.sparse(r, v, s.x[at+k:])
			}
		}
		if count == lanes {
			p.denseGroup(s.x[at:], pass, &dense)
			continue
		}
		for k, values := range dense {
			if values != nil {
				for c, f := range p.features {
					s.x[c*pass+at+k] = values[f]
				}
			}
		}
	}
	if r.Float32 && p.boosted {
		for c := range p.features {
			x := s.x[c*pass:][:n]
			for i, v := range x {
				x[i] = float64(float32(v))
			}
		}
	}
}

// gatherColumns is gather for rows that lie in columns.
func (p *rankPlan) gatherColumns(r *Rows, first, n int, s *rankScratch) {
	if len(r.Columns) < len(p.column) && !p.boosted {
		for i := range n {
			s.slow = append(s.slow, int32(i))
		}
		return
	}
	from := r.From + first
	for c, f := range p.features {
		x := s.cols[c]
		switch {
		case int(f) >= len(r.Columns):
			for i := range x {
				x[i] = math.NaN()
			}
		case r.Float32 && p.boosted:
			for i, v := range r.Columns[f][from : from+n] {
				x[i] = float64(float32(v))
			}
		case hasSearch: // which reads no value beyond the last
			s.cols[c] = r.Columns[f][from : from+n]
		default:
			copy(x, r.Columns[f][from:from+n])
		}
	}
}

// noRow handles a row that is null.
func (p *rankPlan) noRow(s *rankScratch, at int) {
	if !p.boosted {
		s.slow = append(s.slow, int32(at))
		return
	}
	for c := range p.features {
		s.x[c*p.pass+at] = math.NaN()
	}
}

// shortRow handles a row that lacks features.
func (p *rankPlan) shortRow(r *Rows, v column.Vector, s *rankScratch, at int) {
	if !p.boosted {
		s.slow = append(s.slow, int32(at))
		return
	}
	for c, f := range p.features {
		s.x[c*p.pass+at] = r.element(v, f)
	}
}

// denseGroup puts lanes dense rows into their columns.
func (p *rankPlan) denseGroup(x []float64, pass int, rows *[lanes][]float64) {
	r0, r1, r2, r3, r4, r5, r6, r7 := rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], rows[6], rows[7]
	for c, f := range p.features {
		out := x[c*pass:][:lanes]
		out[0], out[1], out[2], out[3] = r0[f], r1[f], r2[f], r3[f]
		out[4], out[5], out[6], out[7] = r4[f], r5[f], r6[f], r7[f]
	}
}

// sparse puts a sparse row into its places.
func (p *rankPlan) sparse(r *Rows, v column.Vector, x []float64) {
	pass := p.pass
	for c := range p.features {
		x[c*pass] = r.Absent
	}
	for k, f := range v.Indices {
		if c := p.columnOf(f); c >= 0 {
			x[int(c)*pass] = v.Values[k]
		}
	}
}

// columnOf returns the column of values of a feature, or -1.
func (p *rankPlan) columnOf(f int32) int32 {
	if int(f) < len(p.column) {
		return p.column[f]
	}
	return -1
}
