package feature

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/javatext"
)

// WordFilter keeps long words of letters.
var WordFilter = &ops.Op{
	Name:   "word_filter",
	Doc:    "Keeps the words that have letters only and are longer than the model says, in UTF-16 units.",
	Attrs:  []string{"length: int; longer words are kept"},
	Ports:  []string{"in input: list<string>", "out output: list<string>"},
	Source: "WordLengthFilterModel.scala, Character.isLetter",
	Load:   loadWordFilter,
}

type wordFilter struct {
	length int
}

func loadWordFilter(n *ops.Node) (ops.Kernel, error) {
	return &wordFilter{int(n.Attrs.Int("length"))}, n.Attrs.Err()
}

func (k *wordFilter) Inputs() []ops.Port  { return wordsPort("input") }
func (k *wordFilter) Outputs() []ops.Port { return wordsPort("output") }

func (k *wordFilter) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	words := column.ViewStringLists(in[0])
	return mapWords(b, words, func(row, lo, hi int, out *column.StringListBuilder) {
		kept := lo // words from here on are kept and not yet written
		for i := lo; i < hi; i++ {
			if words.IsNullWord(i) {
				b.Reject(row, 0, ops.Null, "null among the words")
			} else if k.keeps(words.Word(i)) {
				continue
			}
			out.AppendWords(words, kept, i)
			kept = i + 1
		}
		out.AppendWords(words, kept, hi)
	})
}

func (k *wordFilter) keeps(word string) bool {
	n := 0
	for n < len(word) && 'a' <= word[n]|0x20 && word[n]|0x20 <= 'z' {
		n++
	}
	for _, r := range word[n:] {
		// A character beyond the BMP is two chars to Java, neither a letter.
		if !javatext.IsLetter(r) {
			return false
		}
		n++
	}
	return n > k.length
}
