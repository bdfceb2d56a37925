package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"leapscore/bundle"
	"leapscore/engine/pipeline"
	"leapscore/internal/clean"
	"leapscore/models/mleap"
	"leapscore/ops/builtin"
)

// inspection is what inspect prints with --json.
type inspection struct {
	Name        string      `json:"name"`
	UID         string      `json:"uid"`
	Version     string      `json:"mleap_version"`
	Format      string      `json:"format"`
	Timestamp   string      `json:"timestamp"`
	SHA256      string      `json:"sha256"`
	Nodes       []nodeInfo  `json:"nodes"`
	Inputs      []fieldInfo `json:"inputs,omitempty"`
	Outputs     []fieldInfo `json:"outputs,omitempty"`
	Unsupported []string    `json:"unsupported,omitempty"`
	Problems    []string    `json:"problems,omitempty"`

	Warnings []pipeline.Warning `json:"warnings,omitempty"`

	Select string `json:"select,omitempty"`
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

func inspect(b *bundle.Bundle) (*inspection, error) {
	i := &inspection{Name: b.Name, UID: b.UID, Version: b.Version, Format: b.Format, Timestamp: b.Timestamp, SHA256: b.SHA256}
	i.node(b.Root, 0)
	m, err := mleap.Load(b, builtin.Registry())
	var load *pipeline.LoadError
	if errors.As(err, &load) {
		for _, p := range load.Problems {
			if p.Unknown {
				i.Unsupported = append(i.Unsupported, p.String())
			} else {
				i.Problems = append(i.Problems, p.String())
			}
		}
	}
	if err != nil {
		return i, err
	}
	i.Warnings = m.Warnings
	i.columns(m)
	return i, nil
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

func (i *inspection) node(n *bundle.Node, depth int) {
	_, known := builtin.Registry().Lookup(n.Model.Op)
	known = known || n.Model.Op == "pipeline"
	i.Nodes = append(i.Nodes, nodeInfo{
		Path: n.Path, Op: n.Model.Op, Depth: depth, Known: known,
		Reads: columnsOf(n.Inputs), Adds: columnsOf(n.Outputs),
	})
	for _, sub := range n.Nodes {
		i.node(sub, depth+1)
	}
}

// columnsOf are the columns of sockets, each once.
func columnsOf(sockets []bundle.Socket) (names []string) {
	for _, s := range sockets {
		if !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	return names
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
	fmt.Fprintf(&b, "name       %s\nuid        %s\nwritten    %s by MLeap %s, %s\nsha256     %s\n", clean.Line(i.Name), clean.Line(i.UID), clean.Line(i.Timestamp), clean.Line(i.Version), clean.Line(i.Format), i.SHA256)
	b.WriteString("\nnodes\n")
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
