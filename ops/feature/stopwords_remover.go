package feature

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/javatext"
	"leapscore/ops/internal/wordmap"
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
	stop          *wordmap.Map[struct{}] // in lower case, unless caseSensitive
	caseSensitive bool
}

func loadStopWordsRemover(n *ops.Node) (ops.Kernel, error) {
	words := n.Attrs.Strings("stop_words")
	k := &stopWordsRemover{stop: wordmap.New[struct{}](len(words)), caseSensitive: n.Attrs.Bool("case_sensitive")}
	for _, w := range words {
		if !k.caseSensitive {
			w = javatext.ToLower(w)
		}
		k.stop.Put(w, struct{}{})
	}
	return k, n.Attrs.Err()
}

func (k *stopWordsRemover) Inputs() []ops.Port  { return wordsPort("input") }
func (k *stopWordsRemover) Outputs() []ops.Port { return wordsPort("output") }

func (k *stopWordsRemover) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	words := column.ViewStringLists(in[0])
	var low lowerer
	return mapWords(b, words, func(_, lo, hi int, out *column.StringListBuilder) {
		lower := true // no word has to be changed
		if !k.caseSensitive {
			upper, ascii := letterCase(words.Text(lo, hi))
			lower = ascii && !upper
		}
		kept := lo // words from here on are kept and not yet written
		for i := lo; i < hi; i++ {
			null := words.IsNullWord(i)
			if !null {
				key := words.Word(i)
				if !lower {
					key = low.lower(key)
				}
				if _, stop := k.stop.Get(key); !stop {
					continue
				}
			}
			out.AppendWords(words, kept, i)
			kept = i + 1
			if null {
				out.AppendNull()
			}
		}
		out.AppendWords(words, kept, hi)
	})
}
