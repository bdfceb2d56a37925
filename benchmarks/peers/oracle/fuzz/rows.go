package main

import (
	"math"

	"leapscore/ops/opstest/casefile"
)

// domain says what the values of a column are like, so that they mostly mean
// something to the models that read it.
type domain struct {
	numbers []float64 // that a model treats specially
	words   []string
	size    int  // of vectors; not known if negative
	whole   int  // if positive, numbers are mostly whole and below it
	counts  bool // vectors hold counts
	tame    bool // no edges: the JVM loops on them
	never   bool // never null
}

// column is a column of the source or one that a stage makes.
type column struct {
	name string
	typ  casefile.Type
	domain
}

func scalar(b casefile.Base) casefile.Type { return casefile.Type{Base: b} }
func list(b casefile.Base) casefile.Type   { return casefile.Type{Kind: casefile.List, Base: b} }

var (
	double = scalar(casefile.Double)
	text   = scalar(casefile.String)
	words  = list(casefile.String)
	vector = casefile.Type{Kind: casefile.Tensor, Base: casefile.Double}
)

func (r *random) rows(cols []column, n int) [][]casefile.Value {
	sparse := pick(r, 0, 0.5, 1)
	zeros := pick(r, 0, 0.3, 0.9)
	rows := make([][]casefile.Value, n)
	for i := range rows {
		for _, c := range cols {
			rows[i] = append(rows[i], r.value(c, sparse, zeros))
		}
	}
	return rows
}

func (r *random) value(c column, sparse, zeros float64) casefile.Value {
	if r.often(r.absent) && !c.never {
		return nil
	}
	if c.tame {
		defer func(wild float64) { r.wild = wild }(r.wild)
		r.wild = 0
	}
	switch c.typ.Kind {
	case casefile.List:
		if c.typ.Base == casefile.String {
			return r.wordList(c)
		}
		xs := []casefile.Value{}
		for range r.lengthOf(c) {
			if r.often(r.absent / 4) {
				xs = append(xs, nil)
				continue
			}
			xs = append(xs, r.base(c, c.typ.Base))
		}
		return xs
	case casefile.Map:
		return r.entries(c)
	case casefile.Tensor:
		return r.vector(c, sparse, zeros)
	}
	return r.base(c, c.typ.Base)
}

func (r *random) lengthOf(c column) int {
	n := c.size
	if n < 0 {
		n = r.between(0, 6)
	}
	if r.often(r.wrong) {
		return pick(r, 0, 1, n+1, max(n-1, 0))
	}
	return n
}

func (r *random) wordList(c column) casefile.Value {
	ws := []casefile.Value{}
	for range pick(r, 0, 1, 2, 3, 5, 8, 20) {
		if r.often(r.absent / 4) {
			ws = append(ws, nil)
			continue
		}
		ws = append(ws, r.word(c.words))
	}
	return ws
}

func (r *random) entries(c column) casefile.Value {
	es := []casefile.Entry{}
	seen := map[string]bool{}
	for range r.between(0, 5) {
		k := r.word(c.words)
		if seen[k] {
			continue
		}
		seen[k] = true
		e := casefile.Entry{Key: k}
		if !r.often(r.absent) {
			e.Value = r.base(c, c.typ.Base)
		}
		es = append(es, e)
	}
	return es
}

func (r *random) vector(c column, sparse, zeros float64) casefile.Value {
	n := r.lengthOf(c)
	a := &casefile.Array{Dims: []int{n}, Sparse: r.often(sparse), Values: []casefile.Value{}}
	if a.Sparse {
		a.Indices = [][]int{}
	}
	for i := range n {
		x := r.float(c)
		if r.often(zeros) {
			if x = 0; a.Sparse && r.IntN(12) > 0 {
				continue
			}
		}
		if a.Sparse {
			a.Indices = append(a.Indices, []int{i})
		}
		a.Values = append(a.Values, x)
	}
	return a
}

func (r *random) float(c column) float64 {
	switch {
	case c.counts && !r.often(r.wild):
		return float64(r.IntN(5))
	case c.whole > 0 && r.IntN(20) > 0 && !r.often(r.wild):
		return float64(r.IntN(c.whole))
	}
	return r.number(c.numbers)
}

// base returns a single value; of a string that a model takes as a number, one
// way to write it.
func (r *random) base(c column, b casefile.Base) casefile.Value {
	switch b {
	case casefile.Boolean:
		return r.IntN(2) == 0
	case casefile.String:
		if c.words == nil {
			return r.numeral(r.float(c))
		}
		if len(c.words) > 0 && r.often(r.known) {
			return pick(r, c.words...)
		}
		return r.text(c.words)
	case casefile.ByteString:
		return []byte{1, 2}
	case casefile.Float:
		return float32(r.float(c))
	case casefile.Double:
		return r.float(c)
	}
	bits := map[casefile.Base]int{casefile.Byte: 8, casefile.Short: 16, casefile.Int: 32, casefile.Long: 64}[b]
	if r.often(r.wild) {
		return int64(r.Uint64()) >> (64 - bits)
	}
	x := r.float(c)
	if math.Abs(x) < 120 {
		return int64(x)
	}
	return int64(r.IntN(100))
}
