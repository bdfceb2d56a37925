package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The files of this package use each other in one direction, with main.go on top: of
// two files, one can be read without the other.
func TestFilesHaveNoCircles(t *testing.T) {
	uses := fileUses(t)
	below := map[string]bool{} // files that are known to lead to no circle
	var follow func(file string, way []string)
	follow = func(file string, way []string) {
		if at := slices.Index(way, file); at >= 0 {
			t.Errorf("a circle: %s", strings.Join(append(way[at:], file), " -> "))
			return
		}
		if below[file] {
			return
		}
		for _, next := range slices.Sorted(maps.Keys(uses[file])) {
			follow(next, append(slices.Clip(way), file))
		}
		below[file] = true
	}
	for _, file := range slices.Sorted(maps.Keys(uses)) {
		follow(file, nil)
		if uses[file]["main.go"] {
			t.Errorf("%s uses main.go", file)
		}
	}
	if len(uses["main.go"]) < 5 {
		t.Errorf("main.go is found to use %v only", uses["main.go"])
	}
}

// fileUses returns, for each file that is no test, the files that declare what it uses:
// names of the package, and methods of a name that only one file has.
func fileUses(t *testing.T) map[string]map[string]bool {
	t.Helper()
	files := map[string]*ast.File{}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if files[name], err = parser.ParseFile(set, name, nil, 0); err != nil {
			t.Fatal(err)
		}
	}
	declared, methods := map[string]string{}, map[string]string{}
	for name, file := range files {
		for object := range file.Scope.Objects {
			declared[object] = name
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
				in := name
				if other, twice := methods[f.Name.Name]; twice && other != name {
					in = ""
				}
				methods[f.Name.Name] = in
			}
		}
	}
	uses := map[string]map[string]bool{}
	for name, file := range files {
		uses[name] = map[string]bool{}
		note := func(in string) {
			if in != "" && in != name {
				uses[name][in] = true
			}
		}
		for _, id := range file.Unresolved { // names that the file itself does not declare
			note(declared[id.Name])
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name != "String" { // which is mostly another package's
				note(methods[s.Sel.Name])
			}
			return true
		})
	}
	return uses
}
