package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"leapscore/bundle"
	"leapscore/engine/pipeline"
	"leapscore/internal/clean"
	"leapscore/models"
	"leapscore/models/mleap"
)

// inspection is what inspect prints with --json.
type inspection struct {
	Kind        string      `json:"kind"`
	Name        string      `json:"name"`
	UID         string      `json:"uid"`
	Version     string      `json:"mleap_version,omitempty"`
	Writer      string      `json:"writer,omitempty"`
	Format      string      `json:"format"`
	Timestamp   string      `json:"timestamp"`
	SHA256      string      `json:"sha256"`
	Facts       []factInfo  `json:"facts,omitempty"`
	Nodes       []nodeInfo  `json:"nodes,omitempty"`
	Inputs      []fieldInfo `json:"inputs,omitempty"`
	Outputs     []fieldInfo `json:"outputs,omitempty"`
	Unsupported []string    `json:"unsupported,omitempty"`
	Problems    []string    `json:"problems,omitempty"`

	Warnings []pipeline.Warning `json:"warnings,omitempty"`

	Select string `json:"select,omitempty"`
}

type factInfo struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type nodeInfo struct {
	Path  string `json:"path"`
	Op    string `json:"op"`
	Depth int    `json:"depth"`
	Known bool   `json:"supported"`

	Reads []string `json:"reads,omitempty"` // columns
	Adds  []string `json:"adds,omitempty"`
}

type fieldInfo struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Nullable bool   `json:"nullable"`
	Final    bool   `json:"final,omitempty"`
	Node     string `json:"node,omitempty"`
}

// inspect describes a model, of which only a part may be there with an error of opening it.
func inspect(m *models.Model, err error) *inspection {
	a := m.About
	i := &inspection{Kind: a.Kind, Name: a.Name, UID: a.UID, Writer: a.Writer, Format: a.Format, Timestamp: a.Timestamp, SHA256: a.SHA256}
	if a.Kind == mleap.Kind.Name {
		i.Version = a.Version
	}
	for _, f := range a.Facts {
		i.Facts = append(i.Facts, factInfo(f))
	}
	for _, n := range a.Nodes {
		i.Nodes = append(i.Nodes, nodeInfo(n))
	}
	if load, is := errors.AsType[*pipeline.LoadError](err); is {
		for _, p := range load.Problems {
			if p.Unknown {
				i.Unsupported = append(i.Unsupported, p.String())
			} else {
				i.Problems = append(i.Problems, p.String())
			}
		}
	}
	if m.Model != nil && err == nil {
		i.Warnings = m.Warnings
		i.columns(m.Model)
	}
	return i
}

// columns notes what m reads and adds.
func (i *inspection) columns(m *pipeline.Model) {
	for _, f := range m.Inputs {
		i.Inputs = append(i.Inputs, newFieldInfo(f))
	}
	for _, o := range m.Outputs {
		f := newFieldInfo(o.Field)
		f.Final, f.Node = o.Final, o.Node
		i.Outputs = append(i.Outputs, f)
	}
	i.Select = skeleton(m)
}

func newFieldInfo(f bundle.Field) fieldInfo {
	return fieldInfo{Name: f.Name, Type: f.Type.NonNull().String(), Nullable: f.Type.Nullable}
}

// skeleton returns a query that satisfies the model once the table is named. It keeps
// all other columns, such as an id: predictions without one belong to nothing. A name
// that is not shown on one line cannot stand in a query that is pasted: its column is
// left as it is.
func skeleton(m *pipeline.Model) string {
	var casts, odd []string
	for _, f := range m.Inputs {
		if clean.Line(f.Name) != f.Name {
			odd = append(odd, fmt.Sprintf("  -- %+q is read as it is\n", f.Name))
			continue
		}
		name := `"` + strings.ReplaceAll(f.Name, `"`, `""`) + `"`
		casts = append(casts, fmt.Sprintf("  CAST(%s AS %s) AS %s", name, sqlType(f.Type), name))
	}
	if len(casts) == 0 {
		return "SELECT *\n" + strings.Join(odd, "") + "FROM 'table.parquet'"
	}
	return "SELECT * REPLACE (\n" + strings.Join(odd, "") + strings.Join(casts, ",\n") + "\n)\nFROM 'table.parquet'"
}

var sqlBases = map[bundle.Base]string{
	bundle.Boolean: "BOOLEAN", bundle.Byte: "TINYINT", bundle.Short: "SMALLINT", bundle.Int: "INTEGER", bundle.Long: "BIGINT",
	bundle.Float: "FLOAT", bundle.Double: "DOUBLE", bundle.String: "VARCHAR", bundle.ByteString: "BLOB",
}

func sqlType(t bundle.Type) string {
	base := sqlBases[t.Base]
	switch t.Kind {
	case bundle.ListKind, bundle.TensorKind:
		return base + "[]"
	case bundle.MapKind:
		return fmt.Sprintf("MAP(%s, %s)", sqlBases[t.Key], base)
	}
	return base
}

func (i *inspection) print(w io.Writer) error {
	var b strings.Builder
	i.printIdentity(&b)
	if len(i.Nodes) > 0 {
		b.WriteString("\nnodes\n")
	}
	for _, n := range i.Nodes {
		mark := ""
		if !n.Known {
			mark = "   NOT SUPPORTED"
		}
		name := strings.TrimSuffix(n.Path[strings.LastIndex(n.Path, "/")+1:], ".node")
		fmt.Fprintf(&b, "  %s%s (%s)%s\n", strings.Repeat("  ", n.Depth), clean.Line(name), clean.Line(n.Op), mark)
	}
	if len(i.Warnings) > 0 {
		b.WriteString("\nwarnings\n")
	}
	for _, w := range i.Warnings {
		fmt.Fprintf(&b, "  %s\n", clean.Line(w.String()))
	}
	i.printColumns(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// printIdentity writes what a model is, line by line.
func (i *inspection) printIdentity(b *strings.Builder) {
	written := i.Format
	if i.Writer != "" {
		written = "by " + i.Writer + ", " + i.Format
	}
	if i.Timestamp != "" {
		written = i.Timestamp + " " + written
	}
	lines := []factInfo{{"name", i.Name}, {"uid", i.UID}, {"written", written}, {"sha256", i.SHA256}}
	for _, f := range append(lines, i.Facts...) {
		if f.Value != "" {
			fmt.Fprintf(b, "%-10s %s\n", clean.Line(f.Name), clean.Line(f.Value))
		}
	}
}

func (i *inspection) printColumns(b *strings.Builder) {
	printFields(b, "inputs", i.Inputs)
	printFields(b, "outputs", i.Outputs)
	if i.Select != "" {
		fmt.Fprintf(b, "\nquery\n%s\n", clean.Text(i.Select))
	}
}

func printFields(b *strings.Builder, title string, fields []fieldInfo) {
	if len(fields) == 0 {
		return
	}
	width := 0
	for _, f := range fields {
		width = max(width, len(clean.Line(f.Name)))
	}
	fmt.Fprintf(b, "\n%s\n", title)
	for _, f := range fields {
		null, final := "not null", ""
		if f.Nullable {
			null = "nullable"
		}
		if f.Final {
			final = "  final"
		}
		fmt.Fprintf(b, "  %-*s  %s, %s%s\n", width, clean.Line(f.Name), f.Type, null, final)
	}
}
