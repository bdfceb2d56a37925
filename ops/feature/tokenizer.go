package feature

import (
	"encoding/binary"
	"math/bits"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
)

// Tokenizer splits text into words at white space.
var Tokenizer = &ops.Op{
	Name:   "tokenizer",
	Doc:    "Lower-cases a text and splits it at every single white-space character; only empty words at the end are dropped.",
	Ports:  []string{"in input: string, never null", "out output: list<string>"},
	Source: "TokenizerModel.scala, String.toLowerCase, String.split",
	Load:   func(*ops.Node) (ops.Kernel, error) { return tokenizer{}, nil },
}

type tokenizer struct{}

func (tokenizer) Inputs() []ops.Port  { return textPort("input") }
func (tokenizer) Outputs() []ops.Port { return wordsPort("output") }

// textPort returns the ports of an op whose one input is a text, never null.
func textPort(name string) []ops.Port { return port(name, bundle.Scalar(bundle.String).NonNull()) }

func (tokenizer) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	texts := column.ViewStrings(in[0])
	bytes := textBytes(texts)
	out := column.NewStringListBuilder(b.Mem, b.Len, bytes/5, bytes+8)
	var low lowerer
	split := func(_ int, text string) (bool, error) {
		splitSpace(out, text, &low)
		return true, nil
	}
	return one(finishWords(out, splitTexts(b, texts, out, split)))
}

// splitter appends the words of a text. It rejects the row and returns false if it
// cannot, or returns an error that ends the batch.
type splitter func(row int, text string) (ok bool, err error)

// splitTexts makes a row of words of each text, or an empty one of a null. Texts of a
// dictionary are split once, unless they are rejected.
func splitTexts(b *ops.Batch, texts *column.Strings, out *column.StringListBuilder, split splitter) error {
	words, code, dict := texts.Dict()
	var known [][2]int32 // of the texts of a dictionary, where their words start and end in out, plus 1
	if dict && words.Len() < b.Len {
		known = make([][2]int32, words.Len())
	}
	for row := range b.Len {
		switch {
		case texts.IsNull(row):
		case known != nil && known[code(row)][0] > 0:
			k := known[code(row)]
			out.Repeat(int(k[0]-1), int(k[1]-1))
		default:
			start := out.Len()
			ok, err := split(row, texts.Value(row))
			if err != nil {
				return err
			}
			if ok && known != nil {
				known[code(row)] = [2]int32{int32(start + 1), int32(out.Len() + 1)}
			}
		}
		out.EndRow()
	}
	return nil
}

// finishWords returns the column of out, or the error that its rows ended with.
func finishWords(out *column.StringListBuilder, stopped error) (arrow.Array, error) {
	arr, err := out.Array()
	if stopped != nil && err == nil {
		arr.Release()
		return nil, stopped
	}
	return arr, err
}

// textBytes is about how many bytes all texts have, for sizing builders.
func textBytes(texts *column.Strings) int {
	n := 0
	for row := range texts.Len() {
		if !texts.IsNull(row) {
			n += len(texts.Value(row))
		}
	}
	return min(n, 1<<26)
}

// splitSpace appends the words of a text as they are after lower-casing it.
func splitSpace(out *column.StringListBuilder, text string, low *lowerer) {
	if _, ascii := letterCase(text); !ascii {
		text = low.lower(text)
	}
	room := out.Room(len(text) + 8) // eight bytes are written at once
	n, spaced := 0, false           // n is the length of the word so far
	for i := 0; i < len(text); {
		if i+8 <= len(text) {
			x := eight(text, i)
			binary.LittleEndian.PutUint64(room[n:], lowerEight(x))
			k := bits.TrailingZeros64(spaces(x)) / 8
			n += k
			i += k
			if k == 8 {
				continue
			}
		} else if c := text[i]; !isSpace(c) {
			room[n] = lowerASCII(c)
			n++
			i++
			continue
		}
		out.Cut(n)
		room, n, spaced = room[n:], 0, true
		i++
	}
	out.Cut(n)
	if spaced {
		out.DropEmpty()
	}
}

// isSpace reports whether \s of java.util.regex matches c.
func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }
