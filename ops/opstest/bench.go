package opstest

import (
	"strconv"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
	"leapscore/engine/pipeline"
	"leapscore/internal/testcpu"
	"leapscore/models/mleap"
	"leapscore/ops"
)

// benchRows is the size of the batches of benchmarks, as the engine's own.
const benchRows = 8192

// BenchFile measures each model of the case file at path over one batch of its
// rows, as Measure does: those that have an outcome and are not refused. The columns are
// as the cases have them, so rows may be dense and sparse side by side.
func BenchFile(b *testing.B, reg *ops.Registry, path string) {
	b.Helper()
	for i, m := range read(b, path).Models {
		var answered []int
		for row := range m.Rows {
			if m.Rows[row].Out != nil {
				answered = append(answered, row)
			}
		}
		if m.LoadError != "" || len(answered) == 0 {
			continue
		}
		b.Run(strconv.Itoa(i+1), func(b *testing.B) {
			bun, err := bundle.OpenFS(Files(m), bundle.Limits{})
			if err != nil {
				b.Fatal(err)
			}
			model, err := mleap.Load(bun, reg)
			if err != nil {
				b.Fatal(err)
			}
			r, err := newRunner(model, m)
			if err != nil {
				b.Fatal(err)
			}
			r.bench(b, answered)
		})
	}
}

func (r *runner) bench(b *testing.B, answered []int) {
	rows := make([]int, benchRows)
	for i := range rows {
		rows[i] = answered[i%len(answered)]
	}
	mem := memory.NewGoAllocator()
	cols := r.columns(mem, rows, 0)
	Measure(b, r.p, mem, cols)
	for _, c := range cols {
		c.Release()
	}
}

// Measure runs p over a batch of rows that it takes, again and again. It reports rows/s,
// ns/row and processor time, for each row and for each value that goes in or comes out,
// besides the allocations of a batch.
func Measure(b *testing.B, p *pipeline.Pipeline, mem memory.Allocator, cols []arrow.Array) {
	b.Helper()
	b.ReportAllocs()
	rows := cols[0].Len()
	run := func() *pipeline.Result {
		res, err := p.Run(mem, cols, rows)
		if err != nil {
			b.Fatal(err)
		}
		if res.Rejects() > 0 {
			b.Fatalf("%d of %d rows are refused, want none: see the tests of the op", res.Rejects(), rows)
		}
		return res
	}
	res := run()
	values := countValues(cols) + countValues(res.Columns)
	res.Release()
	cpu := testcpu.Time()
	for b.Loop() {
		run().Release()
	}
	spent := float64((testcpu.Time() - cpu).Nanoseconds()) / float64(b.N)
	b.ReportMetric(spent/float64(rows), "cpu-ns/row")
	b.ReportMetric(spent/float64(values), "ns/value")
	perRow := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / float64(rows)
	b.ReportMetric(perRow, "ns/row")
	b.ReportMetric(1e9/perRow, "rows/s")
}

// countValues counts the numbers, words and truths in some columns: of vectors those
// that are stored.
func countValues(cols []arrow.Array) (n int) {
	for _, c := range cols {
		n += valuesOf(c)
	}
	return n
}

func valuesOf(a arrow.Array) (n int) {
	switch a := a.(type) {
	case *array.Struct: // a vector
		for i := range a.NumField() {
			if l, ok := a.Field(i).(*array.List); ok && l.ListValues().DataType().ID() == arrow.FLOAT64 {
				return valuesOf(l)
			}
		}
	case array.ListLike:
		for i := range a.Len() {
			from, to := a.ValueOffsets(i)
			n += int(to - from)
		}
		return n
	}
	return a.Len()
}
