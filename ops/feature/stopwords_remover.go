package feature

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/javatext"
)

// StopWordsRemover leaves words out.
var StopWordsRemover = &ops.Op{
	Name: "stopwords_remover",
	Doc:  "Removes the words of a list; nulls stay.",
	Attrs: []string{
		"stop_words: list<string>, the words to remove",
		"case_sensitive: boolean, whether words must be equal, or only their lower case",
	},
	Ports:  []string{"in input: list<string>", "out output: list<string>"},
	Source: "StopWordsRemoverModel.scala, String.toLowerCase",
	Load:   loadStopWordsRemover,
}

type stopWordsRemover struct {
	stop          map[string]struct{} // in lower case, unless caseSensitive
	caseSensitive bool
}

func loadStopWordsRemover(n *ops.Node) (ops.Kernel, error) {
	k := &stopWordsRemover{stop: map[string]struct{}{}, caseSensitive: n.Attrs.Bool("case_sensitive")}
	for _, w := range n.Attrs.Strings("stop_words") {
		if !k.caseSensitive {
			w = javatext.ToLower(w)
		}
		k.stop[w] = struct{}{}
	}
	return k, n.Attrs.Err()
}

func (k *stopWordsRemover) Inputs() []ops.Port  { return wordsPort("input") }
func (k *stopWordsRemover) Outputs() []ops.Port { return wordsPort("output") }

func (k *stopWordsRemover) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	words := column.ViewStringLists(in[0])
	var low lowerer
	return mapWords(b, words, func(_, lo, hi int, out *column.StringListBuilder) {
		for i := lo; i < hi; i++ {
			if words.IsNullWord(i) {
				out.AppendNull()
				continue
			}
			w := words.Word(i)
			key := w
			if !k.caseSensitive {
				key = low.lower(w)
			}
			if _, stop := k.stop[key]; !stop {
				out.Append(w)
			}
		}
	})
}
