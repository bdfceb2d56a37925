package feature

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/wordmap"
)

// StringMap replaces labels by numbers of their own.
var StringMap = &ops.Op{
	Name: "string_map",
	Doc:  "Replaces each label by the number that the model has for it.",
	Attrs: []string{
		"labels: list<string>, the labels",
		"values: list<double>, the number of each label",
		"handle_invalid: string, error (default) or keep",
		"default_value: double, the result of keep for other labels and nulls; 0 by default",
	},
	Ports:  []string{"in input: string", "out output: double"},
	Source: "StringMapModel.scala, StringMapOp.scala",
	Load:   loadStringMap,
}

type stringMap struct {
	value   *wordmap.Map[float64]
	invalid invalid
	def     float64
}

func loadStringMap(n *ops.Node) (ops.Kernel, error) {
	labels, values := n.Attrs.Strings("labels"), n.Attrs.Doubles("values")
	k := &stringMap{
		value:   wordmap.New[float64](len(labels)),
		invalid: loadInvalid(n.Attrs, invalidError, false),
		def:     n.Attrs.DoubleOr("default_value", 0),
	}
	// The longer list is cut, as by Scala's zip, and of equal labels the last
	// counts.
	for i := range min(len(labels), len(values)) {
		k.value.Put(labels[i], values[i])
	}
	return k, n.Attrs.Err()
}

func (k *stringMap) Inputs() []ops.Port  { return port("input", bundle.Scalar(bundle.String)) }
func (k *stringMap) Outputs() []ops.Port { return doublePort("output") }

func (k *stringMap) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	s := column.ViewStrings(in[0])
	out := column.NewDoubles(b.Mem, b.Len)
	words, code, dict := s.Dict()
	var byCode []float64 // of the words of a dictionary
	var known []bool
	if dict {
		byCode, known = make([]float64, words.Len()), make([]bool, words.Len())
		for c := range byCode {
			if !words.IsNull(c) {
				byCode[c], known[c] = k.lookUp(words.Value(c))
			}
		}
	}
	for row := range out.Values {
		x, ok := k.def, false
		switch {
		case s.IsNull(row):
		case dict:
			x, ok = byCode[code(row)], known[code(row)]
		default:
			x, ok = k.lookUp(s.Value(row))
		}
		out.Values[row] = x
		if !ok && k.invalid == invalidError {
			k.refuse(b, row, s)
		}
	}
	return []arrow.Array{out.Array()}, nil
}

func (k *stringMap) lookUp(label string) (float64, bool) {
	if x, ok := k.value.Get(label); ok {
		return x, true
	}
	return k.def, false
}

func (k *stringMap) refuse(b *ops.Batch, row int, s *column.Strings) {
	if s.IsNull(row) {
		b.Reject(row, 0, ops.Unseen, "null, and handle_invalid is error")
		return
	}
	b.Reject(row, 0, ops.Unseen, "unseen label %q, and handle_invalid is error", s.Value(row))
}
