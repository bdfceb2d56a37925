package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/spf13/pflag"

	"leapscore/bundle"
	"leapscore/engine/pipeline"
	"leapscore/engine/store"
	"leapscore/internal/filetype"
	"leapscore/ops/column"
	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sql"
)

type sourceFlags struct {
	sql, sqlFile string
	query        string // of either, once it was opened
	only         func([]store.Object) ([]store.Object, error)
	remote       files.Explorer // that opened the inputs, if any is a URL
	db           string
	params       *pairs
	input        []string
	format       string
	tables       tableRules
	reject       func(sources.RejectedFile) // nil unless files may be left out
	warn         func(msg string)           // hears what is doubtful about the files
}

func (f *sourceFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.sql, "sql", "", "query that selects the rows, run by DuckDB in this process")
	fs.StringVar(&f.sqlFile, "sql-file", "", "file with the query")
	fs.StringVar(&f.db, "db", "", "DuckDB database file for the query, opened read-only")
	f.params = newPairs("name=value")
	fs.Var(f.params, "param", "bound to $name in the query; may be given again")
	fs.StringArrayVar(&f.input, "input", nil, "files: globs, files, folders or URLs, of Parquet, CSV, JSON lines, Arrow, Avro or leap frames; - is stdin; may be given again")
	fs.StringVar(&f.format, "input-format", "", strings.Join(inputFormats, ", ")+" (default: by name)")
	f.tables.register(fs)
}

// check refuses flags that do not go together.
func (f *sourceFlags) check() error {
	n := 0
	for _, set := range []bool{f.sql != "", f.sqlFile != "", len(f.input) > 0} {
		if set {
			n++
		}
	}
	switch {
	case n == 0:
		return usageError{errors.New("no rows to score: give --sql, --sql-file or --input")}
	case n > 1:
		return usageError{errors.New("--sql, --sql-file and --input exclude each other")}
	case len(f.input) > 0 && (f.db != "" || len(f.params.m) > 0):
		return usageError{errors.New("--db and --param go with --sql or --sql-file")}
	case slices.Contains(f.input, ""):
		return usageError{errors.New("--input is empty; --input . is the folder that you are in")}
	case len(f.input) == 0 && f.format != "":
		return usageError{errors.New("--input-format goes with --input")}
	}
	if f.db != "" {
		if _, err := os.Stat(f.db); errors.Is(err, fs.ErrNotExist) {
			return usageError{fmt.Errorf("db: %w", err)}
		}
	}
	if f.format != "" && !slices.Contains(inputFormats, f.format) {
		return usageError{fmt.Errorf("input-format %q: want one of %s", f.format, strings.Join(inputFormats, ", "))}
	}
	return nil
}

// inputFormats are the values of --input-format.
var inputFormats = filetype.Readable()

// more takes arguments that are no flags for further inputs: what a shell makes
// of --input *.parquet.
func (f *sourceFlags) more(args []string) error {
	if len(args) > 0 && len(f.input) == 0 {
		return usageError{fmt.Errorf("unexpected argument %q", args[0])}
	}
	f.input = append(f.input, args...)
	return nil
}

// open opens the source. Text formats parse columns to the model's types.
func (f *sourceFlags) open(ctx context.Context, m *pipeline.Model, maps *pairs, workers int, memory int64) (sources.Source, error) {
	if len(f.input) > 0 {
		opt := sources.Options{Format: sources.Format(f.format), Types: wantedTypes(m, maps.m), Reject: f.reject, Warn: f.warn, Rules: f.tables.rules()}
		if remote := files.OpenerFor(f.input); remote != nil {
			opt.Opener, opt.Remote = remote, true
			f.remote = remote
		}
		opt.Only = f.only
		return files.Open(ctx, f.input, opt)
	}
	query := f.sql
	defer func() { f.query = query }()
	if f.sqlFile != "" {
		b, err := os.ReadFile(f.sqlFile)
		if err != nil {
			return nil, usageError{fmt.Errorf("sql-file: %w", err)}
		}
		query = string(b)
	}
	if strings.TrimSpace(query) == "" {
		return nil, usageError{errors.New("the query is empty")}
	}
	return sql.Open(ctx, query, sql.Options{Database: f.db, Params: f.params.m, Types: wantedTypes(m, maps.m), Threads: workers, Memory: memory, Files: files.NewOpener(), Rules: f.tables.rules()})
}

// wantedTypes gives the Arrow type in which a text column is wanted.
func wantedTypes(m *pipeline.Model, maps map[string]string) map[string]arrow.DataType {
	types := map[string]arrow.DataType{}
	for _, in := range m.Inputs {
		name := in.Name
		if c, ok := maps[name]; ok {
			name = c
		}
		t := in.Type
		if t.Kind == bundle.TensorKind {
			t = bundle.List(t.Base)
		}
		types[name] = column.ArrowType(t)
	}
	return types
}
