package sinks

import (
	"context"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/engine/store"
	"leapscore/sinks/internal/format"
	"leapscore/sinks/internal/parquet"
)

// ColumnStats are the statistics of a column of a data file.
type ColumnStats = parquet.ColumnStats

// FieldID is the key of the metadata of an Arrow field, at any depth, that holds
// the id which the field has in data files.
const FieldID = parquet.FieldID

// Publisher makes the files of a table visible in a way that this package does
// not know. One of Publish, if it succeeds, and Abort ends it.
type Publisher interface {
	// Name is where data file number i of a partition is to be written: a name in
	// the store. Without partitions the folder is empty. Name may be called
	// concurrently.
	Name(folder string, i int) string
	// Publish makes the files of m visible in one step. columns are those of each
	// file, by its name in m.
	Publish(ctx context.Context, m *Manifest, columns map[string][]ColumnStats) error
	// Abort removes what was written and is not visible. It may be called twice.
	Abort(ctx context.Context) error
}

// CreateFor starts a table of Parquet files in folder that pub publishes. file is the
// schema of the table: the columns of opts.Schema, each of its type or of one that
// Nearest or Wider return for it.
func CreateFor(st *store.Store, folder string, pub Publisher, file *arrow.Schema, opts Options) (Table, error) {
	opts, err := opts.WithDefaults()
	if err != nil {
		return nil, err
	}
	given := opts.Schema
	opts.Schema = file
	parts, rest, err := opts.partitions()
	if err != nil {
		return nil, err
	}
	opts.Schema = rest
	opts.Plan, opts.Resume = nil, false // there is nothing to go on with
	f, err := format.NewParquet(opts.encoding())
	if err != nil {
		return nil, err
	}
	p := &external{pub: pub, columns: make(map[string][]ColumnStats)}
	if opts.Adopt != nil {
		p.columns = opts.Adopt.Columns
	}
	t := newTable(st, f, p, opts)
	if opts.Stage == nil { // other shards are just beginning theirs
		st.SweepUnfinished(folder)
	}
	t.create = createVisible(st)
	if parts != nil {
		t.partition(st, folder, parts)
	}
	return convertTo(t, given, file), nil
}

// createVisible creates the files of tables with a log.
func createVisible(st *store.Store) func(context.Context, string, bool) (store.Writer, error) {
	return func(ctx context.Context, name string, _ bool) (store.Writer, error) {
		return st.CreateVisible(ctx, name)
	}
}

// external is a Publisher as a publisher.
type external struct {
	pub     Publisher
	columns map[string][]ColumnStats
}

func (e *external) name(folder string, i int) string { return e.pub.Name(folder, i) }

func (e *external) exclusive() bool { return false }

func (e *external) scratch() string { return "" }

func (e *external) observe(name string, columns []ColumnStats) { e.columns[name] = columns }

func (e *external) publish(ctx context.Context, m *Manifest) error {
	return e.pub.Publish(ctx, m, e.columns)
}

func (e *external) abort(ctx context.Context) error { return e.pub.Abort(ctx) }

// Nearest returns the type that a column of type t has in tables of formats without
// unsigned numbers, whose timestamps are microseconds.
func Nearest(t arrow.DataType) arrow.DataType { return format.Nearest(t) }

// Wider returns the types that hold all numbers of type t.
func Wider(t arrow.DataType) []arrow.DataType { return format.Wider(t) }

// CreatedBy is how the program names itself in files, in a form that readers parse
// to know the bugs of writers.
func CreatedBy(version string) string { return format.CreatedBy(version) }

// Identity is the part of file names that identifies the run: the id if it is a UUID,
// else a UUID that is derived from it.
func Identity(runID string) string { return runIdentity(runID) }

// observer is a publisher that needs the statistics of the columns of files.
type observer interface {
	observe(name string, columns []parquet.ColumnStats)
}

// observe passes the statistics of a finished file to the publisher, in the order of
// Manifest.Files.
func observe(p publisher, name string, f format.File) {
	if o, ok := p.(observer); ok {
		if s, ok := f.(interface{ Stats() []parquet.ColumnStats }); ok {
			o.observe(name, s.Stats())
		}
	}
}

// converted is a table whose columns have other types than the rows that are
// written to it: table formats have fewer types than Arrow.
type converted struct {
	Table
	columns map[int]format.Conversion
}

type convertedPart struct {
	Part
	t *converted
}

// convertTo returns t, which has the schema to, for rows of the schema from.
func convertTo(t Table, from, to *arrow.Schema) Table {
	c := &converted{Table: t, columns: map[int]format.Conversion{}}
	for i, f := range from.Fields() {
		if conv := format.Converter(f.Type, to.Field(i).Type); conv != nil {
			c.columns[i] = conv
		}
	}
	if len(c.columns) == 0 {
		return t
	}
	return c
}

// Part implements Table.
func (c *converted) Part(ctx context.Context, n int) (Part, error) {
	p, err := c.Table.Part(ctx, n)
	if err != nil {
		return nil, err
	}
	return convertedPart{p, c}, nil
}

func (p convertedPart) Write(rec arrow.Record) error {
	cols := make([]arrow.Array, rec.NumCols())
	fields := make([]arrow.Field, len(cols))
	for i := range cols {
		cols[i] = rec.Column(i)
		if conv := p.t.columns[i]; conv != nil {
			col, err := conv(cols[i])
			if err != nil {
				return fmt.Errorf("column %q: %w", rec.ColumnName(i), err)
			}
			defer col.Release()
			cols[i] = col
		}
		fields[i] = arrow.Field{Name: rec.ColumnName(i), Type: cols[i].DataType(), Nullable: true}
	}
	out := array.NewRecord(arrow.NewSchema(fields, nil), cols, rec.NumRows())
	defer out.Release()
	return p.Part.Write(out)
}

// StreamName is the name of a stream in its manifest.
const StreamName = "-"

// streamRows is how many rows go to a stream at once.
const streamRows = 1 << 14

// CreateStream starts a table whose rows are written to w in order as they arrive.
// Output on a stream cannot be rolled back: a reader must check in another way, such
// as the exit code, whether it is complete. Mode has no meaning. Parquet, whose end says where the rows are, is written like the
// other formats.
func CreateStream(w io.Writer, opts Options) (Table, error) {
	if opts.GroupRows <= 0 {
		opts.GroupRows = streamRows
	}
	opts, err := opts.WithDefaults()
	if err != nil {
		return nil, err
	}
	f, err := format.New(opts.encoding())
	if err != nil {
		return nil, err
	}
	opts.FileRows = 1<<63 - 1
	t := newTable(nil, f, stream{}, opts)
	t.create = func(context.Context, string, bool) (store.Writer, error) { return streamWriter{w}, nil }
	return t, nil
}

// stream is the publisher of CreateStream: there is nothing to do.
type stream struct{}

func (stream) name(string, int) string                  { return StreamName }
func (stream) scratch() string                          { return "" }
func (stream) shows()                                   {}
func (stream) exclusive() bool                          { return false }
func (stream) publish(context.Context, *Manifest) error { return nil }
func (stream) abort(context.Context) error              { return nil }

type streamWriter struct{ io.Writer }

func (streamWriter) Commit() error { return nil }
func (streamWriter) Abort()        {}
