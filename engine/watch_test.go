package engine_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/engine"
	"leapscore/engine/enginetest"
	"leapscore/engine/store"
	"leapscore/engine/summary"
	"leapscore/runs"
	"leapscore/sinks"
)

// summed runs job and returns the summary of all columns, as text.
func summed(t *testing.T, job engine.Job) string {
	t.Helper()
	r := newRun(t, disk{&store.Mem{}}, job, sinks.ModeError)
	var names []string
	for _, f := range r.Plan.Schema.Fields() {
		names = append(names, f.Name)
	}
	r.Summary = summary.New(r.Plan.Schema, names, r.Plan.Made())
	m, err := r.do(t, t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := r.Summary.Summary()
	if s.Rows != m.RowsOut {
		t.Errorf("%d rows summed up, %d rows out", s.Rows, m.RowsOut)
	}
	text, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSummaryDoesNotDependOnWorkersOrBatchSize(t *testing.T) {
	rows := enginetest.Homes(4, 700, 5)
	model := load(t, enginetest.Linear("error"))
	job := engine.Job{Model: model, Keep: []string{"all"}, Outputs: []string{"all"}, Reject: true}
	var want string
	for _, workers := range []int{1, 2, 7} {
		for _, batch := range []int{1, 33, 8192} {
			job.Source, job.Workers, job.BatchRows = homes(rows, 60, 50), workers, batch
			got := summed(t, job)
			if want == "" {
				want = got
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%d workers, batches of %d: (-first +these)\n%s", workers, batch, diff)
			}
		}
	}
}

func TestGateKeepsRowsFromBeingPublished(t *testing.T) {
	d := disk{&store.Mem{}}
	job := engine.Job{Model: load(t, enginetest.Linear("error")), Source: homes(enginetest.Homes(1, 100, 5), 30, 30), Reject: true}
	r := newRun(t, d, job, sinks.ModeError)
	shut := errors.New("shut")
	r.Conclude = func(*engine.Run) (*runs.Record, error) {
		if n := r.Progress.In.Load(); n != 100 {
			t.Errorf("asked after %d rows, want 100", n)
		}
		return nil, shut
	}
	if _, err := r.do(t, t.Context()); !errors.Is(err, shut) {
		t.Errorf("error %v, want %v", err, shut)
	}
	if files := d.files(t); len(files) > 0 {
		t.Errorf("left behind: %v", files)
	}
}

func TestOriginsOfColumns(t *testing.T) {
	job := engine.Job{
		Model: load(t, enginetest.Linear("error")), Source: homes(nil, 1, 1),
		Outputs: []string{"city_index", "price"}, Keep: []string{"id"}, Rename: map[string]string{"price": "cost"},
	}
	plan, err := job.Plan()
	if err != nil {
		t.Fatal(err)
	}
	want := []engine.Origin{
		{Column: "id", From: []string{"id"}, Kept: true},
		{Column: "city_index", From: []string{"city"}},
		{Column: "cost", From: []string{"city", "kind", "rooms", "area"}},
	}
	got := plan.Origins()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"city_index", "cost"}, plan.Made()); diff != "" {
		t.Errorf("made: (-want +got)\n%s", diff)
	}
}

// blind is an observer with a bug, at the start of what it sees or at the end.
type blind struct{ end bool }

func (b blind) see() func(error) {
	if !b.end {
		panic("blind")
	}
	return func(error) { panic("blind") }
}

func (b blind) Stage(string) func(error)      { return b.see() }
func (b blind) Split(int, string) func(error) { return b.see() }

func TestAnObserverThatPanicsFailsNoRun(t *testing.T) {
	rows := enginetest.Homes(1, 100, 0)
	for _, end := range []bool{false, true} {
		job := engine.Job{Model: load(t, enginetest.Linear("error")), Source: homes(rows, 60, 50)}
		r := newRun(t, disk{&store.Mem{}}, job, sinks.ModeError)
		r.Observer = blind{end}
		if m, err := r.do(t, t.Context()); err != nil || m.RowsOut != 100 {
			t.Errorf("at the end %v: %v", end, err)
		}
	}
}
