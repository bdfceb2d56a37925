package sinks_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sinks/sinktest"
)

// signOf returns what the marker says that is in the folder.
func signOf(t *testing.T, mem *store.Mem) (name string, sign struct{ Attempt, Beat string }) {
	t.Helper()
	for _, found := range mem.Names() {
		if strings.Contains(found, "/runs/") && !strings.Contains(found, ".tmp-") {
			name = found
		}
	}
	if name == "" {
		return "", sign
	}
	data, err := store.New(mem).ReadFile(t.Context(), name)
	if err == nil {
		err = json.Unmarshal(data, &sign)
	}
	if err != nil {
		t.Fatal(err)
	}
	return name, sign
}

// A process that goes on, while the same run goes on in another, does not make the
// run its own again by giving signs of life.
func TestTheFirstProcessOfARunDoesNotTakeItBack(t *testing.T) {
	mem := &store.Mem{}
	st := store.New(bucket{mem})
	j := sinktest.SmallJob("r", sinks.ModeError)
	j.Options.SweepAfter = time.Second // a sign each second
	first := open(t, st, j)
	second := open(t, st, j)
	_, was := signOf(t, mem)
	for signs, last := 0, was.Beat; signs < 2; time.Sleep(10 * time.Millisecond) {
		_, is := signOf(t, mem)
		if is.Attempt != was.Attempt {
			t.Fatal("the first process made the run its own again")
		}
		if is.Beat != last {
			signs, last = signs+1, is.Beat
		}
	}
	secondCommits(t, mem, first, second, j)
}

// A run that slept, with its machine, while another one swept it, gives signs of
// life when it wakes up. Its files are gone all the same.
func TestARunThatWasSweptInItsSleepDoesNotPublish(t *testing.T) {
	mem := &store.Mem{}
	st := store.New(bucket{mem})
	one, slept := sinktest.SmallJob("one", sinks.ModeAppend), sinktest.SmallJob("slept", sinks.ModeAppend)
	table := open(t, st, slept)
	name, _ := signOf(t, mem)
	sign, err := st.ReadFile(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	age(t, mem)
	mustRun(t, st, "dir/preds", one)
	if err := st.WriteFile(t.Context(), name, sign); err != nil { // it was under way
		t.Fatal(err)
	}
	if _, err := table.Commit(t.Context(), sinks.Run{ID: "slept"}); err == nil || !strings.Contains(err.Error(), "part-00000-") {
		t.Errorf("%v, want an error that names a file that is gone", err)
	}
	if err := table.Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantBucket(t, st, []string{"one"}, one, slept)
	tidyBucket(t, mem)
}

// pages is a bucket that is listed in two pages, the second from after on. between
// is called between them, once.
type pages struct {
	store.Driver
	after   string
	between func()
}

func (p *pages) List(ctx context.Context, prefix string, deep bool, fn func(store.Object) error) error {
	page := func(first bool) error {
		return p.Driver.List(ctx, prefix, deep, func(o store.Object) error {
			if o.Name < p.after != first {
				return nil
			}
			return fn(o)
		})
	}
	if err := page(true); err != nil {
		return err
	}
	if between := p.between; between != nil && deep {
		p.between = nil
		between()
	}
	return page(false)
}

// While the folder is listed, which takes a while where there is much in it, a run
// can begin: its marker is not in the listing, its files are.
func TestARunThatBeginsDuringAListingKeepsItsFiles(t *testing.T) {
	mem := &store.Mem{}
	st := store.New(bucket{mem})
	old, first, second := sinktest.SmallJob("old", sinks.ModeError), sinktest.SmallJob("a", sinks.ModeOverwrite), sinktest.SmallJob("b", sinks.ModeAppend)
	mustRun(t, st, "dir/preds", old)
	slow := &pages{Driver: bucket{mem}, after: "dir/preds/part-"}
	table := open(t, store.New(slow), first)
	var late sinks.Table
	slow.between = func() { late = open(t, st, second) }
	if _, err := table.Commit(t.Context(), sinks.Run{ID: "a"}); err != nil {
		t.Fatal(err)
	}
	if _, err := late.Commit(t.Context(), sinks.Run{ID: "b"}); err != nil {
		t.Fatal(err)
	}
	wantBucket(t, st, []string{"a", "b"}, old, first, second)
	tidyBucket(t, mem)
}

// A marker that cannot be read, as storage may show that is not one step in what it
// writes, keeps the files of its run, and keeps nobody from the table.
func TestAMarkerThatCannotBeReadKeepsNobodyOut(t *testing.T) {
	mem := &store.Mem{}
	st := store.New(bucket{mem})
	one, torn := sinktest.SmallJob("one", sinks.ModeAppend), sinktest.SmallJob("torn", sinks.ModeAppend)
	open(t, st, torn)
	name, _ := signOf(t, mem)
	files := len(mem.Names())
	if err := st.WriteFile(t.Context(), name, nil); err != nil {
		t.Fatal(err)
	}
	mustRun(t, st, "dir/preds", one)
	wantBucket(t, st, []string{"one"}, one, torn)
	kept := 0
	for _, name := range mem.Names() {
		if strings.Contains(name, sinks.Identity("torn")) {
			kept++
		}
	}
	if kept != files {
		t.Errorf("%d objects of the other run are left of %d", kept, files)
	}
	// The run itself, once more, makes all good.
	mustRun(t, st, "dir/preds", torn)
	wantBucket(t, st, []string{"one", "torn"}, one, torn)
	tidyBucket(t, mem)
}
