package feature

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/javatext"
)

// RegexIndexer numbers text by regular expressions.
var RegexIndexer = &ops.Op{
	Name: "regex_indexer",
	Doc:  "Returns the number of the first regular expression that matches somewhere in a text.",
	Attrs: []string{
		"regexes: list<string>, the java.util.regex.Patterns in their order",
		"indices: list<int>, the number of each",
		"default_value: int, for a text that no expression matches; if absent, such a text is refused",
	},
	Ports:   []string{"in input: string", "out output: int"},
	Source:  "RegexIndexerModel.scala, java.util.regex.Pattern",
	Inexact: "identical, except that a text is refused (step_limit) if an expression takes more than 50 million steps on it, which last for seconds or forever in the JVM, or a million choices at once, which overflow the JVM's stack",
	Load:    loadRegexIndexer,
}

type regexIndexer struct {
	finder  *javatext.Finder
	numbers []int32 // one for each regular expression
	def     int32
	hasDef  bool
}

func loadRegexIndexer(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	k := &regexIndexer{numbers: a.Ints("indices"), def: a.IntOr("default_value", 0), hasDef: a.Has("default_value")}
	var regexes []*javatext.Regex
	for i, pattern := range a.Strings("regexes") {
		re, err := javatext.Compile(pattern)
		if err != nil {
			a.Failf("regexes", "number %d: %w", i, err)
		}
		regexes = append(regexes, re)
	}
	if a.Err() != nil {
		return nil, a.Err()
	}
	pairs := min(len(regexes), len(k.numbers)) // as Scala's zip
	k.numbers = k.numbers[:pairs]
	k.finder = javatext.NewFinder(regexes[:pairs])
	return k, nil
}

func (k *regexIndexer) Inputs() []ops.Port { return port("input", bundle.Scalar(bundle.String)) }
func (k *regexIndexer) Outputs() []ops.Port {
	return port("output", bundle.Scalar(bundle.Int).NonNull())
}

func (k *regexIndexer) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	s := column.ViewStrings(in[0])
	out := column.NewInts(b.Mem, b.Len)
	words, code, dict := s.Dict()
	var known []found // of the words of a dictionary
	if dict {
		known = make([]found, words.Len())
	}
	for row := range out.Values {
		var f found
		switch {
		case s.IsNull(row):
			if len(k.numbers) > 0 {
				b.Reject(row, 0, ops.Null, "null text")
				continue
			}
			f = k.find(b.Stop, "")
		case dict:
			c := code(row)
			if !known[c].done {
				known[c] = k.find(b.Stop, words.Value(c))
			}
			f = known[c]
		default:
			f = k.find(b.Stop, s.Value(row))
		}
		switch {
		case f.err != nil:
			if err := rejectText(b, row, f.err); err != nil {
				out.Array().Release()
				return nil, err
			}
		case !f.ok:
			b.Reject(row, 0, ops.Unseen, "no regular expression is found, and there is no default_value")
		}
		out.Values[row] = f.number
	}
	return []arrow.Array{out.Array()}, nil
}

// found is the answer to one text.
type found struct {
	number   int32
	ok, done bool
	err      error
}

func (k *regexIndexer) find(stop <-chan struct{}, text string) found {
	switch i, err := k.finder.Find(stop, text); {
	case err != nil:
		return found{err: err, done: true}
	case i >= 0:
		return found{number: k.numbers[i], ok: true, done: true}
	}
	return found{number: k.def, ok: k.hasDef, done: true}
}
