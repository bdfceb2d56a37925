package feature

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/wordmap"
)

// StringIndexer replaces labels by their numbers.
var StringIndexer = &ops.Op{
	Name: "string_indexer",
	Doc:  "Replaces each label by its position in the model's list of labels.",
	Attrs: []string{
		"labels_length: int, the number of columns; absent in old bundles, which have labels",
		"labels_array_0, labels_array_1, ...: list<string>, the labels of each column",
		"labels: list<string>, the labels of the only column of an old bundle",
		"handle_invalid: string, error (default), skip or keep",
	},
	Ports:  []string{"in input0, input1, ...: string", "out output0, output1, ...: double"},
	Source: "StringIndexerModel.scala, StringIndexer.scala",
	Load:   loadStringIndexer,
}

type stringIndexer struct {
	index   []*wordmap.Map[float64] // per column
	unseen  []float64               // the result of keep: the number of labels
	invalid invalid
}

func loadStringIndexer(n *ops.Node) (ops.Kernel, error) {
	k := &stringIndexer{invalid: loadInvalid(n.Attrs, invalidError, true)}
	var columns [][]string
	if count := n.Attrs.IntOr("labels_length", -1); count == -1 {
		columns = [][]string{n.Attrs.Strings("labels")}
	} else {
		for i := range count {
			columns = append(columns, n.Attrs.Strings(fmt.Sprintf("labels_array_%d", i)))
			if n.Attrs.Err() != nil {
				break
			}
		}
	}
	for _, labels := range columns {
		index := wordmap.New[float64](len(labels))
		for i, l := range labels {
			index.Put(l, float64(i)) // of equal labels the last counts, as in Scala's toMap
		}
		k.index = append(k.index, index)
		k.unseen = append(k.unseen, float64(len(labels)))
	}
	return shiftOutputs(n, k), n.Attrs.Err()
}

func (k *stringIndexer) Inputs() []ops.Port {
	return numbered("input", len(k.index), bundle.Scalar(bundle.String))
}
func (k *stringIndexer) Outputs() []ops.Port {
	return numbered("output", len(k.index), bundle.Scalar(bundle.Double).NonNull())
}

// numbered returns n ports of one type: name0, name1, ...
func numbered(name string, n int, t bundle.Type) []ops.Port {
	ports := make([]ops.Port, n)
	for i := range ports {
		ports[i] = ops.Port{Name: fmt.Sprintf("%s%d", name, i), Type: t}
	}
	return ports
}

// Labels implements ops.Labeler. Of equal labels only the last has its place.
func (k *stringIndexer) Labels(col int) []string {
	labels := make([]string, int(k.unseen[col]))
	for l, at := range k.index[col].All() {
		labels[int(at)] = l
	}
	return labels
}

func (k *stringIndexer) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	out := make([]arrow.Array, len(in))
	// Column by column, in the order of MLeap's filter for skip: the first
	// unseen label drops the row, the first null fails it.
	for i, arr := range in {
		out[i] = k.column(b, i, column.ViewStrings(arr))
	}
	return out, nil
}

func (k *stringIndexer) column(b *ops.Batch, port int, s *column.Strings) arrow.Array {
	out := column.NewDoubles(b.Mem, s.Len())
	index := k.index[port]
	if words, code, ok := s.Dict(); ok {
		// One look-up per distinct word; -1 marks the unseen.
		byCode := make([]float64, words.Len())
		for c := range byCode {
			byCode[c] = -1
			if x, ok := index.Get(words.Value(c)); ok && !words.IsNull(c) {
				byCode[c] = x
			}
		}
		for row := range out.Values {
			if s.IsNull(row) {
				out.Values[row] = k.null(b, port, row)
			} else if x := byCode[code(row)]; x >= 0 {
				out.Values[row] = x
			} else {
				out.Values[row] = k.unknown(b, port, row, s)
			}
		}
		return out.Array()
	}
	for row := range out.Values {
		if s.IsNull(row) {
			out.Values[row] = k.null(b, port, row)
		} else if x, ok := index.Get(s.Value(row)); ok {
			out.Values[row] = x
		} else {
			out.Values[row] = k.unknown(b, port, row, s)
		}
	}
	return out.Array()
}

func (k *stringIndexer) null(b *ops.Batch, port, row int) float64 {
	if k.invalid != invalidKeep {
		b.Reject(row, port, ops.Null, "null, and handle_invalid is %s", k.invalid)
	}
	return k.unseen[port]
}

func (k *stringIndexer) unknown(b *ops.Batch, port, row int, s *column.Strings) float64 {
	switch k.invalid {
	case invalidSkip:
		b.Drop(row, port, ops.Unseen)
	case invalidError:
		b.Reject(row, port, ops.Unseen, "unseen label %q, and handle_invalid is error", s.Value(row))
	}
	return k.unseen[port]
}

// Index, Keep and Unknown implement ops.Indexer.
func (k *stringIndexer) Index(col int, word string) (float64, bool) {
	return k.index[col].Get(word)
}
func (k *stringIndexer) Keep() bool              { return k.invalid == invalidKeep }
func (k *stringIndexer) Unknown(col int) float64 { return k.unseen[col] }
