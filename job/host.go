package job

import (
	"context"
	"fmt"
	"io"
	"leapscore/engine/store"
	"leapscore/internal/clean"
	"leapscore/watch"
	"log/slog"
	"os"
	"path"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"leapscore/engine"
	"leapscore/internal/limits"
	"leapscore/internal/memory"
	"leapscore/internal/zone"
	"leapscore/models/mleap"
	"leapscore/runs"
	"leapscore/sql"
)

// here are the limits of this process, which are defaults of a Spec.
var here = limits.Here()

// Limited is what a run may take by the Spec, and what a container leaves it.
func (s Spec) Limited() runs.Limits {
	full := s.withDefaults()
	n, _ := memory.Parse(full.Limits.Memory) // which Check has seen
	return runs.Limits{Workers: full.Limits.Workers, Memory: n, Container: runs.Container{CPUs: here.CPUs, Memory: here.Memory}}
}

// zone is the name of the time zone that a query computes in, empty if it has none.
func (in Input) zone() string {
	if in.Timezone != "" { // which Check looks at
		return in.Timezone
	}
	tz, isSet := os.LookupEnv("TZ")
	return zone.Local(os.DirFS("/"), tz, isSet)
}

// Host is what the program around a job gives it. All of it may be left out.
type Host struct {
	// Log gets warnings.
	Log *slog.Logger
	// Tag, if it is not nil, is called when it is known which run of which models this
	// is, before the first warning and again if that changes.
	Tag func(runID, model string)
	// Stdout is where a job writes whose output is "-": os.Stdout if it is nil.
	Stdout io.Writer
	// Version is the version of the program, which records and files note.
	Version string
	// ExitCode is what a record notes of an error: by default 1.
	ExitCode func(error) int
	// Secrets are values that nothing that leaves the process may show.
	Secrets []string
	// IOTimeout is that of stores, for Specs that have none.
	IOTimeout time.Duration

	rehearses bool // nothing is written, as the shards of a run write what they agree on
}

// Observer sees how a run goes. It may be nil.
type Observer interface {
	// Scoring is called before the first row is read. The function that it
	// returns is called when the run has ended. Progress may be read at any time.
	Scoring(p *Progress) (ended func())
}

// Progress counts what a run has done so far.
type Progress = engine.Progress

// warner takes a warning, with attributes as slog has them.
type warner func(msg string, attrs ...any)

// withDefaults fills in what was left out.
func (h Host) withDefaults() Host {
	if h.Log == nil {
		h.Log = slog.New(slog.DiscardHandler)
	}
	if h.Tag == nil {
		h.Tag = func(string, string) {}
	}
	if h.Stdout == nil {
		h.Stdout = os.Stdout
	}
	if h.ExitCode == nil {
		h.ExitCode = func(error) int { return 1 }
	}
	if h.Version == "" {
		h.Version = moduleVersion()
	}
	return h
}

// setTimeout gives full, which is given with its defaults, the timeout of h if given
// has none.
func (h Host) setTimeout(full *Spec, given Spec) {
	if given.Limits.IOTimeout <= 0 && h.IOTimeout > 0 {
		full.Limits.IOTimeout = h.IOTimeout
	}
}

// Versions are those of the parts that decide what is read, scored and written.
type Versions struct {
	MLeap  string `json:"mleap"` // the runtime whose scores are equal to the bit
	DuckDB string `json:"duckdb,omitempty"`
	Arrow  string `json:"arrow"`
	Go     string `json:"go"`
}

// PartVersions returns the versions of the parts of this program.
func PartVersions() Versions {
	v := Versions{MLeap: mleap.Runtime, DuckDB: sql.Version(), Go: runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if strings.HasPrefix(m.Path, "github.com/apache/arrow/go/") {
				v.Arrow = m.Version
			}
		}
	}
	return v
}

// moduleVersion is the version of this module in a program that was built with it.
func moduleVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "dev"
}

// watch begins to report the run.
func (j *Job) watch(ctx context.Context) (*watch.Watched, error) {
	w := j.set.Watch
	name := w.Name
	if name == "" {
		name = jobName(clean.Hide(j.set.Output.Path))
	}
	if j.set.shard != nil { // the commit of the run reports it
		return watch.Start(ctx, watch.Options{Job: name, Version: j.host.Version, TracesOnly: true, Show: j.host.show, Warn: j.host.warn})
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
