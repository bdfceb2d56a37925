// Package report shows the record of a run as one HTML page that needs nothing
// else: no scripts, no fonts, no images from elsewhere. It is for reading on a
// screen, light or dark, and on paper.
//
// Write turns the record into words and lengths (the view types here, in
// columns.go and in graph.go), and page.html lays them out. All text of the record
// goes through html/template, so that no name can be markup.
package report

import (
	"cmp"
	_ "embed"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"leapscore/internal/clean"
	"leapscore/runs"
)

//go:embed page.html
var page string

//go:embed parts.html
var parts string

//go:embed style.css
var style string

var layout = parse(page)

// parse reads a page that has the style of all pages.
func parse(page string) *template.Template {
	t := template.New("page").Funcs(template.FuncMap{"wrap": wrap})
	template.Must(t.New("style").Parse(style))
	template.Must(t.New("parts").Parse(parts))
	return template.Must(t.Parse(page))
}

// Write writes the page about the run of record r.
func Write(w io.Writer, r *runs.Record) error {
	return execute(w, layout, newView(r))
}

func execute(w io.Writer, layout *template.Template, view any) error {
	var page strings.Builder
	if err := layout.Execute(&page, view); err != nil {
		return err
	}
	// Names may turn the order of a line around, which no escape of HTML prevents.
	_, err := io.WriteString(w, clean.Text(page.String()))
	return err
}

// view is what the page shows. Parts that are empty are left out of it.
type view struct {
	Title, Status, Error string
	Failed               bool
	Tiles                []tile
	Facts                []fact
	Query                string
	About                []fact // what every reader asks first
	Stages               []bar
	Rejects              *rejectsView
	Drift                *driftView
	Columns              []columnView
	Approximate          bool // some of the numbers of the columns
	NoRows               bool
	Graph                *graph
	Steps                []step
	Pruned               []string
	Output               []outputColumn
	Files                files
	Inputs               files
}

// tile is one prominent number with its label.
type tile struct{ Value, Name, Note string }

// fact is a line of the table of facts.
type fact struct{ Name, Value string }

// bar is a labelled bar of a width in percent.
type bar struct {
	Name, Value, Note string
	Width             float64
}

// step is a step of the pipeline with the last part of its node's path.
type step struct {
	runs.Step
	Name string
}

// outputColumn is a column of the output table.
type outputColumn struct{ Name, Type, From string }

// files are the first files of a list.
type files struct {
	List []file
	More int
}

type file struct{ Name, Rows, Size string }

const maxFiles = 30

func newView(r *runs.Record) *view {
	v := &view{Title: r.RunID, Status: string(r.Status), Error: r.Error, Failed: r.Status != runs.OK, Query: r.Source.Query}
	if v.Title == "" {
		v.Title = "without an id"
	}
	v.tiles(r)
	v.facts(r)
	v.stages(r)
	v.About, v.Rejects = about(r), newRejects(r)
	v.Drift = newDrift(r.Drift)
	if r.Summary != nil {
		v.NoRows = r.Summary.Rows == 0
		for _, c := range r.Summary.Columns {
			v.Columns = append(v.Columns, newColumn(c)...)
		}
		v.Approximate = slices.ContainsFunc(v.Columns, func(c columnView) bool { return c.approximate })
	}
	if r.Plan != nil {
		v.Pruned, v.Graph = r.Plan.Pruned, newGraph(r)
		for _, s := range r.Plan.Steps {
			v.Steps = append(v.Steps, step{s, nodeName(s.Node)})
		}
	}
	for _, c := range r.Output.Columns {
		from := strings.Join(c.From, ", ")
		if c.Kept {
			from += " (kept)"
		}
		v.Output = append(v.Output, outputColumn{c.Name, c.Type, from})
	}
	for _, f := range r.Output.Files {
		v.Files.add(file{f.Name, whole(f.Rows), size(f.Bytes)})
	}
	for _, f := range r.Source.Files {
		v.Inputs.add(file{f.Name, "", size(f.Size)})
	}
	return v
}

func (f *files) add(x file) {
	if len(f.List) < maxFiles {
		f.List = append(f.List, x)
	} else {
		f.More++
	}
}

func (v *view) tiles(r *runs.Record) {
	c := r.Counts
	share := func(n int64) string {
		if c.In == 0 || n == 0 {
			return ""
		}
		return percent(float64(n) / float64(c.In))
	}
	in, out := "rows in", "rows out"
	if v.Failed {
		in, out = "rows read", "rows scored, none published"
	}
	v.Tiles = []tile{
		{whole(c.In), in, ""}, {whole(c.Out), out, share(c.Out)},
		{whole(c.Skipped), "skipped", share(c.Skipped)}, {whole(c.Rejected), "rejected", share(c.Rejected)},
	}
	if took, ok := r.Took(); ok {
		note := ""
		if s := took.Seconds(); s > 0 && c.In > 0 {
			note = whole(int64(float64(c.In)/s)) + " rows/s"
		}
		v.Tiles = append(v.Tiles, tile{duration(took), "from start to end", note})
	}
	var bytes int64
	for _, f := range r.Output.Files {
		bytes += f.Bytes
	}
	if n := len(r.Output.Files); n > 0 {
		v.Tiles = append(v.Tiles, tile{size(bytes), "written", plural(n, "file")})
	}
}

func (v *view) facts(r *runs.Record) {
	add := func(name, value string) {
		if value != "" {
			v.Facts = append(v.Facts, fact{name, value})
		}
	}
	for _, m := range r.Models {
		name := "model"
		if m.Label != "" {
			name += " " + m.Label
		}
		add(name, joined(m.Path, m.Name, m.UID))
		add("version", m.Version)
		add("written by", m.Writer)
		add("sha256", m.SHA256)
	}
	add("input", strings.Join(r.Source.Patterns, "\n"))
	add("database", r.Source.Database)
	add("parameters", strings.Join(r.Source.Params, ", "))
	add("output", r.Output.Path)
	add("mode", r.Output.Mode)
	if r.Rejects != nil {
		add("rejects", r.Rejects.Path)
	}
	add("started", r.Started)
	add("finished", r.Finished)
	add("run before", r.Previous)
	for _, name := range slices.Sorted(maps.Keys(r.Options)) {
		if value := r.Options[name]; value != "false" && value != "0" {
			add("--"+name, value)
		}
	}
	add("leapscore", joined(r.Version, r.Go, r.Platform))
}

// joined joins the texts that are not empty.
func joined(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), " · ")
}

// stages are the stages in the order in which they run, and then the rest.
func (v *view) stages(r *runs.Record) {
	order := []string{"load", "plan", "score", "commit"}
	names := slices.Collect(maps.Keys(r.Seconds))
	place := func(name string) int {
		if at := slices.Index(order, name); at >= 0 {
			return at
		}
		return len(order)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b)) })
	sum, longest := 0.0, 0.0
	for _, name := range names {
		sum += r.Seconds[name]
		longest = max(longest, r.Seconds[name])
	}
	rest := 0.0
	if all, ok := r.Took(); ok && len(names) > 0 {
		rest = max(0, all.Seconds()-sum)
		longest = max(longest, rest)
	}
	add := func(name string, seconds float64) {
		b := bar{Name: name, Value: duration(time.Duration(seconds * float64(time.Second)))}
		if longest > 0 {
			b.Width = 100 * seconds / longest
		}
		v.Stages = append(v.Stages, b)
	}
	for _, name := range names {
		add(name, r.Seconds[name])
	}
	if rest > 0.0005 {
		add("everything else", rest)
	}
}

// bars are counts, the greatest first.
func bars(counts map[string]int64) []bar {
	var all int64
	var most int64
	for _, n := range counts {
		all += n
		most = max(most, n)
	}
	var list []bar
	for _, name := range slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	}) {
		n := counts[name]
		list = append(list, bar{name, whole(n), percent(float64(n) / float64(max(all, 1))), 100 * float64(n) / float64(max(most, 1))})
	}
	return list
}
