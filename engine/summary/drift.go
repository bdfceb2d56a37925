package summary

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Drift says how far the columns of a table have moved from a reference.
type Drift struct {
	Reference string  `json:"reference"` // its run id
	Max       float64 `json:"max,omitempty"`
	// Rows are those of the run, ReferenceRows those of the reference.
	Rows          int64         `json:"rows"`
	ReferenceRows int64         `json:"reference_rows"`
	Columns       []ColumnDrift `json:"columns"`
	// Skipped are columns that cannot be compared, each with the reason.
	Skipped []string `json:"skipped,omitempty"`
}

// ColumnDrift is the population stability index of a column, or of one element of
// its lists: the sum of (p-q)*ln(p/q) over bins, where p is the share of rows now
// and q that of the reference. Shares are (count+0.5)/(rows+0.5*bins), so that an
// empty bin has one too.
//
// Bins are those of the reference. Numbers have about ten with as many numbers in
// each, or one for each value if there are up to 20 different ones, and one each
// for what lies below and above them; text has one for each of the 20 most frequent
// labels and one for all others; nulls and numbers that are not finite have one
// each. Bins that are empty on both sides do not count.
type ColumnDrift struct {
	Column string  `json:"column"` // such as probability[1]
	PSI    float64 `json:"psi"`
	// Chance is about the index of two samples of the same numbers of rows from
	// one population.
	Chance float64 `json:"chance"`
	Bins   []Bin   `json:"bins,omitempty"`
}

// Bin is one bin of a comparison.
type Bin struct {
	Name      string `json:"name"`
	Reference int64  `json:"reference"`
	Now       int64  `json:"now"`
}

// Worst returns the columns that have moved by at least psi, the farthest first.
func (d *Drift) Worst(psi float64) []ColumnDrift {
	worst := slices.DeleteFunc(slices.Clone(d.Columns), func(c ColumnDrift) bool { return !(c.PSI >= psi) })
	slices.SortStableFunc(worst, func(a, b ColumnDrift) int { return cmp.Compare(b.PSI, a.PSI) })
	return worst
}

// WithoutBins returns the indices alone.
func (d *Drift) WithoutBins() *Drift {
	short := *d
	short.Columns = slices.Clone(d.Columns)
	for i := range short.Columns {
		short.Columns[i].Bins = nil
	}
	return &short
}

// Drift compares the columns names with those of the same names in ref. No one may
// be adding to c. It returns nil if Err says why.
func (c *Collector) Drift(ref *Summary, names []string) *Drift {
	now := c.Summary()
	if now == nil {
		return nil
	}
	defer c.recovered()
	state := c.take()
	defer func() { c.idle = append(c.idle, state) }()
	d := &Drift{}
	for i, col := range now.Columns {
		if !slices.Contains(names, col.Name) {
			continue
		}
		skip := func(format string, args ...any) {
			d.Skipped = append(d.Skipped, col.Name+": "+fmt.Sprintf(format, args...))
		}
		was, ok := ref.Column(col.Name)
		switch {
		case !ok:
			skip("not in the reference")
		case was.Rows == 0 || col.Rows == 0:
			skip("no rows")
		case was.Labels != nil && col.Labels != nil:
			if was.Labels.Sampled || col.Labels.Sampled {
				skip("more than %d different labels", maxLabels)
				continue
			}
			d.text(col.Name, was, col, state.cols[i].(*text))
		case was.Numbers != nil && col.Numbers != nil:
			nulls := Bin{"null", was.Nulls, col.Nulls}
			d.numbers(col.Name, nulls, was.Numbers, state.cols[i].(*plain).sketch)
		case was.Lists != nil && col.Lists != nil:
			if why := d.lists(col.Name, was, col, listsOf(state.cols[i])); why != "" {
				skip("%s", why)
			}
		default:
			skip("%s now, %s in the reference: not comparable", col.Type, was.Type)
		}
	}
	return d
}

func (d *Drift) text(name string, was, now Column, t *text) {
	counts := map[string]int64{}
	for _, x := range t.labels.seen {
		counts[x.text] += x.count
	}
	var bins []Bin
	other := Bin{"others", was.Labels.Other, t.labels.rows}
	for _, l := range was.Labels.Top {
		bins = append(bins, Bin{l.Value, l.Count, counts[l.Value]})
		other.Now -= counts[l.Value]
	}
	d.add(name, append(bins, other, Bin{"null", was.Nulls, now.Nulls}))
}

func (d *Drift) numbers(name string, nulls Bin, was *Numbers, now *numbers) {
	var bins []Bin
	all := now.buckets()
	if h := was.Bins; h != nil {
		counts := countBetween(all, h.Edges)
		for i, n := range counts {
			bins = append(bins, Bin{interval(h.Edges, i), h.Counts[i], n})
		}
	} else {
		bins = append(bins, Bin{"finite", 0, total(all)})
	}
	d.add(name, append(bins, nulls, Bin{"NaN", was.NaN, now.nan},
		Bin{"infinity", was.PosInfinity, now.pos}, Bin{"-infinity", was.NegInfinity, now.neg}))
}

// interval names bin i between edges.
func interval(edges []float64, i int) string {
	switch {
	case len(edges) == 0:
		return "all"
	case i == 0:
		return fmt.Sprintf("< %.6g", edges[0])
	case i == len(edges):
		return fmt.Sprintf(">= %.6g", edges[i-1])
	}
	return fmt.Sprintf("%.6g to %.6g", edges[i-1], edges[i])
}

// lists compares element by element, or norms. It returns why it cannot.
func (d *Drift) lists(name string, was, now Column, l *lists) string {
	none := Bin{Name: "null"}
	a, b := was.Lists, now.Lists
	switch {
	case (a.Norm == nil) != (b.Norm == nil) || len(a.Elements) != len(b.Elements):
		return fmt.Sprintf("lists of %s now, of %s in the reference", shape(b), shape(a))
	case b.Norm != nil:
		d.numbers("norm of "+name, none, a.Norm, l.norm)
	}
	for i := range a.Elements {
		d.numbers(fmt.Sprintf("%s[%d]", name, i), none, &a.Elements[i], l.elements[i])
	}
	// Most lists have one length; then there is nothing to compare.
	if nulls := (Bin{"null", was.Nulls, now.Nulls}); nulls.Reference+nulls.Now > 0 || !constant(&a.Length, &b.Length) {
		d.numbers("length of "+name, nulls, &a.Length, l.length)
	}
	return ""
}

// constant reports whether a and b are of one number, and the same.
func constant(a, b *Numbers) bool {
	return a.Distinct == 1 && b.Distinct == 1 && *a.Min == *b.Min
}

func listsOf(c counter) *lists {
	if v, ok := c.(*vectors); ok {
		return &v.lists
	}
	return c.(*lists)
}

func shape(l *Lists) string {
	if l.Norm != nil {
		return fmt.Sprintf("more than %d elements", maxElements)
	}
	return fmt.Sprintf("%d elements", len(l.Elements))
}

// add adds the index of bins.
func (d *Drift) add(name string, bins []Bin) {
	bins = slices.DeleteFunc(bins, func(b Bin) bool { return b.Reference == 0 && b.Now == 0 })
	var was, now int64
	for _, b := range bins {
		was += b.Reference
		now += b.Now
	}
	if len(bins) == 0 {
		d.Skipped = append(d.Skipped, name+": no values")
		return
	}
	half := 0.5 * float64(len(bins))
	psi := 0.0
	for _, b := range bins {
		p := (float64(b.Now) + 0.5) / (float64(now) + half)
		q := (float64(b.Reference) + 0.5) / (float64(was) + half)
		psi += float64((p - q) * math.Log(p/q))
	}
	chance := float64(len(bins)-1) * (1/math.Max(float64(was), 1) + 1/math.Max(float64(now), 1))
	d.Columns = append(d.Columns, ColumnDrift{Column: name, PSI: psi, Chance: chance, Bins: bins})
}

// Describe names columns with their indices.
func Describe(cols []ColumnDrift) string {
	var parts []string
	for _, c := range cols {
		parts = append(parts, fmt.Sprintf("%s %.3g", c.Column, c.PSI))
	}
	return strings.Join(parts, ", ")
}
