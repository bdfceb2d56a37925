package engine_test

import (
	"slices"
	"testing"
	"time"

	"leapscore/engine"
	"leapscore/engine/enginetest"
)

func TestLineageIsInEveryRowOfBothTables(t *testing.T) {
	job := engine.Job{
		Model: load(t, enginetest.Linear("error")), Source: homes(enginetest.Homes(3, 700, 5), 50, 25), Reject: true, Workers: 2, BatchRows: 30,
		Lineage: &engine.Lineage{ModelName: "m", ModelVersion: "1", ModelSHA256: "ab", RunID: "r", ScoredAt: time.UnixMicro(1_700_000_000_000_001)},
	}
	d, m := score(t, job)
	if m.Rejected == 0 {
		t.Fatal("no row was rejected")
	}
	want := map[string]string{
		"_model_name": `"m"`, "_model_version": `"1"`, "_model_sha256": `"ab"`, "_run_id": `"r"`, "_scored_at": `2023-11-14 22:13:20.000001Z`,
	}
	for name, rows := range map[string]int64{"out": m.RowsOut, "bad": m.Rejected} {
		got := d.read(t, name)
		if last := got.cols[len(got.cols)-len(want):]; !slices.Equal(last, engine.LineageNames) {
			t.Errorf("%s: the last columns are %q, want %q", name, last, engine.LineageNames)
		}
		for col, value := range want {
			cells := got.rows[col]
			if int64(len(cells)) != rows || slices.ContainsFunc(cells, func(c string) bool { return c != value }) {
				t.Errorf("%s: %s is %q in %d rows, want %s in %d", name, col, cells[:1], len(cells), value, rows)
			}
		}
	}
}
