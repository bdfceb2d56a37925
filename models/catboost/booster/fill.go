package booster

import (
	"math"

	"leapscore/ops/tree"
)

// fill computes the used columns of rows.
func (b *Booster) fill(rows *tree.Rows, s *scratch) {
	var features [][]float64
	if rows.Vectors != nil {
		features = b.gather(rows)
	} else {
		features = make([][]float64, len(rows.Columns))
		for i, c := range rows.Columns {
			if c != nil { // which is no feature that trees depend on
				features[i] = c[rows.From : rows.From+rows.N]
			}
		}
	}
	clear(s.hashed)
	clear(s.found)
	for i := range b.columns {
		if !b.used[i] {
			continue
		}
		c := &b.columns[i]
		to := s.columns[i][:rows.N]
		switch c.kind {
		case columnFloat:
			c.round(features[c.feature], to)
		case columnEqual:
			for k, v := range features[c.feature] {
				to[k] = float64(one(v == c.value))
			}
		case columnCTR:
			c.statistics(b.find(c.lookup, features, rows.N, s), to)
		}
	}
}

// find returns the rows of a table that the categories of rows have.
func (b *Booster) find(at int, features [][]float64, n int, s *scratch) []int32 {
	x := &b.lookups[at]
	if !s.hashed[x.combo] {
		s.hashed[x.combo] = true
		b.combos[x.combo].hash(features, s.columns, s.hashes[x.combo][:n])
	}
	rows := s.rows[at][:n]
	if !s.found[at] {
		s.found[at] = true
		for i, h := range s.hashes[x.combo][:n] {
			rows[i] = x.stats.index.find(h)
		}
	}
	return rows
}

// gather makes columns of vectors.
func (b *Booster) gather(rows *tree.Rows) [][]float64 {
	out := make([][]float64, len(b.features))
	for f := range out {
		if !b.features[f].used {
			continue
		}
		out[f] = make([]float64, rows.N)
		for i := range rows.N {
			out[f][i] = rows.Value(rows.From+i, int32(f))
		}
	}
	return out
}

// round takes numbers as float32, and missing ones as the feature does.
func (c *column) round(from, to []float64) {
	missing := [...]float64{nanAsIs: math.NaN(), nanAsFalse: math.Inf(-1), nanAsTrue: math.Inf(1)}[c.nan]
	for k, v := range from {
		if v != v {
			to[k] = missing
			continue
		}
		to[k] = float64(float32(v))
	}
}

// hash writes one number of the values of a combination, for each row.
func (x *combo) hash(features, columns [][]float64, out []uint64) {
	clear(out)
	for _, f := range x.cats {
		for k, v := range features[f] {
			out[k] = mix(out[k], uint64(int64(v))) // with its sign, as CatBoost does
		}
	}
	for _, f := range x.floats {
		for k, v := range columns[f.column][:len(out)] {
			out[k] = mix(out[k], one(v > f.border))
		}
	}
	for _, f := range x.equal {
		for k, v := range features[f.feature] {
			out[k] = mix(out[k], one(v == f.value))
		}
	}
}

func one(yes bool) uint64 {
	if yes {
		return 1
	}
	return 0
}
