package sinks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"leapscore/engine/store"
	"leapscore/runs"
	"leapscore/sinks/internal/marker"
)

// objects is the publisher of Create on object stores, which have no folders to
// rename:
//
//	writing    preds/_leapscore/runs/<run>   the marker: the run is alive
//	           preds/part-*-<run>.parquet    under their final names
//	   |
//	   |  preds/_leapscore/manifests/<n>.json is written if there is none: one step
//	   v
//	published  the manifest lists the files of the table
//	   |
//	   |  preds/_SUCCESS, a copy, is written; files that are not in the table any
//	   |  more are removed, and preds/_leapscore/runs/<run>
//	   v
//	done
//
// A reader that honours the manifests (chain.go has the rule) sees the old table or
// the new one, unless the old files are deleted while it reads them. Other readers
// see files appear and disappear. There are no locks. If another run has committed
// number n, an append adds to the table of that run; a run that would discard the
// other's rows fails with a *ConflictError, and one in ModeError with
// ErrOutputExists.
//
// The next run finishes or removes what a killed run left: the manifest names the
// files that are to be deleted, _SUCCESS is written again, and files of a run whose
// marker is older than Options.SweepAfter are deleted.
type objects struct {
	place
	attempt string // tells processes with the same run id apart
	pulse   marker.Pulse
	base    *view   // the folder at the start
	last    *string // Options.After
	resume  *resumption
	adopts  func(rel string) bool
	shards  bool // the files are those of shards
	ended   bool

	settling bool // this process publishes what another one staged
	noted    bool // there is a note that the table waits for another's commit
}

func claimObjects(ctx context.Context, p place, opts Options) (publisher, error) {
	o := &objects{place: p, attempt: uuid.NewString(), last: opts.After, adopts: opts.adopts}
	if err := o.checkNotCommitted(ctx, opts); err != nil {
		return nil, err
	}
	v, err := o.readFolder(ctx)
	if err != nil {
		return nil, err
	}
	// Checked before anything is written, since the mode may forbid any change.
	if err := o.checkModeFor(v.tableContent()); err != nil {
		return nil, err
	}
	if err := o.finishDeadRuns(ctx, v); err != nil {
		return nil, err
	}
	if o.shards = opts.Adopt != nil; o.shards && v.hasLiveFilesOf(o.identity) {
		return nil, fmt.Errorf("%s: run %s: %w", p.st.URL(p.out), p.runID, ErrRunDone)
	}
	for n := 2; v.hasLiveFilesOf(o.identity); n++ { // the run is repeated, and its files are in use
		o.identity = runIdentity(fmt.Sprint(p.runID, "#", n))
	}
	o.base = v
	if err := o.findFinishedFiles(ctx, opts); err != nil {
		return nil, err
	}
	every := marker.Interval(o.after)
	if err := o.writeMarker(ctx, every); err != nil {
		return nil, err
	}
	// Files that an earlier attempt of the run left have the names of this one's.
	if err := o.deleteObjects(ctx, o.notTakenOver(v.leftoversOf(o.identity))); err != nil {
		return nil, errors.Join(err, o.st.Delete(context.WithoutCancel(ctx), o.markerName()))
	}
	o.pulse.Start(every, func(ctx context.Context) error {
		if err := o.checkAlive(ctx); err != nil { // a marker that was deleted must not be written again
			return err
		}
		return o.writeMarker(ctx, every)
	})
	return o, nil
}

// hasLiveFilesOf reports whether files of the identity are part of the table.
func (v *view) hasLiveFilesOf(identity string) bool {
	return slices.ContainsFunc(v.live, func(f File) bool { return strings.Contains(f.Name, "-"+identity+".") })
}

// leftoversOf returns the files of an identity that are not part of the table.
func (v *view) leftoversOf(identity string) []string {
	var found []string
	for rel := range v.sizes {
		if base := baseName(rel); !v.isLive[rel] && strings.HasPrefix(base, "part-") && strings.Contains(base, "-"+identity+".") {
			found = append(found, rel)
		}
	}
	slices.Sort(found)
	return found
}

func (o *objects) markerName() string { return store.Join(o.out, marker.Folder+"/"+o.identity) }

// writeMarker writes the marker, which says that the run is alive.
func (o *objects) writeMarker(ctx context.Context, every time.Duration) error {
	data, err := json.Marshal(marker.Marker{
		RunID: o.runID, Attempt: o.markedAttempt(), Owner: marker.Process(o.runID), Beat: marker.Now(), Every: every.Seconds(),
	})
	if err != nil {
		return err
	}
	return o.st.WriteFile(ctx, o.markerName(), data)
}

// markedAttempt is what the marker calls this process. The shards of a run, which may
// still be giving signs of life, and its commit have one marker.
func (o *objects) markedAttempt() string {
	if o.shards {
		return marker.ShardsAttempt
	}
	return o.attempt
}

// checkAlive fails if another run took this one for dead, or another process continues
// it.
func (o *objects) checkAlive(ctx context.Context) error {
	m, err := marker.Read(ctx, o.st, o.markerName())
	switch {
	case errors.Is(err, store.ErrNotExist):
		return fmt.Errorf("%s: another run took this one for dead and removed its files; raise --sweep-after", o.st.URL(o.out))
	case err != nil:
		return err
	case m.Attempt != o.markedAttempt():
		return &BusyError{Path: o.st.URL(o.out), Owner: m.Owner}
	}
	return nil
}

func (o *objects) name(folder string, i int) string {
	return store.Join(o.out, store.Join(folder, partName(i, o.identity, o.ext)))
}

func (o *objects) scratch() string { return "" }

func (o *objects) exclusive() bool { return false }

// chainTries limits how often a commit is retried when other runs commit first.
const chainTries = 100

func (o *objects) publish(ctx context.Context, m *Manifest) error {
	o.pulse.End()
	if err := o.checkAlive(ctx); err != nil && !o.settling {
		return err
	}
	for range chainTries {
		v, err := o.readFolder(ctx)
		if err != nil {
			return err
		}
		if v.hasLiveFilesOf(o.identity) { // another process has published it
			o.finishPublish(context.WithoutCancel(ctx), v, v.last)
			return nil
		}
		if err := o.checkConflicts(v, m); err != nil {
			return err
		}
		if err := o.checkOwnFiles(v, m); err != nil {
			return err
		}
		o.fillManifest(v, m)
		if o.redo == nil { // else the old record is valid until the commit
			if err := o.writeRecord(ctx, o.out, m, v.Content); err != nil {
				return err
			}
		}
		err = o.putManifest(ctx, m)
		if err == nil {
			o.finishPublish(context.WithoutCancel(ctx), v, m)
			return nil
		}
		if !errors.Is(err, store.ErrExists) {
			return err
		}
		time.Sleep(rand.N(20 * time.Millisecond)) // so that concurrent runs do not retry in step
	}
	return &BusyError{Path: o.st.URL(o.out)}
}

// checkConflicts fails if m would discard rows that other runs have committed since
// this one started.
func (o *objects) checkConflicts(v *view, m *Manifest) error {
	if err := o.checkModeFor(v.tableContent()); err != nil {
		return err
	}
	if v.lastCommit() == o.base.lastCommit() {
		return nil
	}
	if o.last != nil {
		return &MovedError{Path: o.st.URL(o.out), Want: *o.last, Found: v.last.RunID}
	}
	conflict := &ConflictError{Path: o.st.URL(o.out), Run: v.last.RunID}
	switch o.mode {
	case ModeOverwrite:
		return conflict
	case ModeOverwritePartitions:
		replaces := o.replaces(m.Files)
		ours := func(f File) bool { return !replaces(f.Name) }
		was := slices.DeleteFunc(slices.Clone(o.base.live), ours)
		is := slices.DeleteFunc(slices.Clone(v.live), ours)
		if !slices.EqualFunc(was, is, func(a, b File) bool { return a.Name == b.Name }) {
			return conflict
		}
	}
	return nil
}

// checkOwnFiles checks that the files of the run are there as it wrote them: another
// run may have taken this one for dead and deleted some of them.
func (o *objects) checkOwnFiles(v *view, m *Manifest) error {
	for _, f := range m.Files {
		if size, ok := v.sizes[f.Name]; !ok || size != f.Bytes {
			return fmt.Errorf("%s: another process has removed or replaced it; if it took this run for dead, raise --sweep-after",
				o.st.URL(store.Join(o.out, f.Name)))
		}
	}
	return nil
}

// fillManifest makes m the manifest that follows the last one of v.
func (o *objects) fillManifest(v *view, m *Manifest) {
	m.Commit, m.Attempt, m.Kept, m.Removed = v.lastCommit()+1, o.attempt, nil, nil
	keep := map[string]bool{}
	replaces := o.replaces(m.Files)
	for _, f := range v.live {
		if !replaces(f.Name) {
			m.Kept = append(m.Kept, f)
			keep[f.Name] = true
		}
	}
	for _, rel := range v.Data {
		if replaces(rel) && !keep[rel] && v.owner(rel) == "" {
			m.Removed = append(m.Removed, rel)
		}
	}
	for _, rel := range v.Stale { // they describe other files
		if rel != SuccessName {
			m.Removed = append(m.Removed, rel)
		}
	}
	for _, rel := range v.stillToRemove() {
		if !slices.Contains(m.Removed, rel) {
			m.Removed = append(m.Removed, rel)
		}
	}
}

// stillToRemove returns the files that the last manifest removed and that are still
// there.
func (v *view) stillToRemove() []string {
	if v.last == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(v.last.Removed), func(rel string) bool {
		return !v.present(rel) || v.isLive[rel] || v.owner(rel) != "" // a repeated run may be writing it
	})
}

// putManifest publishes m. It reads the manifest back, also after an error: the error
// is store.ErrExists if another run has the number.
func (o *objects) putManifest(ctx context.Context, m *Manifest) error {
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	name := store.Join(o.out, chainName(m.Commit))
	err = o.st.WriteNew(ctx, name, append(data, '\n'))
	// Some stores ignore conditions and replace an object that exists, so the manifest
	// is read back in any case.
	there, readErr := readManifest(context.WithoutCancel(ctx), o.st, name)
	switch {
	case readErr == nil && there.Attempt == o.attempt:
		return o.checkStillLast(ctx, m)
	case err == nil && readErr != nil:
		return nil
	case readErr == nil:
		return fmt.Errorf("%s: %w", o.st.URL(name), store.ErrExists)
	case errors.Is(readErr, store.ErrNotExist):
		return err
	}
	o.ended = true
	return &UncertainError{Path: o.st.URL(o.out), Err: errors.Join(err, readErr)}
}

// checkStillLast fails with store.ErrExists if the number of m was free only because
// its manifest had been deleted, after many commits of other runs.
func (o *objects) checkStillLast(ctx context.Context, m *Manifest) error {
	last, err := lastNumber(ctx, o.st, o.out)
	if err != nil || last < m.Commit+chainKept {
		return nil
	}
	_ = o.st.Delete(context.WithoutCancel(ctx), store.Join(o.out, chainName(m.Commit)))
	return fmt.Errorf("%s: %w", chainName(m.Commit), store.ErrExists)
}

// finishPublish writes _SUCCESS and deletes old files once m is published. The next
// run repeats steps that fail here.
func (o *objects) finishPublish(ctx context.Context, v *view, m *Manifest) {
	o.ended = true
	if o.redo != nil && m.Record != nil {
		o.place.linkIntoHistory(m.Record, v.last.RunID)
		if err := o.putRecord(ctx, o.out, m); err != nil {
			m.Warnings = append(m.Warnings, fmt.Sprintf("the table is published, but its record is that of the run before it was done again: %v", err))
		}
	}
	if err := o.writeSuccess(ctx, m); err != nil {
		m.Warnings = append(m.Warnings, fmt.Sprintf("the table is published, but %s could not be written; the next run will: %v", SuccessName, err))
	}
	_ = o.deleteObjects(ctx, m.Removed)
	var old []string
	for _, n := range v.chain {
		if n <= m.Commit-chainKept {
			old = append(old, chainName(n))
		}
	}
	_ = o.deleteObjects(ctx, old)
	_ = o.removePlan(ctx, o.identity)
	_ = o.removeNote(ctx)
	_ = o.st.Delete(ctx, o.markerName())
}

// writeSuccess writes m as _SUCCESS, or a later manifest if there is one: of two runs
// that end at the same time, _SUCCESS must show the later.
func (o *objects) writeSuccess(ctx context.Context, m *Manifest) error {
	for {
		data, err := json.MarshalIndent(m, "", "  ")
		if err != nil {
			return err
		}
		if err := o.st.WriteFile(ctx, store.Join(o.out, SuccessName), append(data, '\n')); err != nil {
			return err
		}
		last, err := readChain(ctx, o.st, o.out)
		if err != nil || last.Commit <= m.Commit {
			return err
		}
		m = last
	}
}

// deletesAtOnce is how many objects are removed at once.
const deletesAtOnce = 16

// deleteObjects deletes objects of the table. Objects that are missing are no error.
func (o *objects) deleteObjects(ctx context.Context, rels []string) error {
	g := new(errgroup.Group)
	g.SetLimit(deletesAtOnce)
	for _, rel := range rels {
		g.Go(func() error {
			if err := o.st.Delete(ctx, store.Join(o.out, rel)); !errors.Is(err, store.ErrNotExist) {
				return err
			}
			return nil
		})
	}
	return g.Wait()
}

func (o *objects) abort(ctx context.Context) error {
	o.pulse.End()
	if o.ended {
		return nil
	}
	if o.ended = true; o.shards { // another commit may publish them
		return nil
	}
	v, err := o.readFolder(ctx)
	if err != nil {
		return err
	}
	if m := v.markers[o.identity]; m == nil || m.Attempt != o.attempt {
		return nil // another process has taken over the files
	}
	return o.removeRun(ctx, v, o.identity)
}

// removeRun deletes the files of a run that is not committed, its marker last.
func (o *objects) removeRun(ctx context.Context, v *view, identity string) error {
	rels := v.leftoversOf(identity)
	if record := runs.Name(v.markers[identity].RunID); v.present(record) && !v.hasLiveFilesOf(identity) {
		committed, err := o.isCommitted(ctx, v, v.markers[identity].RunID)
		if err != nil {
			return err
		}
		if !committed {
			rels = append(rels, record)
		}
	}
	if err := o.deleteObjects(ctx, rels); err != nil {
		return err
	}
	if note := pendingFolder + "/" + identity + pendingSuffix; v.present(note) {
		if err := o.deleteObjects(ctx, []string{note}); err != nil {
			return err
		}
	}
	if err := errors.Join(o.removePlan(ctx, identity), o.removeShards(ctx, v, identity)); err != nil {
		return err
	}
	return o.deleteObjects(ctx, []string{marker.Folder + "/" + identity})
}

// isCommitted reports whether a manifest that is still there is of the run.
func (o *objects) isCommitted(ctx context.Context, v *view, runID string) (bool, error) {
	for _, n := range v.chain {
		m, err := readManifest(ctx, o.st, store.Join(o.out, chainName(n)))
		if err == nil && m.RunID == runID {
			return true, nil
		}
		if err != nil && !errors.Is(err, store.ErrNotExist) {
			return false, err
		}
	}
	return false, nil
}

// finishDeadRuns finishes the commit of the last manifest and deletes the files of
// killed runs. v stays as it was read.
func (o *objects) finishDeadRuns(ctx context.Context, v *view) error {
	if v.last != nil {
		if err := o.deleteObjects(ctx, v.stillToRemove()); err != nil {
			return err
		}
		done, err := readManifest(ctx, o.st, store.Join(o.out, SuccessName))
		switch {
		case err != nil && !errors.Is(err, store.ErrNotExist):
			return err
		case err != nil || done.Commit < v.last.Commit:
			if err := o.writeSuccess(ctx, v.last); err != nil {
				return err
			}
		}
	}
	now := time.Now()
	for identity, m := range v.markers {
		// The marker of a committed run is obsolete.
		done := v.hasLiveFilesOf(identity)
		if !done && (identity == o.identity || !m.Dead(now, o.after)) {
			continue
		}
		if err := o.removeRun(ctx, v, identity); err != nil {
			return err
		}
	}
	return nil
}
