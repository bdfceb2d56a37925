package feature

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
)

// WordToVector sums the vectors of words.
var WordToVector = &ops.Op{
	Name: "word_to_vector",
	Doc:  "Sums the vectors of the known words and divides by the number of all words, or by the norm of the sum.",
	Attrs: []string{
		"words: list<string>, the known words",
		"indices: list<long>, the position of each word's vector; in order by default",
		"word_vectors: list<double>, the vectors one after the other; MLeap reads nothing from a tensor, and all vectors are empty then",
		"kernel: string, default (divides by the number of words) or sqrt (divides by the norm)",
	},
	Ports:  []string{"in input: list<string>", "out output: tensor<double>, sparse for no words"},
	Source: "WordToVectorModel.scala, WordToVectorOp.scala",
	Load:   loadWordToVector,
}

type wordToVector struct {
	start   map[string]int // of the word's vector, or -1 if it is not whole
	vectors []float64
	size    int
	norm    bool
}

func loadWordToVector(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	words := a.Strings("words")
	k := &wordToVector{start: make(map[string]int, len(words)), vectors: loadWordVectors(a)}
	switch kernel := a.StringOr("kernel", "default"); kernel {
	case "default", "sqrt":
		k.norm = kernel == "sqrt"
	default:
		a.Failf("kernel", "%q, want default or sqrt", kernel)
	}
	index := func(i int) int32 { return int32(i) }
	if a.Has("indices") {
		indices := a.Longs("indices")
		words = words[:min(len(words), len(indices))] // as Scala's zip
		index = func(i int) int32 { return int32(indices[i]) }
	}
	for i, w := range words {
		k.start[w] = int(index(i)) // of equal words the last counts
	}
	if a.Err() == nil && len(k.start) == 0 {
		a.Failf("words", "none, want at least 1")
	}
	if a.Err() != nil {
		return nil, a.Err()
	}
	k.size = len(k.vectors) / len(k.start)
	for w, i := range k.start {
		from := int32(k.size) * int32(i) // which overflows as Java's
		k.start[w] = wholeVector(int64(from), int64(k.size), int64(len(k.vectors)))
	}
	return k, nil
}

// loadWordVectors reads the vectors. MLeap means to take a tensor where there
// is no list, but asking a tensor for a list gives an empty one, not an error.
func loadWordVectors(a *bundle.Attrs) []float64 {
	if v, ok := a.Value("word_vectors"); ok && v.Tensor != nil {
		return nil
	}
	return a.Doubles("word_vectors")
}

// wholeVector returns from if all of size values stand there, else -1. Scala's
// slice cuts the vector short, and it cannot be added to others then.
func wholeVector(from, size, all int64) int {
	switch {
	case size == 0:
		return 0
	case from < 0 || from+size > all:
		return -1
	}
	return int(from)
}

func (k *wordToVector) Inputs() []ops.Port { return wordsPort("input") }
func (k *wordToVector) Outputs() []ops.Port {
	return port("output", bundle.TensorOf(bundle.Double, []int{k.size}))
}

func (k *wordToVector) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	words := column.ViewStringLists(in[0])
	out := column.NewVectorBuilder(b.Mem, b.Len, k.size)
	for row := range b.Len {
		if words.IsNull(row) {
			b.Reject(row, 0, ops.Null, "null list")
			out.AppendNull()
			continue
		}
		lo, hi := words.Row(row)
		if lo == hi {
			out.Sparse(k.size, 0)
			continue
		}
		sum := out.Dense(k.size)
		k.add(b, row, sum, words, lo, hi)
		if k.norm {
			norm := math.Sqrt(blas.Dot(sum, sum))
			for i := range sum {
				sum[i] /= norm
			}
			continue
		}
		scale := 1 / float64(hi-lo)
		for i := range sum {
			sum[i] *= scale
		}
	}
	return []arrow.Array{out.Array()}, nil
}

// add adds the vectors of the known words to sum.
func (k *wordToVector) add(b *ops.Batch, row int, sum []float64, words *column.StringLists, lo, hi int) {
	for i := lo; i < hi; i++ {
		if words.IsNullWord(i) {
			continue
		}
		start, known := k.start[words.Word(i)]
		switch {
		case !known:
		case start < 0:
			b.Reject(row, 0, ops.Invalid, "the vector of %q is not whole, want %d values", words.Word(i), k.size)
			return
		default:
			for j, x := range k.vectors[start : start+len(sum)] {
				sum[j] += x
			}
		}
	}
}
