package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"
)

// target is a package that is broken.
type target struct {
	path string
	fset *token.FileSet
	info *types.Info
	syn  []*ast.File
	text map[string][]byte // by the path of the file
}

// mutant is a file with one change.
type mutant struct {
	file     string // relative to the working directory
	line     int
	column   int
	from, to int // offsets of what is replaced
	with     string
	what     string
	source   string // the line as it is
}

func (m mutant) String() string {
	return fmt.Sprintf("%s:%d:%d: %s: %s", m.file, m.line, m.column, m.what, m.source)
}

func inOrder(ms []mutant) []mutant {
	slices.SortFunc(ms, func(a, b mutant) int {
		return cmp.Or(strings.Compare(a.file, b.file), cmp.Compare(a.from, b.from), strings.Compare(a.with, b.with))
	})
	return ms
}

func load(ctx context.Context, patterns []string) ([]target, error) {
	mode := packages.NeedName | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedFiles | packages.NeedImports | packages.NeedDeps | packages.NeedExportFile
	found, err := packages.Load(&packages.Config{Context: ctx, Mode: mode}, patterns...)
	if err != nil {
		return nil, err
	}
	var ts []target
	for _, p := range found {
		for _, e := range p.Errors {
			err = errors.Join(err, e)
		}
		ts = append(ts, target{p.PkgPath, p.Fset, p.TypesInfo, p.Syntax, map[string][]byte{}})
	}
	return ts, err
}

// tested returns the package itself, or the next one above it that has tests.
func (t target) tested() string {
	pkg, dir := t.path, filepath.Dir(t.fset.Position(t.syn[0].FileStart).Filename)
	for {
		if found, _ := filepath.Glob(filepath.Join(dir, "*_test.go")); len(found) > 0 || !strings.Contains(pkg, "/") {
			return pkg
		}
		pkg, dir = path.Dir(pkg), filepath.Dir(dir)
	}
}

// mutants returns all mutants of the package's files that a person wrote.
func (t target) mutants() []mutant {
	var ms []mutant
	for _, f := range t.syn {
		name := t.fset.Position(f.FileStart).Filename
		text, err := os.ReadFile(name)
		if err != nil || ast.IsGenerated(f) || !strings.HasSuffix(name, ".go") {
			continue // such as what cgo makes of a file
		}
		t.text[name] = text
		c := collector{target: t, name: name, text: text}
		ast.Inspect(f, func(n ast.Node) bool { return c.visit(n) })
		ms = append(ms, c.found...)
	}
	return inOrder(ms)
}

// collector gathers the mutants of one file.
type collector struct {
	target
	name  string
	text  []byte
	found []mutant
}

// opposites are the operators that stand for one another.
var opposites = map[token.Token][]string{
	token.LSS: {"<=", ">="}, token.LEQ: {"<"}, token.GTR: {">=", "<="}, token.GEQ: {">"}, token.EQL: {"!="}, token.NEQ: {"=="},
	token.LAND: {"||"}, token.LOR: {"&&"}, token.ADD: {"-"}, token.SUB: {"+"}, token.ADD_ASSIGN: {"-="}, token.SUB_ASSIGN: {"+="},
}

func (c *collector) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		c.binary(n)
	case *ast.AssignStmt:
		if c.numeric(n.Lhs[0]) {
			c.operator(n.TokPos, n.Tok)
		}
	case *ast.BasicLit:
		if i, err := strconv.ParseInt(n.Value, 0, 64); err == nil && n.Kind == token.INT {
			c.replace(n.Pos(), n.End(), strconv.FormatInt(i+1, 10), n.Value+" is one more")
		}
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			c.replace(n.Pos(), n.X.Pos(), "", "no !")
		}
	case *ast.ExprStmt:
		c.wrap(n, "if false { ", " }", "left out")
	case *ast.DeferStmt:
		c.wrap(n, "if false { ", " }", "left out")
		return false
	case *ast.CallExpr:
		c.call(n)
	case *ast.BranchStmt:
		if n.Tok == token.CONTINUE && n.Label == nil {
			c.replace(n.Pos(), n.End(), "{}", "left out")
		}
	case *ast.ImportSpec, *ast.ArrayType:
		return false
	case *ast.GenDecl:
		return n.Tok != token.TYPE && n.Tok != token.IMPORT
	}
	return true
}

func (c *collector) binary(n *ast.BinaryExpr) {
	if id, ok := n.Y.(*ast.Ident); ok && id.Name == "nil" && isError(c.info.TypeOf(n.X)) {
		if n.Op == token.NEQ { // and not ==, which nearly every test notices
			c.wrap(n, "(", " && false)", "never holds")
		}
		return
	}
	if (n.Op == token.ADD || n.Op == token.SUB) && !c.numeric(n) {
		return
	}
	if tv := c.info.Types[n]; tv.Value != nil {
		return // its parts are mutated, as constants
	}
	c.operator(n.OpPos, n.Op)
	if n.Op == token.NEQ && c.numeric(n.X) { // a law of counts that holds in one direction only
		for _, weaker := range []string{"<", ">"} {
			c.replace(n.OpPos, n.OpPos+2, weaker, "!= is "+weaker)
		}
	}
}

func (c *collector) operator(pos token.Pos, op token.Token) {
	for _, other := range opposites[op] {
		c.replace(pos, pos+token.Pos(len(op.String())), other, fmt.Sprintf("%s is %s", op, other))
	}
}

// call leaves out a call that returns an error and nothing else, and takes the
// smaller for the greater.
func (c *collector) call(n *ast.CallExpr) {
	if id, ok := n.Fun.(*ast.Ident); ok && c.info.Types[n.Fun].IsBuiltin() {
		if other := map[string]string{"min": "max", "max": "min"}[id.Name]; other != "" {
			c.replace(id.Pos(), id.End(), other, id.Name+" is "+other)
		}
		return
	}
	if !isError(c.info.TypeOf(n)) || c.info.Types[n.Fun].IsType() || c.makesError(n) {
		return
	}
	c.wrap(n, "func() error { if false { return ", " }; return nil }()", "not called")
}

// makesError says whether a call is there for the error that it returns.
func (c *collector) makesError(n *ast.CallExpr) bool {
	fun := string(c.text[c.offset(n.Fun.Pos()):c.offset(n.Fun.End())])
	return fun == "fmt.Errorf" || fun == "errors.New" || strings.HasSuffix(strings.ToLower(fun), "error") || strings.HasSuffix(strings.ToLower(fun), "errorf")
}

func (c *collector) numeric(e ast.Expr) bool {
	t := c.info.TypeOf(e)
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsNumeric != 0
}

func isError(t types.Type) bool {
	return t != nil && types.Identical(t, types.Universe.Lookup("error").Type())
}

func (c *collector) wrap(n ast.Node, before, after, what string) {
	c.replace(n.Pos(), n.End(), before+string(c.text[c.offset(n.Pos()):c.offset(n.End())])+after, what)
}

func (c *collector) replace(from, to token.Pos, with, what string) {
	at := c.fset.PositionFor(from, false)
	name := c.name
	if rel, err := filepath.Rel(".", name); err == nil {
		name = rel
	} else if wd, err := os.Getwd(); err == nil {
		name, _ = filepath.Rel(wd, name)
	}
	c.found = append(c.found, mutant{
		file: name, line: at.Line, column: at.Column, from: c.offset(from), to: c.offset(to), with: with, what: what,
		source: strings.TrimSpace(strings.Split(string(c.text), "\n")[at.Line-1]),
	})
}

func (c *collector) offset(p token.Pos) int { return c.fset.PositionFor(p, false).Offset }
