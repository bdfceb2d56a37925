package job

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/engine"
	"leapscore/engine/store"
	"leapscore/internal/fault"
	"leapscore/internal/remote"
	"leapscore/ops/column"
	"leapscore/runs"
	"leapscore/sources"
	"leapscore/sql"
)

// rows is an open source, and how it was asked for.
type rows struct {
	sources.Source
	query   string
	reading *sql.Reading // nil if files are the input
}

// opening is what a source is opened with, besides what the Spec says.
type opening struct {
	types  map[string]arrow.DataType // in which columns of text are wanted, by name
	memory int64                     // of DuckDB
	choose chooseFiles               // nil if all files are wanted
	reject func(sources.RejectedFile)
	warn   warner // takes what is doubtful about tables
	doubt  warner // and about files, or is nil
}

// chooseFiles returns those of the files that are wanted. in opens them.
type chooseFiles func(in sources.Opener, files []store.Object) ([]store.Object, error)

// openRows opens the source of a Spec.
func openRows(ctx context.Context, s Spec, o opening) (*rows, error) {
	rules := sources.Rules{AsFiles: s.Input.AsFiles, RequireSuccess: s.Input.RequireSuccess, Warn: func(msg string) { o.warn(msg) }}
	if !s.query() {
		src, err := openFiles(ctx, s, o, rules)
		if err != nil {
			return nil, err
		}
		return &rows{Source: src}, nil
	}
	query, err := s.Input.query()
	if err != nil {
		return nil, err
	}
	src, err := sql.Open(ctx, query, sql.Options{
		Database: s.Input.Database, Params: s.Input.Params, Types: o.types, Threads: s.Limits.Workers, Memory: o.memory,
		Files: remote.New(), Rules: rules,
	})
	if err != nil {
		return nil, err
	}
	r := &rows{Source: src, query: query}
	if reading, ok := sql.ReadingOf(src); ok {
		r.reading = &reading
	}
	return r, nil
}

func openFiles(ctx context.Context, s Spec, o opening, rules sources.Rules) (sources.Source, error) {
	opt := sources.Options{Format: sources.Format(s.Input.Format), Types: o.types, Reject: o.reject, Rules: rules}
	if o.doubt != nil {
		opt.Warn = func(msg string) { o.doubt(msg) }
	}
	var in sources.Opener = sources.Local()
	if far := remote.Opener(s.inputs()); far != nil {
		opt.Opener, opt.Remote, in = far, true, far
	}
	if o.choose != nil {
		opt.Only = func(files []store.Object) ([]store.Object, error) { return o.choose(in, files) }
	}
	return sources.OpenFiles(ctx, s.inputs(), opt)
}

// query returns the text of the query.
func (in Input) query() (string, error) {
	query := in.SQL
	if in.Database != "" {
		if _, err := os.Stat(in.Database); errors.Is(err, fs.ErrNotExist) {
			return "", fault.Usagef("db: %w", err)
		}
	}
	if in.SQLFile != "" {
		b, err := os.ReadFile(in.SQLFile)
		if err != nil {
			return "", fault.Usagef("sql-file: %w", err)
		}
		query = string(b)
	}
	if strings.TrimSpace(query) == "" {
		return "", fault.Usage(errors.New("the query is empty"))
	}
	return query, nil
}

// wantedTypes gives the Arrow type in which a text column is wanted.
func wantedTypes(inputs []bundle.Field, maps map[string]string) map[string]arrow.DataType {
	types := map[string]arrow.DataType{}
	for _, in := range inputs {
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

// narrowed returns the rows of a source that are to be scored. Closing them closes the
// source.
func narrowed(s Spec, src sources.Source) (sources.Source, error) {
	if s.retries() {
		var err error
		if src, err = engine.Rejected(src, s.Input.Provenance); err != nil {
			return nil, err
		}
	}
	return picked(s.Input, src)
}

// picked returns the rows of a source that are in the sample and within the limit.
func picked(in Input, src sources.Source) (sources.Source, error) {
	if in.Sample != "" {
		percent, err := in.percent()
		if err == nil {
			src, err = sources.Sample(src, percent, in.SampleKeys)
		}
		if err != nil {
			return nil, fault.Usage(err)
		}
	}
	if in.Limit > 0 {
		src = sources.Limit(src, in.Limit)
	}
	return src, nil
}

// describeSource returns what the record of a run says of its source.
func describeSource(s Spec, query string, src sources.Source) runs.Source {
	r := runs.Source{Kind: runs.Files, Patterns: slices.Clone(s.inputs())}
	switch in := s.inputs(); {
	case len(in) == 0:
		r.Kind, r.Query, r.QuerySHA256, r.Database = runs.Query, query, digest(withoutTokens(query)), s.Input.Database
		names := slices.Sorted(maps.Keys(s.Input.Params))
		var text []byte
		for _, name := range names {
			text = fmt.Appendf(text, "%q=%q\n", name, s.Input.Params[name])
		}
		if r.Params = names; len(names) > 0 {
			r.ParamsSHA256 = digest(string(text))
		}
	case len(in) == 1 && in[0] == "-":
		r.Kind = runs.Stdin
	}
	files, known := sources.FilesOf(src)
	r.FilesKnown = known
	r.Files = recorded(files)
	return r
}

// OpenRows opens the source of a Spec for something else than scoring. Text of CSV
// stays text but for the columns that types names.
func (h Host) OpenRows(ctx context.Context, s Spec, types []bundle.Field) (sources.Source, error) {
	src, err := openRows(ctx, s.withDefaults(), opening{types: wantedTypes(types, nil), warn: h.withDefaults().warn})
	if err != nil {
		return nil, err
	}
	return src.Source, nil
}

// Pick returns the rows of a source that are in the sample and within the limit of a
// Spec. Closing them closes the source.
func Pick(s Spec, src sources.Source) (sources.Source, error) { return picked(s.Input, src) }
