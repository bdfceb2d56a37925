package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sinks/internal/marker"
)

// Place is a table that shards write to: that of the rows, or that of the rejects.
type Place struct {
	Store *store.Store
	Table string // its folder
}

// Attempt is a process that scores a shard. It gives signs of life until End.
type Attempt struct {
	fleet  *Fleet
	places []Place
	note   string
	mark   marker.Marker
	pulse  marker.Pulse
}

// Begin says that an attempt at a shard is under way. It must be called before files are
// staged: what nobody is said to write may be removed.
func (f *Fleet) Begin(ctx context.Context, shard int, attempt string, places []Place, sweepAfter time.Duration) (*Attempt, error) {
	every := marker.Interval(sweepAfter)
	a := &Attempt{
		fleet: f, places: places, note: f.name(fmt.Sprintf("running/%05d.%s.json", shard, attempt)),
		mark: marker.Marker{RunID: f.runID, Attempt: attempt, Owner: marker.Process(f.runID), Every: every.Seconds()},
	}
	if err := a.beat(ctx); err != nil {
		return nil, err
	}
	a.pulse.Start(every, a.beat)
	return a, nil
}

// beat gives a sign of life: for the run, in each table, and for the attempt.
func (a *Attempt) beat(ctx context.Context) error {
	m := a.mark
	m.Beat = marker.Now()
	if err := writeMarker(ctx, a.fleet.st, a.note, m); err != nil {
		return err
	}
	m.Attempt, m.Owner = marker.ShardsAttempt, "shards of run "+m.RunID
	identity := sinks.FleetIdentity(m.RunID)
	for _, p := range a.places {
		name := marker.ShardsFolder + "/" + identity + "/" + marker.AliveName
		if _, ok := p.Store.Folders(); !ok {
			name = marker.Folder + "/" + identity
		}
		if err := writeMarker(ctx, p.Store, store.Join(p.Table, name), m); err != nil {
			return err
		}
	}
	return nil
}

func writeMarker(ctx context.Context, st *store.Store, name string, m marker.Marker) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return st.WriteFile(ctx, name, data)
}

// End says that the attempt has ended, whether the shard is done or not.
func (a *Attempt) End(ctx context.Context) error {
	a.pulse.End()
	if err := a.fleet.st.Delete(ctx, a.note); !errors.Is(err, store.ErrNotExist) {
		return err
	}
	return nil
}

// IncompleteError says that shards are missing, and what is known of them.
type IncompleteError struct {
	RunID   string
	Shards  int
	Missing []string // a line for each
}

// DiffersError says that a shard is about to do something else than the run that its
// shards agreed on.
type DiffersError struct {
	RunID string
	By    string // the process that wrote the plan
	What  []string
}

func (e *DiffersError) Error() string {
	return fmt.Sprintf("this shard is not of the run that is staged (%s): %s; give all shards of a run the same job, or another --run-id; "+
		"leapscore commit --discard deletes what is staged", e.By, strings.Join(e.What, "; "))
}

// maxNamed is how many shards an error describes.
const maxNamed = 10

func (e *IncompleteError) Error() string {
	list := e.Missing[:min(len(e.Missing), maxNamed)]
	text := strings.Join(list, "; ")
	if more := len(e.Missing) - len(list); more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	if e.Shards == 0 {
		return fmt.Sprintf("run %s: %s", e.RunID, text)
	}
	return fmt.Sprintf("run %s: %d of %d shards are not there, nothing published: %s", e.RunID, len(e.Missing), e.Shards, text)
}

// OtherPlanError says that a shard is not of the run that the other shards are of.
type OtherPlanError struct {
	RunID string
	What  []string
}

func (e *OtherPlanError) Error() string {
	return fmt.Sprintf("run %s: %s; nothing published", e.RunID, strings.Join(e.What[:min(len(e.What), maxNamed)], "; "))
}

// All returns all shards, in order. The error is an *IncompleteError if some are missing,
// and an *OtherPlanError if some are of another plan, or there twice.
func (f *Fleet) All(ctx context.Context) ([]*Done, error) {
	var found []string
	running := map[int][]string{}
	prefix := f.folder() + "/"
	err := f.st.List(ctx, prefix, true, func(o store.Object) error {
		rel := o.Name[len(prefix):]
		if note, ok := strings.CutPrefix(rel, "running/"); ok {
			var shard int
			if n, _ := fmt.Sscanf(note, "%05d.", &shard); n == 1 {
				running[shard] = append(running[shard], o.Name)
			}
		} else if isDoneName(rel) {
			found = append(found, rel)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	all := make([]*Done, f.Plan.Shards)
	var wrong []string
	for _, rel := range found {
		d, err := f.readDone(ctx, rel)
		if err != nil {
			return nil, err
		}
		if d == nil {
			continue
		}
		if why := f.speaksAgainst(rel, d, all); why != "" {
			wrong = append(wrong, why)
			continue
		}
		all[d.Shard] = d
	}
	if len(wrong) > 0 {
		return nil, &OtherPlanError{f.runID, wrong}
	}
	return all, f.checkComplete(ctx, all, running)
}

func isDoneName(rel string) bool {
	var shard int
	n, err := fmt.Sscanf(rel, "%d.json", &shard)
	return n == 1 && err == nil && rel == doneName(shard)
}

// speaksAgainst says why a shard cannot be published with the others.
func (f *Fleet) speaksAgainst(rel string, d *Done, all []*Done) string {
	switch {
	case d.RunID != f.runID:
		return fmt.Sprintf("%s is of run %s", rel, d.RunID)
	case d.Shards != f.Plan.Shards:
		return fmt.Sprintf("shard %d was scored as one of %d shards, and the plan has %d", d.Shard, d.Shards, f.Plan.Shards)
	case d.Plan != f.sum:
		return fmt.Sprintf("shard %d (%s) was scored by another plan than is staged now: run it again", d.Shard, d.Owner)
	case d.Shard < 0 || d.Shard >= len(all):
		return fmt.Sprintf("%s is shard %d of %d", rel, d.Shard, len(all))
	case all[d.Shard] != nil:
		return fmt.Sprintf("shard %d is there twice, in %s too: remove one", d.Shard, rel)
	case rel != doneName(d.Shard):
		return fmt.Sprintf("%s says that it is shard %d: remove it, and run shard %s again", rel, d.Shard, strings.TrimSuffix(rel, ".json"))
	}
	return ""
}

// checkComplete says what is known of the shards that are not there.
func (f *Fleet) checkComplete(ctx context.Context, all []*Done, running map[int][]string) error {
	e := &IncompleteError{RunID: f.runID, Shards: len(all)}
	for shard, d := range all {
		if d != nil {
			continue
		}
		about, err := f.about(ctx, running[shard])
		if err != nil {
			return err
		}
		e.Missing = append(e.Missing, fmt.Sprintf("shard %d %s", shard, about))
	}
	if len(e.Missing) == 0 {
		return nil
	}
	return e
}

// about says what is known of a shard from the notes of attempts at it.
func (f *Fleet) about(ctx context.Context, notes []string) (string, error) {
	var last *marker.Marker
	for _, name := range notes {
		m, err := marker.Read(ctx, f.st, name)
		if errors.Is(err, store.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		if last == nil || m.Beat.After(last.Beat) {
			last = m
		}
	}
	if last == nil {
		return "was not run, or has failed", nil
	}
	ago := time.Since(last.Beat).Round(time.Second)
	if last.Dead(time.Now(), 0) {
		return fmt.Sprintf("gave no sign of life for %v, and was probably killed (%s)", ago, last.Owner), nil
	}
	return fmt.Sprintf("is still running, or was killed just now (%s; last sign of life %v ago)", last.Owner, ago), nil
}
