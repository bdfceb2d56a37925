package main

import (
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"leapscore/engine"
	"leapscore/sinks"
)

// lineageFlags say where the tables note what made their rows.
type lineageFlags struct {
	lineage  string
	scoredAt string
}

func (f *lineageFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.lineage, "lineage", "metadata",
		"where tables note model and run: columns (_model_name, _model_version, _model_sha256, _run_id, _scored_at), metadata (of the files, the model alone) or none")
	fs.StringVar(&f.scoredAt, "scored-at", "", "the time in _scored_at and in the record of the run, such as 2026-01-31T00:00:00Z (default: now)")
}

func (f *lineageFlags) check() error {
	switch f.lineage {
	case "columns", "metadata", "none":
	default:
		return usageError{fmt.Errorf("lineage %q: want columns, metadata or none", f.lineage)}
	}
	if f.scoredAt != "" {
		if _, err := time.Parse(time.RFC3339Nano, f.scoredAt); err != nil {
			return usageError{fmt.Errorf("scored-at %q: want a time with its zone, such as 2026-01-31T00:00:00Z", f.scoredAt)}
		}
	}
	return nil
}

// at is the time that a run that starts now gives as that of its scores.
func (f *lineageFlags) at(now time.Time) time.Time {
	if t, err := time.Parse(time.RFC3339Nano, f.scoredAt); err == nil {
		now = t
	}
	return now.UTC().Truncate(time.Microsecond)
}

// set adds the lineage of a run to its job.
func (f *lineageFlags) set(job *engine.Job, m sinks.Model, runID string, at time.Time) {
	if f.lineage == "columns" {
		job.Lineage = &engine.Lineage{ModelName: m.Name, ModelVersion: m.Version, ModelSHA256: m.SHA256, RunID: runID, ScoredAt: at}
	}
}

// metadata is what goes into each file.
func (f *lineageFlags) metadata(info sinks.Run) map[string]string {
	if f.lineage == "none" {
		return nil
	}
	return metadata(info)
}
