package engine

import "leapscore/sources"

// Observer is told what a run does, as far as it may be of interest to those who
// watch it. Split is called by many goroutines.
type Observer interface {
	// Stage is called when a stage starts: score, then commit. The function
	// that it returns is called when the stage ends.
	Stage(name string) (end func(error))
	// Split is the same for split number index, called name.
	Split(index int, name string) (end func(error))
}

func ignore(error) {}

func (r *Run) stage(name string) func(error) {
	r.Progress.stage.Store(&name)
	if r.Observer == nil {
		return ignore
	}
	return quietly(func() func(error) { return r.Observer.Stage(name) })
}

func (r *Run) began(s sources.Split) func(error) {
	if r.Observer == nil {
		return ignore
	}
	return quietly(func() func(error) { return r.Observer.Split(s.Index, s.Name) })
}

// quietly begins something and returns how it ends. An observer that panics misses
// what there was to see, and the run goes on.
func quietly(begin func() func(error)) (end func(error)) {
	defer func() {
		if recover() != nil {
			end = ignore
		}
	}()
	ended := begin()
	return func(err error) {
		defer func() { _ = recover() }()
		ended(err)
	}
}
