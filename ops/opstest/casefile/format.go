package casefile

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/tools/txtar"
)

// widest is the number of characters up to which inputs are padded, so that
// the arrows line up.
const widest = 40

// Format prints c. The text depends on c alone, and Parse reads it back.
func Format(c *Case) []byte {
	a := &txtar.Archive{Comment: []byte(c.Header)}
	for _, m := range c.Models {
		names := slices.SortedFunc(maps.Keys(m.Files), func(x, y string) int {
			if d := fileRank(x) - fileRank(y); d != 0 {
				return d
			}
			return strings.Compare(x, y)
		})
		for _, name := range names {
			a.Files = append(a.Files, txtar.File{Name: name, Data: m.Files[name]})
		}
		a.Files = append(a.Files, txtar.File{Name: rowsSection, Data: m.formatRows()})
	}
	return txtar.Format(a)
}

func fileRank(name string) int {
	switch name {
	case modelFile:
		return 0
	case nodeFile:
		return 1
	default:
		return 2
	}
}

func (m *Model) formatRows() []byte {
	lefts := []string{formatColumns(m.In)}
	for _, r := range m.Rows {
		lefts = append(lefts, formatValues(m.In, r.In))
	}
	width := 0
	for _, l := range lefts {
		if n := utf8.RuneCountInString(l); n <= widest {
			width = max(width, n)
		}
	}
	var b strings.Builder
	arrow := func(left string) {
		b.WriteString(left)
		b.WriteString(strings.Repeat(" ", max(0, width-utf8.RuneCountInString(left))))
		b.WriteString(" => ")
	}
	arrow(lefts[0])
	b.WriteString(formatColumns(m.Out) + "\n")
	if m.LoadError != "" {
		b.WriteString("!load " + Quote(m.LoadError) + "\n")
	}
	for i, r := range m.Rows {
		for _, line := range r.Before {
			b.WriteString(line + "\n")
		}
		switch {
		case r.Drop:
			arrow(lefts[i+1])
			b.WriteString("!drop")
		case r.Reject != "":
			arrow(lefts[i+1])
			b.WriteString("!" + r.Reject)
		case r.Out != nil:
			arrow(lefts[i+1])
			b.WriteString(formatValues(m.Out, r.Out))
		case len(m.In) == 0:
			b.WriteString("=>") // else the row would be a blank line
		default:
			b.WriteString(lefts[i+1])
		}
		if r.Comment != "" {
			b.WriteString("  # " + r.Comment)
		}
		b.WriteByte('\n')
	}
	for _, line := range m.After {
		b.WriteString(line + "\n")
	}
	return []byte(b.String())
}

func formatColumns(cs []Column) string {
	parts := make([]string, len(cs))
	for i, c := range cs {
		parts[i] = c.Name + ":" + c.Type.String()
	}
	return strings.Join(parts, " | ")
}

func formatValues(cs []Column, vs []Value) string {
	parts := make([]string, len(cs))
	for i, c := range cs {
		parts[i] = FormatValue(vs[i], c.Type)
	}
	return strings.Join(parts, " | ")
}

// FormatValue prints a value of type t. It panics if v is of another type.
func FormatValue(v Value, t Type) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case []Value:
		return "[" + formatElements(v) + "]"
	case []Entry:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = formatBase(e.Key) + ":" + formatBase(e.Value)
		}
		return "{" + strings.Join(parts, " ") + "}"
	case *Array:
		return v.format()
	default:
		return formatBase(v)
	}
}

func (a *Array) format() string {
	if !a.Sparse {
		if len(a.Dims) == 1 && a.Dims[0] == len(a.Values) {
			return "[" + formatElements(a.Values) + "]"
		}
		return strings.TrimRight("["+joinInts(a.Dims, "x")+": "+formatElements(a.Values), " ") + "]"
	}
	var b strings.Builder
	b.WriteString("(" + joinInts(a.Dims, "x"))
	for i, index := range a.Indices {
		b.WriteString(" " + joinInts(index, ",") + ":" + formatBase(a.Values[i]))
	}
	return b.String() + ")"
}

func formatElements(vs []Value) string {
	parts := make([]string, len(vs))
	for i, v := range vs {
		parts[i] = formatBase(v)
	}
	return strings.Join(parts, " ")
}

func formatBase(v Value) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float32:
		return formatNumber(float64(v), 32)
	case float64:
		return formatNumber(v, 64)
	case string:
		return Quote(v)
	case []byte:
		return `0x"` + hex.EncodeToString(v) + `"`
	default:
		panic(fmt.Sprintf("casefile: a value of type %T", v))
	}
}

func formatNumber(x float64, bits int) string {
	switch {
	case math.IsNaN(x):
		return "NaN"
	case math.IsInf(x, 1):
		return "Infinity"
	case math.IsInf(x, -1):
		return "-Infinity"
	case x != 0 && (math.Abs(x) < 1e-6 || math.Abs(x) >= 1e21):
		return strconv.FormatFloat(x, 'e', -1, bits)
	default:
		return strconv.FormatFloat(x, 'f', -1, bits)
	}
}

// Node returns the node.json of the model: its own, or else one that connects
// each column to the port of the same name.
func (m *Model) Node() []byte {
	if data, ok := m.Files[nodeFile]; ok {
		return data
	}
	type socket struct {
		Port string `json:"port"`
		Name string `json:"name"`
	}
	var node struct {
		Name  string `json:"name"`
		Shape struct {
			Inputs  []socket `json:"inputs"`
			Outputs []socket `json:"outputs"`
		} `json:"shape"`
	}
	node.Name = "node"
	node.Shape.Inputs, node.Shape.Outputs = []socket{}, []socket{} // MLeap does not read null as a list
	for _, c := range m.In {
		node.Shape.Inputs = append(node.Shape.Inputs, socket{c.Name, c.Name})
	}
	for _, c := range m.Out {
		node.Shape.Outputs = append(node.Shape.Outputs, socket{c.Name, c.Name})
	}
	data, err := json.Marshal(node)
	if err != nil {
		panic(err) // strings always marshal
	}
	return data
}
