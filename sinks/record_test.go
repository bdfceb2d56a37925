package sinks_test

import (
	"encoding/json"
	"slices"
	"testing"

	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sinks/sinktest"
)

// The manifest of a table on a disk lists all of it: what others put there meanwhile
// is no part of it, in later runs neither.
func TestManifestsOnDisksListTheWholeTable(t *testing.T) {
	for _, c := range disks {
		t.Run(c.name, func(t *testing.T) {
			st := store.New(c.disk())
			put := func(name string) {
				if err := st.WriteFile(t.Context(), "dir/preds/"+name, []byte("x")); err != nil {
					t.Fatal(err)
				}
			}
			put("old.parquet") // before the first run: it is adopted
			var want []string
			for i, mode := range []sinks.Mode{sinks.ModeAppend, sinks.ModeAppend, sinks.ModeAppend, sinks.ModeOverwrite, sinks.ModeAppend} {
				if mode == sinks.ModeOverwrite {
					want = nil
				}
				m := mustRun(t, st, "dir/preds", sinktest.NewJob(string(rune('a'+i)), mode))
				if i == 0 {
					want = append(want, "old.parquet")
				}
				for _, f := range m.Files {
					want = append(want, f.Name)
				}
				if m.Kept != nil {
					t.Errorf("the manifest that is reported has %d files that it kept", len(m.Kept))
				}
				var there sinks.Manifest
				data, err := st.ReadFile(t.Context(), "dir/preds/_SUCCESS")
				if err == nil {
					err = json.Unmarshal(data, &there)
				}
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, f := range there.Live() {
					got = append(got, f.Name)
				}
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Errorf("run %d: the manifest lists %q, want %q", i, got, want)
				}
				put("foreign.parquet")
			}
		})
	}
}
