package feature

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"leapscore/bundle"
	"leapscore/internal/testseed"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/javatext"
	"leapscore/ops/internal/murmur"
)

func TestLowererIsToLowerForEveryCharacter(t *testing.T) {
	var low lowerer
	for r := rune(0); r <= 0x10ffff; r++ {
		s := string(r)
		if got, want := low.lower(s), javatext.ToLower(s); got != want {
			t.Fatalf("U+%04X is %q, want %q", r, got, want)
		}
	}
}

// alphabet has characters that lower-casing and splitting could get wrong.
var alphabet = []string{
	"a", "B", "Z", "@", "[", "`", "{", "0", " ", "\t", "\n", "\v", "\f", "\r", "\x08", "\x0e", "\x1f", "!", "\x7f",
	"é", "É", "İ", "ß", "Σ", "σ", "\u0301", "\u00a0", "\u0085", "\u2003", "中", "Ⱥ", "K", "😀", "𐐀", "\x80", "\xff",
}

func randomText(r *rand.Rand) string {
	kinds := alphabet
	if r.IntN(2) == 0 {
		kinds = alphabet[:19] // ASCII
	}
	var b strings.Builder
	for range r.IntN(40) {
		b.WriteString(kinds[r.IntN(len(kinds))])
	}
	return b.String()
}

func TestTokenizerSplitsTheLowerCaseAsJava(t *testing.T) {
	r := testseed.Rand(t, 1, 2)
	for range 20_000 {
		text := randomText(r)
		want := javatext.AppendSplitSpace([]string{}, javatext.ToLower(text))
		if got := tokenized(t, text); !slices.Equal(got, want) {
			t.Fatalf("%q is %q, want %q", text, got, want)
		}
	}
}

func tokenized(t *testing.T, text string) []string {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	out := column.NewStringListBuilder(mem, 1, 0, 0)
	splitSpace(out, text, new(lowerer))
	out.EndRow()
	arr, err := out.Array()
	if err != nil {
		t.Fatal(err)
	}
	defer arr.Release()
	words := column.ViewStringLists(arr)
	got := []string{}
	lo, hi := words.Row(0)
	for i := lo; i < hi; i++ {
		got = append(got, strings.Clone(words.Word(i)))
	}
	return got
}

func TestSlotsOfHashesAreRemainders(t *testing.T) {
	r := testseed.Rand(t, 5, 6)
	sizes := []int64{1, 2, 3, 5, 7, 100, 200, 1 << 18, 1<<18 - 1, 1 << 30, 1<<31 - 1}
	for range 200 {
		sizes = append(sizes, 1+r.Int64N(1<<31-1))
	}
	hashes := []int32{0, 1, -1, math.MaxInt32, math.MinInt32, math.MinInt32 + 1}
	for range 2000 {
		hashes = append(hashes, int32(r.Uint32()))
	}
	for _, n := range sizes {
		s := newHashSlots(n)
		for _, h := range hashes {
			if got, want := s.of(h), murmur.NonNegativeMod(h, int32(n)); got != want {
				t.Fatalf("slot of %d among %d is %d, want %d", h, n, got, want)
			}
		}
	}
}

func TestSlotCounterCountsEachSlotInOrder(t *testing.T) {
	r := testseed.Rand(t, 3, 4)
	var c slotCounter
	for _, hits := range []int{0, 1, 2, 24, 25, 26, 100, 500, 501, 3000} {
		for _, size := range []int{1, 2, 127, 128, 129, 20_000, 1 << 18, 1_000_000, 1<<31 - 1} {
			want := map[int32]float64{}
			for range hits {
				slot := int32(r.IntN(size))
				if r.IntN(3) == 0 {
					slot %= 10
				}
				c.hits = append(c.hits, slot)
				want[slot]++
			}
			slots, counts := c.count(size)
			if !slices.IsSorted(slots) {
				t.Errorf("%d hits in %d: slots are not in order", hits, size)
			}
			got := map[int32]float64{}
			for i, s := range slots {
				got[s] = counts[i]
			}
			if diff := cmp.Diff(want, got); diff != "" || len(got) != len(slots) {
				t.Errorf("%d hits in %d (-want +got):\n%s", hits, size, diff)
			}
		}
	}
}

// BenchmarkWords measures the ops over text with rows of different lengths,
// whose words are as unequal in frequency as those of a language. hash is the
// hashing alone.
func BenchmarkWords(b *testing.B) {
	for _, words := range []int{10, 100, 2000} {
		rows := 200_000 / words
		lists, texts, vocabulary := benchmarkWords(rows, words)
		defer lists.Release()
		defer texts.Release()
		eval := func(op *ops.Op, in arrow.Array, attrs map[string]bundle.Value) {
			k, err := op.Load(&ops.Node{Attrs: bundle.NewAttrs(attrs)})
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%s/words=%d", op.Name, words), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					out, err := k.Eval(&ops.Batch{Mem: memory.DefaultAllocator, Len: rows}, []arrow.Array{in})
					if err != nil {
						b.Fatal(err)
					}
					out[0].Release()
				}
				b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			})
		}
		scalar := func(v bundle.ScalarValue) bundle.Value { return bundle.Value{Scalar: &v} }
		list := func(v []string) bundle.Value { return bundle.Value{List: &bundle.ListValue{Strings: v}} }
		b.Run(fmt.Sprintf("hash/words=%d", words), func(b *testing.B) {
			view, sum := column.ViewStringLists(lists), int32(0)
			for b.Loop() {
				for i := range rows * words {
					sum += murmur.V2(view.Word(i))
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
		eval(HashingTermFrequency, lists, map[string]bundle.Value{
			"num_features": scalar(bundle.ScalarValue{Long: 1e6}), "hashUnsafeBytesVersion": scalar(bundle.ScalarValue{Int: 2}),
		})
		eval(CountVectorizer, lists, map[string]bundle.Value{"vocabulary": list(vocabulary), "binary": scalar(bundle.ScalarValue{}), "min_tf": scalar(bundle.ScalarValue{Double: 1})})
		eval(StopWordsRemover, lists, map[string]bundle.Value{"stop_words": list(vocabulary[:100]), "case_sensitive": scalar(bundle.ScalarValue{})})
		eval(NGram, lists, map[string]bundle.Value{"n": scalar(bundle.ScalarValue{Long: 2})})
		eval(WordFilter, lists, map[string]bundle.Value{"length": scalar(bundle.ScalarValue{Int: 1})})
		eval(Tokenizer, texts, nil)
		eval(RegexTokenizer, texts, map[string]bundle.Value{
			"regex": scalar(bundle.ScalarValue{String: `\W+`}), "match_gaps": scalar(bundle.ScalarValue{Bool: true}),
			"token_min_length": scalar(bundle.ScalarValue{Int: 1}), "lowercase_text": scalar(bundle.ScalarValue{Bool: true}),
		})
	}
}

// benchmarkWords returns rows of words, as lists and as text with capitals, and
// the different words.
func benchmarkWords(rows, words int) (lists, texts arrow.Array, vocabulary []string) {
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.1, 4, 30_000)
	lb := array.NewListBuilder(memory.DefaultAllocator, arrow.BinaryTypes.String)
	tb := array.NewStringBuilder(memory.DefaultAllocator)
	seen := map[string]bool{}
	for range rows {
		lb.Append(true)
		var text []string
		for range words {
			n := zipf.Uint64()
			word := fmt.Sprintf("w%x", n*n*7919)
			lb.ValueBuilder().(*array.StringBuilder).Append(word)
			text = append(text, strings.ToUpper(word[:1])+word[1:])
			if !seen[word] {
				seen[word] = true
				vocabulary = append(vocabulary, word)
			}
		}
		tb.Append(strings.Join(text, " "))
	}
	return lb.NewArray(), tb.NewArray(), vocabulary
}
