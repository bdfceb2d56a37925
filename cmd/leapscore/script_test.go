package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow/memory"
	_ "github.com/marcboeker/go-duckdb/v2" // makes database files
	"github.com/rogpeppe/go-internal/testscript"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/engine/enginetest"
	"leapscore/sources"
	"leapscore/sources/files"
)

// graceEnv says how long a run may take to end after a signal, if not as usual.
const graceEnv = "LEAPSCORE_TEST_GRACE"

// beatEnv says how often a run logs how far it is, if not as usual.
const beatEnv = "LEAPSCORE_TEST_BEAT"

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"leapscore": func() {
			if d, err := time.ParseDuration(os.Getenv(graceEnv)); err == nil {
				grace = d
			}
			if d, err := time.ParseDuration(os.Getenv(beatEnv)); err == nil {
				beat = d
			}
			crashSoon(os.Getenv(crashEnv))
			main()
		},
	})
}

// TestScripts runs the scripts of testdata/script. Besides testscript's own
// commands they have:
//
//	mkdata [CSV]      writes bundles and tables of homes, see makeData
//	exits N CMD...    runs a command, which must end with exit code N
//	rows GLOB...      prints tables as text, a line each row
//	last FIELD VALUE  the last line of stdout is a JSON object with that value
//	field FILE FIELD VALUE  the same of a JSON file
//	lines N           stdout has N lines
//	shards N CMD...   runs a command with --shard I/N for each I, the last one first
//	deep N            $DEEP is a new folder whose path has N bytes
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("ESC", "\x1b") // which begins what a terminal obeys
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"mkdata": func(ts *testscript.TestScript, _ bool, args []string) { ts.Check(makeData(ts.MkAbs("."), args)) },
			"exits":  exits,
			"rows":   showRows,
			"last":   lastLine,
			"field":  fileField,
			"lines":  countLines,
			"deep":   makeDeep,
			"shards": runShards,
		},
	})
}

// makeData writes into dir:
//
//	lr.zip, rf.zip  the models of homes, cities they do not know are refused
//	skip.zip        the linear one, which skips them
//	keep.zip        the linear one, which keeps them
//	lr/             the linear one as a folder, in protobuf
//	unknown.zip     a model with two ops that do not exist
//
// and of homes in CSV, if there are, whose note may be missing:
//
//	homes.parquet   the rows
//	homes.db        a DuckDB database with the rows as the table "homes", and
//	                as "other", where city is called town and rooms n
func makeData(dir string, csv []string) error {
	lr, rf := enginetest.Linear("error"), enginetest.Forest("error")
	for name, b := range map[string]bundletest.Bundle{
		"lr.zip": lr, "rf.zip": rf, "skip.zip": enginetest.Linear("skip"), "keep.zip": enginetest.Linear("keep"), "unknown.zip": enginetest.Unknown(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), b.Zip(), 0o644); err != nil {
			return err
		}
	}
	lr.Format = bundle.FormatProtobuf
	if err := lr.Files().Write(filepath.Join(dir, "lr")); err != nil {
		return err
	}
	if len(csv) == 0 {
		return nil
	}
	db, err := sql.Open("duckdb", filepath.Join(dir, "homes.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(fmt.Sprintf(`
		CREATE TABLE homes AS SELECT * FROM read_csv('%s', columns = {
			'id': 'BIGINT', 'city': 'VARCHAR', 'kind': 'VARCHAR', 'rooms': 'INTEGER', 'area': 'DOUBLE', 'note': 'VARCHAR'});
		CREATE TABLE other AS SELECT id, city AS town, kind, rooms AS n, area FROM homes;
		COPY homes TO '%s' (FORMAT parquet)`, filepath.Join(dir, csv[0]), filepath.Join(dir, "homes.parquet")))
	return err
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	if err != nil || neg {
		ts.Fatalf("usage: exits N command...")
	}
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func runShards(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	for i := n - 1; i >= 0; i-- {
		ts.Check(ts.Exec(args[1], append(args[2:len(args):len(args)], "--shard", fmt.Sprintf("%d/%d", i, n))...))
	}
}

func makeDeep(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	path := ts.MkAbs("deep")
	for len(path) < want {
		path += "/" + strings.Repeat("x", min(100, max(1, want-len(path)-1)))
	}
	ts.Check(os.MkdirAll(path, 0o755))
	ts.Setenv("DEEP", path)
}

func showRows(ts *testscript.TestScript, _ bool, args []string) {
	for i, a := range args {
		args[i] = ts.MkAbs(a)
	}
	text, err := tableText(args)
	ts.Check(err)
	fmt.Fprint(ts.Stdout(), text)
}

// tableText returns the columns and the rows of Parquet files as lines.
func tableText(globs []string) (string, error) {
	ctx := context.Background()
	src, err := files.Open(ctx, globs, sources.Options{Rules: sources.Rules{AsFiles: true}}) // lake tables too
	if err != nil {
		return "", err
	}
	defer src.Close()
	var cols []string
	for _, f := range src.Schema().Fields() {
		cols = append(cols, f.Name)
	}
	lines := []string{strings.Join(cols, " | ")}
	scan, err := src.Scan(ctx, cols)
	if err != nil {
		return "", err
	}
	defer scan.Close()
	for {
		split, err := scan.Next()
		if err == io.EOF {
			return strings.Join(lines, "\n") + "\n", nil
		}
		if err != nil {
			return "", err
		}
		r, err := split.Open(ctx, memory.DefaultAllocator)
		if err != nil {
			return "", err
		}
		for {
			b, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				return "", err
			}
			for row := range int(b.NumRows()) {
				var cells []string
				for _, c := range b.Columns() {
					cells = append(cells, c.ValueStr(row))
				}
				lines = append(lines, strings.Join(cells, " | "))
			}
			b.Release()
		}
		if err := r.Close(); err != nil {
			return "", err
		}
	}
}

// lastLine looks up a field of the last line of stdout, such as model.name or
// files.0.rows.
func lastLine(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: last FIELD VALUE")
	}
	lines := strings.Split(strings.TrimSuffix(ts.ReadFile("stdout"), "\n"), "\n")
	var x any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &x); err != nil {
		ts.Fatalf("the last line of stdout is no JSON: %v: %s", err, lines[len(lines)-1])
	}
	checkField(ts, neg, x, args[0], args[1])
}

// fileField looks up a field of a JSON file.
func fileField(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: field FILE FIELD VALUE")
	}
	var x any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &x))
	checkField(ts, neg, x, args[1], args[2])
}

func checkField(ts *testscript.TestScript, neg bool, x any, field, want string) {
	for key := range strings.SplitSeq(field, ".") {
		switch v := x.(type) {
		case map[string]any:
			x = v[key]
		case []any:
			if i, err := strconv.Atoi(key); err == nil && i < len(v) {
				x = v[i]
			} else {
				x = nil
			}
		default:
			x = nil
		}
	}
	if got := fmt.Sprint(x); (got == want) == neg {
		ts.Fatalf("%s is %s, want %s", field, got, want)
	}
}

func countLines(ts *testscript.TestScript, _ bool, args []string) {
	if got := strings.Count(ts.ReadFile("stdout"), "\n"); fmt.Sprint(got) != args[0] {
		ts.Fatalf("stdout has %d lines, want %s", got, args[0])
	}
}
