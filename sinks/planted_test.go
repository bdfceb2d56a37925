package sinks_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sinks/sinktest"
)

// plantedTable is a table on the disk and, beside it, a folder of somebody else.
func plantedTable(t *testing.T) (st *store.Store, out, outside string) {
	t.Helper()
	dir := t.TempDir()
	outside = filepath.Join(dir, "outside")
	writeLocal(t, filepath.Join(outside, "sub", "victim.txt"), "secret")
	writeLocal(t, filepath.Join(outside, "lock"), "not a lock")
	writeLocal(t, filepath.Join(outside, "journal.json"), "{}")
	st, out, err := store.Open(t.Context(), filepath.Join(dir, "preds"))
	if err != nil {
		t.Fatal(err)
	}
	mustRun(t, st, out, sinktest.SmallJob("old", sinks.ModeError))
	return st, out, outside
}

func writeLocal(t *testing.T, name, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, []byte(text), 0o666)); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.Symlink(target, name)); err != nil {
		t.Fatal(err)
	}
}

// wantOutside fails if anything outside of the table was touched.
func wantOutside(t *testing.T, outside string) {
	t.Helper()
	want := map[string]string{"sub/victim.txt": "secret", "lock": "not a lock", "journal.json": "{}"}
	err := filepath.WalkDir(outside, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(outside, name)
		data, err := os.ReadFile(name)
		if text, ok := want[rel]; !ok || text != string(data) {
			t.Errorf("outside of the table, %s is %q now", rel, data)
		}
		delete(want, rel)
		return err
	})
	if err != nil || len(want) > 0 {
		t.Errorf("outside of the table, %v are gone: %v", want, err)
	}
}

func TestAPlantedJournalIsRefused(t *testing.T) {
	journals := map[string]string{
		"drop above":       `{"drop":["x/../../outside/sub/victim.txt"]}`,
		"add above":        `{"add":["../pw/cron"]}`,
		"absolute":         `{"drop":["/etc/hostname"]}`,
		"the folder":       `{"drop":["."]}`,
		"empty":            `{"add":[""]}`,
		"a staging folder": `{"drop":["_temporary/pw/cron"]}`,
		"through a link":   `{"drop":["linked/victim.txt"]}`,
		"from a link":      `{"add":["away/victim.txt"]}`,
		"undo above":       `{"drop":["x/../../outside/sub/victim.txt"],"undo":true}`,
	}
	for name, text := range journals {
		t.Run(name, func(t *testing.T) {
			st, out, outside := plantedTable(t)
			table := filepath.Join(filepath.Dir(outside), "preds")
			stage := filepath.Join(table, "_temporary", "evil")
			writeLocal(t, filepath.Join(stage, "old", "x", "y"), "")
			writeLocal(t, filepath.Join(table, "x", "y.parquet"), "")
			writeLocal(t, filepath.Join(table, "_temporary", "pw", "cron"), "pw")
			link(t, filepath.Join(outside, "sub"), filepath.Join(table, "linked"))
			link(t, filepath.Join(outside, "sub"), filepath.Join(stage, "away"))
			writeLocal(t, filepath.Join(stage, "journal.json"), text)

			_, err := sinktest.SmallJob("new", sinks.ModeAppend).Run(t.Context(), folder(st, out).Create)
			if _, ok := errors.AsType[*sinks.PlantedError](err); !ok {
				t.Errorf("a run beside the journal %s: %v, want that it is refused", text, err)
			}
			wantOutside(t, outside)
			if _, err := os.Stat(filepath.Join(filepath.Dir(outside), "pw")); err == nil {
				t.Error("a folder was made outside of the table")
			}
		})
	}
}

func TestAPlantedLinkIsRefused(t *testing.T) {
	const run = "6f9619ff-8b86-4d01-b42d-00c04fc964ff" // an id that is a UUID names the folders as it is
	for name, place := range map[string]string{
		"working folder": "preds/_temporary",
		"lock":           "preds/_temporary/lock",
		"own stage":      "preds/_temporary/" + run,
		"own side":       ".preds.leapscore-" + run,
	} {
		t.Run(name, func(t *testing.T) {
			st, out, outside := plantedTable(t)
			target := outside
			if name == "lock" {
				target = filepath.Join(outside, "lock")
			}
			link(t, target, filepath.Join(filepath.Dir(outside), filepath.FromSlash(place)))
			_, err := sinktest.SmallJob(run, sinks.ModeOverwrite).Run(t.Context(), folder(st, out).Create)
			if _, ok := errors.AsType[*sinks.PlantedError](err); !ok {
				t.Errorf("a run with a link at %s: %v, want that it is refused", place, err)
			}
			wantOutside(t, outside)
		})
	}
}

func TestLinksOfOthersAreNotSwept(t *testing.T) {
	for _, place := range []string{
		"preds/_temporary/dead", "preds/_temporary/dead/old", ".preds.leapscore-dead",
		".preds.leapscore-dead/_temporary", ".preds.leapscore-dead.old",
	} {
		t.Run(place, func(t *testing.T) {
			st, out, outside := plantedTable(t)
			link(t, outside, filepath.Join(filepath.Dir(outside), filepath.FromSlash(place)))
			mustRun(t, st, out, sinktest.SmallJob("new", sinks.ModeOverwrite))
			wantOutside(t, outside)
		})
	}
}

func TestAPlantedNoteMovesNothing(t *testing.T) {
	const run = "6f9619ff-8b86-4d01-b42d-00c04fc964ff"
	note := `{"mode":"overwrite","manifest":{"run_id":"` + run + `"}}`
	for _, place := range []string{"preds/_temporary/" + run, "preds/_temporary", ".preds.leapscore-" + run} {
		for _, committed := range []bool{false, true} {
			t.Run(fmt.Sprint(place, " ", committed), func(t *testing.T) {
				st, out, outside := plantedTable(t)
				root := filepath.Dir(outside)
				if place == "preds/_temporary" {
					outside = filepath.Join(root, "elsewhere")
					writeLocal(t, filepath.Join(outside, run, "victim.txt"), "secret")
				}
				link(t, outside, filepath.Join(root, filepath.FromSlash(place)))
				writeLocal(t, filepath.Join(root, "preds", "_temporary", run+".pending.json"), note)
				before := filesBelow(t, outside)
				err := sinks.Settle(t.Context(), st, out, "", 0, func(context.Context, sinks.Intent) (bool, error) { return committed, nil })
				if _, ok := errors.AsType[*sinks.PlantedError](err); !ok {
					t.Errorf("a note beside a link at %s: %v, want that it is refused", place, err)
				}
				if diff := cmp.Diff(before, filesBelow(t, outside)); diff != "" {
					t.Errorf("outside of the table (-before +after):\n%s", diff)
				}
			})
		}
	}
}

// filesBelow returns the content of the files in a folder.
func filesBelow(t *testing.T, folder string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(folder, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		found[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestALockWithAnotherNameIsRefused(t *testing.T) {
	st, out, outside := plantedTable(t)
	lock := filepath.Join(filepath.Dir(outside), "preds", "_temporary", "lock")
	err := errors.Join(os.MkdirAll(filepath.Dir(lock), 0o777), os.Link(filepath.Join(outside, "lock"), lock))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sinktest.SmallJob("new", sinks.ModeOverwrite).Run(t.Context(), folder(st, out).Create); err == nil {
		t.Error("a lock that is a link to another file was taken")
	}
	wantOutside(t, outside)
}
