package sinks_test

import (
	"errors"
	"strings"
	"testing"

	"leapscore/engine/store"
	"leapscore/engine/store/storetest"
	"leapscore/runs"
	"leapscore/sinks"
	"leapscore/sinks/sinktest"
)

// again is the job of a run, which is to be done again in another way.
func again(m *sinks.Manifest, old sinktest.Job) sinktest.Job {
	j := old
	j.Parts = []int{100}
	j.Options.Redo = &runs.Record{RunID: m.RunID, Output: runs.Output{Files: m.Files}}
	return j
}

// A run that is done again replaces its own rows, in one step: whichever call fails
// or is the last, its rows are those of before or of now, and another run's stay.
func TestARunDoneAgainReplacesItsRowsOnly(t *testing.T) {
	for name, p := range pairs() {
		if p.single() || name == "second in place" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			for _, fault := range []storetest.Fault{storetest.Fail, storetest.KillBefore, storetest.KillAfter, storetest.KillHalf} {
				for k := 1; p.doneAgain(t, fault, k); k++ {
				}
			}
		})
	}
}

func (p pair) doneAgain(t *testing.T, fault storetest.Fault, k int) bool {
	t.Helper()
	first, other := sinktest.SmallJob("first", sinks.ModeError), sinktest.SmallJob("other", sinks.ModeAppend)
	mem := p.disk()
	m := mustRun(t, p.store(mem), p.first, first)
	mustRun(t, p.store(mem), p.first, other)
	second := again(m, first)
	x := storetest.Inject(mem, storetest.At(k, fault))
	_, failed := second.Run(t.Context(), folder(p.store(x), p.first).Create)
	calls, log := x.Calls()
	mem = crashBucket(t, mem)
	next := sinktest.SmallJob("next", sinks.ModeAppend) // finishes what was begun
	mustRun(t, p.store(mem), p.first, next)
	if p.has(t, mem, second, other, next) {
		return calls >= k
	}
	if failed == nil || !p.has(t, mem, first, other, next) {
		t.Fatalf("fault %d at call %d: %v, and the table has neither the rows of before nor those of now\n%s", fault, k, failed, strings.Join(log, "\n"))
	}
	return calls >= k
}

// has reports whether the table has exactly the rows of the jobs.
func (p pair) has(t *testing.T, mem *store.Mem, jobs ...sinktest.Job) bool {
	t.Helper()
	read := sinktest.ReadTable
	if p.objects {
		read = readBucket
	}
	rows, err := read(t.Context(), p.store(mem), p.first)
	if err != nil {
		t.Fatal(err)
	}
	got, err := sinktest.Whole(rows, jobs...)
	return err == nil && len(got) == len(jobs)
}

// Where another run has replaced the rows, there is nothing to be done again.
func TestARunWhoseRowsAreGoneIsNotDoneAgain(t *testing.T) {
	for name, p := range pairs() {
		if p.single() {
			continue
		}
		t.Run(name, func(t *testing.T) {
			st := p.store(p.disk())
			first := sinktest.SmallJob("first", sinks.ModeError)
			m := mustRun(t, st, p.first, first)
			mustRun(t, st, p.first, sinktest.SmallJob("other", sinks.ModeOverwrite))
			_, err := again(m, first).Run(t.Context(), folder(st, p.first).Create)
			var gone *sinks.GoneError
			if !errors.As(err, &gone) || gone.RunID != "first" {
				t.Errorf("%v, want a GoneError", err)
			}
		})
	}
}

// A partition that is named is replaced, rows or no rows, on disks and in buckets.
func TestNamedPartitionsAreReplaced(t *testing.T) {
	for name, p := range pairs() {
		if p.single() {
			continue
		}
		t.Run(name, func(t *testing.T) {
			st := p.store(p.disk())
			first := smallParts("first", sinks.ModeError)
			m := mustRun(t, st, p.first, first)
			key := first.Options.PartitionBy[0]
			empty := smallParts("empty", sinks.ModeOverwritePartitions)
			empty.Options.Partitions = []sinks.PartitionValue{{Column: key, Value: m.Files[0].Partition[key]}}
			rows := empty
			if _, err := rows.Run(t.Context(), folder(st, p.first).Create); err == nil || !strings.Contains(err.Error(), "the row is of partition ") {
				t.Errorf("rows of other partitions: %v", err)
			}
			empty.Parts = nil
			mustRun(t, st, p.first, empty)
			read := sinktest.ReadTable
			if p.objects {
				read = readBucket
			}
			got, err := read(t.Context(), st, p.first)
			if want := first.Rows() - m.Files[0].Rows; err != nil || int64(len(got)) != want {
				t.Errorf("%d rows are left, %v; want %d", len(got), err, want)
			}
		})
	}
}
