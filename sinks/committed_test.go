package sinks_test

import (
	"context"
	"testing"

	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sinks/delta"
	"leapscore/sinks/sinktest"
)

// A table tells the commit of one attempt from those of others, also when other
// runs were committed after it, and when the run was done again.
func TestTablesKnowTheirCommits(t *testing.T) {
	for name, c := range map[string]struct {
		st     *store.Store
		create func(ctx context.Context, st *store.Store, opt sinks.Options) (sinks.Table, error)
		ask    func(ctx context.Context, st *store.Store, run, token string) (bool, error)
	}{
		"delta": {
			store.New(&store.Mem{}),
			func(ctx context.Context, st *store.Store, opt sinks.Options) (sinks.Table, error) {
				return delta.Create(ctx, st, "dir/preds", opt, delta.Options{})
			},
			func(ctx context.Context, st *store.Store, _, token string) (bool, error) {
				return delta.Committed(ctx, st, "dir/preds", token)
			},
		},
		"folder": {store.New(&store.Mem{}), createFolder, askFolder},
		"bucket": {store.New(bucket{&store.Mem{}}), createFolder, askFolder},
	} {
		t.Run(name, func(t *testing.T) {
			ask := func(run, token string, want bool) {
				t.Helper()
				if got, err := c.ask(t.Context(), c.st, run, token); err != nil || got != want {
					t.Errorf("run %s, %s: %v, %v; want %v", run, token, got, err, want)
				}
			}
			ask("one", "a", false)
			for _, run := range []string{"one", "two"} {
				j := sinktest.SmallJob(run, sinks.ModeAppend)
				j.Options.Token = "token of " + run
				j.Options.Metadata = nil
				create := func(ctx context.Context, opt sinks.Options) (sinks.Table, error) { return c.create(ctx, c.st, opt) }
				if _, err := j.Run(t.Context(), create); err != nil {
					t.Fatal(err)
				}
				ask(run, "token of "+run, true)
				ask(run, "another", false)
			}
			if name != "folder" { // which has it in the record of the run
				ask("one", "token of one", true)
			}
		})
	}
}

func createFolder(ctx context.Context, st *store.Store, opt sinks.Options) (sinks.Table, error) {
	return sinks.Create(ctx, st, "dir/preds", opt)
}

func askFolder(ctx context.Context, st *store.Store, run, token string) (bool, error) {
	return sinks.CommittedFiles(ctx, st, "dir/preds", run, token)
}
