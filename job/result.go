package job

import (
	"encoding/json"

	"leapscore/runs"
	"leapscore/sinks"
)

// Outcome is how a run ended that did not fail.
type Outcome string

// The outcomes.
const (
	Done           Outcome = "done"            // the rows are published
	FinishedBefore Outcome = "finished-before" // the run of this id was done already
	NothingNew     Outcome = "nothing-new"     // the table has the rows of all inputs
	RetriedBefore  Outcome = "retried-before"  // the table has the rows of all rejects that passed
	Ignored        Outcome = "ignored"         // there is a table already, which mode ignore leaves as it is
)

// Result is what a run has done.
type Result struct {
	Outcome  Outcome
	Manifest *Manifest    // of this run, or of the one that left nothing to do, or nil
	Record   *runs.Record // the same
	Known    int          // inputs that the table had already
	Seconds  float64
}

// Manifest says which files a run wrote, and how many rows.
type Manifest = sinks.Manifest

// MarshalJSON gives the manifest, with a mark if nothing was done.
func (r *Result) MarshalJSON() ([]byte, error) {
	type skipped struct {
		Skipped bool `json:"skipped"`
		*Manifest
	}
	type ignored struct {
		Ignored bool `json:"ignored"`
		*Manifest
	}
	switch r.Outcome {
	case Done:
		return json.Marshal(r.Manifest)
	case Ignored:
		return json.Marshal(ignored{true, r.Manifest})
	}
	return json.Marshal(skipped{true, r.Manifest})
}

func finishedBefore(r *runs.Record) *Result {
	return &Result{Outcome: FinishedBefore, Record: r, Manifest: manifestOf(r)}
}

func retriedBefore(r *runs.Record) *Result {
	return &Result{Outcome: RetriedBefore, Record: r, Manifest: manifestOf(r)}
}

// nothingNew is the result of a run all of whose inputs the table has.
func nothingNew(t *tableInputs, note *runs.Incremental) *Result {
	r := &Result{Outcome: NothingNew}
	if note != nil {
		r.Known = note.Known
	}
	if t != nil && t.last != nil {
		r.Record, r.Manifest = t.last, manifestOf(t.last)
	}
	return r
}
