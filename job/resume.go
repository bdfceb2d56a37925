package job

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"leapscore/engine/store"
	"leapscore/internal/fault"
	"leapscore/job/internal/place"
	"leapscore/runs"
	"leapscore/sinks"
	"leapscore/sources"
)

// attempt is what is to become of an attempt of the run that was interrupted.
type attempt struct {
	wanted bool         // the run is to go on with it
	plan   *runs.Record // what it was about to do, or nil if there is none
}

// lastAttempt looks for an attempt of the run that can be gone on with, if that is
// asked for.
func lastAttempt(ctx context.Context, s Spec) (attempt, error) {
	if !s.Run.Resume {
		return attempt{}, nil
	}
	st, name, err := store.OpenWith(ctx, s.Output.Path, s.stores())
	if err != nil {
		return attempt{}, fault.Usage(err)
	}
	defer st.Close()
	plan, err := sinks.Interrupted(ctx, st, name, s.Run.ID)
	return attempt{true, plan}, err
}

// scoredAt is the time that the run gives as that of its scores. A run that is resumed
// gives that of its first attempt.
func (a attempt) scoredAt(r Run, now time.Time) (time.Time, error) {
	if a.plan == nil || r.ScoredAt != "" {
		return r.scoredAt(now), nil
	}
	return time.Parse(time.RFC3339Nano, a.plan.ScoredAt)
}

// resumePlan says how the output table goes on with attempts of the run, and how later
// attempts can go on with this one.
type resumePlan struct {
	redo    *runs.Record // the run, which is in the table already and is replaced
	once    bool         // the table refuses a run that it has
	notes   bool         // the table notes how far the run is
	resume  bool         // and takes over what was finished
	suspend bool         // what was finished is kept if the run fails
}

// planResume decides whether the output table notes how far the run is: if it has an id
// by which a later attempt can find it, and parts that can be told apart.
func planResume(s settings, before *runs.Record, old attempt, src sources.Source, sumsUp bool, warn warner) (resumePlan, error) {
	if before != nil { // and is done again from the start
		return resumePlan{redo: before}, nil
	}
	if s.Run.ID == "" || !place.IsFolder(s.Output.Path) || s.Output.lake().IsLake() {
		return resumePlan{}, nil
	}
	if _, ok := sources.FilesOf(src); !ok {
		if old.wanted {
			return resumePlan{}, fault.Usage(errors.New("--resume needs an input whose rows come in the same order each time, which is not known of this one: " +
				"give files with --input, or a query that only names columns of Parquet files"))
		}
		return resumePlan{once: true}, nil
	}
	if why := startsOver(s, sumsUp); why != "" {
		if old.wanted {
			warn("--resume has nothing to go on with", "why", why)
		}
		return resumePlan{once: true}, nil
	}
	return resumePlan{once: true, notes: true, resume: old.wanted, suspend: old.wanted}, nil
}

// startsOver says why no part of a run is finished before the whole is, if so.
func startsOver(s settings, sumsUp bool) string {
	switch {
	case len(s.Output.PartitionBy) > 0:
		return "the files of a table with --partition-by are written at the end"
	case s.Input.Limit > 0:
		return "where --limit ends is known at the end"
	case s.sink.Format != sinks.FormatParquet && sumsUp:
		return "columns cannot be summed up from " + s.sink.Format.String() + " files; --summary none leaves that out"
	}
	return ""
}

// otherJobError says that the run of an id has finished, and did something else.
type otherJobError struct {
	id   string
	what []string
	hint string
}

func (e *otherJobError) Error() string {
	return fmt.Sprintf("run %s has finished, and was another job: %s; %s", e.id, strings.Join(e.what, "; "), e.hint)
}

// checkSameJob checks that the run before, which has finished, was the job of the
// record now.
func checkSameJob(s Spec, before, now *runs.Record) error {
	what := runs.OtherJob(before, now, defaults())
	if s.Run.ScoredAt != "" && before.ScoredAt != now.ScoredAt {
		what = append(what, fmt.Sprintf("--scored-at was %s and is %s", before.ScoredAt, now.ScoredAt))
	}
	if len(what) > 0 {
		return &otherJobError{s.Run.ID, what, "give this job another --run-id, or --rerun, which replaces the rows of that run"}
	}
	return nil
}

// checkSameIncrement is checkSameJob of a run whose inputs were those that were new
// then.
func checkSameIncrement(s Spec, before *runs.Record, m *loaded) error {
	if what := runs.Changes(before, rowsOf(s, m)); len(what) > 0 {
		return &otherJobError{s.Run.ID, what, "give this job another --run-id"}
	}
	return nil
}

// checkUnknown refuses to do a run again that has left no record.
func checkUnknown(s Spec) error {
	if s.Run.Rerun {
		return &otherJobError{s.Run.ID, []string{"it has left no record of what it wrote"}, "give this job another --run-id"}
	}
	return nil
}
