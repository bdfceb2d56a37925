package report

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"leapscore/engine/summary"
	"leapscore/runs"
)

// page is a parsed report.
type parsed struct {
	text string
	root *html.Node
}

func render(t *testing.T, r *runs.Record) parsed {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, r); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(strings.ReplaceAll(b.String(), "<wbr>", "")))
	if err != nil {
		t.Fatal(err)
	}
	return parsed{b.String(), root}
}

// all returns the elements below n for which ok holds.
func all(n *html.Node, ok func(n *html.Node) bool) (list []*html.Node) {
	if n == nil {
		return nil
	}
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && ok(d) {
			list = append(list, d)
		}
	}
	return list
}

func tagged(n *html.Node, tag string) []*html.Node {
	return all(n, func(n *html.Node) bool { return n.Data == tag })
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func (p parsed) section(id string) *html.Node {
	if found := all(p.root, func(n *html.Node) bool { return attr(n, "id") == id }); len(found) == 1 {
		return found[0]
	}
	return nil
}

func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func number(v float64) *float64 { return &v }

func numbers() *summary.Numbers {
	return &summary.Numbers{
		Count: 6, NaN: 1, Mean: number(2.5), SD: number(1), Min: number(0), Max: number(4),
		Quantiles: []summary.Quantile{{P: 0.5, Value: 2.25}},
		Histogram: &summary.Histogram{Edges: []float64{0, 1, 2, 3, 4}, Counts: []int64{1, 0, 4, 1}},
	}
}

func record() *runs.Record {
	return &runs.Record{
		RunID: "night-1", Status: runs.OK, Started: "2026-01-31T00:00:00Z", Finished: "2026-01-31T00:00:10Z",
		Seconds: map[string]float64{"score": 8, "load": 1, "plan": 0.5},
		Models:  []runs.Model{{Path: "m.zip", Identity: runs.Identity{Name: "homes"}}},
		Source:  runs.Source{Kind: runs.Query, Query: "FROM x"},
		Options: map[string]string{"keep": "[id]"},
		Counts:  runs.Counts{In: 12_000, Out: 11_000, Rejected: 1000},
		Output:  runs.Output{Path: "preds", Columns: []runs.Column{{Name: "price", Type: "float64", From: []string{"city"}}}, Files: []runs.Written{{Name: "part-0", Rows: 11_000, Bytes: 2048}}},
		Rejects: &runs.Rejects{Path: "bad", Rows: 1000, Codes: map[string]int64{"null": 250, "unseen_label": 750}, Causes: []runs.Cause{
			{Code: "unseen_label", Node: "root/index.node", Op: "string_indexer", Column: "city", Rows: 750}, {Code: "null", Column: "area", Rows: 250}}},
		Plan: &runs.Plan{Read: []runs.Column{{Name: "city"}, {Name: "area"}}, Pruned: []string{"root/unused.node"}, Steps: []runs.Step{
			{Node: "root/index.node", Op: "string_indexer", Reads: []string{"city"}, Adds: []string{"i"}},
			{Node: "root/assemble.node", Op: "vector_assembler", Reads: []string{"i", "area"}, Adds: []string{"v"}},
			{Node: "root/lr.node", Op: "linear_regression", Reads: []string{"v"}, Adds: []string{"price"}},
		}},
		Summary: &summary.Summary{Rows: 11_000, Columns: []summary.Column{
			{Name: "price", Type: "float64", Rows: 11_000, Nulls: 11, Numbers: numbers()},
			{Name: "city", Type: "utf8", Rows: 11_000, Labels: &summary.Labels{Distinct: 3, Top: []summary.Count{{Value: "Rome", Count: 9000}, {Value: "", Count: 1000}}, Other: 1000}},
			{Name: "probability", Type: "list", Rows: 11_000, Lists: &summary.Lists{Length: *numbers(), Elements: []summary.Numbers{*numbers(), *numbers()}}},
		}},
		Drift: &summary.Drift{Reference: "night-0", Max: 0.2, Rows: 11_000, ReferenceRows: 10_000, Skipped: []string{"name: no"}, Columns: []summary.ColumnDrift{
			{Column: "price", PSI: 0.3, Bins: []summary.Bin{{Name: "< 1", Reference: 10, Now: 40}, {Name: ">= 1", Reference: 30, Now: 40}}},
			{Column: "city", PSI: 0.15}, {Column: "other", PSI: 0.01},
		}},
	}
}

func TestPageHasEverythingOfTheRecord(t *testing.T) {
	p := render(t, record())
	for id, wants := range map[string][]string{
		"status":  {"ok"},
		"counts":  {"12,000 rows in", "11,000 rows out 91.67 %", "1,000 rejected 8.33 %", "10.00 s", "1,200 rows/s", "2.0 KiB written 1 file"},
		"timings": {"load 1.00 s plan 500 ms score 8.00 s everything else 500 ms"},
		"about":   {"model m.zip table preds date 31 January 2026, 00:00 UTC"},
		"rejects": {"unseen_label 750 75 % null 250 25 %", "In bad", "unseen_label city index (string_indexer) 750 null area 250"},
		"drift":   {"Drift from run night-0", "above 0.2 the run fails", "Of 11,000 rows now, and 10,000 of the reference.", "price 0.300 0 far off", "city 0.150 0 moved", "other 0.010 0 steady", "< 1 25 % 50 %", "Not compared: name: no"},
		"columns": {"price float64", "median ≈ 2.25", "quantiles come from narrow bins", "NaN 1", "nulls 11 (0.10 %)", "Rome 9,000", "(empty) 1,000", "all others 1,000", "probability[0]", "probability[1]"},
		"plan":    {"string_indexer index city i", "Not run, for no output needs it: root/unused.node", "source 2 columns"},
		"run":     {"model m.zip · homes", "--keep [id]", "FROM x"},
		"schema":  {"price float64 city"},
		"files":   {"part-0 11,000 2.0 KiB"},
	} {
		s := p.section(id)
		if s == nil {
			t.Errorf("no section %s", id)
			continue
		}
		for _, want := range wants {
			if got := words(s); !strings.Contains(got, want) {
				t.Errorf("%s has no %q: %s", id, want, got)
			}
		}
	}
	if p.section("error") != nil {
		t.Error("there is an error")
	}
}

func TestPageNeedsNothingElse(t *testing.T) {
	p := render(t, record())
	for _, tag := range []string{"script", "link", "img", "iframe", "object", "embed", "a"} {
		if n := len(tagged(p.root, tag)); n > 0 {
			t.Errorf("%d elements %s", n, tag)
		}
	}
	for _, what := range []string{"http:", "https:", "url(", "@import", "src="} {
		if strings.Contains(p.text, what) {
			t.Errorf("the page has %q", what)
		}
	}
	for _, what := range []string{"prefers-color-scheme: dark", "@media print"} {
		if !strings.Contains(p.text, what) {
			t.Errorf("the page has no %q", what)
		}
	}
}

func TestNamesAreNoMarkup(t *testing.T) {
	const evil = `</style></title></svg><script>alert(1)</script><b onclick="x">"'&`
	r := record()
	r.RunID, r.Status, r.Error, r.Source.Query, r.Output.Path = evil, runs.Failed, evil, evil, evil
	r.Models[0].Path, r.Rejects.Path, r.Options["keep"] = evil, evil, evil
	r.Rejects.Codes = map[string]int64{evil: 1}
	r.Summary.Columns[0].Name, r.Summary.Columns[0].Type = evil, evil
	r.Summary.Columns[1].Labels.Top[0].Value = evil
	r.Drift.Reference, r.Drift.Columns[0].Column, r.Drift.Columns[0].Bins[0].Name, r.Drift.Skipped[0] = evil, evil, evil, evil
	r.Plan.Steps[0] = runs.Step{Node: evil, Op: evil, Reads: []string{evil}, Adds: []string{"i", evil}}
	r.Plan.Pruned[0], r.Output.Columns[0].Name, r.Output.Files[0].Name = evil, evil, evil
	r.Seconds[evil] = 1
	p, plain := render(t, r), render(t, record())
	if n := len(tagged(p.root, "script")) + len(tagged(p.root, "b")) - len(tagged(plain.root, "b")); n > 0 {
		t.Errorf("%d elements that a name made", n)
	}
	if n := len(all(p.root, func(n *html.Node) bool { return attr(n, "onclick") != "" })); n > 0 {
		t.Errorf("%d attributes that a name made", n)
	}
	if got := strings.TrimSpace(words(p.section("error"))); got != evil {
		t.Errorf("the error is shown as %s", got)
	}
	if titles := tagged(p.root, "title"); words(titles[0]) != "leapscore run "+evil {
		t.Errorf("the title is %s", words(titles[0]))
	}
}

var curve = regexp.MustCompile(`^M\d+ \d+C\d+ \d+ \d+ \d+ \d+ \d+$`)

func TestPipelineIsAGraph(t *testing.T) {
	g := newGraph(record())
	// Source, three steps and output, from left to right.
	last := -1
	for _, b := range []int{0, 1, 2, 3, 4} {
		if g.Boxes[b].X <= last {
			t.Errorf("box %d (%s) is at %d, not right of %d", b, g.Boxes[b].Op, g.Boxes[b].X, last)
		}
		last = g.Boxes[b].X
	}
	// source-index, source-assemble, index-assemble, assemble-lr, lr-output
	if len(g.Curves) != 5 {
		t.Errorf("%d curves, want 5", len(g.Curves))
	}
	for _, c := range g.Curves {
		if !curve.MatchString(c) {
			t.Errorf("the curve %s", c)
		}
	}
	for _, b := range g.Boxes {
		if b.X < 0 || b.Y < 0 || b.X+b.W > g.Width || b.Y+b.H > g.Height {
			t.Errorf("%s lies outside: %+v", b.Op, b)
		}
	}
	r := record()
	for i := range 100 {
		r.Plan.Steps = append(r.Plan.Steps, runs.Step{Op: "x", Reads: []string{"city"}, Adds: []string{fmt.Sprint("x", i)}})
	}
	if p := render(t, r); newGraph(r) != nil || len(tagged(p.section("plan"), "tr")) != 104 {
		t.Error("a pipeline of 103 steps is not a list alone")
	}
}

func TestHistogramFillsItsField(t *testing.T) {
	p := render(t, record())
	svgs := all(p.section("columns"), func(n *html.Node) bool { return attr(n, "class") == "histogram" })
	if len(svgs) != 3 {
		t.Fatalf("%d histograms, want 3", len(svgs))
	}
	var heights []float64
	for _, r := range tagged(svgs[0], "rect") {
		var v [4]float64
		for i, name := range []string{"x", "y", "width", "height"} {
			x, err := strconv.ParseFloat(attr(r, name), 64)
			if err != nil || x < 0 || math.IsNaN(x) {
				t.Errorf("%s of a bar is %q", name, attr(r, name))
			}
			v[i] = x
		}
		if v[0]+v[2] > chartWidth || v[1]+v[3] > chartHeight+0.01 {
			t.Errorf("a bar lies outside: %v", v)
		}
		heights = append(heights, v[3])
	}
	if diff := cmp.Diff([]float64{27.5, 110, 27.5}, heights); diff != "" {
		t.Errorf("heights (-want +got)\n%s", diff)
	}
	if got := words(tagged(svgs[0], "title")[1]); got != "2 to 3: 4" {
		t.Errorf("the highest bar says %q", got)
	}
}

func TestRecordsWithLittleInThem(t *testing.T) {
	for name, r := range map[string]*runs.Record{
		"empty":  {},
		"failed": {RunID: "x", Status: runs.Failed, Error: "no such model"},
		"no rows": {Status: runs.OK, Seconds: map[string]float64{"score": 0}, Rejects: &runs.Rejects{Path: "bad"}, Plan: &runs.Plan{},
			Summary: &summary.Summary{Columns: []summary.Column{{Name: "x", Numbers: &summary.Numbers{}}}}},
		"odd columns": {Summary: &summary.Summary{Rows: 1, Columns: []summary.Column{
			{Name: "a", Rows: 1}, {Name: "b", Rows: 1, Numbers: &summary.Numbers{NaN: 1}}, {Name: "c", Rows: 1, Labels: &summary.Labels{Sampled: true, Distinct: 5000}},
			{Name: "d", Rows: 1, Lists: &summary.Lists{}}, {Name: "e", Rows: 1, Lists: &summary.Lists{Norm: numbers()}},
			{Name: "f", Rows: 1, Numbers: &summary.Numbers{Count: 1, Histogram: &summary.Histogram{Edges: []float64{1, 1}, Counts: []int64{1}}}},
		}}},
	} {
		p := render(t, r)
		for _, odd := range []string{"NaN%", "Inf", "%!", "<no value>", "ZgotmplZ"} {
			if strings.Contains(p.text, odd) {
				t.Errorf("%s: the page has %q", name, odd)
			}
		}
		empty := slices.DeleteFunc(tagged(p.root, "tbody"), func(n *html.Node) bool { return len(tagged(n, "tr")) > 0 })
		if len(empty) > 0 {
			t.Errorf("%s: %d tables without rows", name, len(empty))
		}
		switch name {
		case "failed":
			if words(p.section("error")) != "no such model" || words(p.section("status")) != "failed" {
				t.Errorf("%s: %s", name, words(p.root))
			}
		case "no rows":
			if !strings.Contains(words(p.section("columns")), "no rows") || !strings.Contains(words(p.section("rejects")), "No row was rejected") {
				t.Errorf("%s: %s", name, words(p.root))
			}
		}
	}
}

// The page of a run that failed says what it saw, and that nothing of it was published.
func TestAFailedRunIsShownWithItsCounts(t *testing.T) {
	r := record()
	r.Status, r.Error = runs.Failed, "too many rows rejected"
	r.Rejects.Kept = &runs.Kept{Path: "bad/_leapscore/failed/night-1.parquet", Rows: 1000}
	p := render(t, r)
	for id, want := range map[string]string{
		"counts":  "12,000 rows read 11,000 rows scored, none published 91.67 % 0 skipped 1,000 rejected 8.33 %",
		"rejects": "its rejects were not published. 1,000 of the rows, with the reasons, are in bad/_leapscore/failed/night-1.parquet",
	} {
		if got := words(p.section(id)); !strings.Contains(got, want) {
			t.Errorf("%s has no %q: %s", id, want, got)
		}
	}
	r.Rejects = &runs.Rejects{Path: "bad"} // as older versions wrote it
	if got := words(render(t, r).section("rejects")); strings.Contains(got, "No row") {
		t.Errorf("of 1,000 rejects the page says: %s", got)
	}
}

func TestNamesBreakBetweenWords(t *testing.T) {
	for text, want := range map[string]string{
		"a_long_name": "a_<wbr>long_<wbr>name", "s3://b/x": "s3://<wbr>b/<wbr>x", "<i>_&": "&lt;i&gt;_<wbr>&amp;", "a, b": "a, b", "end_": "end_", "": "",
	} {
		if got := string(wrap(text)); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// The style lets no cell break inside of a word, and pages are one column on phones.
func TestThePageFitsNarrowScreens(t *testing.T) {
	p := render(t, record())
	for _, want := range []string{"@media (max-width: 640px)", ".stack td { display: block", "minmax(min(330px, 100%), 1fr)"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("the style has no %q", want)
		}
	}
	if strings.Contains(p.text, "td { text-align: left; vertical-align: top; padding: 5px 14px 5px 0; border-top: 1px solid var(--line); overflow-wrap: anywhere") {
		t.Error("cells break inside of words")
	}
	if got := words(tagged(p.section("plan"), "tbody")[0]); !strings.HasPrefix(got, "string_indexer index city i") {
		t.Errorf("steps: %s", got)
	}
}

func TestLongListsAreCut(t *testing.T) {
	r := record()
	for i := range 500 {
		r.Source.Files = append(r.Source.Files, runs.File{Name: fmt.Sprint("in-", i)})
	}
	if got := words(render(t, r).section("files")); !strings.Contains(got, "And 470 more") || strings.Contains(got, "in-30 ") {
		t.Error(got)
	}
}

func TestFormats(t *testing.T) {
	for got, want := range map[string]string{
		whole(0): "0", whole(999): "999", whole(1000): "1,000", whole(-1234567): "-1,234,567",
		short(123.456): "123.5", short(1234567): "1234567", short(0.000012345): "1.234e-05", short(2e12): "2e+12",
		percent(0): "0 %", percent(0.00001): "< 0.01 %", percent(0.081): "8.10 %", percent(1): "100 %",
		size(5): "5 B", size(1 << 20): "1.0 MiB", size(1 << 50): "1024.0 TiB",
		duration(5 * time.Microsecond): "5 µs", duration(90 * time.Second): "1m30s", duration(1234 * time.Millisecond): "1.23 s",
		plural(1, "file"): "1 file", plural(2000, "file"): "2,000 files", clipped("äöü", 3): "äöü", clipped("äöüß", 3): "äö…",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
