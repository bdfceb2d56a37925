package sinks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sinks/sinktest"
)

func TestTablesSurvivePowerCuts(t *testing.T) {
	for name, s := range scenarios {
		cuts := sinktest.PowerCuts{Old: s.Old, New: s.New, Append: s.New.Options.Mode == sinks.ModeAppend}
		t.Run("folder/"+name, func(t *testing.T) {
			cuts := cuts
			cuts.On = func(st *store.Store) sinktest.Destination { return folder(st, "preds") }
			cuts.Run(t)
		})
		t.Run("in place/"+name, func(t *testing.T) {
			cuts := cuts
			cuts.On = func(st *store.Store) sinktest.Destination { return folder(sinktest.FixedFolder(st), "preds") }
			cuts.Torn = true
			cuts.Run(t)
		})
		if s.New.Options.PartitionBy == nil && !cuts.Append {
			t.Run("file/"+name, func(t *testing.T) {
				cuts := cuts
				cuts.On = func(st *store.Store) sinktest.Destination { return oneFile(st, "preds.parquet") }
				cuts.Run(t)
			})
		}
	}
}

// A table and its rejects come through together: once what waits is settled, both
// have rows of the same runs.
func TestTwoTablesSurvivePowerCuts(t *testing.T) {
	plain := func(st *store.Store) *store.Store { return st }
	for name, c := range map[string]struct {
		pair
		on func(st *store.Store) *store.Store
	}{
		"folders":         {pair{first: "preds", second: "bad"}, plain},
		"first in place":  {pair{first: "preds", second: "bad"}, sinktest.FixedFolder},
		"second in place": {pair{first: "good", second: "preds"}, sinktest.FixedFolder},
		"files":           {pair{first: "preds.parquet", second: "bad.parquet"}, plain},
	} {
		for _, mode := range []sinks.Mode{sinks.ModeError, sinks.ModeOverwrite, sinks.ModeAppend} {
			if c.single() && mode == sinks.ModeAppend {
				continue
			}
			t.Run(name+"/"+mode.String(), func(t *testing.T) { c.cut(t, mode, c.on) })
		}
	}
}

// cut cuts the power in a run into both tables.
func (p pair) cut(t *testing.T, mode sinks.Mode, on func(*store.Store) *store.Store) {
	old, job, next := sinktest.SmallJob("old", sinks.ModeError), sinktest.SmallJob("new", mode), sinktest.SmallJob("next", sinks.ModeAppend)
	if p.single() {
		next = sinktest.SmallJob("next", sinks.ModeOverwrite)
	}
	must := func(t *testing.T, st *store.Store, j sinktest.Job) {
		if err := p.run(t.Context(), on(st), j); err != nil {
			t.Fatalf("run %s: %v", j.Options.RunID, err)
		}
	}
	before := func(st *store.Store) {
		if mode != sinks.ModeError {
			must(t, st, old)
		}
	}
	cut := func(st *store.Store) { must(t, st, job) }
	sinktest.EachPowerCut(t, before, cut, func(t *testing.T, st *store.Store, ended bool) {
		if err := p.settle(t.Context(), on(st), "next"); err != nil {
			t.Fatal(err)
		}
		got := p.same(t, st, old, job)
		if was := map[bool]string{true: "[]", false: "[old]"}[mode == sinks.ModeError]; got != was && !strings.HasPrefix(got, "[new") || ended && got == was {
			t.Fatalf("both tables have rows of %s", got)
		}
		must(t, st, next)
		want := "[next]"
		if !p.single() {
			runs := append(strings.Fields(strings.Trim(got, "[]")), "next")
			slices.Sort(runs)
			want = fmt.Sprint(runs)
		}
		if got := p.same(t, st, old, job, next); got != want {
			t.Errorf("after the next run both tables have rows of %s, want %s", got, want)
		}
	})
}

// same returns whose rows both tables have.
func (p pair) same(t *testing.T, st *store.Store, jobs ...sinktest.Job) string {
	t.Helper()
	first, second := p.runs(t, st, p.first, jobs...), p.runs(t, st, p.second, jobs...)
	if first != second {
		t.Fatalf("the tables have rows of %s and %s, want the same", first, second)
	}
	return first
}
