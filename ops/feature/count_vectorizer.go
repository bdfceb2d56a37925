package feature

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/wordmap"
)

// CountVectorizer counts the words of a vocabulary.
var CountVectorizer = &ops.Op{
	Name: "count_vectorizer",
	Doc:  "Counts how often each word of a vocabulary occurs in a list, as a sparse vector.",
	Attrs: []string{
		"vocabulary: list<string>, the word of each slot",
		"binary: boolean, whether counts become 1",
		"min_tf: double, the smallest count that is kept; below 1, the smallest share of all words",
	},
	Ports:   []string{"in input: list<string>", "out output: tensor<double>, sparse"},
	Source:  "CountVectorizerModel.scala",
	Inexact: "identical, except that a row is refused if the vocabulary repeats a word and MLeap would store an entry beyond the size of the vector, which no op can read",
	Load:    loadCountVectorizer,
}

type countVectorizer struct {
	slot   *wordmap.Map[int32] // below listed
	listed int                 // words, repeated ones too
	binary bool
	minTF  float64
}

func loadCountVectorizer(n *ops.Node) (ops.Kernel, error) {
	words := n.Attrs.Strings("vocabulary")
	k := &countVectorizer{
		slot:   wordmap.New[int32](len(words)),
		listed: len(words),
		binary: n.Attrs.Bool("binary"),
		minTF:  n.Attrs.Double("min_tf"),
	}
	for i, w := range words {
		k.slot.Put(w, int32(i)) // of equal words the last counts, as in Scala's toMap
	}
	return k, n.Attrs.Err()
}

func (k *countVectorizer) Inputs() []ops.Port { return wordsPort("input") }

// The size is the number of different words, which is less than the greatest
// slot if words are repeated.
func (k *countVectorizer) size() int { return k.slot.Len() }

func (k *countVectorizer) Outputs() []ops.Port {
	return port("output", bundle.TensorOf(bundle.Double, []int{k.size()}))
}

func (k *countVectorizer) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	words := column.ViewStringLists(in[0])
	all, _ := words.Size()
	out := column.NewVectorBuilder(b.Mem, b.Len, all/max(b.Len, 1)+1)
	var c slotCounter
	for row := range b.Len {
		if words.IsNull(row) {
			b.Reject(row, 0, ops.Null, "null list")
			out.AppendNull()
			continue
		}
		lo, hi := words.Row(row)
		for i := lo; i < hi; i++ {
			if words.IsNullWord(i) {
				continue
			}
			if slot, ok := k.slot.Get(words.Word(i)); ok {
				c.hits = append(c.hits, slot)
			}
		}
		slots, counts := k.keep(&c, hi-lo)
		if n := len(slots); n > 0 && int(slots[n-1]) >= k.size() {
			b.Reject(row, 0, ops.Size, "slot %d of %d, because the vocabulary repeats a word", slots[n-1], k.size())
			out.AppendNull()
			continue
		}
		out.AppendSparse(k.size(), slots, counts)
	}
	return []arrow.Array{out.Array()}, nil
}

// keep returns the slots of a row of total words whose counts are enough.
func (k *countVectorizer) keep(c *slotCounter, total int) ([]int32, []float64) {
	least := k.minTF
	if !(least >= 1) {
		least *= float64(total)
	}
	slots, counts := c.count(k.listed)
	n := 0
	for i, x := range counts {
		if x >= least {
			slots[n], counts[n] = slots[i], x
			if k.binary {
				counts[n] = 1
			}
			n++
		}
	}
	return slots[:n], counts[:n]
}
