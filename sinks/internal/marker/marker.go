// Package marker keeps signs of life of runs that write tables on object stores, where
// there are no locks.
package marker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"leapscore/engine/store"
	"leapscore/runs"
)

// Folder holds an object for each run that is writing to a table on an object
// store, by the identity that is in the names of its files. The run writes it before
// its first file, again from time to time, and removes it last. Where a run died, it
// tells other runs which files are obsolete.
const Folder = runs.Folder + "/runs"

// ShardsFolder holds, for each run that is scored in shards, a folder of what is staged
// of it, by its identity. There, AliveName is the marker of the run.
const (
	ShardsFolder = runs.Folder + "/shards"
	AliveName    = "alive.json"
)

// ShardsAttempt is the Attempt in the marker that the shards of a run have together.
const ShardsAttempt = "shards"

// The time between two signs of life is a quarter of --sweep-after, within these
// bounds.
const (
	minBeat = time.Second
	maxBeat = 10 * time.Minute
)

// Marker is the content of such an object.
type Marker struct {
	RunID   string    `json:"run_id"`
	Attempt string    `json:"attempt"` // differs for each process
	Owner   string    `json:"owner"`   // for people
	Beat    time.Time `json:"beat"`
	Every   float64   `json:"every_seconds"`
}

func Read(ctx context.Context, st *store.Store, name string) (*Marker, error) {
	data, err := st.ReadFile(ctx, name)
	if err != nil {
		return nil, err
	}
	m := new(Marker)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("%s: %w", st.URL(name), err)
	}
	return m, nil
}

// ReadAll returns the markers of a table by identity.
func ReadAll(ctx context.Context, st *store.Store, table string) (map[string]*Marker, error) {
	prefix := table + "/" + Folder + "/"
	var identities []string
	err := st.List(ctx, prefix, false, func(o store.Object) error {
		// A name with a dot is a marker that is still being written, where storage
		// shows that.
		if identity := o.Name[len(prefix):]; !strings.HasPrefix(identity, ".") {
			identities = append(identities, identity)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	found := map[string]*Marker{}
	for _, identity := range identities {
		m, err := Read(ctx, st, prefix+identity)
		var syntax *json.SyntaxError
		switch {
		case errors.Is(err, store.ErrNotExist):
			continue // its run has just ended
		case errors.As(err, &syntax):
			// Storage whose objects are not one step cut it off. The run may be
			// alive, and others must be able to work.
			m = &Marker{Beat: time.Now()}
		case err != nil:
			return nil, err
		}
		found[identity] = m
	}
	return found, nil
}

// Interval returns how often a run gives signs of life that may be swept after a time.
func Interval(after time.Duration) time.Duration { return min(max(after/4, minBeat), maxBeat) }

// Dead reports whether the run has given no sign of life for too long. Three
// missed signs are too few to tell, whatever after says.
func (m *Marker) Dead(now time.Time, after time.Duration) bool {
	return now.Sub(m.Beat) > max(after, time.Duration(3*m.Every*float64(time.Second)))
}

// Now is the time of a sign of life. In whole seconds, a marker keeps its length: some
// stores fail to read an object that is replaced by a shorter one meanwhile.
func Now() time.Time { return time.Now().UTC().Truncate(time.Second) }

// IsDead reports whether the marker of that name has given no sign of life for too long.
// One that is missing or damaged is taken for one that is about to be written.
func IsDead(ctx context.Context, st *store.Store, name string, after time.Duration) (bool, error) {
	m, err := Read(ctx, st, name)
	var syntax *json.SyntaxError
	if errors.Is(err, store.ErrNotExist) || errors.As(err, &syntax) {
		return false, nil
	}
	return err == nil && m.Dead(time.Now(), after), err
}

// Pulse keeps the marker of a run alive. The zero value does not.
type Pulse struct {
	stop context.CancelFunc
	done sync.WaitGroup
}

// Start gives signs of life by write until end is called. If one fails, the next may
// not.
func (p *Pulse) Start(every time.Duration, write func(ctx context.Context) error) {
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	p.done.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				_ = write(ctx)
			}
		}
	})
}

func (p *Pulse) End() {
	if p.stop == nil {
		return
	}
	p.stop()
	p.done.Wait()
}

// Process describes this process to other runs.
func Process(runID string) string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	return fmt.Sprintf("run %s, process %d on %s, since %s", runID, os.Getpid(), host, time.Now().UTC().Format(time.RFC3339))
}
