package sinktest

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"leapscore/engine/store"
	"leapscore/engine/store/storetest"
	"leapscore/internal/testseed"
	"leapscore/sinks"
)

// PowerCuts checks that a table survives a power cut after each change that a run
// makes on the disk, whatever the disk had not written yet: a reader finds the rows
// of before or those of after, a run that had ended is there, and the next run
// finds a table that it can append to or overwrite.
type PowerCuts struct {
	// On is the table on a disk.
	On func(st *store.Store) Destination

	Old *Job // that is there before, nil for none
	New Job

	// Append says that the rows of New come to those of Old.
	Append bool

	// Torn says that a reader may find a part of the table until the next run has
	// come.
	Torn bool
}

// seed makes which changes are lost the same in each run of the tests.
const seed = 20261128

// Run does the checks in an empty folder.
func (p PowerCuts) Run(t *testing.T) {
	EachPowerCut(t, func(st *store.Store) {
		if p.Old != nil {
			run(t, p.On(st), *p.Old)
		}
	}, func(st *store.Store) { run(t, p.On(st), p.New) }, func(t *testing.T, st *store.Store, ended bool) { p.check(t, p.On(st), ended) })
}

// EachPowerCut calls before and change with an empty folder, and check with what is
// left of it if the power fails after each of the changes that change makes. ended
// says that it had made all.
func EachPowerCut(t *testing.T, before, change func(*store.Store), check func(t *testing.T, st *store.Store, ended bool)) {
	t.Helper()
	folder := quickFolder(t)
	before(store.OnDisk(folder, nil))
	cut, err := storetest.NewPowerCut(folder)
	if err != nil {
		t.Fatal(err)
	}
	change(cut.Store())
	r := testseed.Rand(t, seed, 1)
	losses := map[string]storetest.Loss{
		"all names lost": storetest.AllNames, "no name lost": storetest.NoNames, "some names lost": storetest.SomeNames(r),
	}
	for n := range cut.Len() + 1 {
		for name, loss := range losses {
			t.Run(fmt.Sprintf("%d of %d changes, %s", n, cut.Len(), name), func(t *testing.T) {
				if err := os.RemoveAll(folder); err != nil {
					t.Fatal(err)
				}
				if err := cut.Write(folder, n, loss); err != nil {
					t.Fatal(err)
				}
				check(t, store.OnDisk(folder, nil), n == cut.Len())
			})
		}
	}
}

// quickFolder returns a new folder, in memory if there are files in memory: what is
// synced is simulated.
func quickFolder(t *testing.T) string {
	folder, err := os.MkdirTemp("/dev/shm", "powercut-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// check reads the table after a power cut, and has another run come.
func (p PowerCuts) check(t *testing.T, d Destination, ended bool) {
	before, after := []string{}, []string{p.New.Options.RunID}
	if p.Old != nil {
		before = append(before, p.Old.Options.RunID)
	}
	if p.Append {
		after = append(after, before...)
	}
	slices.Sort(after)
	got, err := p.runs(t, d)
	switch {
	case slices.Equal(got, after) && err == nil:
	case ended:
		t.Fatalf("the run had ended, and a reader finds %q, %v; want %q", got, err, after)
	case p.Torn:
	case err != nil || !slices.Equal(got, before):
		t.Fatalf("a reader finds %q, %v; want %q or %q", got, err, before, after)
	}
	later := p.New
	later.Options.RunID, later.Options.Mode = "later", sinks.ModeOverwrite
	if d.Append {
		later.Options.Mode = sinks.ModeAppend
	}
	if _, err := later.Run(t.Context(), d.Create); err != nil {
		t.Fatalf("the next run: %v", err)
	}
	rows, err := d.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err = Whole(rows, append(p.jobs(), later)...)
	want := [][]string{append(slices.Clone(before), "later"), append(slices.Clone(after), "later")}
	if !d.Append {
		want = [][]string{{"later"}}
	}
	for _, w := range want {
		slices.Sort(w)
		if slices.Equal(got, w) && err == nil {
			return
		}
	}
	t.Errorf("after the next run the table holds %q, %v; want one of %q", got, err, want)
}

func (p PowerCuts) jobs() []Job {
	if p.Old == nil {
		return []Job{p.New}
	}
	return []Job{*p.Old, p.New}
}

// runs returns whose rows a reader finds, none if there is no table.
func (p PowerCuts) runs(t *testing.T, d Destination) ([]string, error) {
	rows, err := d.Read(t.Context())
	if err != nil {
		return nil, err
	}
	return Whole(rows, p.jobs()...)
}
