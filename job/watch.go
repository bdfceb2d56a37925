package job

import (
	"context"
	"fmt"
	"path"
	"strings"
	"time"

	"leapscore/engine"
	"leapscore/engine/store"
	"leapscore/internal/clean"
	"leapscore/runs"
	"leapscore/watch"
)

// watch begins to report the run.
func (j *Job) watch(ctx context.Context) (*watch.Watched, error) {
	w := j.set.Watch
	name := w.Name
	if name == "" {
		name = jobName(clean.Hide(j.set.Output.Path))
	}
	start, end, _ := w.nominalTimes()
	return watch.Start(ctx, watch.Options{
		Job: name, Version: j.host.Version, MetricsFile: w.MetricsFile, Pushgateway: w.Pushgateway, Labels: w.Labels,
		OpenLineage: w.OpenLineage, NominalStart: start, NominalEnd: end, Show: j.host.show, Warn: j.host.warn,
	})
}

// jobName is the name of a job that writes to output.
func jobName(output string) string {
	output, _ = store.CutParameters(output)
	name := path.Base(strings.TrimSuffix(output, "/"))
	if at := strings.Index(name, "."); at > 0 {
		name = name[:at]
	}
	if name == "-" || name == "." || name == "/" || name == "" {
		return "score"
	}
	return name
}

// endWatch reports how the run ended. r is its record, or nil if it had none.
func (j *Job) endWatch(ctx context.Context, r *runs.Record, err error) {
	if r == nil {
		r = j.early()
	}
	if err != nil {
		if r.Status != runs.Failed {
			r = failedRecord(r, engine.Findings{}, err, j.host.ExitCode(err))
		}
		r.Error = j.host.show(err).Error()
	}
	j.watched.End(ctx, r, err)
}

// early is the record of a run that has ended before there was one.
func (j *Job) early() *runs.Record {
	p := j.planned
	switch {
	case p != nil && p.draft != nil:
		return p.draft
	case p != nil:
		return &runs.Record{RunID: j.id, Started: j.start.UTC().Format(time.RFC3339Nano), Models: p.model.members}
	}
	r := &runs.Record{RunID: j.id, Started: j.start.UTC().Format(time.RFC3339Nano)}
	for _, m := range j.set.Models {
		r.Models = append(r.Models, runs.Model{Label: m.Name, Path: clean.Hide(m.Path)})
	}
	return r
}

// modelNames are the names and places of models in a line.
func modelNames(models []Model) string { return clean.Hide(modelsText(models)) }

// observe shows an observer how far the run is, until the returned function is called.
func (j *Job) observe(o Observer, p *Progress) (ended func()) {
	if o == nil {
		return func() {}
	}
	return o.Scoring(p)
}

// show returns an error without secrets, and without what a terminal would obey.
func (h Host) show(err error) error { return clean.Error(err, h.Secrets...) }

// warn takes a warning.
func (h Host) warn(msg string, attrs ...any) { h.Log.Warn(msg, attrs...) }

// try does what a run does not depend on. If that goes wrong, be it by a bug, there is
// a warning.
func (j *Job) try(what string, do func() error) {
	defer func() {
		if x := recover(); x != nil {
			j.host.warn(what, "error", fmt.Errorf("internal error: %v", x))
		}
	}()
	if err := do(); err != nil {
		j.host.warn(what, "error", err)
	}
}

// warnUnknown says that a run has left no record.
func (h Host) warnUnknown(s Spec) {
	if !s.Run.Rerun {
		h.warn("the run has left no record: whether it was the same job is not known", "run_id", s.Run.ID, "output", s.Output.Path)
	}
}

// warnOldRejects names rejects of the run that are not replaced when it is done again.
func (j *Job) warnOldRejects() {
	b := j.planned.before
	if b != nil && b.Rejects != nil && b.Rejects.Rows > 0 && b.Rejects.Path != j.set.Rejects.Path {
		j.host.warn("the rejects that the run wrote before stay where they are, and are not replaced", "rejects", b.Rejects.Path)
	}
}

// warnFiles names the files that were left out.
func (j *Job) warnFiles(r *engine.Run) {
	for _, file := range r.Plan.Job.Files.Files() {
		j.host.warn("file rejected", "file", file.Name, "reason", file.Err.Error())
	}
}
