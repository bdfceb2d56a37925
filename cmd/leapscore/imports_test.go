package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// layers says what each package may import from this module, besides itself
// and packages below it. A package not named here may import nothing.
var layers = map[string][]string{
	"bundle":                         {},
	"bundle/bundletest":              {"bundle"},
	"ops":                            {"bundle"},
	"ops/column":                     {"bundle", "ops/internal/*", "internal/half"},
	"ops/tree":                       {"bundle", "ops/column"},
	"ops/tree/shap":                  {"ops/tree"},
	"ops/internal/*":                 {"ops/internal/*"},
	"ops/feature":                    {"bundle", "ops", "ops/column", "ops/internal/*"},
	"ops/classification":             {"bundle", "ops", "ops/column", "ops/tree", "ops/tree/shap", "ops/internal/*"},
	"ops/regression":                 {"bundle", "ops", "ops/column", "ops/tree", "ops/tree/shap", "ops/internal/*"},
	"ops/clustering":                 {"bundle", "ops", "ops/column", "ops/internal/*"},
	"ops/recommendation":             {"bundle", "ops", "ops/column", "ops/internal/*"},
	"ops/boosting":                   {"bundle", "ops", "ops/column", "ops/internal/*", "ops/tree", "ops/tree/shap", "models/xgboost/booster"},
	"ops/ensemble":                   {"ops"},
	"ops/builtin":                    {"ops", "ops/*"},
	"ops/opstest":                    {"bundle", "internal/testcpu", "ops", "ops/*", "ops/opstest/*", "engine/pipeline", "models/mleap"},
	"ops/opstest/casefile":           {},
	"ops/opstest/casearrow":          {"bundle", "ops/column", "ops/opstest/casefile"},
	"internal/*":                     {},
	"internal/rows":                  {"sources", "sources/files", "engine/store/cloud", "sql", "engine/store", "internal/fault", "internal/filetype", "internal/zone", "internal/similar", "internal/duckfile"},
	"compare":                        {"sources", "engine/store", "internal/arrays", "internal/fault", "internal/limits", "internal/memory", "internal/rows", "sources/files", "internal/similar"},
	"engine/store":                   {},
	"engine/store/*":                 {"engine/store"},
	"engine/enginetest":              {"bundle", "bundle/bundletest", "engine/store", "sinks"},
	"engine/pipeline":                {"bundle", "ops", "ops/column", "internal/arrays", "internal/similar"}, // of bundle only the types: typesOnly
	"engine/pipeline/internal/terms": {},
	"models":                         {"bundle", "engine/pipeline", "engine/store", "internal/similar"},
	"models/modeltest":               {"engine/pipeline", "models"},
	"models/internal/foreign":        {},
	"models/internal/trees":          {"bundle", "engine/pipeline", "internal/similar", "models", "models/explain", "ops", "ops/column", "ops/tree", "ops/tree/shap"},
	"models/kinds":                   {"bundle", "engine/pipeline", "internal/similar", "models", "models/*", "models/internal/foreign"},
	"models/catboost":                {"bundle", "internal/similar", "internal/thousands", "models", "models/catboost/booster", "models/internal/trees", "ops/tree"},
	"models/catboost/booster":        {"internal/libm", "ops/tree", "ops/tree/shap"},
	"models/lightgbm":                {"bundle", "internal/thousands", "models", "models/internal/trees", "ops/tree"},
	"models/lightgbm/booster":        {"internal/libm", "ops/tree", "ops/tree/shap"},
	"models/explain":                 {"bundle", "ops", "ops/column", "ops/tree/shap", "engine/pipeline"},
	"models/mleap":                   {"bundle", "ops", "ops/builtin", "engine/pipeline", "engine/store", "internal/similar", "models"},
	"models/xgboost":                 {"bundle", "internal/thousands", "models", "models/internal/trees", "ops/tree"},
	"models/xgboost/booster":         {"ops/tree", "ops/tree/shap", "internal/libm"},
	"internal/hive":                  {},
	"sources":                        {"engine/store", "internal/arrays", "internal/filetype", "internal/hive", "internal/similar"},
	"sources/sourcetest":             {"sources", "sources/files", "engine/store"},
	"runs":                           {"engine/store", "engine/summary", "internal/clean"},
	"engine/summary":                 {"ops/column"},
	"sinks/internal/order":           {"sinks/internal/format", "sinks/internal/partition", "sinks/internal/unwritable"},
	"sinks/internal/partition":       {"engine/store", "internal/arrays", "internal/hive", "sinks/internal/unwritable", "internal/similar"},
	"sinks/internal/shelf":           {"engine/store", "sinks/internal/format"},
	"sinks/internal/output":          {"engine/store", "sinks/internal/format"},
	"sinks/internal/marker":          {"engine/store", "runs"},
	"watch":                          {"runs", "watch/*"},
	"watch/*":                        {"runs", "engine/summary", "engine/store", "internal/clean"},
	"report":                         {"compare", "runs", "engine/summary", "internal/clean"},
	"sinks":                          {"engine/store", "runs", "internal/filetype", "internal/hive"},
	"sinks/internal/*":               {},
	"sinks/internal/format":          {"internal/filetype", "internal/half", "sinks/internal/parquet"},
	"sinks/delta":                    {"engine/store", "runs", "sinks"},
	"sinks/delta/internal/*":         {"engine/store"},
	"sinks/iceberg":                  {"engine/store", "sinks"},
	"sinks/fleet":                    {"engine/store", "runs", "sinks", "sinks/internal/marker"},
	"sinks/sinktest":                 {"sinks", "engine/store", "engine/store/*", "internal/testseed"},
	"sql":                            {"sources", "engine/store", "internal/arrays", "internal/filetype", "internal/hive", "sources/files", "internal/similar", "internal/duckfile", "internal/reuse"},
	"sql/internal/feed":              {"sources"},
	"sql/internal/infer":             {"sources", "internal/hive", "sources/text"},
	"sql/internal/words":             {"internal/duckfile"},
	"sql/internal/pick":              {},
	"sql/internal/vector":            {"internal/half"},
	"engine":                         {"ops", "ops/column", "engine/*", "sources", "sinks", "runs", "internal/arrays", "sources/files", "internal/similar", "internal/reuse"},
	"job":                            {"bundle", "models", "models/explain", "models/kinds", "models/mleap", "ops/column", "engine", "engine/*", "sources", "sources/files", "sql", "sinks", "sinks/fleet", "runs", "watch", "internal/arrays", "internal/clean", "internal/fault", "internal/hive", "internal/limits", "internal/memory", "internal/rows", "internal/similar", "internal/zone"},
	"job/internal/texts":             {},
	"job/internal/absent":            {"bundle", "internal/arrays", "internal/fault", "internal/similar", "ops/column", "sources"},
	"job/internal/place":             {"engine/store", "runs", "sinks", "internal/clean", "internal/filetype"},
	"job/internal/lake":              {"sinks/delta", "engine/store", "sinks", "sinks/iceberg"},
	"job/internal/past":              {"engine/store", "sinks", "runs", "internal/fault", "job/internal/lake", "job/internal/place"},
	"job/internal/intent":            {"engine/store", "sinks", "runs", "internal/clean", "internal/fault", "job/internal/lake", "job/internal/place"},
	"job/internal/fit":               {"engine/store", "sources", "sources/files", "sinks", "internal/arrays", "internal/fault", "internal/filetype", "internal/hive", "job/internal/place"},
	"job/internal/look":              {"engine/store", "sources", "sinks", "internal/arrays", "internal/clean", "internal/fault", "internal/rows", "job/internal/lake"},
	"job/internal/drift":             {"engine/summary", "runs", "internal/fault", "job/internal/past", "job/internal/place", "engine/store"},
	"stream":                         {"engine", "engine/pipeline", "internal/clean", "internal/fault", "internal/memory", "internal/similar", "job", "sources", "sources/arrow", "internal/reuse"},
	"cmd/leapscore":                  {"job", "stream", "compare", "report", "runs", "bundle", "models", "models/kinds", "models/mleap", "ops", "ops/builtin", "engine/pipeline", "engine/store", "internal/clean", "internal/memory", "internal/similar", "internal/thousands", "internal/zone"},
	"cmd/leapscore/internal/*":       {"cmd/leapscore/internal/*", "internal/thousands"},
	"sources/*":                      {"sources", "sources/internal/*", "engine/store", "internal/arrays"}, // one format each
	"sources/internal/*":             {"internal/arrays", "sources", "sources/internal/*", "engine/store", "internal/half"},
	"sources/files":                  {"internal/arrays", "internal/fault", "sources", "sources/*", "sources/internal/*", "engine/store", "internal/hive", "internal/filetype", "internal/similar"},
	"benchmarks/data":                {"*", "*/*"},
	"integration/servers":            {"integration/tools"},
	"integration/tools":              {},
	"benchmarks/peers/oracle":        {"*", "*/*", "*/*/*", "*/*/*/*"},
}

// forbidden says which other packages may not be imported where, and why.
var forbidden = []struct {
	in     string // prefix of our packages
	imp    string // prefix of the import
	except []string
	why    string
}{
	{"bundle", "github.com/apache/arrow", nil, "the wire format is testable without Arrow"},
	{"", "gocloud.dev", []string{"engine/store", "engine/store/*"}, "use package engine/store"},
	{"", "github.com/parquet-go", []string{"sources/parquet", "sources/sourcetest", "sinks", "sinks/internal/parquet", "sinks/delta/internal/log", "sinks/sinktest", "benchmarks/data"}, "use package sources or sinks"},
	{"", "github.com/marcboeker", []string{"sql"}, "use package sql"},
	{"", "C", []string{"sql", "sql/internal/vector", "cmd/leapscore/internal/process"}, "only package sql uses cgo, and the start of a process"},
	{"ops", "os", []string{"ops/opstest"}, "a kernel is a function of model and batch"},
	{"ops", "net", nil, "a kernel is a function of model and batch"},
	{"ops", "time", nil, "a kernel is a function of model and batch"},
	{"ops", "math/rand", nil, "a kernel is a function of model and batch"},
	{"ops", "log", nil, "a kernel is a function of model and batch"},
	{"ops", "context", nil, "a batch takes milliseconds; the worker checks between batches"},
	{"job", "github.com/spf13", nil, "a job knows no command line"},
	{"", "github.com/apache/arrow-go", nil, "two cdata packages cannot be linked together"},
}

func TestImportsFollowTheLayers(t *testing.T) {
	const format = `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`
	out, err := exec.Command("go", "list", "-f", format, "leapscore/...").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		pkg := strings.TrimPrefix(f[0], "leapscore/")
		for _, imp := range f[1:] {
			if ours, ok := strings.CutPrefix(imp, "leapscore/"); ok {
				if ours == "cmd" || strings.HasPrefix(ours, "cmd/") && !strings.HasPrefix(pkg, "cmd/") {
					t.Errorf("%s imports %s: a command is used by nothing", pkg, ours)
				}
				if !strings.HasPrefix(ours, pkg+"/") && !matches(layersOf(pkg), ours) {
					t.Errorf("%s imports %s: add it to layers only if the direction is right", pkg, ours)
				}
				continue
			}
			checkForbidden(t, pkg, imp)
		}
	}
}

// typesOnly are packages that know the types of columns, and no format of models.
var typesOnly = []string{"engine/pipeline"}

func TestGraphsOfKernelsKnowNoBundle(t *testing.T) {
	types := parse(t, "../../bundle/types.go").Scope.Objects
	for _, pkg := range typesOnly {
		files, err := filepath.Glob("../../" + pkg + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pkg, len(files), err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			ast.Inspect(parse(t, name), func(n ast.Node) bool {
				use, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if x, ok := use.X.(*ast.Ident); ok && x.Name == "bundle" && types[use.Sel.Name] == nil {
					t.Errorf("%s uses bundle.%s, want only what bundle/types.go declares", name, use.Sel.Name)
				}
				return true
			})
		}
	}
}

func parse(t *testing.T, name string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func checkForbidden(t *testing.T, pkg, imp string) {
	for _, f := range forbidden {
		if !under(pkg, f.in) || !under(imp, f.imp) || matches(f.except, pkg) {
			continue
		}
		t.Errorf("%s imports %s: %s", pkg, imp, f.why)
	}
}

func under(name, prefix string) bool {
	return prefix == "" || name == prefix || strings.HasPrefix(name, prefix+"/")
}

func layersOf(pkg string) []string {
	if l, ok := layers[pkg]; ok {
		return l
	}
	for p, l := range layers {
		if ok, _ := path.Match(p, pkg); ok || strings.HasPrefix(p, "benchmarks/") && under(pkg, p) {
			return l
		}
	}
	return nil
}

func matches(globs []string, imp string) bool {
	for _, g := range globs {
		if ok, _ := path.Match(g, imp); ok {
			return true
		}
	}
	return false
}

// A program that runs jobs is not linked with what reads command lines.
func TestJobsKnowNoCommandLine(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "leapscore/job").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for pkg := range strings.Lines(string(out)) {
		if strings.HasPrefix(pkg, "github.com/spf13/") {
			t.Errorf("leapscore/job depends on %s", strings.TrimSpace(pkg))
		}
	}
}
