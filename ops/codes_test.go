package ops_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/ops"
)

func TestEveryCodeIsDocumented(t *testing.T) {
	var documented []ops.Code
	for _, d := range ops.CodeDocs() {
		if d.Means == "" || d.Remedy == "" {
			t.Errorf("%s has no text", d.Code)
		}
		documented = append(documented, d.Code)
	}
	if diff := cmp.Diff(ops.Codes, documented); diff != "" {
		t.Errorf("Codes and their documentation differ:\n%s", diff)
	}
	page, err := os.ReadFile("../docs/codes.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(page), ops.CodesMarkdown()); diff != "" {
		t.Errorf("docs/codes.md is stale; run make generate:\n%s", diff)
	}
}

// A code that is emitted is a constant of package ops, and every such constant
// is in Codes.
func TestEveryCodeThatIsEmittedIsInTheList(t *testing.T) {
	listed := map[string]bool{}
	for _, c := range ops.Codes {
		listed[string(c)] = true
	}
	constants := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != ".." {
			if d != nil && d.IsDir() {
				return filepath.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				if id, ok := n.Type.(*ast.Ident); ok && id.Name == "Code" && file.Name.Name == "ops" {
					constants += len(n.Values)
					for _, v := range n.Values {
						if text, err := strconv.Unquote(v.(*ast.BasicLit).Value); err != nil || !listed[text] {
							t.Errorf("%s: constant %s is not in Codes", path, text)
						}
					}
				}
			case *ast.CallExpr:
				if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Code" {
					if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "ops" {
						t.Errorf("%s: a code is made of a string: use a constant of package ops", path)
					}
				}
				for _, arg := range n.Args {
					checkLiteralCode(t, path, n, arg)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if constants != len(ops.Codes) {
		t.Errorf("%d constants, %d codes", constants, len(ops.Codes))
	}
}

// checkLiteralCode finds texts where methods of ops.Batch want a code.
func checkLiteralCode(t *testing.T, path string, call *ast.CallExpr, arg ast.Expr) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || (sel.Sel.Name != "Reject" && sel.Sel.Name != "Drop") || len(call.Args) < 3 || arg != call.Args[2] {
		return
	}
	if lit, ok := arg.(*ast.BasicLit); ok {
		t.Errorf("%s: %s gets the code %s: use a constant of package ops", path, sel.Sel.Name, lit.Value)
	}
}
