package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/pflag"

	"leapscore/engine/store"
	"leapscore/runs"
	"leapscore/sinks"
	"leapscore/sinks/delta"
)

// lakeFlags say what kind of table the output is.
type lakeFlags struct {
	tableFormat     string
	overwriteSchema bool
	catalog         string
	catalogName     string
	catalogTable    string
}

// The kinds of tables.
const (
	filesFormat   = "files"
	deltaFormat   = "delta"
	icebergFormat = "iceberg"
)

func (f *lakeFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.tableFormat, "table-format", filesFormat, "what the folder of the output is: files, or a delta or iceberg table")
	fs.BoolVar(&f.overwriteSchema, "overwrite-schema", false, "with --mode overwrite and a delta table: replace its columns too")
	fs.StringVar(&f.catalog, "iceberg-catalog", "",
		"SQL catalog of the iceberg table, as sqlite:///catalog.db (default: none, the folder says what is current, in Hadoop style)")
	fs.StringVar(&f.catalogName, "iceberg-catalog-name", "default", "the name of the catalog in its database")
	fs.StringVar(&f.catalogTable, "iceberg-table", "", "what the table is called in the catalog: NAMESPACE.NAME")
}

// check checks the flags against the others of the table.
func (f *lakeFlags) check(output string, o sinks.Options) error {
	if !slices.Contains([]string{filesFormat, deltaFormat, icebergFormat}, f.tableFormat) {
		return usageError{fmt.Errorf("table-format %q: want files, delta or iceberg", f.tableFormat)}
	}
	switch {
	case f.overwriteSchema && f.tableFormat != deltaFormat:
		return usageError{errors.New("--overwrite-schema goes with --table-format delta")}
	case f.overwriteSchema && o.Mode != sinks.Overwrite:
		return usageError{errors.New("--overwrite-schema goes with --mode overwrite")}
	case (f.catalog != "" || f.catalogTable != "") && f.tableFormat != icebergFormat:
		return usageError{errors.New("--iceberg-catalog and --iceberg-table go with --table-format iceberg")}
	case (f.catalog == "") != (f.catalogTable == ""):
		return usageError{errors.New("--iceberg-catalog and --iceberg-table go together")}
	case f.tableFormat == filesFormat:
		return nil
	case output == sinks.StreamName || isFile(output):
		return usageError{fmt.Errorf("--table-format %s needs a folder as --output, not %s", f.tableFormat, output)}
	case o.Format != sinks.Parquet:
		return usageError{fmt.Errorf("--output-format %s: the files of a %s table are parquet", o.Format, f.tableFormat)}
	}
	return nil
}

// openOutput opens the table of the output.
func (f *scoreFlags) openOutput(ctx context.Context, out *output, opt sinks.Options) (sinks.Table, error) {
	if f.tableFormat == filesFormat {
		return out.openTable(ctx, f.output, opt)
	}
	st, name, err := store.Open(ctx, f.output)
	if err != nil {
		return nil, usageError{err}
	}
	if f.tableFormat == icebergFormat {
		return f.openIceberg(ctx, st, name, opt)
	}
	return delta.Create(ctx, st, name, opt, delta.Options{ReplaceSchema: f.overwriteSchema})
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
