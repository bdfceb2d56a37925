package tree

import (
	"math"

	"leapscore/ops/column"
)

// Rows that store few of their values are ranked value by value: all ranks begin as
// those of the value that is not stored.

// sparseShare is how many times as many values as there are must be absent.
const sparseShare = 3

// entries are the stored values of some rows, sorted by column of values.
type entries struct {
	columns, rows []int32 // as they come
	values        []float64
	starts        []int32 // by column: where its values begin in what follows
	sortedRows    []int32
	sortedValues  []float64
	templates     [][]uint8 // by segment of bytes: a group of rows that store nothing
	wideTemplates [][]uint16
	absent        float64 // of the templates
	hasTemplates  bool
}

// isSparse reports whether most values of n rows are not stored.
func (p *rankPlan) isSparse(r *Rows, first, n int) bool {
	if r.Vectors == nil || len(p.features) == 0 {
		return false
	}
	stored, wanted := 0, n*len(p.features)
	for i := range n {
		row := r.From + first + i
		if r.Vectors.IsNull(row) {
			continue
		}
		if v := r.Vectors.Row(row); v.Dense {
			stored += len(p.features)
		} else {
			stored += len(v.Indices)
		}
		if stored*sparseShare > wanted {
			return false
		}
	}
	return true
}

// collect lists the stored values of n rows.
func (p *rankPlan) collect(r *Rows, first, n int, s *rankScratch) {
	l := &s.entries
	l.columns, l.rows, l.values = l.columns[:0], l.rows[:0], l.values[:0]
	for i := range n {
		row := r.From + first + i
		null := r.Vectors.IsNull(row)
		var v column.Vector
		if !null {
			v = r.Vectors.Row(row)
		}
		switch short := v.Size < len(p.column); {
		case short && !p.boosted:
			s.slow = append(s.slow, int32(i))
		case short || v.Dense:
			for c, f := range p.features {
				l.add(int32(c), i, r.element(v, f))
			}
		default:
			for k, f := range v.Indices {
				if int(f) < len(p.column) && p.column[f] >= 0 {
					l.add(p.column[f], i, v.Values[k])
				}
			}
		}
	}
	if r.Float32 && p.boosted {
		for i, x := range l.values {
			l.values[i] = float64(float32(x))
		}
	}
	l.sort(len(p.features))
}

func (l *entries) add(column int32, row int, x float64) {
	l.columns, l.rows, l.values = append(l.columns, column), append(l.rows, int32(row)), append(l.values, x)
}

// sort sorts the values by column.
func (l *entries) sort(columns int) {
	if len(l.starts) == 0 {
		l.starts = make([]int32, columns+2)
	}
	clear(l.starts)
	for _, c := range l.columns {
		l.starts[c+2]++
	}
	for c := range columns {
		l.starts[c+2] += l.starts[c+1]
	}
	if need := len(l.columns) + rankRows; len(l.sortedRows) < need {
		l.sortedRows, l.sortedValues = make([]int32, 2*need), make([]float64, 2*need)
	}
	for i, c := range l.columns {
		at := l.starts[c+1]
		l.starts[c+1]++
		l.sortedRows[at], l.sortedValues[at] = l.rows[i], l.values[i]
	}
}

// template returns ranks of a group of rows that store nothing.
func template[T uint8 | uint16](g *segment, rows int, absent float64, bias T) []T {
	out, x := make([]T, g.group()), make([]float64, rows)
	for i := range x {
		x[i] = absent
	}
	var ranks [muxRows]T
	for i := range g.columns {
		rankColumnOf(&g.columns[i], x, ranks[:], bias)
		copy(out[i*rows:][:rows], ranks[:])
	}
	return out
}

// prepare makes the templates for a value of elements that are not stored.
func (p *rankPlan) prepare(absent float64, l *entries) {
	if l.hasTemplates && math.Float64bits(l.absent) == math.Float64bits(absent) {
		return
	}
	l.absent, l.hasTemplates = absent, true
	l.templates, l.wideTemplates = make([][]uint8, len(p.segments)), make([][]uint16, len(p.segments))
	for i := range p.segments {
		if g := &p.segments[i]; g.bytes {
			l.templates[i] = template[uint8](g, muxRows, absent, bias)
		} else {
			l.wideTemplates[i] = template[uint16](g, lanes, absent, 0)
		}
	}
}

// rankSparse is rank for values that are listed.
func (p *rankPlan) rankSparse(i int, s *rankScratch, n int) {
	g := &p.segments[i]
	if g.bytes {
		placeSparse(g, &s.entries, s.entries.templates[i], s.bytes, s.narrow[:], n, muxRows, bias)
	} else {
		placeSparse(g, &s.entries, s.entries.wideTemplates[i], s.words, s.wide[:], n, lanes, 0)
	}
}

func placeSparse[T uint8 | uint16](g *segment, l *entries, template, q, ranks []T, n, rows int, bias T) {
	group := len(template)
	for k := 0; k*rows < n; k++ {
		copy(q[k*group:], template)
	}
	for i := range g.columns {
		c := &g.columns[i]
		from, to := l.starts[c.values], l.starts[c.values+1]
		if from == to {
			continue
		}
		rankColumnOf(c, l.sortedValues[from:to], ranks, bias)
		for k, row := range l.sortedRows[from:to] {
			q[int(row)/rows*group+i*rows+int(row)%rows] = ranks[k]
		}
	}
}
