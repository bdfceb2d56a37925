package report

import (
	"fmt"

	"leapscore/engine/summary"
)

// columnView is a column, or one element of its lists.
type columnView struct {
	Name, Type string
	Facts      []fact
	Histogram  *histogram
	Labels     []bar
	Note       string

	approximate bool
}

// histogram is drawn in a field of chartWidth by chartHeight.
type histogram struct {
	Bars     []rect
	Low, Top string // labels of the ends
	Most     string // the count of the highest bar
	Width    int
	Height   int
	Base     int
}

// rect is a bar with its tooltip.
type rect struct {
	X, Y, W, H float64
	Title      string
}

const (
	chartWidth  = 320
	chartHeight = 110
	maxElements = 8 // that are shown of a list
)

// newColumn returns the views of a column.
func newColumn(c summary.Column) []columnView {
	v := columnView{Name: c.Name, Type: c.Type}
	v.fact("rows", whole(c.Rows))
	v.fact("nulls", nulls(c.Nulls, c.Rows))
	switch {
	case c.Numbers != nil:
		v.numbers(c.Numbers)
	case c.Labels != nil:
		v.labels(c.Labels, c.Rows-c.Nulls)
	case c.Lists != nil:
		return v.lists(c.Lists)
	default:
		v.Note = "Of columns of this type, rows and nulls are counted only."
	}
	return []columnView{v}
}

func nulls(n, rows int64) string {
	if n == 0 {
		return "0"
	}
	return whole(n) + " (" + percent(float64(n)/float64(rows)) + ")"
}

func (v *columnView) fact(name, value string) { v.Facts = append(v.Facts, fact{name, value}) }

func (v *columnView) numbers(n *summary.Numbers) {
	for _, odd := range []struct {
		name string
		n    int64
	}{{"NaN", n.NaN}, {"infinite", n.PosInfinity}, {"minus infinite", n.NegInfinity}} {
		if odd.n > 0 {
			v.fact(odd.name, whole(odd.n))
		}
	}
	if n.Count == 0 {
		v.Note = "No numbers."
		return
	}
	v.fact("mean", maybe(n.Mean))
	v.fact("sd", maybe(n.SD))
	v.fact("min", maybe(n.Min))
	for _, q := range n.Quantiles {
		if name, ok := map[float64]string{0.05: "5 %", 0.25: "25 %", 0.5: "median", 0.75: "75 %", 0.95: "95 %"}[q.P]; ok {
			value := short(q.Value)
			if n.Distinct == 0 { // else every value is counted
				value, v.approximate = "≈ "+value, true
			}
			v.fact(name, value)
		}
	}
	v.fact("max", maybe(n.Max))
	if n.Distinct > 0 {
		v.fact("different values", whole(int64(n.Distinct)))
	}
	v.Histogram = draw(n.Histogram)
}

// draw draws a histogram of bins of one width.
func draw(h *summary.Histogram) *histogram {
	if h == nil || len(h.Counts) == 0 || len(h.Edges) != len(h.Counts)+1 {
		return nil
	}
	var most int64 = 1
	for _, n := range h.Counts {
		most = max(most, n)
	}
	d := &histogram{
		Low: short(h.Edges[0]), Top: short(h.Edges[len(h.Edges)-1]), Most: whole(most),
		Width: chartWidth, Height: chartHeight, Base: chartHeight,
	}
	step := float64(chartWidth) / float64(len(h.Counts))
	for i, n := range h.Counts {
		if n == 0 {
			continue
		}
		height := max(1, float64(chartHeight)*float64(n)/float64(most))
		d.Bars = append(d.Bars, rect{
			X: float64(i)*step + 1, W: step - 2, Y: chartHeight - height, H: height,
			Title: fmt.Sprintf("%s to %s: %s", short(h.Edges[i]), short(h.Edges[i+1]), whole(n)),
		})
	}
	return d
}

func (v *columnView) labels(l *summary.Labels, values int64) {
	different := whole(l.Distinct)
	if l.Sampled {
		different = "≈ " + different
		v.approximate = true
		v.Note = "Too many different ones to show the most frequent."
	}
	v.fact("different values", different)
	if values == 0 || l.Sampled {
		return
	}
	most := max(1, l.Other)
	for _, c := range l.Top {
		most = max(most, c.Count)
	}
	add := func(name string, n int64) {
		v.Labels = append(v.Labels, bar{name, whole(n), percent(float64(n) / float64(values)), 100 * float64(n) / float64(most)})
	}
	for _, c := range l.Top {
		name := c.Value
		if name == "" {
			name = "(empty)"
		}
		add(name, c.Count)
	}
	if l.Other > 0 {
		add("all others", l.Other)
	}
}

// lists returns a view for each element, or one of the norms.
func (v *columnView) lists(l *summary.Lists) []columnView {
	if l.Length.Min != nil {
		length := short(*l.Length.Min)
		if l.Length.Max != nil && *l.Length.Max != *l.Length.Min {
			length += " to " + short(*l.Length.Max)
		}
		v.fact("length", length)
	}
	if l.Norm != nil {
		whole := *v
		whole.Note = "The lists are long: this is their Euclidean norm."
		whole.numbers(l.Norm)
		return []columnView{whole}
	}
	if len(l.Elements) == 0 {
		return []columnView{*v}
	}
	var views []columnView
	for i := range min(len(l.Elements), maxElements) {
		e := columnView{Name: fmt.Sprintf("%s[%d]", v.Name, i), Type: v.Type, Facts: append([]fact(nil), v.Facts...)}
		e.numbers(&l.Elements[i])
		views = append(views, e)
	}
	if more := len(l.Elements) - maxElements; more > 0 {
		views[len(views)-1].Note = fmt.Sprintf("And %s that the record has.", plural(more, "element"))
	}
	return views
}

// driftView is the comparison with another run.
type driftView struct {
	Reference, Max string
	Rows           string
	Columns        []driftColumn
	Skipped        []string
}

// driftColumn is one column; Class is ok, moved or far.
type driftColumn struct {
	Name, PSI, Chance, Class, Verdict string
	Bins                              []driftBin
}

// driftBin is one bin, with its share then and now as bars.
type driftBin struct {
	Name, Was, Now     string
	WasWidth, NowWidth float64
}

// The usual bounds of the index.
const (
	moved = 0.1
	far   = 0.2
)

func newDrift(d *summary.Drift) *driftView {
	if d == nil {
		return nil
	}
	v := &driftView{Reference: d.Reference, Skipped: d.Skipped}
	limit := far
	if d.Max > 0 {
		limit = d.Max
		v.Max = short(d.Max)
	}
	if d.Rows > 0 || d.ReferenceRows > 0 { // which older records lack
		v.Rows = fmt.Sprintf("Of %s rows now, and %s of the reference.", whole(d.Rows), whole(d.ReferenceRows))
	}
	for _, c := range d.Worst(0) {
		dc := driftColumn{Name: c.Column, PSI: fmt.Sprintf("%.3f", c.PSI), Chance: fmt.Sprintf("%.2g", c.Chance), Class: "ok", Verdict: "steady"}
		switch {
		case c.PSI > limit:
			dc.Class, dc.Verdict = "far", "far off"
		case c.PSI >= min(moved, limit):
			dc.Class, dc.Verdict = "moved", "moved"
		}
		dc.Bins = driftBins(c.Bins)
		v.Columns = append(v.Columns, dc)
	}
	return v
}

func driftBins(bins []summary.Bin) []driftBin {
	var was, now int64
	for _, b := range bins {
		was += b.Reference
		now += b.Now
	}
	p := func(b summary.Bin) (float64, float64) {
		return float64(b.Reference) / float64(max(was, 1)), float64(b.Now) / float64(max(now, 1))
	}
	widest := 0.0
	for _, b := range bins {
		x, y := p(b)
		widest = max(widest, x, y)
	}
	var list []driftBin
	for _, b := range bins {
		x, y := p(b)
		list = append(list, driftBin{b.Name, percent(x), percent(y), 100 * x / widest, 100 * y / widest})
	}
	return list
}
