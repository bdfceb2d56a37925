package engine_test

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
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
	"leapscore/ops/builtin"
	"leapscore/sinks"
	"leapscore/sources"
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
	m, err := pipeline.Load(b, builtin.Registry())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// run is a run of a test, in a folder with the tables "out" and "bad". When it
// ends, all memory must be free, and all goroutines gone.
type run struct {
	engine.Run
	dir string
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
func newRun(t *testing.T, dir string, job engine.Job, mode sinks.Mode) *run {
	t.Helper()
	plan, err := job.Plan()
	if err != nil {
		t.Fatal(err)
	}
	r := &run{dir: dir, mem: memory.NewCheckedAllocator(spoiler{memory.NewGoAllocator()})}
	r.Plan, r.Mem, r.Info = plan, r.mem, sinks.Run{ID: "run"}
	opt := sinks.Options{Schema: plan.Schema, RunID: "run", Mode: mode, GroupRows: 80, FileRows: 200}
	r.Table = r.create(t, "out", opt)
	if job.Reject {
		opt.Schema = plan.Rejects
		r.Rejects = r.create(t, "bad", opt)
	}
	return r
}

func (r *run) create(t *testing.T, name string, opt sinks.Options) sinks.Table {
	t.Helper()
	st, path, err := store.Open(t.Context(), filepath.Join(r.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	table, err := sinks.Create(t.Context(), st, path, opt)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// do runs to the end and checks that nothing is left of it.
func (r *run) do(t *testing.T, ctx context.Context) (*sinks.Manifest, error) {
	t.Helper()
	before := runtime.NumGoroutine()
	m, err := r.Do(ctx)
	r.mem.AssertSize(t, 0)
	if src, ok := r.Plan.Job.Source.(*smallSource); ok {
		if n := src.open.Load(); n != 0 {
			t.Errorf("%d readers or scans were not closed", n)
		}
	}
	for range 100 { // those of runtime and timers end a little later
		if runtime.NumGoroutine() <= before {
			return m, err
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, were %d before", runtime.NumGoroutine(), before)
	return m, err
}

// score runs job into a new folder and returns it.
func score(t *testing.T, job engine.Job) (string, *sinks.Manifest) {
	t.Helper()
	dir := t.TempDir()
	m, err := newRun(t, dir, job, sinks.Error).do(t, t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return dir, m
}

// files returns the content of all files below dir by name, but for manifests,
// in which times stand.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == sinks.SuccessName {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		found[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func names(files map[string]string) []string { return slices.Sorted(maps.Keys(files)) }

// table is the content of a table as text.
type table struct {
	cols []string
	rows map[string][]string // by column
}

func readTable(t *testing.T, globs ...string) table {
	t.Helper()
	src, err := sources.OpenFiles(t.Context(), globs, sources.Options{})
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
