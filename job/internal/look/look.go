// Package look reads the first rows of whatever leapscore reads or writes.
package look

import (
	"context"
	"errors"
	"io"
	"runtime"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/internal/arrays"
	"leapscore/internal/fault"
	"leapscore/internal/rows"
	"leapscore/job/internal/lake"
	"leapscore/sinks"
	"leapscore/sources"
)

// Request says which rows are read: the first ones, as many as Rows.Limit.
type Request struct {
	Rows   rows.Input
	Lake   lake.Options // the catalog of an Iceberg table, if there is one
	Stores store.Options
	Warn   func(msg string)
}

// Table is some rows as texts.
type Table struct {
	Names, Types []string
	Numbers      []bool // by column
	Cells        [][]string
}

// Table reads the rows as short texts.
func (r Request) Table(ctx context.Context) (*Table, error) {
	t := &Table{}
	err := r.each(ctx, func(schema *arrow.Schema) (func(arrow.Record) error, error) {
		for _, f := range schema.Fields() {
			t.Names, t.Types = append(t.Names, f.Name), append(t.Types, typeName(f.Type))
			t.Numbers = append(t.Numbers, isNumber(f.Type))
		}
		return t.add, nil
	})
	return t, err
}

func (t *Table) add(rec arrow.Record) error {
	for row := range int(rec.NumRows()) {
		cells := make([]string, rec.NumCols())
		for c, column := range rec.Columns() {
			cells[c] = cell(column, row)
		}
		t.Cells = append(t.Cells, cells)
	}
	return nil
}

// Copy writes the rows to w in a format for programs, such as csv.
func (r Request) Copy(ctx context.Context, w io.Writer, format string) error {
	f, err := sinks.ParseFormat(format)
	if err != nil {
		return fault.Usagef("output-%w", err)
	}
	var table sinks.Table
	var part sinks.Part
	err = r.each(ctx, func(schema *arrow.Schema) (func(arrow.Record) error, error) {
		if table, err = sinks.CreateStream(w, sinks.Options{Schema: schema, RunID: "head", Format: f}); err != nil {
			return nil, err
		}
		part, err = table.Part(ctx, 0)
		return func(rec arrow.Record) error { return part.Write(rec) }, err
	})
	if table == nil || part == nil {
		return err
	}
	if err == nil {
		err = part.Commit(ctx)
	}
	if err == nil {
		_, err = table.Commit(ctx, sinks.Run{})
	}
	if err != nil {
		part.Abort()
		err = errors.Join(err, table.Abort(context.WithoutCancel(ctx)))
	}
	return err
}

// each calls take with the schema of the rows, and what it returns with the rows.
func (r Request) each(ctx context.Context, take func(*arrow.Schema) (func(arrow.Record) error, error)) (err error) {
	in, err := r.liveFiles(ctx)
	if err != nil {
		return err
	}
	src, err := in.Open(ctx, rows.Options{Stores: r.Stores, Threads: runtime.NumCPU(), Warn: r.Warn, Doubt: r.Warn})
	if err != nil {
		return err
	}
	picked, err := in.Pick(src.Source)
	if err != nil {
		return errors.Join(err, src.Close())
	}
	defer func() { err = errors.Join(err, picked.Close(), src.CloseStores()) }()
	var add func(arrow.Record) error
	err = sources.Each(ctx, picked, arrays.FieldNames(picked.Schema()), memory.DefaultAllocator, func(b sources.Batch) error {
		if add == nil {
			if add, err = take(arrays.SchemaOf(picked.Schema(), b.Columns())); err != nil {
				return err
			}
		}
		return add(b.Record)
	})
	if err == nil && add == nil { // no rows: there are columns all the same
		_, err = take(picked.Schema())
	}
	return err
}

// liveFiles returns the rows of a Delta or Iceberg table as those of the files that its
// log names. Other rows are read as they are.
func (r Request) liveFiles(ctx context.Context) (rows.Input, error) {
	in := r.Rows
	if len(in.Files) != 1 || in.AsFiles || in.Files[0] == "-" {
		return in, nil
	}
	files, is, err := r.Lake.LiveFiles(ctx, in.Files[0], r.Stores)
	if err != nil || !is {
		return in, err
	}
	if len(files) == 0 {
		return in, fault.Usagef("%s: the table has no rows", in.Files[0])
	}
	in.Files, in.AsFiles = files, true
	return in, nil
}
