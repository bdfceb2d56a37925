package sinktest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/sinks"
)

// Destination is a place for one table, empty at first.
type Destination struct {
	Create Create
	// Read returns the rows that a reader sees now; nil if there is no table.
	Read func(ctx context.Context) ([]Row, error)
	// Append says whether ModeAppend is possible.
	Append bool
	// Once says that a table remembers runs, and takes none twice.
	Once bool
}

// RunConformance checks a kind of table. fresh returns a new destination each
// time.
func RunConformance(t *testing.T, fresh func(t *testing.T) Destination) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, d Destination)
	}{
		{"RowsStandInTheOrderOfParts", inOrder},
		{"BytesDoNotDependOnWorkersOrBatches", nil},
		{"NothingIsVisibleBeforeCommit", invisible},
		{"ATableWithoutRowsIsATable", empty},
		{"ModeErrorRefuses", modeError},
		{"ModeIgnoreLeaves", modeIgnore},
		{"ModeOverwriteReplaces", modeOverwrite},
		{"ModeAppendAdds", modeAppend},
		{"AbortLeavesTheOldTable", abort},
		{"AMissingPartCannotBeCommitted", missing},
		{"AnAbortedPartCannotBeCommitted", abortedPart},
		{"CancelWakesWhoWaits", cancelled},
		{"TheManifestCounts", counts},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.run == nil {
				sameBytes(t, fresh)
				return
			}
			c.run(t, fresh(t))
		})
	}
}

func run(t *testing.T, d Destination, j Job) *sinks.Manifest {
	t.Helper()
	m, err := j.Run(t.Context(), d.Create)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// wantRuns checks that a reader sees exactly the rows of jobs, in that order.
func wantRuns(t *testing.T, d Destination, jobs ...Job) {
	t.Helper()
	rows, err := d.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := Whole(rows, jobs...)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, j := range jobs {
		want = append(want, j.Options.RunID)
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the table holds runs %q, want %q", got, want)
	}
}

func inOrder(t *testing.T, d Destination) {
	j := NewJob("r", sinks.ModeError)
	j.Parts = nil
	for n := range 200 {
		j.Parts = append(j.Parts, n*37%211)
	}
	j.Workers, j.Options.Buffer = 7, 1<<14
	run(t, d, j)
	wantRuns(t, d, j)
}

func sameBytes(t *testing.T, fresh func(t *testing.T) Destination) {
	j := NewJob("r", sinks.ModeError)
	j.Parts = []int{5, 5, 1000, 3, 0, 90, 90, 90, 450, 12}
	j.Workers = 1
	want := run(t, fresh(t), j)
	for _, workers := range []int{1, 2, 7} {
		for _, batch := range []int{1, 33, 5000} {
			j.Workers, j.Batch = workers, batch
			got := run(t, fresh(t), j)
			if diff := cmp.Diff(want.Files, got.Files); diff != "" {
				t.Errorf("%d workers, batches of %d: files (-want +got):\n%s", workers, batch, diff)
			}
		}
	}
}

func invisible(t *testing.T, d Destination) {
	j := NewJob("r", sinks.ModeError)
	table, err := d.Create(t.Context(), j.Options)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Write(t.Context(), table); err != nil {
		t.Fatal(err)
	}
	wantRuns(t, d)
	if _, err := table.Commit(t.Context(), sinks.Run{ID: "r"}); err != nil {
		t.Fatal(err)
	}
	wantRuns(t, d, j)
	if err := table.Abort(t.Context()); err != nil {
		t.Errorf("abort after commit: %v", err)
	}
	wantRuns(t, d, j)
}

func empty(t *testing.T, d Destination) {
	j := NewJob("r", sinks.ModeError)
	j.Parts = []int{0, 0}
	m := run(t, d, j)
	if len(m.Files) != 1 || m.RowsOut != 0 {
		t.Errorf("%d files, %d rows; want one without rows", len(m.Files), m.RowsOut)
	}
	if _, err := j.Run(t.Context(), d.Create); !errors.Is(err, sinks.ErrOutputExists) {
		t.Errorf("again: %v, want ErrOutputExists", err)
	}
}

func modeError(t *testing.T, d Destination) {
	first := NewJob("first", sinks.ModeError)
	run(t, d, first)
	if _, err := NewJob("second", sinks.ModeError).Run(t.Context(), d.Create); !errors.Is(err, sinks.ErrOutputExists) {
		t.Errorf("second: %v, want ErrOutputExists", err)
	}
	wantRuns(t, d, first)
}

func modeIgnore(t *testing.T, d Destination) {
	first := NewJob("first", sinks.ModeIgnore)
	run(t, d, first)
	if _, err := NewJob("second", sinks.ModeIgnore).Run(t.Context(), d.Create); !errors.Is(err, sinks.ErrIgnored) {
		t.Errorf("second: %v, want ErrIgnored", err)
	}
	wantRuns(t, d, first)
}

func modeOverwrite(t *testing.T, d Destination) {
	ids := []string{"first", "second", "second"}
	if d.Once {
		ids[2] = "third"
	}
	for _, id := range ids {
		j := NewJob(id, sinks.ModeOverwrite)
		run(t, d, j)
		wantRuns(t, d, j)
	}
}

func modeAppend(t *testing.T, d Destination) {
	first, second := NewJob("first", sinks.ModeAppend), NewJob("second", sinks.ModeAppend)
	if !d.Append {
		if _, err := first.Run(t.Context(), d.Create); err == nil {
			t.Error("mode append was taken")
		}
		return
	}
	run(t, d, first)
	wantRuns(t, d, first)
	run(t, d, second)
	wantRuns(t, d, first, second)
	if _, err := second.Run(t.Context(), d.Create); !errors.Is(err, sinks.ErrOutputExists) {
		t.Errorf("the same run again: %v, want ErrOutputExists", err)
	}
	wantRuns(t, d, first, second)
}

func abort(t *testing.T, d Destination) {
	first := NewJob("first", sinks.ModeOverwrite)
	run(t, d, first)
	second := NewJob("second", sinks.ModeOverwrite)
	table, err := d.Create(t.Context(), second.Options)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Write(t.Context(), table); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := table.Abort(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	wantRuns(t, d, first)
	if _, err := table.Commit(t.Context(), sinks.Run{}); err == nil {
		t.Error("an aborted table was committed")
	}
	third := NewJob("third", sinks.ModeOverwrite)
	run(t, d, third)
	wantRuns(t, d, third)
}

func missing(t *testing.T, d Destination) {
	j := NewJob("r", sinks.ModeError)
	table, err := d.Create(t.Context(), j.Options)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 2} {
		p, err := table.Part(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := p.Commit(t.Context()); err == nil {
			t.Error("a part was committed twice")
		}
		p.Abort()
	}
	if _, err := table.Part(t.Context(), 0); err == nil {
		t.Error("a part was opened twice")
	}
	if _, err := table.Commit(t.Context(), sinks.Run{}); err == nil {
		t.Error("a table without part 1 was committed")
	}
	if err := table.Abort(t.Context()); err != nil {
		t.Error(err)
	}
	wantRuns(t, d)
}

func abortedPart(t *testing.T, d Destination) {
	j := NewJob("r", sinks.ModeError)
	table, err := d.Create(t.Context(), j.Options)
	if err != nil {
		t.Fatal(err)
	}
	p, err := table.Part(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	rec := j.record(0, 500)
	defer rec.Release()
	if err := p.Write(rec); err != nil {
		t.Fatal(err)
	}
	p.Abort()
	if err := p.Write(rec); err == nil {
		t.Error("an aborted part was written")
	}
	if _, err := table.Commit(t.Context(), sinks.Run{}); err == nil {
		t.Error("a table with an aborted part was committed")
	}
	if err := table.Abort(t.Context()); err != nil {
		t.Error(err)
	}
	wantRuns(t, d)
}

// cancelled lets part 1 wait for part 0, which never comes.
func cancelled(t *testing.T, d Destination) {
	j := NewJob("r", sinks.ModeError)
	j.Options.Buffer = 1
	table, err := d.Create(t.Context(), j.Options)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := table.Part(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	p, err := table.Part(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	cause := fmt.Errorf("enough")
	go func() {
		rec := j.record(0, 100)
		defer rec.Release()
		err := p.Write(rec)
		if err == nil {
			err = p.Commit(ctx)
		}
		done <- err
	}()
	cancel(cause)
	if err := <-done; !errors.Is(err, cause) {
		t.Errorf("commit: %v, want the cause of the cancellation", err)
	}
	if err := table.Abort(t.Context()); err != nil {
		t.Error(err)
	}
	wantRuns(t, d)
}

func counts(t *testing.T, d Destination) {
	j := NewJob("r", sinks.ModeError)
	table, err := d.Create(t.Context(), j.Options)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Write(t.Context(), table); err != nil {
		t.Fatal(err)
	}
	given := sinks.Run{
		ID: "r", RowsIn: 1000, Skipped: 200, Rejected: 40, Model: sinks.Model{Name: "m", Version: "1", UID: "u", SHA256: "s"},
		Seconds: map[string]float64{"read": 1.5}, Started: "then", Version: "v",
	}
	m, err := table.Commit(t.Context(), given)
	if err != nil {
		t.Fatal(err)
	}
	if m.RunID != "r" || m.RowsIn != 1000 || m.Skipped != 200 || m.Rejected != 40 || m.Model != given.Model ||
		m.Seconds["read"] != 1.5 || m.Started != "then" || m.Version != "v" || m.Finished == "" {
		t.Errorf("manifest %+v of run %+v", m, given)
	}
	rows := int64(0)
	for _, f := range m.Files {
		rows += f.Rows
		if f.Bytes == 0 || len(f.SHA256) != 64 || f.Name == "" {
			t.Errorf("file %+v", f)
		}
	}
	if rows != j.Rows() || m.RowsOut != rows {
		t.Errorf("%d rows in files, %d in all, want %d", rows, m.RowsOut, j.Rows())
	}
}
