package compare

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Bin is one bin of the population stability index: the sum over bins of
// (p-q)*ln(p/q), where p is the share of B and q that of A. Shares are
// (count+0.5)/(rows+0.5*bins), so that an empty bin has one too; bins that are
// empty on both sides do not count.
//
// Numbers have a bin for each value of A if A has up to 20, and one for all
// others. If it has more, there are ten bins of about as many rows of A, between
// its deciles, and one each below and above all of A; a number that is an edge
// belongs to the bin above it. Labels have a bin for each of the 20 most frequent
// of A, and one for all others. Nulls and NaN have one each.
type Bin struct {
	Name string `json:"name"`
	A    int64  `json:"a"`
	B    int64  `json:"b"`
}

const maxValues = 20

// index returns the bins that count, and the index.
func index(bins []Bin) ([]Bin, *float64) {
	bins = slices.DeleteFunc(bins, func(b Bin) bool { return b.A == 0 && b.B == 0 })
	var rowsA, rowsB int64
	for _, b := range bins {
		rowsA += b.A
		rowsB += b.B
	}
	if rowsA == 0 || rowsB == 0 {
		return nil, nil
	}
	half, psi := 0.5*float64(len(bins)), 0.0
	for _, b := range bins {
		p := (float64(b.B) + 0.5) / (float64(rowsB) + half)
		q := (float64(b.A) + 0.5) / (float64(rowsA) + half)
		psi += float64((p - q) * math.Log(p/q))
	}
	return bins, &psi
}

// binner makes bins of the numbers of A, which come sorted, and counts those of
// B, which then come sorted too.
type binner struct {
	total int64 // numbers of A, known before they come

	seen   int64
	values []float64 // of A, up to one more than maxValues
	counts []int64   // of A, by value
	edges  []float64 // the smallest number and the deciles
	below  []int64   // how many of A are below each edge
	last   float64

	b     []int64 // of B, by bin
	other int64
}

// addA takes n equal numbers of A.
func (b *binner) addA(x float64, n int64) {
	if len(b.values) <= maxValues {
		b.values, b.counts = append(b.values, x), append(b.counts, n)
	}
	for len(b.edges) < 10 && b.seen+n > b.rank(len(b.edges)) {
		b.edges, b.below = append(b.edges, x), append(b.below, b.seen)
	}
	b.seen += n
	b.last = x
}

// rank is the position of decile i among the sorted numbers.
func (b *binner) rank(i int) int64 { return b.total * int64(i) / 10 }

// discrete reports whether every value has a bin.
func (b *binner) discrete() bool { return len(b.values) <= maxValues }

// settle ends the numbers of A.
func (b *binner) settle() {
	if b.discrete() {
		b.b = make([]int64, len(b.values))
		return
	}
	var edges []float64
	var below []int64
	for i, e := range b.edges {
		if len(edges) == 0 || e != edges[len(edges)-1] {
			edges, below = append(edges, e), append(below, b.below[i])
		}
	}
	b.edges, b.below = edges, below
	b.b = make([]int64, len(edges)+2)
}

// addB takes n equal numbers of B.
func (b *binner) addB(x float64, n int64) {
	switch {
	case b.discrete():
		if i, ok := slices.BinarySearch(b.values, x); ok {
			b.b[i] += n
		} else {
			b.other += n
		}
	case x > b.last:
		b.b[len(b.edges)+1] += n
	default:
		i, exact := slices.BinarySearch(b.edges, x)
		if exact {
			i++
		}
		b.b[i] += n // 0 is below all edges
	}
}

func (b *binner) bins() []Bin {
	var bins []Bin
	if b.discrete() {
		for i, x := range b.values {
			bins = append(bins, Bin{number(x), b.counts[i], b.b[i]})
		}
		return append(bins, Bin{"others", 0, b.other})
	}
	bins = append(bins, Bin{"below " + short(b.edges[0]), 0, b.b[0]})
	for i, e := range b.edges {
		upper, name := b.seen, fmt.Sprintf("%s to %s", short(e), short(b.last))
		if i+1 < len(b.edges) {
			upper, name = b.below[i+1], fmt.Sprintf("%s to %s", short(e), short(b.edges[i+1]))
		}
		bins = append(bins, Bin{name, upper - b.below[i], b.b[i+1]})
	}
	return append(bins, Bin{"above " + short(b.last), 0, b.b[len(b.edges)+1]})
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
func short(x float64) string  { return strconv.FormatFloat(x, 'g', 6, 64) }
