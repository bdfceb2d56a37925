package booster

import "math"

// fill computes the used columns of some rows into out.
func (b *Booster) fill(rows [][]float64, from, n int, out [][]float64) {
	hashes := make([][]uint64, len(b.combos))
	for i := range b.columns {
		if !b.used[i] {
			continue
		}
		c := &b.columns[i]
		to := out[i][:n]
		switch c.kind {
		case columnFloat:
			c.round(rows[c.feature][from:from+n], to)
		case columnEqual:
			for k, v := range rows[c.feature][from : from+n] {
				to[k] = 0
				if v == c.value {
					to[k] = 1
				}
			}
		case columnCTR:
			if hashes[c.combo] == nil {
				hashes[c.combo] = b.combos[c.combo].hash(rows, out, from, n)
			}
			for k, h := range hashes[c.combo] {
				to[k] = float64(c.ctr.of(c.stats, h))
			}
		}
	}
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

// hash makes one number of the values of a combination, for each row.
func (x *combo) hash(rows, columns [][]float64, from, n int) []uint64 {
	out := make([]uint64, n)
	for _, f := range x.cats {
		for k, v := range rows[f][from : from+n] {
			out[k] = mix(out[k], uint64(int64(v))) // with its sign, as CatBoost does
		}
	}
	for _, f := range x.floats {
		for k, v := range columns[f.column][:n] {
			out[k] = mix(out[k], one(v > f.border))
		}
	}
	for _, f := range x.equal {
		for k, v := range rows[f.feature][from : from+n] {
			out[k] = mix(out[k], one(v == f.value))
		}
	}
	return out
}

func one(yes bool) uint64 {
	if yes {
		return 1
	}
	return 0
}
