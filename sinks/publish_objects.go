package sinks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"leapscore/engine/store"
	"leapscore/runs"
)

// objects is the publisher of Create on object stores, which have no folders to
// rename:
//
//	writing    preds/part-*-<run>.parquet   under their final names
//	   |
//	   |  preds/_SUCCESS is written: one step
//	   v
//	published  the manifest lists the new files; overwrite: the old ones are removed
//
// A reader that honours the manifest sees the old table or the new one, unless
// the old files vanish while it reads them. One that does not sees files come
// and go. There are no locks: of two runs in mode Error that write at the same
// time, one finds the manifest of the other and fails.
type objects struct {
	place
	ended bool
}

// UncertainError says that the manifest may have been written or not: the store
// failed, and then failed to say. Abort removes nothing after it.
type UncertainError struct {
	Path string
	Err  error
}

func (e *UncertainError) Error() string {
	return fmt.Sprintf("%s: the table may be published or not: %v", e.Path, e.Err)
}

func (e *UncertainError) Unwrap() error { return e.Err }

func claimObjects(ctx context.Context, p place) (publisher, error) {
	if err := p.admit(ctx); err != nil {
		return nil, err
	}
	return &objects{place: p}, nil
}

func (o *objects) name(folder string, i int) string {
	return join(o.out, join(folder, partName(i, o.identity, o.ext)))
}

func (o *objects) scratch() string { return "" }

func (o *objects) excl() bool { return false }

func (o *objects) publish(ctx context.Context, m *Manifest) error {
	old, err := o.content(ctx)
	if err != nil {
		return err
	}
	if err := o.writeRecord(ctx, o.out, m, old); err != nil {
		return err
	}
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := o.writeManifest(ctx, m.RunID, append(data, '\n')); err != nil {
		return err
	}
	o.ended = true
	if o.mode != Overwrite && o.mode != OverwritePartitions {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	_, leaving := old.split(o.mode, m.Files)
	for _, rel := range leaving {
		if rel != SuccessName && !o.own(rel) {
			// What stays is not in the manifest; the next overwrite removes it.
			_ = o.st.Delete(ctx, join(o.out, rel))
		}
	}
	return nil
}

func (o *objects) own(rel string) bool { return strings.HasSuffix(rel, "-"+o.identity+o.ext) }

// writeManifest publishes. If the store fails, it is asked what became of it.
func (o *objects) writeManifest(ctx context.Context, runID string, data []byte) error {
	name := join(o.out, SuccessName)
	w, err := o.st.Create(ctx, name, o.mode == Error || o.mode == Ignore)
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		w.Abort()
		return err
	}
	err = w.Commit()
	if err == nil {
		return nil
	}
	m, readErr := ReadManifest(context.WithoutCancel(ctx), o.st, o.out)
	switch {
	case readErr == nil && m.RunID == runID:
		return nil
	case errors.Is(err, store.ErrExists):
		return fmt.Errorf("%w: %w", ErrOutputExists, err)
	case readErr == nil, errors.Is(readErr, store.ErrNotExist):
		return err
	}
	o.ended = true
	return &UncertainError{Path: o.st.URL(o.out), Err: err}
}

func (o *objects) abort(ctx context.Context) error {
	if o.ended {
		return nil
	}
	o.ended = true
	// An earlier attempt of the same run may be what is published.
	published := make(map[string]bool)
	if m, err := ReadManifest(ctx, o.st, o.out); err == nil {
		for _, f := range m.Files {
			published[join(o.out, f.Name)] = true
		}
		published[runs.Name(m.RunID)] = true
	} else if !errors.Is(err, store.ErrNotExist) {
		return err
	}
	var own []string
	err := o.st.List(ctx, join(o.out, "part-"), false, func(f store.Object) error {
		if o.own(f.Name) && !published[f.Name] {
			own = append(own, f.Name)
		}
		return nil
	})
	if record := runs.Name(o.runID); !published[record] {
		own = append(own, join(o.out, record))
	}
	for _, name := range own {
		if e := o.st.Delete(ctx, name); !errors.Is(e, store.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}
