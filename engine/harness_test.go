package engine_test

import (
	"context"
	"maps"
	"path"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/engine"
	"leapscore/engine/pipeline"
	"leapscore/engine/store"
	"leapscore/models/mleap"
	"leapscore/ops/builtin"
	"leapscore/sinks"
	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/sourcetest"
)

func load(t *testing.T, b bundletest.Bundle) *pipeline.Model {
	t.Helper()
	open, err := bundle.OpenFS(b.FS(), bundle.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return loadBundle(t, open)
}

func loadBundle(t *testing.T, b *bundle.Bundle) *pipeline.Model {
	t.Helper()
	m, err := mleap.Load(b, builtin.Registry())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// disk is storage in memory with the tables "out" and "bad".
type disk struct{ *store.Mem }

func (d disk) store() *store.Store { return store.New(d.Mem) }

// run is a run of a test. When it ends, all memory must be free, and all
// goroutines gone.
type run struct {
	engine.Run
	mem *memory.CheckedAllocator
}

// spoiler hands out rubbish, and leaves rubbish where memory was freed.
type spoiler struct{ memory.Allocator }

func (a spoiler) Allocate(n int) []byte { return spoil(a.Allocator.Allocate(n)) }

func (a spoiler) Reallocate(n int, b []byte) []byte {
	grown := spoil(a.Allocator.Allocate(n))
	copy(grown, b)
	a.Free(b)
	return grown
}

func (a spoiler) Free(b []byte) { a.Allocator.Free(spoil(b)) }

func spoil(b []byte) []byte {
	for i := range b {
		b[i] = 0xA5
	}
	return b
}

// newRun plans job and opens its tables.
func newRun(t *testing.T, d disk, job engine.Job, mode sinks.Mode) *run {
	t.Helper()
	plan, err := job.Plan()
	if err != nil {
		t.Fatal(err)
	}
	r := &run{mem: memory.NewCheckedAllocator(spoiler{memory.NewGoAllocator()})}
	r.Plan, r.Mem, r.Info = plan, r.mem, sinks.Run{ID: "run"}
	opt := sinks.Options{Schema: plan.Schema, RunID: "run", Mode: mode, GroupRows: 80, FileRows: 200}
	r.Table = d.create(t, "out", opt)
	if job.Reject {
		opt.Schema = plan.Rejects
		r.Rejects = d.create(t, "bad", opt)
	}
	return r
}

func (d disk) create(t *testing.T, name string, opt sinks.Options) sinks.Table {
	t.Helper()
	table, err := sinks.Create(t.Context(), d.store(), name, opt)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// do runs to the end and checks that nothing is left of it.
func (r *run) do(t *testing.T, ctx context.Context) (*sinks.Manifest, error) {
	t.Helper()
	before := goroutines()
	m, err := r.Do(ctx)
	r.mem.AssertSize(t, 0)
	if src, ok := r.Plan.Job.Source.(*smallSource); ok {
		if n := src.open.Load(); n != 0 {
			t.Errorf("%d readers or scans were not closed", n)
		}
	}
	for range 3000 { // those of runtime and timers end a little later
		if goroutines() <= before {
			return m, err
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, were %d before", goroutines(), before)
	return m, err
}

// goroutines counts those that have functions to return from. A thread of DuckDB that
// has called Go keeps one without, until its database is closed.
func goroutines() (n int) {
	all := make([]runtime.StackRecord, runtime.NumGoroutine()+100)
	found, ok := runtime.GoroutineProfile(all)
	if !ok {
		return len(all)
	}
	for _, r := range all[:found] {
		if len(r.Stack()) > 1 {
			n++
		}
	}
	return n
}

// score runs job on an empty disk and returns that.
func score(t *testing.T, job engine.Job) (disk, *sinks.Manifest) {
	t.Helper()
	d := disk{&store.Mem{}}
	m, err := newRun(t, d, job, sinks.ModeError).do(t, t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return d, m
}

// files returns the content of all files by name, but for manifests, in which
// times stand.
func (d disk) files(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, name := range d.Names() {
		if path.Base(name) == sinks.SuccessName {
			continue
		}
		data, err := d.store().ReadFile(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		found[name] = string(data)
	}
	return found
}

func names(files map[string]string) []string { return slices.Sorted(maps.Keys(files)) }

// table is the content of a table as text.
type table struct {
	cols []string
	rows map[string][]string // by column
}

func (d disk) read(t *testing.T, name string) table {
	t.Helper()
	src, err := files.Open(t.Context(), []string{name}, sources.Options{Opener: d.store()})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	tab := table{rows: map[string][]string{}}
	for _, f := range src.Schema().Fields() {
		tab.cols = append(tab.cols, f.Name)
	}
	read := sourcetest.ReadAll(t, src, memory.DefaultAllocator, tab.cols, 1)
	for i, c := range tab.cols {
		tab.rows[c] = read.Column(i)
	}
	return tab
}
