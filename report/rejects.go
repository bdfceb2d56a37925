package report

import (
	"html/template"
	"path"
	"strings"
	"time"

	"leapscore/runs"
)

// rejectsView is the section about rejected rows.
type rejectsView struct {
	Codes  []bar
	Causes []causeView
	Notes  []note
}

type causeView struct{ Code, Column, Node, Rows string }

// note is a sentence, and a path that it ends with.
type note struct{ Text, Path string }

const maxCauses = 30

// newRejects returns the section, or nil of a run that rejects no rows.
func newRejects(r *runs.Record) *rejectsView {
	of := r.Rejects
	if of == nil {
		return nil
	}
	v := &rejectsView{Codes: bars(of.Codes)}
	for _, c := range of.Causes[:min(len(of.Causes), maxCauses)] {
		node := nodeName(c.Node)
		if c.Node == "" {
			node = ""
		} else if c.Op != "" {
			node += " (" + c.Op + ")"
		}
		v.Causes = append(v.Causes, causeView{c.Code, c.Column, node, whole(c.Rows)})
	}
	add := func(text, path string) { v.Notes = append(v.Notes, note{text, path}) }
	if more := len(of.Causes) - maxCauses; more > 0 {
		add("And "+plural(more, "more cause")+", which the record has.", "")
	}
	switch {
	case len(of.Codes) == 0 && r.Counts.Rejected > 0:
		add("The record does not say why rows were rejected.", "")
	case len(of.Codes) == 0:
		add("No row was rejected.", "")
	case r.Status != runs.Failed:
		add("In", of.Path)
	case of.Kept != nil:
		add("The run failed, and its rejects were not published. "+whole(of.Kept.Rows)+" of the rows, with the reasons, are in", of.Kept.Path)
	default:
		add("The run failed, and its rejects were not published.", "")
	}
	return v
}

// about is what every reader asks first: of which model, into which table, when.
func about(r *runs.Record) (list []fact) {
	add := func(name, value string) {
		if value != "" {
			list = append(list, fact{name, value})
		}
	}
	var models []string
	for _, m := range r.Models {
		name := path.Base(strings.TrimSuffix(m.Path, "/"))
		if m.Label != "" {
			name = m.Label + ": " + name
		}
		models = append(models, name)
	}
	add("model", strings.Join(models, ", "))
	add("table", r.Output.Path)
	if t, err := time.Parse(time.RFC3339Nano, r.Started); err == nil {
		add("date", t.UTC().Format("2 January 2006, 15:04 UTC"))
	}
	return list
}

// wrap lets a browser break a long name where a part of it ends, and not inside of a
// word.
func wrap(text string) template.HTML {
	var b strings.Builder
	rest := text
	for {
		at := strings.IndexAny(rest, `_/.\-,=:`)
		if at < 0 || at+1 == len(rest) {
			break
		}
		b.WriteString(template.HTMLEscapeString(rest[:at+1]))
		if next := rest[at+1]; next != ' ' && !strings.ContainsRune(`_/.\-,=:`, rune(next)) {
			b.WriteString("<wbr>")
		}
		rest = rest[at+1:]
	}
	b.WriteString(template.HTMLEscapeString(rest))
	return template.HTML(b.String())
}
