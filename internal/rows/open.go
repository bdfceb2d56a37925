package rows

import (
	"context"
	"errors"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine/store"
	_ "leapscore/engine/store/cloud" // s3, gs and azblob, for job and compare too
	"leapscore/internal/fault"
	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sql"
)

// Options are those of opening an Input. All may be left out.
type Options struct {
	Types   map[string]arrow.DataType // in which columns of text are wanted, by name
	Threads int                       // of DuckDB
	Memory  int64                     // of DuckDB
	Stores  store.Options
	Choose  Choose // by default all files are wanted
	Shard   *sources.Shard
	Reject  func(sources.RejectedFile)
	BadRows bool             // of text are handed over, and do not end the scan
	BadText bool             // columns of queries that have text among numbers stay text
	Warn    func(msg string) // takes what is doubtful about tables
	Doubt   func(msg string) // takes what is doubtful about files
}

// Choose returns those of the files that are wanted. in opens them.
type Choose func(in sources.Opener, files []store.Object) ([]store.Object, error)

// Opened is an open source. Query is the text of its query, or empty.
type Opened struct {
	sources.Source
	Query  string
	stores *files.Stores
}

// Close closes the source and the stores of its files.
func (o *Opened) Close() error { return errors.Join(o.Source.Close(), o.CloseStores()) }

// CloseStores closes the stores of the files, for those who close the source by one that
// wraps it.
func (o *Opened) CloseStores() error { return o.stores.Close() }

// Reading says how the rows of a query are read: nil if there is no query.
func (o *Opened) Reading() *sql.Reading {
	if reading, ok := sql.ReadingOf(o.Source); ok {
		return &reading
	}
	return nil
}

// Open opens all rows of an Input, before Pick. The caller closes them.
func (in Input) Open(ctx context.Context, o Options) (*Opened, error) {
	rules := sources.Rules{AsFiles: in.AsFiles, RequireSuccess: in.RequireSuccess, Warn: o.Warn}
	if !in.Query() {
		far := files.StoresFor(in.Files, o.Stores)
		src, err := in.openFiles(ctx, o, rules, far)
		if err != nil {
			return nil, errors.Join(err, far.Close())
		}
		return &Opened{src, "", far}, nil
	}
	query, err := in.queryText()
	if err != nil {
		return nil, err
	}
	stores := files.NewStores(o.Stores)
	src, err := sql.Open(ctx, query, sql.Options{
		Database: in.Database, Params: in.Params, Types: o.Types, Threads: o.Threads, Memory: o.Memory, Timezone: in.Timezone,
		Files: stores, Rules: rules, BadRows: o.BadRows, BadCells: o.BadRows && !o.BadText, Shard: o.Shard,
	})
	if err != nil {
		return nil, errors.Join(err, stores.Close())
	}
	return &Opened{src, query, stores}, nil
}

func (in Input) openFiles(ctx context.Context, o Options, rules sources.Rules, far *files.Stores) (sources.Source, error) {
	opt := sources.Options{Format: sources.Format(in.Format), CSV: in.CSV.dialect(), Types: o.Types, Reject: o.Reject, BadRows: o.BadRows, Rules: rules, Warn: o.Doubt, Shard: o.Shard}
	var from sources.Opener = files.Local()
	if far != nil {
		opt.Opener, opt.Remote, from = far, true, far
	}
	if o.Choose != nil {
		opt.Only = func(list []store.Object) ([]store.Object, error) { return o.Choose(from, list) }
	}
	return files.Open(ctx, in.Files, opt)
}

// Pick returns the rows of a source that are in the sample and within the limit.
// Closing them closes the source.
func (in Input) Pick(src sources.Source) (sources.Source, error) {
	if in.Sample != "" {
		percent, err := in.percent()
		if err == nil {
			src, err = sources.Sample(src, percent, in.SampleKeys)
		}
		if err != nil {
			return nil, fault.Usage(err)
		}
	}
	if in.Limit != nil {
		src = sources.Limit(src, *in.Limit)
	}
	return src, nil
}
