package sinks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"leapscore/engine/store"
	"leapscore/runs"
)

// markerFolder holds an object for each run that is writing to a table on an object
// store, by the identity that is in the names of its files. The run writes it before
// its first file, again from time to time, and removes it last. Where a run died, it
// tells others which files nobody wants.
const markerFolder = runs.Folder + "/runs"

// The time between two signs of life is a quarter of --sweep-after, within these
// bounds.
const (
	minBeat = time.Second
	maxBeat = 10 * time.Minute
)

// marker is the content of such an object.
type marker struct {
	RunID   string    `json:"run_id"`
	Attempt string    `json:"attempt"` // differs for each process
	Owner   string    `json:"owner"`   // for people
	Beat    time.Time `json:"beat"`
	Every   float64   `json:"every_seconds"`
}

func readMarker(ctx context.Context, st *store.Store, name string) (*marker, error) {
	data, err := st.ReadFile(ctx, name)
	if err != nil {
		return nil, err
	}
	m := new(marker)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("%s: %w", st.URL(name), err)
	}
	return m, nil
}

// readMarkers returns the markers of a table by identity.
func readMarkers(ctx context.Context, st *store.Store, path string) (map[string]*marker, error) {
	var names []string
	err := st.List(ctx, store.Join(path, markerFolder)+"/", false, func(o store.Object) error {
		// A name with a dot is a marker that is still being written, where storage
		// shows that.
		if !strings.HasPrefix(baseName(o.Name), ".") {
			names = append(names, o.Name)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	found := map[string]*marker{}
	for _, name := range names {
		m, err := readMarker(ctx, st, name)
		var syntax *json.SyntaxError
		switch {
		case errors.Is(err, store.ErrNotExist):
			continue // its run has just ended
		case errors.As(err, &syntax):
			// Storage whose objects are not one step cut it off. The run may be
			// alive, and others must be able to work.
			m = &marker{Beat: time.Now()}
		case err != nil:
			return nil, err
		}
		found[baseName(name)] = m
	}
	return found, nil
}

// dead reports whether the run has given no sign of life for too long. Three
// missed signs are too few to tell, whatever after says.
func (m *marker) dead(now time.Time, after time.Duration) bool {
	return now.Sub(m.Beat) > max(after, time.Duration(3*m.Every*float64(time.Second)))
}

// pulse keeps the marker of a run alive.
type pulse struct {
	write func(ctx context.Context) error
	stop  context.CancelFunc
	done  sync.WaitGroup
}

// start gives signs of life until end is called. If one fails, the next may not.
func (p *pulse) start(every time.Duration) {
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
				_ = p.write(ctx)
			}
		}
	})
}

func (p *pulse) end() {
	p.stop()
	p.done.Wait()
}
