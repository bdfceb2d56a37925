package sinks

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"leapscore/engine/store"
	"leapscore/sinks/internal/marker"
)

// settleObjects is Settle where there are no folders.
func settleObjects(ctx context.Context, st *store.Store, path, runID string, after time.Duration, decide Decide) error {
	notes, err := notesIn(ctx, st, store.Join(path, pendingFolder)+"/")
	if err != nil {
		return err
	}
	for _, name := range notes {
		p, mode, err := readTableNote(ctx, st, name)
		if err != nil {
			return err
		}
		if p == nil {
			continue
		}
		identity := strings.TrimSuffix(baseName(name), pendingSuffix)
		o := &objects{
			place:   place{st: st, out: path, runID: p.Manifest.RunID, identity: identity, mode: mode, after: after},
			attempt: uuid.NewString(), settling: true, noted: true,
		}
		if err := o.settlePending(ctx, p, runID, decide); err != nil {
			return err
		}
	}
	return nil
}

func (o *objects) settlePending(ctx context.Context, p *pending, runID string, decide Decide) error {
	done, err := decide.committed(ctx, o.st.URL(o.out), p)
	if err != nil {
		return err
	}
	v, err := o.readFolder(ctx)
	if err != nil {
		return err
	}
	o.base = v
	if done {
		return o.publish(ctx, p.Manifest)
	}
	if m := v.markers[o.identity]; m != nil && o.runID != runID && !m.Dead(time.Now(), o.after) {
		return nil // its run may live, and commit yet
	}
	if err := o.deleteObjects(ctx, v.leftoversOf(o.identity)); err != nil {
		return err
	}
	if err := o.removeNote(ctx); err != nil {
		return err
	}
	return o.deleteObjects(ctx, []string{marker.Folder + "/" + o.identity})
}

func (o *objects) noteName() string {
	return store.Join(o.out, pendingFolder+"/"+o.identity+pendingSuffix)
}

func (o *objects) writePendingNote(ctx context.Context, p pending) error {
	o.noted = true
	return writeNote(ctx, o.st, o.noteName(), p)
}

func (o *objects) removeNote(ctx context.Context) error {
	if !o.noted {
		return nil
	}
	return unlessMissing(o.st.Delete(ctx, o.noteName()))
}

func (o *objects) leaveToSettle(context.Context) error {
	o.pulse.End()
	o.ended = true
	return nil
}
