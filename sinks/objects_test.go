package sinks_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sinks/sinktest"
)

// bucket is storage without folders.
type bucket struct{ store.Driver }

// crashBucket returns what is left in a bucket when the process dies. Uploads that
// were not finished, which Mem keeps under names of their own, are not there.
func crashBucket(t *testing.T, mem *store.Mem) *store.Mem {
	t.Helper()
	left := mem.Crash()
	for _, name := range left.Names() {
		if strings.Contains(name, ".tmp-") {
			if err := left.Delete(t.Context(), name); err != nil {
				t.Fatal(err)
			}
		}
	}
	return left
}

// readBucket reads as one does who honours the manifests: what the last one
// lists, or, without one, nothing.
func readBucket(ctx context.Context, st *store.Store, path string) ([]sinktest.Row, error) {
	m, err := sinks.ReadManifest(ctx, st, path)
	if errors.Is(err, store.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var rows []sinktest.Row
	for _, f := range m.Live() {
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
	d.Read = func(ctx context.Context) ([]sinktest.Row, error) { return readBucket(ctx, st, path) }
	return d
}

func TestTablesInBucketsConform(t *testing.T) {
	sinktest.RunConformance(t, func(t *testing.T) sinktest.Destination {
		return bucketTable(store.New(bucket{&store.Mem{}}), "dir/preds")
	})
}

// lost is a store whose answer to the last step of the manifest gets lost.
type lost struct {
	store.Driver
	arrives, blind bool
	asked          bool
}

func (l *lost) Create(ctx context.Context, name string, excl bool) (store.Writer, error) {
	w, err := l.Driver.Create(ctx, name, excl)
	if strings.Contains(name, "/manifests/") {
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
			j := sinktest.SmallJob("r", sinks.ModeError)
			st := store.New(&lost{Driver: bucket{mem}, arrives: arrives, blind: blind})
			_, err := j.Run(t.Context(), folder(st, "dir/preds").Create)
			var uncertain *sinks.UncertainError
			switch {
			case blind && !errors.As(err, &uncertain):
				t.Errorf("arrives %v, nothing can be read: %v, want an UncertainError", arrives, err)
			case !blind && (err == nil) != arrives:
				t.Errorf("arrives %v: %v", arrives, err)
			}
			rows, err := readBucket(t.Context(), store.New(bucket{mem}), "dir/preds")
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
