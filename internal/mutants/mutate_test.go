package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

const source = `package p

func sync() error { return nil }

func f(a, b int, s string) error {
	if a < b && s != "x"+s {
		return sync()
	}
	for range 3 {
		if !(a != b) {
			continue
		}
		a -= min(b, 2)
		println(a)
	}
	if err := sync(); err != nil {
		return err
	}
	defer println(b)
	return nil
}
`

func TestEachKindOfLineIsBroken(t *testing.T) {
	want := []string{
		"6: < is <=", "6: < is >=", "6: && is ||", "6: != is ==", // and the + of strings is left alone
		"7: not called", "9: 3 is one more", "10: no !", "10: != is ==", "10: != is <", "10: != is >", "11: left out",
		"13: -= is +=", "13: min is max", "13: 2 is one more", "14: left out",
		"16: not called", "16: never holds", "19: left out",
	}
	p := parsed(t, source)
	var got []string
	for _, m := range p.mutants() {
		got = append(got, fmt.Sprintf("%d: %s", m.line, m.what))
		broken := string(p.text[name(p)][:m.from]) + m.with + source[m.to:]
		if _, err := parser.ParseFile(token.NewFileSet(), "", broken, 0); err != nil {
			t.Errorf("%v: %v", m, err)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("mutants %q, want %q", got, want)
	}
}

func name(p target) string { return p.fset.Position(p.syn[0].FileStart).Filename }

func parsed(t *testing.T, text string) target {
	t.Helper()
	file := filepath.Join(t.TempDir(), "p.go")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	p := target{fset: token.NewFileSet(), text: map[string][]byte{}, info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}}
	f, err := parser.ParseFile(p.fset, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&types.Config{}).Check("p", p.fset, []*ast.File{f}, p.info); err != nil {
		t.Fatal(err)
	}
	p.syn = []*ast.File{f}
	return p
}
