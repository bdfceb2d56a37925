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
	for row := range b.Len {
		if !texts.IsNull(row) {
			splitSpace(out, texts.Value(row), &low)
		}
		out.EndRow()
	}
	return one(out.Array())
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
