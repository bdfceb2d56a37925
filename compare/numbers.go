package compare

import (
	"errors"
	"iter"
	"math"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// numbers compares two columns of numbers.
type numbers struct {
	equalBits, equalValues int64
	diff                   differences
	nanA, nanB             int64

	// byA has the numbers of A with those of B, and byB first those of B that A
	// has none for. NaN stands for none.
	byA, byB *sorter
	rowsA    int64 // numbers of A
	both     int64 // rows with a number on either side

	flips *flips
}

func newNumbers(opt Options, pairs int) *numbers {
	each := opt.Memory / int64(2*pairs)
	return &numbers{byA: newSorter(each, opt.TempDir), byB: newSorter(each, opt.TempDir), flips: newFlips()}
}

func (c *numbers) Close() error { return errors.Join(c.byA.Close(), c.byB.Close()) }

func (c *numbers) add(a, b arrow.Array, n int, at func(int) string) error {
	xs, ys := newDoubles(a), newDoubles(b)
	exact := a.DataType().ID() == b.DataType().ID() && xs.ints != nil
	for row := range n {
		noA, noB := a.IsNull(row), b.IsNull(row)
		x, y := math.NaN(), math.NaN()
		if !noA {
			x = xs.of(row)
		}
		if !noB {
			y = ys.of(row)
		}
		if !noA && !noB {
			same := math.Float64bits(x) == math.Float64bits(y)
			value := x == y || x != x && y != y
			if exact {
				same = xs.ints(row) == ys.ints(row)
				value = same
			}
			c.compare(x, y, same, value, func() string { return at(row) })
		}
		if err := c.sort(x, y, noA, noB); err != nil {
			return err
		}
	}
	return nil
}

func (c *numbers) compare(x, y float64, sameBits, sameValue bool, at func() string) {
	if sameBits {
		c.equalBits++
	}
	if sameValue {
		c.equalValues++
	}
	c.diff.add(x, y, sameValue, at)
	c.flips.numbers(x, y)
}

// sort keeps the numbers for ranks and bins.
func (c *numbers) sort(x, y float64, noA, noB bool) error {
	x, y = x+0, y+0 // zeros of either sign are equal
	if x != x && !noA {
		c.nanA++
	}
	if y != y && !noB {
		c.nanB++
	}
	switch {
	case x == x:
		c.rowsA++
		if y == y {
			c.both++
		}
		return c.byA.add(record{x, y})
	case y == y:
		return c.byB.add(record{y, math.NaN()})
	}
	return nil
}

func (c *numbers) finish(r *Result) error {
	r.EqualBits += c.equalBits
	r.EqualValues += c.equalValues
	r.Difference = c.diff.result()
	bin := &binner{total: c.rowsA}
	// Ranks are taken from their middle, so that sums stay small.
	middle := float64(c.both+1) / 2
	var varA, varB, cov float64
	err := c.byA.groups(func(g group, values iter.Seq2[float64, error]) error {
		bin.addA(g.key, g.n)
		rank := g.rank - middle
		varA += float64(g.ranked) * rank * rank
		for y, err := range values {
			if err == nil && y == y {
				err = c.byB.add(record{y, rank})
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	bin.settle()
	err = c.byB.groups(func(g group, values iter.Seq2[float64, error]) error {
		bin.addB(g.key, g.n)
		rank := g.rank - middle
		varB += float64(g.ranked) * rank * rank
		for other, err := range values {
			if err != nil {
				return err
			}
			if other == other {
				cov += rank * other
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if varA > 0 && varB > 0 {
		r.Spearman = new(max(-1, min(1, cov/math.Sqrt(varA)/math.Sqrt(varB))))
	}
	bins := append(bin.bins(), Bin{"NaN", c.nanA, c.nanB}, Bin{"null", r.NullA + r.NullBoth, r.NullB + r.NullBoth})
	r.Bins, r.PSI = index(bins)
	if bin.discrete() {
		r.Flips = c.flips.result(r.Rows)
	}
	return nil
}

// differences sums up how far numbers are apart.
type differences struct {
	n, notFinite int64
	sum, abs     total
	max          float64
	at           string
}

func (d *differences) add(x, y float64, same bool, at func() string) {
	if math.IsNaN(x) || math.IsInf(x, 0) || math.IsNaN(y) || math.IsInf(y, 0) {
		if !same {
			d.notFinite++
		}
		return
	}
	d.n++
	diff := y - x
	if diff == 0 {
		return
	}
	d.sum.add(diff)
	abs := math.Abs(diff)
	d.abs.add(abs)
	if abs > d.max {
		d.max, d.at = abs, at()
	}
}

func (d *differences) result() *Difference {
	if d.n == 0 && d.notFinite == 0 {
		return nil
	}
	r := &Difference{Compared: d.n, MaxAbsolute: d.max, MaxAt: d.at, NotFinite: d.notFinite}
	if d.n > 0 {
		r.Mean, r.MeanAbsolute = finite(d.sum.value()/float64(d.n)), finite(d.abs.value()/float64(d.n))
	}
	r.MaxAbsolute = finite(r.MaxAbsolute)
	return r
}

// finite clamps overflows to numbers that JSON can hold.
func finite(x float64) float64 {
	switch {
	case x != x:
		return 0
	case x > math.MaxFloat64:
		return math.MaxFloat64
	case x < -math.MaxFloat64:
		return -math.MaxFloat64
	}
	return x
}

// total is a sum by Neumaier's method, which keeps the rounding error of each
// addition.
type total struct{ sum, lost float64 }

func (t *total) add(x float64) {
	s := t.sum + x
	if math.Abs(t.sum) >= math.Abs(x) {
		t.lost += (t.sum - s) + x
	} else {
		t.lost += (x - s) + t.sum
	}
	t.sum = s
}

func (t *total) value() float64 { return t.sum + t.lost }

// doubles reads a column of numbers.
type doubles struct {
	of   func(row int) float64
	ints func(row int) int64 // of columns of integers
}

func newDoubles(arr arrow.Array) doubles {
	switch arr := arr.(type) {
	case *array.Dictionary:
		in := newDoubles(arr.Dictionary())
		d := doubles{of: func(row int) float64 { return in.of(arr.GetValueIndex(row)) }}
		if in.ints != nil {
			d.ints = func(row int) int64 { return in.ints(arr.GetValueIndex(row)) }
		}
		return d
	case *array.Float64:
		return doubles{of: arr.Value}
	case *array.Float32:
		return doubles{of: func(row int) float64 { return float64(arr.Value(row)) }}
	case *array.Decimal128:
		scale := arr.DataType().(*arrow.Decimal128Type).Scale
		return doubles{of: func(row int) float64 { return arr.Value(row).ToFloat64(scale) }}
	case *array.Decimal256:
		scale := arr.DataType().(*arrow.Decimal256Type).Scale
		return doubles{of: func(row int) float64 { return arr.Value(row).ToFloat64(scale) }}
	case *array.Uint64:
		return doubles{
			of:   func(row int) float64 { return float64(arr.Value(row)) },
			ints: func(row int) int64 { return int64(arr.Value(row)) },
		}
	}
	ints := integers(arr)
	return doubles{of: func(row int) float64 { return float64(ints(row)) }, ints: ints}
}

func integers(arr arrow.Array) func(int) int64 {
	switch arr := arr.(type) {
	case *array.Int64:
		return arr.Value
	case *array.Int32:
		return func(row int) int64 { return int64(arr.Value(row)) }
	case *array.Int16:
		return func(row int) int64 { return int64(arr.Value(row)) }
	case *array.Int8:
		return func(row int) int64 { return int64(arr.Value(row)) }
	case *array.Uint32:
		return func(row int) int64 { return int64(arr.Value(row)) }
	case *array.Uint16:
		return func(row int) int64 { return int64(arr.Value(row)) }
	}
	small := arr.(*array.Uint8)
	return func(row int) int64 { return int64(small.Value(row)) }
}

// sortedKeys returns pairs in a fixed order, the most frequent first.
func sortedKeys[K comparable](counts map[K]int64, less func(a, b K) int) []K {
	keys := make([]K, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b K) int {
		if counts[a] != counts[b] {
			if counts[a] > counts[b] {
				return -1
			}
			return 1
		}
		return less(a, b)
	})
	return keys
}
