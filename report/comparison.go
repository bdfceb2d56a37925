package report

import (
	_ "embed"
	"fmt"
	"io"
	"strings"
	"time"

	"leapscore/compare"
	"leapscore/engine/summary"
)

//go:embed comparison.html
var comparisonPage string

var comparisonLayout = parse(comparisonPage)

// Comparison is what a page about two models or two tables shows.
type Comparison struct {
	First, Second string   // the tables, the reference first; Second is empty of one table
	Keys          []string // columns that name a row
	When          time.Time
	Found         *compare.Comparison
}

// WriteComparison writes the page about a comparison.
func WriteComparison(w io.Writer, c Comparison) error {
	return execute(w, comparisonLayout, newComparison(c))
}

type comparisonView struct {
	Title string
	About []fact
	Tiles []tile
	Pairs []pairView
}

// pairView is two columns that were compared.
type pairView struct {
	A, B  string
	Facts []fact
	Bins  []driftBin
	Flips []flipView
	More  string
}

type flipView struct{ A, B, Rows string }

func newComparison(c Comparison) *comparisonView {
	v := &comparisonView{Title: "Comparison of " + c.First, About: []fact{{"table", c.First}}}
	if c.Second != "" {
		v.Title += " and " + c.Second
		v.About = []fact{{"table A", c.First}, {"table B", c.Second}}
	}
	if len(c.Keys) > 0 {
		v.About = append(v.About, fact{"rows are named by", strings.Join(c.Keys, ", ")})
	}
	v.About = append(v.About, fact{"date", c.When.UTC().Format("2 January 2006, 15:04 UTC")})
	v.Tiles = []tile{{whole(c.Found.Rows), "rows compared", ""}}
	if u := c.Found.Unmatched; u != nil {
		v.Tiles = append(v.Tiles, tile{whole(u.OnlyFirst), "only in A", ""}, tile{whole(u.OnlySecond), "only in B", ""})
	}
	for i := range c.Found.Pairs {
		v.Pairs = append(v.Pairs, newPair(&c.Found.Pairs[i]))
	}
	return v
}

func newPair(r *compare.Result) pairView {
	v := pairView{A: r.A, B: r.B}
	add := func(name, format string, args ...any) {
		v.Facts = append(v.Facts, fact{name, fmt.Sprintf(format, args...)})
	}
	add("equal", "%s in value, %s to the bit", of(r.EqualValuesShare), of(r.EqualBitsShare))
	if r.NullA+r.NullB+r.NullBoth > 0 {
		add("null", "%s in A only, %s in B only, %s in both", whole(r.NullA), whole(r.NullB), whole(r.NullBoth))
	}
	if d := r.Difference; d != nil {
		add("difference", "mean %.6g, mean absolute %.6g, largest %.6g", d.Mean, d.MeanAbsolute, d.MaxAbsolute)
		if d.MaxAt != "" {
			add("largest at", "%s", d.MaxAt)
		}
		if d.NotFinite > 0 {
			add("not finite", "%s that differ", whole(d.NotFinite))
		}
	}
	if r.Spearman != nil {
		add("rank correlation", "%.6g", *r.Spearman)
	}
	if r.PSI != nil {
		add("PSI", "%.6g", *r.PSI)
	}
	if x := r.Vector; x != nil {
		add("largest element", "elsewhere in %s rows, %s", whole(x.ArgmaxFlips), of(x.ArgmaxFlipsShare))
		if x.OtherSize > 0 {
			add("other size", "%s rows", whole(x.OtherSize))
		}
	}
	var bins []summary.Bin
	for _, b := range r.Bins {
		bins = append(bins, summary.Bin{Name: b.Name, Reference: b.A, Now: b.B})
	}
	v.Bins = driftBins(bins)
	v.flips(r.Flips)
	return v
}

func (v *pairView) flips(f *compare.Flips) {
	if f == nil {
		return
	}
	v.Facts = append(v.Facts, fact{"flips", whole(f.Rows) + " rows, " + of(f.Share)})
	for _, x := range f.Table {
		v.Flips = append(v.Flips, flipView{x.A, x.B, whole(x.Rows)})
	}
	if f.More > 0 {
		v.More = whole(f.More) + " rows"
	}
}

// of is a share of rows, if there are any.
func of(share *float64) string {
	if share == nil {
		return "no rows"
	}
	return percent(*share)
}
