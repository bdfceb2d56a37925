// Package benchmarks measures what users run, through the packages that the
// command is made of: whole jobs from files and queries to tables, the compiled
// pipeline alone, tree ensembles and models while they load. Single ops are
// measured by BenchmarkOp in ops/builtin, other software in peers.
package benchmarks

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"leapscore/benchmarks/data/shapes"
	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/engine"
	"leapscore/engine/pipeline"
	"leapscore/engine/store"
	"leapscore/internal/testcpu"
	"leapscore/models/mleap"
	"leapscore/ops/builtin"
	"leapscore/sinks"
	"leapscore/sources"
	"leapscore/sources/files"
)

const batchRows = 8192

var (
	scratch string // removed at the end
	tables  sync.Map
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "leapscore-bench")
	if err != nil {
		log.Fatal(err)
	}
	scratch = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// table returns the files of a table of s, which is written once.
func table(tb testing.TB, s shapes.Shape, rows int) string {
	tb.Helper()
	dir := filepath.Join(scratch, fmt.Sprintf("%s-%d", s.Name, rows))
	once, _ := tables.LoadOrStore(dir, sync.OnceValue(func() error { return s.WriteTable(context.Background(), dir, rows, 4) }))
	if err := once.(func() error)(); err != nil {
		tb.Fatal(err)
	}
	return filepath.Join(dir, "*.parquet")
}

func load(tb testing.TB, b bundletest.Bundle) *pipeline.Model {
	tb.Helper()
	bun, err := bundle.OpenFS(b.FS(), bundle.Limits{})
	if err != nil {
		tb.Fatal(err)
	}
	m, err := mleap.Load(bun, builtin.Registry())
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// job is what one iteration runs: open the source, score it, publish a table.
type job struct {
	model   *pipeline.Model
	open    func(ctx context.Context) (sources.Source, error)
	keep    string
	rows    int
	workers int
}

func fileSource(glob string) func(context.Context) (sources.Source, error) {
	return func(ctx context.Context) (sources.Source, error) {
		return files.Open(ctx, []string{glob}, sources.Options{})
	}
}

func (j job) run(ctx context.Context, output string) (err error) {
	src, err := j.open(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if e := src.Close(); err == nil {
			err = e
		}
	}()
	plan, err := engine.Job{Model: j.model, Source: src, Keep: []string{j.keep}, BatchRows: batchRows, Workers: j.workers}.Plan()
	if err != nil {
		return err
	}
	st, name, err := store.Open(ctx, output)
	if err != nil {
		return err
	}
	t, err := sinks.Create(ctx, st, name, sinks.Options{Schema: plan.Schema, RunID: "bench", Mode: sinks.ModeOverwrite})
	if err != nil {
		return err
	}
	run := &engine.Run{Plan: plan, Table: t, Info: sinks.Run{ID: "bench"}}
	m, err := run.Do(ctx)
	if err == nil && m.RowsOut != int64(j.rows) {
		err = fmt.Errorf("%d rows written, want %d", m.RowsOut, j.rows)
	}
	return err
}

// bench measures j. Allocations are counted for each batch of the pipeline and
// include reading and writing.
func (j job) bench(b *testing.B) {
	output := filepath.Join(scratch, "output")
	if err := j.run(b.Context(), output); err != nil {
		b.Fatal(err)
	}
	allocs, cpu := mallocs(), testcpu.Time()
	for b.Loop() {
		if err := j.run(b.Context(), output); err != nil {
			b.Fatal(err)
		}
	}
	report(b, j.rows, mallocs()-allocs)
	b.ReportMetric(float64((testcpu.Time()-cpu).Nanoseconds())/float64(b.N)/float64(j.rows), "cpu-ns/row")
}

func mallocs() uint64 {
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.Mallocs
}

// report adds the speed, and the allocations of each batch, to a benchmark
// whose iterations took so many rows.
func report(b *testing.B, rows int, allocs uint64) {
	batches := (rows + batchRows - 1) / batchRows
	total := float64(b.N) * float64(rows)
	b.ReportMetric(total/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/total, "ns/row")
	b.ReportMetric(float64(allocs)/float64(b.N*batches), "allocs/batch")
}

const listingRows = 400_000

func BenchmarkRun(b *testing.B) {
	s := shapes.Listings(20, 5)
	glob := table(b, s, listingRows)
	inputs := []struct {
		name string
		open func(context.Context) (sources.Source, error)
	}{{"parquet", fileSource(glob)}}
	inputs = append(inputs, queries(glob)...)
	for _, bun := range s.Models() {
		m := load(b, bun)
		for _, in := range inputs {
			for _, workers := range []int{1, 2} {
				b.Run(fmt.Sprintf("%s/%s/workers=%d", in.name, bun.Name, workers), func(b *testing.B) {
					job{model: m, open: in.open, keep: "listing_id", rows: listingRows, workers: workers}.bench(b)
				})
			}
		}
	}
}

// BenchmarkShapes measures jobs that are wide, or odd, or mostly copying.
func BenchmarkShapes(b *testing.B) {
	for _, c := range []struct {
		name  string
		shape shapes.Shape
		rows  int
		keep  string
	}{
		{"ten_columns_kept", shapes.Ten(), 500_000, "all"},
		{"2000_columns", shapes.Columns(2000), 8_192, "id"},
		{"hashed_text_1e6", shapes.Text(1_000_000), 100_000, "id"},
		{"50_classes", shapes.Classes(50, 20, 8), 100_000, "id"},
		{"1e6_labels", shapes.Labels(1_000_000), 400_000, "id"},
	} {
		b.Run(c.name, func(b *testing.B) {
			m := load(b, c.shape.Models()[0])
			job{model: m, open: fileSource(table(b, c.shape, c.rows)), keep: c.keep, rows: c.rows, workers: 2}.bench(b)
		})
	}
}

// BenchmarkLoad measures bundles on their way from bytes to a model.
func BenchmarkLoad(b *testing.B) {
	forest := shapes.Listings(1000, 6).Models()[1]
	for _, format := range []string{bundle.FormatJSON, bundle.FormatProtobuf} {
		forest.Format = format
		path := filepath.Join(scratch, format+".zip")
		files := forest.Files()
		if err := os.WriteFile(path, files.Zip(), 0o644); err != nil {
			b.Fatal(err)
		}
		size := 0
		for _, f := range files {
			size += len(f)
		}
		b.Run("forest/"+format, func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				bun, err := bundle.Open(path, bundle.Limits{})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := mleap.Load(bun, builtin.Registry()); err != nil {
					b.Fatal(err)
				}
				bun.Close()
			}
		})
	}
}
