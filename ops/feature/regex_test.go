package feature_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/ops"
	"leapscore/ops/opstest/casefile"
)

const (
	endlessTokenizer = `{"op":"regex_tokenizer","attributes":{"regex":{"string":"(a*)*\\1b"},"match_gaps":{"boolean":true},"token_min_length":{"int":1},"lowercase_text":{}}}`
	endlessIndexer   = `{"op":"regex_indexer","attributes":{"regexes":{"type":"list","string":["c","(a*)*\\1b"]},"indices":{"type":"list","int":[7,8]},"default_value":{"int":9}}}`
)

// An endless text is a bad row, and the rows beside it are scored.
func TestRegexStepLimitIsABadRow(t *testing.T) {
	endless := strings.Repeat("a", 60) + "!"
	for _, model := range []string{endlessTokenizer, endlessIndexer} {
		b, out, err := evalTexts(t, model, nil, "x", endless, "aab", "c")
		if err != nil {
			t.Fatalf("%s: %v", model, err)
		}
		defer out.Release()
		for row, want := range []ops.Code{"", ops.StepLimit, "", ""} {
			if got, _ := b.Rejected(row); got.Code != want {
				t.Errorf("%s: row %d: code %q, want %q", model, row, got.Code, want)
			}
		}
		if out.ValueStr(3) != map[string]string{endlessTokenizer: `["c"]`, endlessIndexer: "7"}[model] {
			t.Errorf("%s: row 3 is %s", model, out.ValueStr(3))
		}
	}
}

// A run that is to end does not wait for such a text.
func TestRegexOpsStop(t *testing.T) {
	stop := make(chan struct{})
	close(stop)
	for _, model := range []string{endlessTokenizer, endlessIndexer} {
		b, out, err := evalTexts(t, model, stop, "x", strings.Repeat("a", 60)+"!")
		if !errors.Is(err, ops.ErrStopped) || out != nil {
			t.Errorf("%s: %v and %v, want %v", model, out, err, ops.ErrStopped)
		}
		if n := b.Rejects(); n != 0 {
			t.Errorf("%s: %d rows rejected, want none", model, n)
		}
	}
}

func evalTexts(t *testing.T, model string, stop <-chan struct{}, texts ...string) (*ops.Batch, arrow.Array, error) {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	t.Cleanup(func() { mem.AssertSize(t, 0) })
	in := array.NewStringBuilder(mem)
	defer in.Release()
	in.AppendValues(texts, nil)
	arr := in.NewArray()
	defer arr.Release()
	k := loadMutant(&casefile.Model{Files: map[string][]byte{"model.json": []byte(model)}})
	if k == nil {
		t.Fatalf("%s does not load", model)
	}
	b := &ops.Batch{Mem: mem, Len: len(texts), Stop: stop}
	out, err := k.Eval(b, []arrow.Array{arr})
	if err != nil {
		return b, nil, err
	}
	return b, out[0], nil
}

// Texts of a dictionary are split once, and each row has its own words or its own
// rejection, also if the row was rejected before.
func TestTokenizersSplitTheTextsOfDictionaries(t *testing.T) {
	const model = `{"op":"regex_tokenizer","attributes":{"regex":{"string":"\\s|(a*)*\\1b"},"match_gaps":{"boolean":true},"token_min_length":{"int":1},"lowercase_text":{"boolean":true}}}`
	endless := strings.Repeat("a", 60) + "!"
	words := []string{"One two", endless, "", "three", "unused"}
	rows := []int32{0, 1, 0, 3, 1, 2, 0, 3, 1}
	for _, doc := range []string{model, `{"op":"tokenizer","attributes":{}}`} {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		k := loadMutant(&casefile.Model{Files: map[string][]byte{"model.json": []byte(doc)}})
		dict := array.NewDictionaryArray(
			&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String},
			int32s(mem, rows), strings8(mem, words))
		defer dict.Release()
		b := &ops.Batch{Mem: mem, Len: len(rows)}
		b.Reject(1, 0, ops.Unseen, "before")
		out, err := k.Eval(b, []arrow.Array{dict})
		if err != nil {
			t.Fatal(err)
		}
		for row, c := range rows {
			if got, _ := b.Rejected(row); doc == model && (got.Code != "") != (c == 1) {
				t.Errorf("%s: row %d, %.10q: code %q", doc, row, words[c], got.Code)
			}
			want := map[int32]string{0: `["one","two"]`, 2: map[bool]string{true: `[]`, false: `[""]`}[doc == model], 3: `["three"]`}[c]
			if got := out[0].ValueStr(row); c != 1 && got != want {
				t.Errorf("%s: row %d, %q: %s, want %s", doc, row, words[c], got, want)
			}
		}
		out[0].Release()
	}
}

func int32s(mem memory.Allocator, values []int32) arrow.Array {
	b := array.NewInt32Builder(mem)
	defer b.Release()
	b.AppendValues(values, nil)
	return b.NewArray()
}

func strings8(mem memory.Allocator, values []string) arrow.Array {
	b := array.NewStringBuilder(mem)
	defer b.Release()
	b.AppendValues(values, nil)
	return b.NewArray()
}
