package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"leapscore/engine/store"
	"leapscore/runs"
	"leapscore/sinks"
)

// lakeFlags say what kind of table the output is.
type lakeFlags struct {
	tableFormat     string
	overwriteSchema bool
}

// The kinds of tables.
const (
	filesFormat = "files"
	deltaFormat = "delta"
)

func (f *lakeFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.tableFormat, "table-format", filesFormat, "what the folder of the output is: files, or a delta table")
	fs.BoolVar(&f.overwriteSchema, "overwrite-schema", false, "with --mode overwrite and a table with a schema: replace its columns too")
}

// check checks the flags against the others of the table.
func (f *lakeFlags) check(output string, o sinks.Options) error {
	switch f.tableFormat {
	case filesFormat:
		if f.overwriteSchema {
			return usageError{errors.New("--overwrite-schema goes with --table-format delta: files are replaced whole anyway")}
		}
		return nil
	case deltaFormat:
	default:
		return usageError{fmt.Errorf("table-format %q: want files or delta", f.tableFormat)}
	}
	switch {
	case output == sinks.StreamName || isFile(output):
		return usageError{fmt.Errorf("--table-format %s needs a folder as --output, not %s", f.tableFormat, output)}
	case o.Format != sinks.Parquet:
		return usageError{fmt.Errorf("--output-format %s: the files of a %s table are parquet", o.Format, f.tableFormat)}
	case f.overwriteSchema && o.Mode != sinks.Overwrite:
		return usageError{errors.New("--overwrite-schema goes with --mode overwrite")}
	}
	return nil
}

// openOutput opens the table of the output.
func (f *scoreFlags) openOutput(ctx context.Context, out *output, opt sinks.Options) (sinks.Table, error) {
	if f.tableFormat != deltaFormat {
		return out.openTable(ctx, f.output, opt)
	}
	st, name, err := store.Open(ctx, f.output)
	if err != nil {
		return nil, usageError{err}
	}
	return sinks.CreateDelta(ctx, st, name, opt, sinks.DeltaOptions{ReplaceSchema: f.overwriteSchema})
}

// done reports a run that the table remembers.
func (f *scoreFlags) done(ctx context.Context, out *output) error {
	st, name, err := store.Open(ctx, f.output)
	if err != nil {
		return err
	}
	r, err := runs.ReadTable(ctx, st, name, f.id)
	if errors.Is(err, store.ErrNotExist) {
		r, err = &runs.Record{RunID: f.id}, nil
	}
	if err != nil {
		return err
	}
	return f.skip(out, r)
}
