package feature

import (
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
)

// Tokenizer splits text into words at white space.
var Tokenizer = &ops.Op{
	Name:   "tokenizer",
	Doc:    "Lower-cases a text and splits it at every single white-space character; only empty words at the end are left out.",
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
	out := column.NewStringListBuilder(b.Mem, b.Len, 8*b.Len, 64*b.Len)
	var low lowerer
	for row := range b.Len {
		if !texts.IsNull(row) {
			splitSpace(out, texts.Value(row), &low)
		}
		out.EndRow()
	}
	return one(out.Array())
}

// What the bytes of a text are to splitSpace.
const (
	isSpace  = 0xff // separates, as \s of java.util.regex
	isBeyond = 0xfe // part of a character beyond ASCII
)

// asciiClass has the lower case of each byte, or what it is.
var asciiClass = func() (t [256]byte) {
	for i := range t {
		switch c := byte(i); {
		case c == ' ' || '\t' <= c && c <= '\r':
			t[i] = isSpace
		case c >= utf8.RuneSelf:
			t[i] = isBeyond
		default:
			t[i] = lowerASCII(c)
		}
	}
	return t
}()

// splitSpace appends the words of a text as they are after lower-casing it.
func splitSpace(out *column.StringListBuilder, text string, low *lowerer) {
	if !isASCII(text) {
		text = low.lower(text)
	}
	room := out.Room(len(text))
	n, start, spaces := 0, 0, false
	for i := range len(text) {
		switch c := asciiClass[text[i]]; c {
		case isSpace:
			out.Cut(n - start)
			start, spaces = n, true
		case isBeyond:
			room[n] = text[i]
			n++
		default:
			room[n] = c
			n++
		}
	}
	out.Cut(n - start)
	if spaces {
		out.DropEmpty()
	}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
