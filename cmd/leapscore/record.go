package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"leapscore/engine"
	"leapscore/engine/store"
	"leapscore/runs"
	"leapscore/sinks"
	"leapscore/sources"
)

// shapeless are the flags that neither the rows of a table depend on nor the
// bytes of its files: those that say where things are, which stand elsewhere in
// the record, and those that say how the work is done. All other flags are noted
// in the record, and a run that is to go on from another one must have the
// same.
var shapeless = map[string]bool{
	"model": true, "sql": true, "sql-file": true, "db": true, "param": true, "input": true, "as-files": true, "require-success": true,
	"output": true, "mode": true, "rejects": true, "max-errors": true,
	"workers": true, "memory": true, "batch-rows": true,
	"json": true, "quiet": true, "log-format": true, "config": true, "help": true, "cpuprofile": true, "memprofile": true,
	"io-timeout": true, "sweep-after": true, "overwrite-schema": true,
	"run-id": true, "record": true, "resume": true, "rerun": true, "incremental": true, "skip-exit-code": true, "scored-at": true,
	"job-name": true, "metrics-file": true, "metrics-label": true, "pushgateway": true, "openlineage": true, "nominal-time": true,
	"summary": true, "drift-reference": true, "drift-max": true, "drift-columns": true,
	"drift-first-run": true, "allow-empty": true, "min-rows": true,
}

// shaping returns the values of the flags that are not shapeless.
func shaping(flags *pflag.FlagSet) map[string]string {
	values := map[string]string{}
	flags.VisitAll(func(f *pflag.Flag) {
		if v := f.Value.String(); !shapeless[f.Name] && v != "" && v != "[]" {
			values[f.Name] = v
		}
	})
	return values
}

// newRecord returns the record of a run that is about to start.
func (f *scoreFlags) newRecord(plan *engine.Plan, info sinks.Run, at time.Time, models ...runs.Model) *runs.Record {
	r := &runs.Record{
		Format: runs.FormatV1, RunID: info.ID, Started: info.Started, ScoredAt: at.Format(time.RFC3339Nano), Version: info.Version,
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Models: models, Options: shaping(f.runFlags.flags),
		Output: runs.Output{Path: f.output, Mode: f.mode}, Retried: f.retry != nil,
		Source: f.sourceFlags.describe(plan.Job.Source),
	}
	r.Plan = &runs.Plan{Pruned: plan.Pipeline.Pruned()}
	src := plan.Job.Source.Schema()
	for _, name := range plan.Read {
		r.Plan.Read = append(r.Plan.Read, runs.Column{Name: name, Type: src.Field(src.FieldIndices(name)[0]).Type.String()})
	}
	for _, s := range plan.Pipeline.Steps() {
		r.Plan.Steps = append(r.Plan.Steps, runs.Step(s))
	}
	for _, c := range plan.Schema.Fields() {
		r.Output.Columns = append(r.Output.Columns, runs.Column{Name: c.Name, Type: c.Type.String()})
	}
	for i, o := range plan.Origins() {
		r.Output.Columns[i].From, r.Output.Columns[i].Kept = o.From, o.Kept
	}
	if f.retry != nil {
		for i, file := range r.Source.Files {
			r.Source.Files[i].SHA256 = f.retry.sums[file.Name]
		}
	}
	if plan.Job.HasRejects() {
		r.Rejects = &runs.Rejects{Path: f.rejects}
	}
	hideSecrets(r)
	return r
}

// describe returns what the record of a run says of its source.
func (f *sourceFlags) describe(src sources.Source) runs.Source {
	s := runs.Source{Kind: runs.Files, Patterns: slices.Clone(f.input)}
	switch {
	case len(f.input) == 0:
		s.Kind, s.Query, s.QuerySHA256, s.Database = runs.Query, f.query, digest(withoutTokens(f.query)), f.db
		names := slices.Sorted(maps.Keys(f.params.m))
		var text []byte
		for _, name := range names {
			text = fmt.Appendf(text, "%q=%q\n", name, f.params.m[name])
		}
		if s.Params = names; len(names) > 0 {
			s.ParamsSHA256 = digest(string(text))
		}
	case len(f.input) == 1 && f.input[0] == "-":
		s.Kind = runs.Stdin
	}
	files, known := sources.FilesOf(src)
	s.FilesKnown = known
	for _, o := range files {
		s.Files = append(s.Files, runs.File{Name: absolute(o.Name), Size: o.Size, ETag: o.ETag})
	}
	return s
}

// absolute makes names of local files those that they have from everywhere.
func absolute(name string) string {
	if store.IsURL(name) {
		return name
	}
	if abs, err := filepath.Abs(name); err == nil {
		return filepath.ToSlash(abs)
	}
	return name
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// saveRecord writes the record of a run that ended with err to the file that
// --record names, if it does. That it cannot is a warning: rows that are published
// stay so, and whoever is told that the run failed would score them again.
func (f *runFlags) saveRecord(ctx context.Context, out *output, r *runs.Record, err error) {
	if f.record == "" {
		return
	}
	if err != nil {
		r.Status, r.ExitCode, r.Error = runs.Failed, exitCode(err), hidden(err.Error())
		r.Finished = time.Now().UTC().Format(time.RFC3339Nano)
		r.LastOK = f.lastOK(context.WithoutCancel(ctx))
	}
	out.try("the record is not written", func() error {
		data, err := r.Encode()
		if err != nil {
			return err
		}
		return writeTo(context.WithoutCancel(ctx), f.record, data)
	})
}

// lastOK returns the last run that did not fail of the file that --record names: a
// share of --min-rows, a drift and a run id are held against it on the next night
// too. A file that is no record is written over.
func (f *runFlags) lastOK(ctx context.Context) *runs.Record {
	st, name, err := store.Open(ctx, f.record)
	if err != nil {
		return nil
	}
	defer st.Close()
	r, err := runs.Read(ctx, st, name)
	if err != nil {
		return nil
	}
	return r.Good()
}

func writeTo(ctx context.Context, where string, data []byte) error {
	st, name, err := store.Open(ctx, where)
	if err != nil {
		return err
	}
	return st.WriteFile(ctx, name, data)
}
