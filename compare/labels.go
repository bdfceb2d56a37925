package compare

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// maxLabels is how many different labels, or pairs of them, are counted.
const maxLabels = 10_000

// Flips are rows whose label changes from A to B. Numbers have them if A and B
// have up to 20 different ones each, as the predictions of classifiers have.
type Flips struct {
	Rows  int64    `json:"rows"`
	Share *float64 `json:"share"`
	// Table has the most frequent changes, up to 20. More counts the rows of all
	// others.
	Table []Flip `json:"table"`
	More  int64  `json:"more"`
}

// Flip is a change of labels.
type Flip struct {
	A    string `json:"a"`
	B    string `json:"b"`
	Rows int64  `json:"rows"`
}

const maxFlips = 20

// labels compares two columns of text or booleans.
type labels struct {
	equal int64
	a, b  map[string]int64
	many  bool // more than maxLabels
	flips *flips
}

func newLabels() *labels {
	return &labels{a: map[string]int64{}, b: map[string]int64{}, flips: newFlips()}
}

func (c *labels) Close() error { return nil }

func (c *labels) add(a, b arrow.Array, n int, _ func(int) string) error {
	xs, ys := newWords(a), newWords(b)
	for row := range n {
		noA, noB := a.IsNull(row), b.IsNull(row)
		var x, y string
		if !noA {
			x = xs(row)
			c.count(c.a, x)
		}
		if !noB {
			y = ys(row)
			c.count(c.b, y)
		}
		switch {
		case noA || noB:
		case x == y:
			c.equal++
		default:
			c.flips.add(x, y)
		}
	}
	return nil
}

func (c *labels) count(counts map[string]int64, word string) {
	if _, known := counts[word]; !known {
		if len(counts) == maxLabels {
			c.many = true
			return
		}
		word = strings.Clone(word) // the batch's memory is used again
	}
	counts[word]++
}

func (c *labels) finish(r *Result) error {
	r.EqualBits += c.equal
	r.EqualValues += c.equal
	r.Flips = c.flips.result(r.Rows)
	if c.many {
		return nil
	}
	var bins []Bin
	listed := map[string]bool{}
	var others Bin
	for i, word := range sortedKeys(c.a, cmp.Compare[string]) {
		if i < maxValues {
			listed[word] = true
			bins = append(bins, Bin{word, c.a[word], c.b[word]})
		} else {
			others.A += c.a[word]
		}
	}
	for word, n := range c.b {
		if !listed[word] {
			others.B += n
		}
	}
	others.Name = "others"
	r.Bins, r.PSI = index(append(bins, others, Bin{"null", r.NullA + r.NullBoth, r.NullB + r.NullBoth}))
	return nil
}

func newWords(arr arrow.Array) func(int) string {
	switch arr := arr.(type) {
	case *array.Dictionary:
		in := newWords(arr.Dictionary())
		return func(row int) string { return in(arr.GetValueIndex(row)) }
	case *array.String:
		return arr.Value
	case *array.LargeString:
		return arr.Value
	}
	return arr.ValueStr // of booleans
}

// flips counts changes.
type flips struct {
	rows   int64
	counts map[[2]string]int64
	// values are the numbers met on each side, for as long as they are few.
	values [2]map[float64]bool
	pairs  map[[2]float64]int64
	many   bool
}

func newFlips() *flips {
	return &flips{counts: map[[2]string]int64{}, values: [2]map[float64]bool{{}, {}}, pairs: map[[2]float64]int64{}}
}

func (f *flips) add(x, y string) {
	f.rows++
	key := [2]string{x, y}
	if _, known := f.counts[key]; !known {
		if len(f.counts) == maxLabels {
			return
		}
		key = [2]string{strings.Clone(x), strings.Clone(y)}
	}
	f.counts[key]++
}

// numbers counts a change of numbers as long as there are few different ones.
func (f *flips) numbers(x, y float64) {
	if f.many {
		return
	}
	if x != x || y != y {
		return
	}
	x, y = x+0, y+0
	f.values[0][x], f.values[1][y] = true, true
	if len(f.values[0]) > maxValues || len(f.values[1]) > maxValues {
		f.many = true
		f.values, f.pairs = [2]map[float64]bool{}, nil
		return
	}
	if x != y {
		f.rows++
		f.pairs[[2]float64{x, y}]++
	}
}

func (f *flips) result(rows int64) *Flips {
	if f.many {
		return nil
	}
	for k, n := range f.pairs {
		f.counts[[2]string{number(k[0]), number(k[1])}] += n
	}
	r := &Flips{Rows: f.rows, Share: share(f.rows, rows), Table: []Flip{}, More: f.rows}
	keys := sortedKeys(f.counts, func(a, b [2]string) int { return cmp.Or(compareLabels(a[0], b[0]), compareLabels(a[1], b[1])) })
	for _, k := range keys[:min(len(keys), maxFlips)] {
		r.Table = append(r.Table, Flip{k[0], k[1], f.counts[k]})
		r.More -= f.counts[k]
	}
	return r
}

// compareLabels orders numbers as numbers.
func compareLabels(a, b string) int {
	x, errA := strconv.ParseFloat(a, 64)
	y, errB := strconv.ParseFloat(b, 64)
	if errA == nil && errB == nil && x != y {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(a, b)
}
