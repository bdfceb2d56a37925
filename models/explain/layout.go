package explain

import (
	"fmt"
	"slices"
	"strconv"

	"leapscore/bundle"
	"leapscore/engine/pipeline"
	"leapscore/ops"
)

// slot is a feature: one number of a column.
type slot struct {
	name   string // for people
	source string // the column of the source that it is made of; of several, the column that mixes them
}

// layout finds the slots of the columns of a model.
type layout struct {
	makers map[string]maker // by column
	known  map[string][]slot
}

// maker is the port that makes a column.
type maker struct {
	node *pipeline.Node
	port int
}

func newLayout(nodes []pipeline.Node) *layout {
	l := &layout{makers: map[string]maker{}, known: map[string][]slot{}}
	for i := range nodes {
		for port, c := range nodes[i].Outputs {
			if c != "" {
				l.makers[c] = maker{&nodes[i], port}
			}
		}
	}
	return l
}

// slots returns the slots of a column, which has width of them.
func (l *layout) slots(column string, width int) []slot {
	s := l.find(column)
	if len(s) == width {
		return s
	}
	return same(column, l.source(column), width)
}

// find returns the slots of a column, or nil if their number is not known.
func (l *layout) find(column string) []slot {
	if s, ok := l.known[column]; ok {
		return s
	}
	s := l.make(column)
	l.known[column] = s
	return s
}

func (l *layout) make(column string) []slot {
	m, ok := l.makers[column]
	if !ok { // an input of the model
		return []slot{{column, column}}
	}
	width := 1
	if t := m.node.Kernel.Outputs()[m.port].Type; t.IsVector() {
		width = m.node.Width(m.port)
	}
	switch k := m.node.Kernel.(type) {
	case ops.Assembler:
		return l.assembled(m.node)
	case ops.Encoder:
		return l.encoded(column, m, k, width)
	case ops.Picker:
		return l.picked(column, m.node.Inputs[0], k.Picked())
	}
	if keepsSlots[m.node.Op] && len(m.node.Inputs) == 1 {
		if s := l.find(m.node.Inputs[0]); len(s) == width || width == 0 {
			return s
		}
	}
	return same(column, l.source(column), width)
}

// encoded are the slots of an encoder: "city=Paris" where the words are known that stand for its numbers.
func (l *layout) encoded(column string, m maker, k ops.Encoder, width int) []slot {
	slots := same(column, l.source(column), width)
	from, ok := l.makers[m.node.Inputs[m.port]]
	if !ok || len(slots) == 0 {
		return slots
	}
	indexer, ok := from.node.Kernel.(ops.Labeler)
	if !ok || from.port >= len(from.node.Inputs) {
		return slots
	}
	for i, label := range indexer.Labels(from.port) {
		if at, ok := k.Position(m.port, float64(i)); ok && at >= 0 && at < width {
			slots[at].name = from.node.Inputs[from.port] + "=" + label
		}
	}
	return slots
}

// keepsSlots are the ops whose vectors have the slots of the vector that they read.
var keepsSlots = map[string]bool{
	"standard_scaler": true, "min_max_scaler": true, "max_abs_scaler": true, "normalizer": true, "idf": true,
	"vector_indexer": true, "elementwise_product": true, "binarizer": true, "bucketizer": true, "sklearn_binarizer": true,
}

// inOrder are the ops whose outputs are made of one input each, in order. Of outputs that are not
// connected MLeap skips the output and not the input.
var inOrder = map[string]bool{
	"string_indexer": true, "one_hot_encoder": true, "imputer": true, "reverse_string_indexer": true, "bucketizer": true,
	"quantile_discretizer": true,
}

func (l *layout) assembled(n *pipeline.Node) (all []slot) {
	for port, in := range n.Inputs {
		s := l.find(in)
		if _, made := l.makers[in]; !made { // the source has the vector, if it is one
			s = same(in, in, widthOf(n.Kernel.Inputs()[port].Type))
		}
		if s == nil {
			return nil
		}
		all = append(all, s...)
	}
	return all
}

// widthOf is the number of values of a type, or 0 if it does not say.
func widthOf(t bundle.Type) int {
	if !t.IsVector() {
		return 1
	}
	if len(t.Dims) != 1 {
		return 0
	}
	return t.Dims[0]
}

func (l *layout) picked(column, from string, picks []int32) []slot {
	s := l.find(from)
	if len(picks) > 0 && (int(slices.Max(picks)) >= len(s) || slices.Min(picks) < 0) {
		return same(column, l.source(from), len(picks))
	}
	all := make([]slot, len(picks))
	for i, p := range picks {
		all[i] = s[p]
	}
	return all
}

// source is the column of the source that all of a column is made of, or its own name if there are several.
func (l *layout) source(column string) string {
	m, ok := l.makers[column]
	if !ok {
		return column
	}
	inputs := m.node.Inputs
	if inOrder[m.node.Op] && len(inputs) == len(m.node.Outputs) {
		at := 0
		for _, c := range m.node.Outputs[:m.port] {
			if c != "" {
				at++
			}
		}
		inputs = inputs[at:][:1]
	}
	source := ""
	for _, in := range inputs {
		for _, s := range l.sources(in) {
			if source != "" && s != source {
				return column
			}
			source = s
		}
	}
	if source == "" {
		return column
	}
	return source
}

// sources are the columns that the slots of a column are made of.
func (l *layout) sources(column string) (all []string) {
	for _, s := range l.find(column) {
		if !slices.Contains(all, s.source) {
			all = append(all, s.source)
		}
	}
	if all == nil {
		all = []string{l.source(column)}
	}
	return all
}

// same are width slots of one column; nil if the width is not known.
func same(column, source string, width int) []slot {
	if width < 1 {
		return nil
	}
	if width == 1 {
		return []slot{{column, source}}
	}
	all := make([]slot, width)
	for i := range all {
		all[i] = slot{column + "_" + strconv.Itoa(i), source}
	}
	return all
}

// distinct gives slots of one name numbers.
func distinct(slots []slot) []slot {
	seen := map[string]int{}
	for _, s := range slots {
		seen[s.name]++
	}
	out := slices.Clone(slots)
	for i, s := range slots {
		if seen[s.name] > 1 {
			out[i].name = fmt.Sprintf("%s_%d", s.name, i)
		}
	}
	return out
}
