package feature

import (
	"errors"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/javatext"
)

// RegexTokenizer splits text by a regular expression.
var RegexTokenizer = &ops.Op{
	Name: "regex_tokenizer",
	Doc:  "Splits a text at the matches of a regular expression, or returns the matches, and drops short words.",
	Attrs: []string{
		"regex: string, a java.util.regex.Pattern",
		"match_gaps: boolean, whether the expression matches the gaps between words, or the words",
		"token_min_length: int, the smallest length that is kept, in UTF-16 units",
		"lowercase_text: boolean, whether to lower-case the text first",
	},
	Ports:   []string{"in input: string, never null", "out output: list<string>"},
	Source:  "RegexTokenizerModel.scala, java.util.regex.Pattern",
	Inexact: "identical, except that a text is refused if the expression splits a surrogate pair, because the words would not be valid text, or (step_limit) if it takes more than 50 million steps, which last for seconds or forever in the JVM, or a million choices at once, which overflow the JVM's stack",
	Load:    loadRegexTokenizer,
}

type regexTokenizer struct {
	regex *javatext.Regex
	words func(re *javatext.Regex, stop <-chan struct{}, dst []string, s string) ([]string, error)
	min   int
	lower bool
}

func loadRegexTokenizer(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	k := &regexTokenizer{
		words: (*javatext.Regex).AppendAll,
		min:   int(a.Int("token_min_length")),
		lower: a.Bool("lowercase_text"),
	}
	if a.Bool("match_gaps") {
		k.words = (*javatext.Regex).AppendSplit
	}
	re, err := javatext.Compile(a.String("regex"))
	if err != nil {
		a.Failf("regex", "%w", err)
	}
	k.regex = re
	return k, a.Err()
}

func (k *regexTokenizer) Inputs() []ops.Port  { return textPort("input") }
func (k *regexTokenizer) Outputs() []ops.Port { return wordsPort("output") }

func (k *regexTokenizer) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	texts := column.ViewStrings(in[0])
	bytes := textBytes(texts)
	out := column.NewStringListBuilder(b.Mem, b.Len, bytes/5, bytes)
	var low lowerer
	var words []string
	split := func(row int, text string) (ok bool, err error) {
		if k.lower {
			text = low.lower(text)
		}
		if words, err = k.words(k.regex, b.Stop, words[:0], text); err != nil {
			return false, rejectText(b, row, err)
		}
		for _, w := range words {
			// A unit of UTF-16 takes one to three bytes.
			if len(w) >= k.min && (len(w) > 3*(k.min-1) || javatext.UTF16Len(w) >= k.min) {
				out.Append(w)
			}
		}
		return true, nil
	}
	return one(finishWords(out, splitTexts(b, texts, out, split)))
}

// rejectText refuses row for the error of a regular expression. It returns the
// error of a run that is to end.
func rejectText(b *ops.Batch, row int, err error) error {
	switch {
	case errors.Is(err, javatext.ErrStopped):
		return ops.ErrStopped
	case errors.Is(err, javatext.ErrTooLong):
		b.Reject(row, 0, ops.StepLimit, "%v", err)
	default:
		b.Reject(row, 0, ops.Invalid, "%v", err)
	}
	return nil
}
