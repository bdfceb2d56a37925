package booster

// Statistics of categories: a row's values of the features of a combination are
// hashed, the hash is looked up in a table of statistics, and the row of the table
// becomes a number, in float32.

const hashMul = 0x4906ba494954cb65

func mix(a, b uint64) uint64 { return hashMul * (a + hashMul*b) }

// value is Calc of CatBoost.
func (c *ctr) value(inClass, total float32) float32 {
	v := (inClass + c.prior) / (total + c.priorD)
	return float32(float32(v+c.shift) * c.scale)
}

// of is the number of a row of statistics, or of a category that the training did not have.
func (c *ctr) of(s *stats, hash uint64) float32 {
	at, known := s.index[hash]
	switch c.kind {
	case ctrBinarizedMean, ctrFloatMean:
		if !known {
			return c.value(0, 0)
		}
		return c.value(s.means[at].sum, float32(s.means[at].count))
	case ctrCounter, ctrFeatureFreq:
		if !known {
			return c.value(0, float32(s.denominator))
		}
		return c.value(float32(s.counts[at]), float32(s.denominator))
	}
	if !known {
		return c.value(0, 0)
	}
	width := s.width(c.kind)
	row := s.counts[int(at)*width:][:width]
	var total, good int32
	for _, n := range row {
		total += n
	}
	if c.kind == ctrBuckets {
		return c.value(float32(row[c.border]), float32(total))
	}
	from := c.border + 1
	if s.classes <= 2 {
		from = 1
	}
	for _, n := range row[from:] {
		good += n
	}
	return c.value(float32(good), float32(total))
}
