package feature

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
	"leapscore/ops/column"
)

// NGram joins words that follow each other.
var NGram = &ops.Op{
	Name:   "ngram",
	Doc:    "Returns every n consecutive words, joined by blanks; a null becomes the text null.",
	Attrs:  []string{"n: long, how many words to join; its low 32 bits count"},
	Ports:  []string{"in input: list<string>", "out output: list<string>"},
	Source: "NGramModel.scala, Iterator.sliding of Scala",
	Load:   loadNGram,
}

type ngram struct {
	n int // below 1 all rows are refused
}

func loadNGram(n *ops.Node) (ops.Kernel, error) {
	return &ngram{int(int32(n.Attrs.Long("n")))}, n.Attrs.Err()
}

func (k *ngram) Inputs() []ops.Port  { return wordsPort("input") }
func (k *ngram) Outputs() []ops.Port { return wordsPort("output") }

func (k *ngram) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	words := column.ViewStringLists(in[0])
	var text []byte // the words of a row, a blank after each
	var ends []int  // where the words start in text
	return mapWords(b, words, func(row, lo, hi int, out *column.StringListBuilder) {
		switch {
		case k.n < 1:
			b.Reject(row, 0, ops.Invalid, "n is %d, want at least 1", k.n)
			return
		case hi-lo < k.n:
			return
		}
		text, ends = text[:0], append(ends[:0], 0)
		for i := lo; i < hi; i++ {
			if words.IsNullWord(i) {
				text = append(text, "null"...)
			} else {
				text = append(text, words.Word(i)...)
			}
			text = append(text, ' ')
			ends = append(ends, len(text))
		}
		for i := k.n; i < len(ends); i++ {
			gram := text[ends[i-k.n] : ends[i]-1]
			copy(out.Room(len(gram)), gram)
			out.Cut(len(gram))
		}
	})
}
