package sinks

import (
	"context"
	"errors"
	"slices"

	"leapscore/engine/store"
)

// On an object store, the finished files of a run are under their final names
// already, and are not part of the table before a manifest lists them. Its plan and
// its checkpoints are where they are elsewhere, below _temporary. A dead run keeps
// all of that until it is swept, or until an attempt of it goes on.

// adopt looks for what an earlier attempt of the run has finished.
func (o *objects) adopt(ctx context.Context, opts Options) error {
	if opts.Plan == nil || o.identity != runIdentity(o.runID) {
		return nil
	}
	var err error
	o.resume, err = o.prepare(ctx, opts, o.out, false)
	return err
}

// surplus returns those of the run's files that are not taken over.
func (o *objects) surplus(rels []string) []string {
	if o.resume == nil {
		return rels
	}
	return slices.DeleteFunc(rels, func(rel string) bool {
		return slices.ContainsFunc(o.resume.from.Files, func(f File) bool { return f.Name == rel })
	})
}

// dropPlan removes plan and checkpoints of a run. The plan goes first: without it
// nothing is taken over.
func (o *objects) dropPlan(ctx context.Context, identity string) error {
	folder := (&place{out: o.out, identity: identity}).resumeFolder()
	var names []string
	err := o.st.List(ctx, folder+"/", false, func(obj store.Object) error {
		names = append(names, obj.Name)
		return nil
	})
	if err != nil || len(names) == 0 {
		return err
	}
	for _, name := range append([]string{store.Join(folder, planName)}, names...) {
		if err := o.st.Delete(ctx, name); err != nil && !errors.Is(err, store.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (o *objects) resumption() *resumption { return o.resume }

// suspend leaves the marker too: what was finished is swept when it is old.
func (o *objects) suspend(ctx context.Context) error {
	if o.ended || len(o.resume.tags) == 0 {
		return o.abort(ctx)
	}
	o.pulse.end()
	o.ended = true
	return nil
}
