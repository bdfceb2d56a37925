package job

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"runtime"
	"time"

	"leapscore/engine"
	"leapscore/engine/store"
	"leapscore/internal/clean"
	"leapscore/job/internal/drift"
	"leapscore/job/internal/past"
	"leapscore/job/internal/place"
	"leapscore/runs"
	"leapscore/sinks"
)

// A record is made of the Spec and the plan before the run (newDraft), of the rows when all
// are scored (scoredRecord), and of the error if there is one (failedRecord). The sinks
// add the files as they publish them.

// newDraft returns the record of the run that is about to start.
func (j *Job) newDraft() *runs.Record {
	s, p := j.set.Spec, j.planned
	plan, info := p.plan, j.info(p)
	limited := s.Limited()
	limited.Workers = plan.Job.Workers
	r := &runs.Record{
		Format: runs.FormatV1, RunID: info.ID, Started: info.Started, ScoredAt: p.scoredAt.Format(time.RFC3339Nano), Version: info.Version,
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Limits: &limited, Timezone: s.Input.zone(),
		Models: p.model.members, Options: s.options(),
		Output: runs.Output{Path: s.Output.Path, Mode: s.Output.Mode}, Retried: s.retries(),
		Source: describeSource(s, p.query, plan.Job.Source), Incremental: p.increment,
	}
	r.Plan = &runs.Plan{Pruned: plan.Pipeline.Pruned()}
	src := plan.Job.Source.Schema()
	for _, name := range plan.Read {
		r.Plan.Read = append(r.Plan.Read, runs.Column{Name: name, Type: src.Field(src.FieldIndices(name)[0]).Type.String()})
	}
	for _, step := range plan.Pipeline.Steps() {
		r.Plan.Steps = append(r.Plan.Steps, runs.Step(step))
	}
	for _, c := range plan.Schema.Fields() {
		r.Output.Columns = append(r.Output.Columns, runs.Column{Name: c.Name, Type: c.Type.String()})
	}
	for i, o := range plan.Origins() { // those of lineage come from nowhere
		r.Output.Columns[i].From, r.Output.Columns[i].Kept = o.From, o.Kept
	}
	for i, file := range r.Source.Files {
		r.Source.Files[i].SHA256 = p.sums[file.Name]
	}
	if plan.Job.HasRejects() {
		r.Rejects = &runs.Rejects{Path: s.Rejects.Path}
	}
	for _, w := range p.model.Warnings {
		r.Warnings = append(r.Warnings, w.String())
	}
	hideSecrets(r)
	return r
}

// withToken returns a record with the token that tells the commit of the run from those
// of when it was done before.
func withToken(draft *runs.Record, token string) *runs.Record {
	r := *draft
	r.Token = token
	return &r
}

// scoredRecord returns the record of a run whose rows are scored, and not yet published.
func scoredRecord(draft *runs.Record, found engine.Findings, moved drift.Found) *runs.Record {
	r := *draft
	r.Counts, r.Resumed = found.Counts, found.Resumed
	r.Summary, r.Drift, r.LeftOut = moved.Summary, moved.Drift, moved.LeftOut
	return &r
}

// failedRecord returns the record of a run that ended with an error.
func failedRecord(last *runs.Record, found engine.Findings, err error, exitCode int) *runs.Record {
	r := *last
	r.Status, r.ExitCode, r.Error = runs.Failed, exitCode, clean.Hide(err.Error())
	r.Finished = time.Now().UTC().Format(time.RFC3339Nano)
	r.Counts, r.Resumed, r.Seconds = found.Counts, found.Resumed, found.Seconds
	if last.Rejects != nil {
		rejects := *last.Rejects
		rejects.Codes, rejects.Causes, rejects.Rows = found.Codes, found.Causes, 0
		for _, n := range found.Codes {
			rejects.Rows += n
		}
		r.Rejects = &rejects
	}
	return &r
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// storePlace is a URL of an object store in a query.
var storePlace = regexp.MustCompile("\\b(?:s3[an]?|gs|azblob|abfss?|wasbs?)://[^\\s\"'`]+")

// withoutTokens returns what tells a query from others: a token in the URL of a store
// that is replaced every hour makes no other query, and another value of a column
// does, whatever the name of the column.
func withoutTokens(query string) string {
	return storePlace.ReplaceAllStringFunc(query, place.Noted)
}

// hideSecrets takes the secrets out of what a record repeats of a Spec. Names of files
// are those that the stores give, which hold none.
func hideSecrets(r *runs.Record) {
	texts := []*string{&r.Source.Query, &r.Output.Path, &r.Error}
	if store.IsURL(r.Source.Database) {
		texts = append(texts, &r.Source.Database)
	}
	for i := range r.Models {
		texts = append(texts, &r.Models[i].Path)
	}
	for i := range r.Source.Patterns {
		texts = append(texts, &r.Source.Patterns[i])
	}
	if r.Rejects != nil {
		texts = append(texts, &r.Rejects.Path)
	}
	for _, t := range texts {
		*t = clean.Hide(*t)
	}
	for name, value := range r.Options {
		if store.IsURL(value) { // others are names and values of columns, by which jobs are told apart
			r.Options[name] = clean.Hide(value)
		}
	}
}

// saveRecord writes the record of a run that has ended to the file where. A run that
// failed notes the last one there that did not: a share of rows, a drift and a run id
// are compared with that one on the next night too.
func saveRecord(ctx context.Context, where string, r *runs.Record, stores store.Options) error {
	ctx = context.WithoutCancel(ctx)
	if r.Status == runs.Failed {
		// A file that is no record is written over.
		r.LastOK, _ = past.LastGood(ctx, where, stores)
	}
	data, err := r.Encode()
	if err != nil {
		return err
	}
	return WriteFile(ctx, where, data, stores)
}

// saveBesideFile writes the record of a run beside the one file that it has written.
func saveBesideFile(ctx context.Context, s Spec, r *runs.Record) error {
	st, name, err := store.OpenWith(ctx, s.Output.Path, s.stores())
	if err != nil {
		return err
	}
	defer st.Close()
	return runs.SaveFile(context.WithoutCancel(ctx), st, name, r)
}

// WriteFile writes a file at a path or URL.
func WriteFile(ctx context.Context, where string, data []byte, stores store.Options) error {
	st, name, err := store.OpenWith(ctx, where, stores)
	if err != nil {
		return err
	}
	defer st.Close()
	return st.WriteFile(ctx, name, data)
}

// manifestOf returns the manifest that was written with a record.
func manifestOf(r *runs.Record) *sinks.Manifest {
	m := &sinks.Manifest{
		RunID: r.RunID, RowsIn: r.Counts.In, RowsOut: r.Counts.Out, Skipped: r.Counts.Skipped, Rejected: r.Counts.Rejected,
		Files: r.Output.Files, Seconds: r.Seconds, Started: r.Started, Finished: r.Finished, Version: r.Version,
	}
	switch len(r.Models) {
	case 0:
	case 1:
		m.Model = r.Models[0].Identity
	default:
		m.Model, m.Models = combined(r.Models), r.Models
	}
	return m
}

// History is where runs are looked for that have left records.
type History struct {
	// Where is a table, its _SUCCESS, or the file of a record.
	Where string
	// Output names the catalog of an Iceberg table, if it has one. Other fields are not
	// used.
	Output Output
	// Stores are the settings of stores.
	Stores store.Options
}

// The states of listed runs.
type (
	ListedRun = past.Listed
	RunState  = past.State
)

// Record returns the record of the run with an id, or of the last one if id is empty.
func (h History) Record(ctx context.Context, id string) (*runs.Record, error) {
	return h.query().Record(ctx, id)
}

// Runs returns the runs that have left a record, the last one first.
func (h History) Runs(ctx context.Context) ([]ListedRun, error) { return h.query().List(ctx) }

func (h History) query() past.Query {
	return past.Query{Where: h.Where, Lake: h.Output.lake(), Stores: h.Stores}
}
