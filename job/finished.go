package job

import (
	"fmt"
	"strings"

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
