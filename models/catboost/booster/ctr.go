package booster

// Statistics of categories: a row's values of the features of a combination are
// hashed, the hash is looked up in a table of statistics, and the row of the table
// becomes a number, in float32.

const hashMul = 0x4906ba494954cb65

func mix(a, b uint64) uint64 { return hashMul * (a + hashMul*b) }

// mostKnown is how many numbers of a column are computed before they are asked for.
const mostKnown = 1 << 16

// prepare computes the numbers of a column, unless they are too many.
func (c *column) prepare() {
	n := c.stats.rows(c.ctr.kind) / uint64(c.stats.width(c.ctr.kind))
	c.unknown = float64(c.ctr.ofUnknown(c.stats))
	if n > mostKnown {
		return
	}
	c.known = make([]float32, n)
	for row := range c.known {
		c.known[row] = c.ctr.of(c.stats, int32(row))
	}
}

// statistics writes the numbers of rows of the table; -1 is a category that the training
// did not have.
func (c *column) statistics(rows []int32, to []float64) {
	for i, row := range rows {
		switch {
		case row < 0:
			to[i] = c.unknown
		case c.known != nil:
			to[i] = float64(c.known[row])
		default:
			to[i] = float64(c.ctr.of(c.stats, row))
		}
	}
}

// value is Calc of CatBoost.
func (c *ctr) value(inClass, total float32) float32 {
	v := (inClass + c.prior) / (total + c.priorD)
	return float32(float32(v+c.shift) * c.scale)
}

// ofUnknown is the number of a category that the training did not have.
func (c *ctr) ofUnknown(s *stats) float32 {
	if c.kind == ctrCounter || c.kind == ctrFeatureFreq {
		return c.value(0, float32(s.denominator))
	}
	return c.value(0, 0)
}

// of is the number of a row of statistics.
func (c *ctr) of(s *stats, at int32) float32 {
	switch c.kind {
	case ctrBinarizedMean, ctrFloatMean:
		return c.value(s.means[at].sum, float32(s.means[at].count))
	case ctrCounter, ctrFeatureFreq:
		return c.value(float32(s.counts[at]), float32(s.denominator))
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
