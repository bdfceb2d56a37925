// Package intent notes which commit the rejects of a run wait for, and settles those that
// a run has left which died between the two.
package intent

import (
	"context"
	"fmt"
	"strings"
	"time"

	"leapscore/engine/store"
	"leapscore/internal/clean"
	"leapscore/internal/fault"
	"leapscore/job/internal/lake"
	"leapscore/job/internal/place"
	"leapscore/runs"
	"leapscore/sinks"
)

// Names in the More of intents.
const (
	moreCatalog     = "iceberg_catalog"
	moreCatalogName = "iceberg_catalog_name"
	moreTable       = "iceberg_table"
)

// Kinds of tables beside those of folders: one file, and stdout.
const (
	fileKind   = "file"
	streamKind = "stdout"
)

// Token tells the commit of a run from those of when it was done before.
func Token(runID string, before *runs.Record) string {
	times := 0
	if before != nil {
		times = 1
		if before.Redone != nil {
			times += before.Redone.Times
		}
	}
	return fmt.Sprintf("%s/%d", runID, times)
}

// New names the commit of an output table, which the rejects of the run wait for.
func New(output string, o lake.Options, runID, token string) *sinks.Intent {
	in := &sinks.Intent{RunID: runID, Token: token, Table: place.Noted(place.Absolute(output)), Kind: o.Kind}
	switch {
	case place.IsStream(output):
		in.Table, in.Kind = output, streamKind
	case place.IsFile(output):
		in.Kind = fileKind
	}
	if o.Catalog != "" {
		in.More = map[string]string{moreCatalog: place.Catalog(o.Catalog), moreCatalogName: o.CatalogName, moreTable: o.CatalogTable}
	}
	return in
}

// committed finds out whether the commit that an intent names has taken place. output
// is that of the run that asks.
func committed(ctx context.Context, output string, in sinks.Intent, stores store.Options) (bool, error) {
	if in.Kind == streamKind { // a process that died has told nobody that it was done
		return false, nil
	}
	where, err := notedTable(output, in.Table)
	if err != nil {
		return false, err
	}
	st, name, err := store.OpenWith(ctx, where, stores)
	if err != nil {
		return false, err
	}
	defer st.Close()
	switch in.Kind {
	case fileKind:
		return sinks.CommittedFile(ctx, st, name, in.Files)
	case lake.Files, lake.Delta, lake.Iceberg:
		table := lake.Options{Kind: in.Kind, Catalog: in.More[moreCatalog], CatalogName: in.More[moreCatalogName], CatalogTable: in.More[moreTable]}
		return table.Committed(ctx, st, name, in.RunID, in.Token)
	}
	return false, fmt.Errorf("%s: a table of the unknown kind %q", in.Table, in.Kind)
}

// notedTable returns the place of a table that has been noted. If it is the output of
// this run, the settings of this run hold: those noted lack secrets, and may name a
// server that is gone.
func notedTable(output, where string) (string, error) {
	ours := place.Absolute(output)
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

// Settle publishes the rejects at a place that a run has left which died after it
// published its table, or drops those of one that died before. runID is the run that
// is to write there, if one is, output the table of the run that asks, and sweepAfter
// how long a run may give no sign of life.
func Settle(ctx context.Context, output string, sweepAfter time.Duration, where, runID string, stores store.Options) error {
	st, name, err := store.OpenWith(ctx, where, stores)
	if err != nil {
		return fault.Usage(err)
	}
	defer st.Close()
	asked := func(ctx context.Context, in sinks.Intent) (bool, error) { return committed(ctx, output, in, stores) }
	if place.IsFile(where) {
		err = sinks.SettleFile(ctx, st, name, asked)
	} else {
		err = sinks.Settle(ctx, st, name, runID, sweepAfter, asked)
	}
	if err != nil {
		return fmt.Errorf("rejects: %w", err)
	}
	return nil
}
