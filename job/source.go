package job

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/engine"
	"leapscore/engine/store"
	"leapscore/internal/fault"
	"leapscore/internal/rows"
	"leapscore/job/internal/absent"
	"leapscore/job/internal/look"
	"leapscore/job/internal/place"
	"leapscore/ops/column"
	"leapscore/runs"
	"leapscore/sources"
)

// Rows are those that the Input of a Spec names.
func (s Spec) Rows() rows.Input {
	in := s.Input
	r := rows.Input{
		Files: s.inputs(), Format: in.Format, AsFiles: in.AsFiles, RequireSuccess: in.RequireSuccess,
		SQL: in.SQL, SQLFile: in.SQLFile, Database: in.Database, Params: in.Params, Timezone: in.zone(),
		Sample: in.Sample, SampleKeys: in.SampleKeys,
		CSV: rows.CSV{
			Delimiter: in.Delimiter, Quote: in.Quote, Escape: in.Escape, NoHeader: s.given["csv-header"] && !in.Header,
			Nulls: in.Nulls, Encoding: in.Encoding,
		},
	}
	if in.Limit != 0 || s.given["limit"] {
		r.Limit = &in.Limit
	}
	return r
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

// narrowed returns the rows of a source that are to be scored, with the inputs that it
// lacks and that have a default. Closing them closes the source.
func narrowed(s Spec, inputs []bundle.Field, src sources.Source, warn func(msg string)) (sources.Source, error) {
	defaults, err := absent.Defaults(s.Columns.Default, inputs, s.Columns.Map)
	if err != nil {
		return nil, err
	}
	if s.retries() {
		if src, err = engine.Rejected(src, s.Input.Provenance, warn); err != nil {
			return nil, err
		}
	}
	for _, doubt := range absent.Doubts(defaults, src.Schema(), s.Columns.Map) {
		warn(doubt)
	}
	return s.Rows().Pick(sources.WithDefaults(src, defaults))
}

// Scoring is the models of a Spec, for rows that do not come from its Input.
type Scoring struct {
	*loaded
	BatchRows int
	host      Host
}

// Load loads the models of a Spec.
func (h Host) Load(ctx context.Context, s Spec) (*Scoring, error) {
	full := s.withDefaults()
	h.setTimeout(&full, s)
	var wrong mistakes
	full.checkModels(&wrong)
	full.checkColumns(&wrong)
	full.checkLimits(&wrong)
	if err := full.withWords(wrong).err(); err != nil {
		return nil, err
	}
	m, err := load(ctx, full)
	if err != nil {
		return nil, err
	}
	return &Scoring{m, full.Limits.BatchRows, h.withDefaults()}, nil
}

// Bound is what becomes of the rows of a source: of its columns and of those that it
// lacks.
type Bound struct {
	Plan     *engine.Plan
	Defaults []sources.Default
}

// Bind plans what becomes of the rows of a source by the Columns of a Spec.
func (m *Scoring) Bind(s Spec, src sources.Source) (*Bound, error) {
	full := s.withDefaults()
	var wrong mistakes
	full.checkColumns(&wrong)
	if err := full.withWords(wrong).err(); err != nil {
		return nil, err
	}
	defaults, err := absent.Defaults(full.Columns.Default, m.Inputs, full.Columns.Map)
	if err != nil {
		return nil, err
	}
	for _, doubt := range absent.Doubts(defaults, src.Schema(), full.Columns.Map) {
		m.host.warn(doubt)
	}
	e, err := full.engineJob()
	if err != nil {
		return nil, err
	}
	e.Model, e.Source = m.Model, sources.WithDefaults(src, defaults)
	plan, err := e.Plan()
	return &Bound{plan, defaults}, err
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

// Table is rows as short texts, for people.
type Table = look.Table

// look says how the first n rows of a Spec are read.
func (h Host) look(s Spec, n int64) (look.Request, error) {
	full := s
	h.setTimeout(&full, s)
	in := s.Rows()
	in.Limit = &n
	if wrong := in.Check(); wrong != nil {
		return look.Request{}, &fault.CheckError{Mistakes: wrong}
	}
	warn := func(msg string) { h.withDefaults().warn(msg) }
	return look.Request{Rows: in, Lake: full.Output.lake(), Stores: full.stores(), Warn: warn}, nil
}

// Head reads the first n rows that the Input of a Spec names, which may be a Delta or
// Iceberg table too, as texts.
func (h Host) Head(ctx context.Context, s Spec, n int64) (*Table, error) {
	r, err := h.look(s, n)
	if err != nil {
		return nil, err
	}
	return r.Table(ctx)
}

// CopyHead writes the first n rows to Stdout in a format for programs.
func (h Host) CopyHead(ctx context.Context, s Spec, n int64, format string) error {
	r, err := h.look(s, n)
	if err != nil {
		return err
	}
	return r.Copy(ctx, h.withDefaults().Stdout, format)
}

// Written reads the first n rows of a file that a run has written, as texts.
func (h Host) Written(ctx context.Context, s Spec, m *Manifest, n int64) (*Table, error) {
	if len(m.Files) == 0 {
		return &Table{}, nil
	}
	where := s.Output.Path
	if place.IsFolder(where) {
		folder, params := store.CutParameters(where)
		if where = store.Join(folder, m.Files[0].Name); params != "" {
			where += "?" + params
		}
	}
	return h.Head(ctx, Spec{Input: Input{Files: []string{where}, AsFiles: true}}, n)
}
