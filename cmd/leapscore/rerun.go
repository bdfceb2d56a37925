package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"leapscore/engine/pipeline"
	"leapscore/engine/store"
	"leapscore/runs"
)

// otherJobError says that the run of an id has finished, and did something else.
type otherJobError struct {
	id   string
	what []string
	hint string
}

func (e *otherJobError) Error() string {
	return fmt.Sprintf("run %s has finished, and was another job: %s; %s", e.id, strings.Join(e.what, "; "), e.hint)
}

// sameJob reports that the run has finished, if it was the job r.
func (f *scoreFlags) sameJob(out *output, r *runs.Record) error {
	what := runs.OtherJob(f.before, r, standard(f.runFlags.flags))
	if f.scoredAt != "" && f.before.ScoredAt != r.ScoredAt {
		what = append(what, fmt.Sprintf("--scored-at was %s and is %s", f.before.ScoredAt, r.ScoredAt))
	}
	if len(what) > 0 {
		return &otherJobError{f.id, what, "give this job another --run-id, or --rerun, which replaces the rows of that run"}
	}
	return f.skip(out, f.before)
}

// sameIncrement is sameJob of a run whose inputs were those that were new then.
func (f *scoreFlags) sameIncrement(out *output, m *pipeline.Model) error {
	now := &runs.Record{Models: f.models.describe(m), Options: shaping(f.runFlags.flags), Source: runs.Source{Kind: runs.Files}}
	if what := runs.Changes(f.before, now); len(what) > 0 {
		return &otherJobError{f.id, what, "give this job another --run-id"}
	}
	return f.skip(out, f.before)
}

// unknown reports a run that has finished and left no record.
func (f *scoreFlags) unknown(out *output) error {
	if f.rerun {
		return &otherJobError{f.id, []string{"it has left no record of what it wrote"}, "give this job another --run-id"}
	}
	out.log.Warn("the run has left no record: whether it was the same job is not known", "run_id", f.id, "output", f.output)
	return f.skip(out, f.before)
}

// standard returns the values that flags have if nobody gives them.
func standard(flags *pflag.FlagSet) map[string]string {
	values := map[string]string{}
	flags.VisitAll(func(f *pflag.Flag) { values[f.Name] = f.DefValue })
	return values
}

// redoRejects returns what the run has rejected when it was done before, if that is
// still there.
func (f *scoreFlags) redoRejects(ctx context.Context) (*runs.Record, error) {
	if f.before == nil || f.before.Rejects == nil || len(f.before.Rejects.Files) == 0 || f.before.Rejects.Path != f.rejects {
		return nil, nil
	}
	st, name, err := store.Open(ctx, f.rejects)
	if err != nil {
		return nil, usageError{err}
	}
	defer st.Close()
	first := strings.TrimSuffix(name, "/") + "/" + f.before.Rejects.Files[0].Name
	if isFile(f.rejects) {
		first = name
	}
	if there, err := st.Exists(ctx, first); err != nil || !there {
		return nil, err
	}
	return &runs.Record{RunID: f.id, Output: runs.Output{Files: f.before.Rejects.Files}}, nil
}

// warnOldRejects names rejects of the run that --rerun does not replace.
func (f *scoreFlags) warnOldRejects(out *output) {
	if b := f.before; b != nil && f.rerun && b.Rejects != nil && b.Rejects.Rows > 0 && b.Rejects.Path != f.rejects {
		out.log.Warn("the rejects that the run wrote before stay where they are, and are not replaced", "rejects", b.Rejects.Path)
	}
}
