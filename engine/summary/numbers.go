package summary

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"strconv"
)

// bucket is a number, or a range of numbers shown by its middle, with a count.
type bucket struct {
	low, at, high float64
	n             int64
}

// buckets returns what was counted, in order.
func (s *numbers) buckets() []bucket {
	var all []bucket
	if s.few != nil {
		s.few.each(func(b, n uint64) {
			v := math.Float64frombits(b)
			all = append(all, bucket{v, v, v, int64(n)})
		})
	}
	width := uint64(1) << s.drop
	for id, p := range s.pages {
		base := uint64(id) << mantissaBits
		for i, n := range p.counts {
			if n == 0 {
				continue
			}
			first := base | uint64(i)<<s.drop
			low, at := math.Float64frombits(first), math.Float64frombits(first+width/2)
			high := math.Float64frombits(first + width - 1)
			if low > high {
				low, high = high, low
			}
			all = append(all, bucket{low, at, high, int64(n)})
		}
	}
	slices.SortFunc(all, func(a, b bucket) int { return cmp.Compare(a.at, b.at) })
	return all
}

func (s *numbers) summary() Numbers {
	n := Numbers{NaN: s.nan, PosInfinity: s.pos, NegInfinity: s.neg}
	all := s.buckets()
	for _, b := range all {
		n.Count += b.n
	}
	if n.Count == 0 {
		return n
	}
	s.moments(&n)
	lo, hi := s.extremes(all)
	n.Min, n.Max = &lo, &hi
	for i := range all { // numbers that are not there are not to be shown
		all[i].at = min(max(all[i].at, lo), hi)
	}
	for _, p := range shownQuantiles {
		n.Quantiles = append(n.Quantiles, Quantile{p, quantile(all, p, n.Count)})
	}
	n.Histogram = equalWidth(all, lo, hi)
	n.Bins = equalFrequency(all, n.Count, s.few != nil)
	if s.few != nil {
		n.Distinct = len(all)
		values := make([]Count, len(all))
		for i, b := range all {
			values[i] = Count{strconv.FormatFloat(b.at, 'g', -1, 64), b.n}
		}
		n.Top = top(values)
	}
	return n
}

// quantile returns the number at share p of n: of few numbers, the lower one.
func quantile(all []bucket, p float64, n int64) float64 {
	rank := int64(math.Ceil(p * float64(n)))
	var sum int64
	for _, b := range all {
		if sum += b.n; sum >= rank {
			return b.at
		}
	}
	return all[len(all)-1].at
}

// equalWidth is the histogram that is shown. The last bin has its upper end in it.
func equalWidth(all []bucket, lo, hi float64) *Histogram {
	width := hi/histogramBins - lo/histogramBins
	if lo == hi || width == 0 {
		return &Histogram{Edges: []float64{lo, hi}, Counts: []int64{total(all)}}
	}
	h := &Histogram{Counts: make([]int64, histogramBins)}
	for i := range histogramBins {
		h.Edges = append(h.Edges, edgeAt(lo, width, i))
	}
	h.Edges = append(h.Edges, hi)
	for _, b := range all {
		i := int((b.at/2 - lo/2) / (width / 2))
		h.Counts[min(max(i, 0), histogramBins-1)] += b.n
	}
	return h
}

// edgeAt returns lo + i*width. Where numbers lie further apart than the greatest
// double, i*width alone would be infinite; half of it is not.
func edgeAt(lo, width float64, i int) float64 {
	if e := lo + float64(i)*width; !math.IsInf(e, 0) {
		return e
	}
	return 2 * (lo/2 + float64(i)*(width/2))
}

func total(all []bucket) (n int64) {
	for _, b := range all {
		n += b.n
	}
	return n
}

// equalFrequency cuts the numbers where about as many lie in each bin; a number
// that is very frequent may fill a bin alone. Up to maxTop different values get a
// bin each, and one each for what is below and above all of them.
func equalFrequency(all []bucket, n int64, exact bool) *Histogram {
	h := &Histogram{Outer: true}
	if exact && len(all) <= maxTop {
		h.Edges = eachValue(all)
	} else {
		var sum int64
		next := int64(1) // tenth
		for i, b := range all[:len(all)-1] {
			if sum += b.n; sum*equalBins < n*next {
				continue
			}
			h.Edges = append(h.Edges, between(b.high, all[i+1].low))
			for sum*equalBins >= n*next {
				next++
			}
		}
	}
	h.Edges = slices.DeleteFunc(h.Edges, func(e float64) bool { return math.IsInf(e, 0) })
	h.Counts = countBetween(all, h.Edges)
	return h
}

// eachValue returns edges half way between values, and as far below the first one
// and above the last one.
func eachValue(all []bucket) []float64 {
	first, last := all[0].at, all[len(all)-1].at
	below, above := math.Max(1, math.Abs(first))/2, math.Max(1, math.Abs(last))/2
	if n := len(all); n > 1 {
		below, above = all[1].at/2-first/2, last/2-all[n-2].at/2
	}
	edges := []float64{min(first-below, math.Nextafter(first, math.Inf(-1)))}
	for i, b := range all[1:] {
		edges = append(edges, between(all[i].at, b.at))
	}
	return append(edges, max(last+above, math.Nextafter(last, math.Inf(1))))
}

// between returns a number above a and not above b.
func between(a, b float64) float64 {
	if m := a/2 + b/2; m > a && m <= b {
		return m
	}
	return b
}

// countBetween counts what lies below the first edge, between the edges, and not
// below the last one.
func countBetween(all []bucket, edges []float64) []int64 {
	counts := make([]int64, len(edges)+1)
	for _, b := range all {
		at, found := slices.BinarySearch(edges, b.at)
		if found {
			at++
		}
		counts[at] += b.n
	}
	return counts
}

// The whole numbers that are summed count these powers of two.
const (
	unit      = -1074
	precision = 300
)

// moments sets mean and standard deviation.
func (s *numbers) moments(n *Numbers) {
	sum, squares := new(big.Int), new(big.Int)
	add := func(id uint16, m, sq *big.Int) {
		shift := uint(max(id&exponents, 1) - 1)
		if m.Lsh(m, shift); id > exponents {
			sum.Sub(sum, m)
		} else {
			sum.Add(sum, m)
		}
		squares.Add(squares, sq.Lsh(sq, 2*shift))
	}
	if s.few != nil {
		s.few.each(func(b, times uint64) {
			m, t := new(big.Int).SetUint64(mantissa(b)), new(big.Int).SetUint64(times)
			sq := new(big.Int).Mul(m, m)
			add(uint16(b>>mantissaBits), m.Mul(m, t), sq.Mul(sq, t))
		})
	}
	for id, p := range s.pages {
		add(id, words(p.sum[:]), words(p.squares[:]))
	}
	count := big.NewInt(n.Count)
	mean := float(sum)
	mean.Quo(mean, float(count))
	n.Mean = double(mean, unit)
	if n.Count < 2 {
		return
	}
	spread := new(big.Int).Mul(count, squares)
	spread.Sub(spread, sum.Mul(sum, sum))
	sd := float(spread)
	sd.Quo(sd, float(count.Mul(count, big.NewInt(n.Count-1))))
	n.SD = double(sd.Sqrt(sd), unit)
}

func words(w []uint64) *big.Int {
	n := new(big.Int)
	for _, x := range slices.Backward(w) {
		n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(x))
	}
	return n
}

func float(n *big.Int) *big.Float { return new(big.Float).SetPrec(precision).SetInt(n) }

// double returns x * 2^exp, or nil if no double holds it.
func double(x *big.Float, exp int) *float64 {
	v, _ := x.SetMantExp(x, exp).Float64()
	if math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// extremes returns the least and the greatest number.
func (s *numbers) extremes(all []bucket) (lo, hi float64) {
	if s.few != nil {
		return all[0].at, all[len(all)-1].at
	}
	return s.lo, s.hi
}
