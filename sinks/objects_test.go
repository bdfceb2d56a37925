package sinks_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"leapscore/engine/store"
	"leapscore/engine/store/storetest"
	"leapscore/sinks"
	"leapscore/sinks/sinktest"
)

// bucket is storage without folders.
type bucket struct{ store.Driver }

// readBucket reads as one does who honours the manifest: only what the run it
// is of has written, or, without one, nothing.
func readBucket(ctx context.Context, st *store.Store, path string) ([]sinktest.Row, error) {
	m, err := sinks.ReadManifest(ctx, st, path)
	if errors.Is(err, store.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var rows []sinktest.Row
	for _, f := range m.Files {
		more, err := sinktest.ReadFile(ctx, st, path+"/"+f.Name)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

func bucketTable(st *store.Store, path string) sinktest.Destination {
	d := folder(st, path)
	d.Read = func(ctx context.Context) ([]sinktest.Row, error) {
		// After an append, the files of both runs are there, and the manifest
		// is of the second.
		if _, err := sinks.ReadManifest(ctx, st, path); err != nil {
			return readBucket(ctx, st, path)
		}
		return sinktest.ReadTable(ctx, st, path)
	}
	return d
}

func TestTablesInBucketsConform(t *testing.T) {
	sinktest.RunConformance(t, func(t *testing.T) sinktest.Destination {
		return bucketTable(store.New(bucket{&store.Mem{}}), "dir/preds")
	})
}

func TestBucketsHoldOldOrNewWhateverCallFails(t *testing.T) {
	for _, fault := range []storetest.Fault{storetest.Fail, storetest.KillBefore, storetest.KillAfter, storetest.KillHalf} {
		for calls, k := 1, 1; calls >= k; k++ {
			mem := &store.Mem{}
			old, fresh := smallJob("old", sinks.Error), smallJob("new", sinks.Overwrite)
			mustRun(t, store.New(bucket{mem}), "dir/preds", old)
			x := storetest.Inject(mem, storetest.At(k, fault))
			_, err := fresh.Run(t.Context(), folder(store.New(bucket{x}), "dir/preds").Create)
			calls, _ = x.Calls()
			after := store.New(bucket{mem.Crash()})
			rows, readErr := readBucket(t.Context(), after, "dir/preds")
			if readErr != nil {
				t.Fatal(readErr)
			}
			got, wholeErr := sinktest.Whole(rows, old, fresh)
			want := []string{"old"}
			if err == nil || fault == storetest.KillAfter && slices.Equal(got, []string{"new"}) {
				want = []string{"new"}
			}
			if wholeErr != nil || !slices.Equal(got, want) {
				t.Fatalf("fault %d at call %d: run %v; the table holds %q, %v; want %q", fault, k, err, got, wholeErr, want)
			}
			if err != nil && fault == storetest.Fail {
				all, err := sinktest.ReadTable(t.Context(), after, "dir/preds")
				if runs, wholeErr := sinktest.Whole(all, old); err != nil || wholeErr != nil {
					t.Fatalf("call %d: a failed run left files: %q, %v, %v", k, runs, err, wholeErr)
				}
			}
			third := smallJob("third", sinks.Overwrite)
			mustRun(t, after, "dir/preds", third)
			all, err := sinktest.ReadTable(t.Context(), after, "dir/preds")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := sinktest.Whole(all, third); err != nil {
				t.Fatalf("fault %d at call %d: after an overwrite: %v", fault, k, err)
			}
		}
	}
}

// lost is a store whose answer to the last step of the manifest gets lost.
type lost struct {
	store.Driver
	arrives, blind bool
	asked          bool
}

func (l *lost) Create(ctx context.Context, name string, excl bool) (store.Writer, error) {
	w, err := l.Driver.Create(ctx, name, excl)
	if strings.HasSuffix(name, "_SUCCESS") {
		w = &lostWriter{Writer: w, l: l}
	}
	return w, err
}

func (l *lost) Open(ctx context.Context, name string) (store.Reader, error) {
	if l.asked && l.blind {
		return nil, io.ErrUnexpectedEOF
	}
	return l.Driver.Open(ctx, name)
}

type lostWriter struct {
	store.Writer
	l *lost
}

func (w *lostWriter) Commit() error {
	w.l.asked = true
	if w.l.arrives {
		if err := w.Writer.Commit(); err != nil {
			return err
		}
	} else {
		w.Abort()
	}
	return io.ErrUnexpectedEOF
}

func TestALostAnswerIsAskedFor(t *testing.T) {
	for _, arrives := range []bool{true, false} {
		for _, blind := range []bool{true, false} {
			mem := &store.Mem{}
			j := smallJob("r", sinks.Error)
			st := store.New(&lost{Driver: bucket{mem}, arrives: arrives, blind: blind})
			_, err := j.Run(t.Context(), folder(st, "dir/preds").Create)
			var uncertain *sinks.UncertainError
			switch {
			case blind && !errors.As(err, &uncertain):
				t.Errorf("arrives %v, nothing can be read: %v, want an UncertainError", arrives, err)
			case !blind && (err == nil) != arrives:
				t.Errorf("arrives %v: %v", arrives, err)
			}
			rows, err := readBucket(t.Context(), store.New(mem), "dir/preds")
			if err != nil {
				t.Fatal(err)
			}
			if got, err := sinktest.Whole(rows, j); err != nil || (len(got) == 1) != arrives {
				t.Errorf("arrives %v: the table holds %q, %v", arrives, got, err)
			}
			if left := len(mem.Names()); !arrives && !blind && left > 0 {
				t.Errorf("%d objects left of a run that failed", left)
			}
		}
	}
}
