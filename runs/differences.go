package runs

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// maxNamed is how many of many things are named.
const maxNamed = 3

// Differences lists why the rows of two runs, of which only the plans need to be
// known, may differ: models, source, flags, version. Nothing means that they
// give the same bytes.
func Differences(old, new *Record) []string {
	d := differences{}
	d.text("the version of leapscore", old.Version, new.Version)
	d.text("the time of scoring", old.ScoredAt, new.ScoredAt)
	d.models(old.Models, new.Models)
	d.source(&old.Source, &new.Source)
	d.options(old.Options, new.Options)
	d.text("the columns of the table", Columns(old), Columns(new))
	return d.found
}

// OtherJob lists how a run that has finished differs, as a job, from one of the
// same id: models, source, flags, mode, columns. standard are the values that flags
// have by default: an older version may not have known a flag.
func OtherJob(old, new *Record, standard map[string]string) []string {
	d := differences{}
	d.models(old.Models, new.Models)
	d.query(&old.Source, &new.Source)
	if old.Source.FilesKnown && new.Source.FilesKnown {
		f := CompareFiles(old.Source.Files, new.Source.Files)
		d.names("is new", f.New)
		d.names("has changed", f.Changed)
		d.names("is gone", f.Gone)
	}
	known := maps.Clone(old.Options)
	for name, value := range new.Options {
		if _, ok := known[name]; !ok && standard[name] == value {
			if known == nil {
				known = map[string]string{}
			}
			known[name] = value
		}
	}
	now := maps.Clone(new.Options)
	for _, name := range []string{"on-error", "on-file-error"} { // rows that are there do not depend on them
		delete(known, name)
		delete(now, name)
	}
	d.options(known, now)
	if replaces(old.Output.Mode) != replaces(new.Output.Mode) {
		d.add("--mode was %s and is %s", old.Output.Mode, new.Output.Mode)
	}
	d.text("the columns of the table", Columns(old), Columns(new))
	return d.found
}

// replaces returns mode if it replaces rows. The other modes differ only in how
// they treat an existing table.
func replaces(mode string) string {
	if strings.HasPrefix(mode, "overwrite") {
		return mode
	}
	return ""
}

// Changes lists why two runs make different rows of the same input: models,
// flags, query.
func Changes(old, new *Record) []string {
	d := differences{}
	d.models(old.Models, new.Models)
	d.query(&old.Source, &new.Source)
	rows := func(options map[string]string) map[string]string {
		kept := maps.Clone(options)
		for _, name := range layout {
			delete(kept, name)
		}
		return kept
	}
	d.options(rows(old.Options), rows(new.Options))
	return d.found
}

// layout are the options that may differ between runs into one table: the values
// of a row do not depend on them.
var layout = []string{"compression", "file-rows", "on-error", "input-format", "lineage", "partition"}

type differences struct{ found []string }

func (d *differences) add(format string, args ...any) {
	d.found = append(d.found, fmt.Sprintf(format, args...))
}

func (d *differences) text(what, old, new string) {
	if old != new {
		d.add("%s was %s and is %s", what, strconv.Quote(old), strconv.Quote(new))
	}
}

// Columns is the columns of a run's table in a message.
func Columns(r *Record) string {
	var list []string
	for _, c := range r.Output.Columns {
		list = append(list, c.Name+" "+c.Type)
	}
	return strings.Join(list, ", ")
}

func (d *differences) models(old, new []Model) {
	if len(old) != len(new) {
		d.add("there were %d models and are %d", len(old), len(new))
		return
	}
	for i := range old {
		name := new[i].Path
		if new[i].Label != "" {
			name = new[i].Label + "=" + name
		}
		d.text("the label of model "+name, old[i].Label, new[i].Label)
		if old[i].SHA256 != new[i].SHA256 {
			d.add("model %s has another content (%.12s, was %.12s)", name, new[i].SHA256, old[i].SHA256)
		}
	}
}

func (d *differences) query(old, new *Source) {
	d.text("the kind of source", string(old.Kind), string(new.Kind))
	if old.QuerySHA256 != new.QuerySHA256 {
		d.add("the query is another")
	}
	if old.ParamsSHA256 != new.ParamsSHA256 {
		d.add("the parameters of the query are others")
	}
	d.text("the database", old.Database, new.Database)
}

func (d *differences) source(old, new *Source) {
	d.query(old, new)
	f := CompareFiles(old.Files, new.Files)
	d.names("is new", f.New)
	d.names("has changed", f.Changed)
	d.names("is gone", f.Gone)
}

func (d *differences) names(what string, files []File) {
	if len(files) > 0 {
		d.add("input %s %s", Named(files), what)
	}
}

// Named is some files in a message.
func Named(files []File) string {
	var names []string
	for _, f := range files[:min(len(files), maxNamed)] {
		names = append(names, f.Name)
	}
	text := strings.Join(names, ", ")
	if more := len(files) - maxNamed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func (d *differences) options(old, new map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(union(old, new))) {
		if old[name] != new[name] {
			d.add("--%s was %q and is %q", name, old[name], new[name])
		}
	}
}

func union(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, b)
	return all
}

// FileChanges is how a set of files has changed, in the order of the files.
type FileChanges struct{ New, Changed, Gone []File }

// CompareFiles compares files by name, size and tag.
func CompareFiles(old, new []File) FileChanges {
	var c FileChanges
	before := make(map[string]File, len(old))
	for _, f := range old {
		before[f.Name] = f
	}
	now := make(map[string]bool, len(new))
	for _, f := range new {
		now[f.Name] = true
		was, ok := before[f.Name]
		switch {
		case !ok:
			c.New = append(c.New, f)
		case was.Size != f.Size || was.ETag != f.ETag:
			c.Changed = append(c.Changed, f)
		}
	}
	for _, f := range old {
		if !now[f.Name] {
			c.Gone = append(c.Gone, f)
		}
	}
	return c
}
