package job_test

import (
	"strings"
	"testing"

	"leapscore/job"
)

// meanwhile is an Observer that does something before the first row is read.
type meanwhile func()

func (m meanwhile) Scoring(*job.Progress) func() { m(); return func() {} }

// An attempt at a shard that goes on while another one finishes it, and the run is
// published, ends well and leaves nothing.
func TestAnAttemptThatTheCommitOvertakesEndsWell(t *testing.T) {
	for _, kind := range []string{"files", "delta"} {
		t.Run(kind, func(t *testing.T) {
			workspace(t)
			s := parse(t, "model: keep.zip; input: homes.csv; output: prices; run-id: r; shard: 0/1; table-format: "+kind)
			late, err := job.Open(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			defer late.Close()
			res, err := late.Run(t.Context(), meanwhile(func() {
				if _, err := run(t, s); err != nil {
					t.Error(err)
				}
				if res, err := (job.Host{}).Commit(t.Context(), job.Commit{Table: "prices", RunID: "r"}); err != nil || res.Outcome != job.Done {
					t.Errorf("commit: %+v, %v", res, err)
				}
			}))
			if err != nil || res.Outcome != job.FinishedBefore || res.Record.Counts.Out != 2 {
				t.Errorf("the late attempt: %+v, %v", res, err)
			}
			parts := 0
			for _, name := range listing(t) {
				if strings.Contains(name, "shards") || strings.Contains(name, ".tmp-") {
					t.Errorf("%s is left", name)
				}
				if strings.Contains(name, "/part-") {
					parts++
				}
			}
			if parts != 1 {
				t.Errorf("%d data files, want 1", parts)
			}
		})
	}
}
