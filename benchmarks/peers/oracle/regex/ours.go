package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/builtin"
	"leapscore/ops/opstest"
	"leapscore/ops/opstest/casefile"
)

// matcher is a pattern in two tokenizers, which give the matches and what is
// between them.
type matcher struct {
	pattern    string
	all, split ops.Kernel
}

func compile(pattern string) (m *matcher, err error) {
	m = &matcher{pattern: pattern}
	if m.all, err = tokenizer(pattern, false); err == nil {
		m.split, err = tokenizer(pattern, true)
	}
	return m, err
}

func tokenizer(pattern string, gaps bool) (ops.Kernel, error) {
	model, err := json.Marshal(map[string]any{"op": "regex_tokenizer", "attributes": map[string]any{
		"regex": map[string]any{"string": pattern}, "match_gaps": map[string]any{"boolean": gaps},
		"token_min_length": map[string]any{"int": 0}, "lowercase_text": map[string]any{"boolean": false},
	}})
	if err != nil {
		return nil, err
	}
	b, err := bundle.OpenFS(opstest.Files(&casefile.Model{Files: map[string][]byte{"model.json": model}}), bundle.Limits{})
	if err != nil {
		return nil, err
	}
	op, _ := builtin.Registry().Lookup("regex_tokenizer")
	return op.Load(&ops.Node{Attrs: b.Root.Model.Attrs, Files: b.Root.Model.Files, Wired: func(string) bool { return true }})
}

// answer is that of JavaRegex.java to a text, or the reason why there is none.
func (m *matcher) answer(text string) (string, ops.Reject, error) {
	var b strings.Builder
	b.WriteString("=>")
	for _, k := range []ops.Kernel{m.all, m.split} {
		words, refused, err := tokens(k, text)
		if err != nil || refused.Code != "" {
			return "", refused, err
		}
		for _, w := range words {
			b.WriteString(" " + quote(w))
		}
		if k == m.all {
			b.WriteString(" |")
		}
	}
	return b.String(), ops.Reject{}, nil
}

func tokens(k ops.Kernel, text string) (words []string, refused ops.Reject, err error) {
	in := array.NewStringBuilder(memory.DefaultAllocator)
	in.Append(text)
	batch := &ops.Batch{Mem: memory.DefaultAllocator, Len: 1}
	out, err := k.Eval(batch, []arrow.Array{in.NewArray()})
	if err != nil {
		return nil, refused, fmt.Errorf("%q: %w", text, err)
	}
	refused, _ = batch.Rejected(0)
	list := out[0].(*array.List).ListValues().(*array.String)
	for i := range list.Len() {
		words = append(words, list.Value(i))
	}
	return words, refused, nil
}
