package main

import (
	"context"
	"fmt"
	"strings"

	"leapscore/engine"
	"leapscore/engine/store"
	"leapscore/internal/clean"
	"leapscore/sinks"
	"leapscore/sinks/delta"
)

// Names in the More of intents.
const (
	moreCatalog     = "iceberg_catalog"
	moreCatalogName = "iceberg_catalog_name"
	moreTable       = "iceberg_table"
)

// Kinds of tables beside their formats: one file, and stdout.
const (
	fileKind   = "file"
	streamKind = "stdout"
)

// together has the rejects of the run wait for the commit of its table.
func (f *scoreFlags) together(r *engine.Run, opt *sinks.Options) {
	if !r.Plan.Job.HasRejects() {
		return
	}
	times := 0
	if f.before != nil {
		times = 1
		if f.before.Redone != nil {
			times += f.before.Redone.Times
		}
	}
	opt.Token = fmt.Sprintf("%s/%d", r.Info.ID, times)
	if r.Info.Record != nil {
		r.Info.Record.Token = opt.Token
	}
	in := &sinks.Intent{RunID: r.Info.ID, Token: opt.Token, Table: notedPlace(absolute(f.output)), Kind: f.tableFormat}
	switch {
	case f.output == sinks.StreamName:
		in.Table, in.Kind = sinks.StreamName, streamKind
	case isFile(f.output):
		in.Kind = fileKind
	}
	if f.catalog != "" {
		in.More = map[string]string{moreCatalog: absoluteCatalog(f.catalog), moreCatalogName: f.catalogName, moreTable: f.catalogTable}
	}
	r.Intent = in
}

// committed finds out whether the commit that an intent names has taken place.
func (f *scoreFlags) committed(ctx context.Context, in sinks.Intent) (bool, error) {
	if in.Kind == streamKind { // a process that died has told nobody that it was done
		return false, nil
	}
	where, err := f.noted(in.Table)
	if err != nil {
		return false, err
	}
	st, name, err := store.Open(ctx, where)
	if err != nil {
		return false, err
	}
	defer st.Close()
	switch in.Kind {
	case filesFormat:
		return sinks.CommittedFiles(ctx, st, name, in.RunID, in.Token)
	case deltaFormat:
		return delta.Committed(ctx, st, name, in.Token)
	case icebergFormat:
		more := lakeFlags{catalog: in.More[moreCatalog], catalogName: in.More[moreCatalogName], catalogTable: in.More[moreTable]}
		return more.icebergCommitted(ctx, st, name, in.Token)
	case fileKind:
		return sinks.CommittedFile(ctx, st, name, in.Files)
	}
	return false, fmt.Errorf("%s: a table of the unknown kind %q", in.Table, in.Kind)
}

// notedPlace is how a place is noted in a file: without the secrets that are in the
// settings of its store. The names of objects are none.
func notedPlace(where string) string {
	const before = "s3://bucket?"
	place, settings := store.CutParameters(where)
	if settings == "" {
		return where
	}
	return place + "?" + strings.TrimPrefix(hidden(before+settings), before)
}

// noted returns the place of a table that has been noted. If it is the table of this
// run, the settings of this run hold: those noted lack secrets, and may name a server
// that is gone.
func (f *scoreFlags) noted(where string) (string, error) {
	ours := absolute(f.output)
	our, _ := store.CutParameters(ours)
	table, settings := store.CutParameters(where)
	if our == table {
		return ours, nil
	}
	if strings.Contains(settings, clean.Hidden) {
		return "", fmt.Errorf("the table is %s, and secrets in its URL are not kept: do the run again, or any other with the whole URL as --output", where)
	}
	return where, nil
}

// settle publishes the rejects at a place that a run has left which died after it
// published its table, or drops those of one that died before.
func (f *scoreFlags) settle(ctx context.Context, where, runID string) error {
	st, name, err := store.Open(ctx, where)
	if err != nil {
		return usageError{err}
	}
	defer st.Close()
	if isFile(where) {
		err = sinks.SettleFile(ctx, st, name, f.committed)
	} else {
		err = sinks.Settle(ctx, st, name, runID, f.sweepAfter, f.committed)
	}
	if err != nil {
		return fmt.Errorf("rejects: %w", err)
	}
	return nil
}

// settleAll settles the rejects that the run is to write, and those that it reads.
func (f *scoreFlags) settleAll(ctx context.Context, writes bool) error {
	if f.retry != nil {
		for _, in := range f.input {
			if in == "-" {
				continue
			}
			if err := f.settle(ctx, plainPart(in), ""); err != nil {
				return err
			}
		}
	}
	if !writes {
		return nil
	}
	return f.settle(ctx, f.rejects, f.id)
}

// plainPart returns the folder that a pattern is in, or the name if it is none.
func plainPart(where string) string {
	names, _ := store.CutParameters(where)
	settings := where[len(names):]
	if at := strings.IndexAny(names, "*?[{"); at >= 0 {
		names = names[:max(strings.LastIndexByte(names[:at], '/'), 0)]
	}
	if names == "" {
		names = "."
	}
	return names + settings
}

// absoluteCatalog makes the name of a catalog that which it has from everywhere.
func absoluteCatalog(where string) string {
	file, ok := strings.CutPrefix(where, "sqlite:///")
	if !ok || strings.HasPrefix(file, "/") {
		return where
	}
	return "sqlite:///" + absolute(file)
}
