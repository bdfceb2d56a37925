package engine_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/engine"
	"leapscore/engine/enginetest"
	"leapscore/engine/pipeline"
)

// Several models over one read give the tables of each, and the same bytes
// whatever the workers and batches.
func TestSeveralModelsOverOneReadGiveTheRowsOfEach(t *testing.T) {
	rows := enginetest.Homes(5, 600, 0)
	models := map[string]*pipeline.Model{
		"lr": load(t, enginetest.Linear("keep")), "rf": load(t, enginetest.Forest("keep")), "strict": load(t, enginetest.Linear("error")),
	}
	var parts []pipeline.Member
	for _, name := range []string{"lr", "rf", "strict"} {
		parts = append(parts, pipeline.Member{Name: name, Model: models[name]})
	}
	joined, err := pipeline.Join(parts)
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]string
	for _, workers := range []int{1, 2, 7} {
		for _, batch := range []int{1, 100, 8192} {
			d, m := score(t, engine.Job{Model: joined, Source: homes(rows, 99, 10), Outputs: []string{"all"}, Workers: workers, BatchRows: batch})
			if m.RowsIn != 600 || m.RowsOut != 600 {
				t.Fatalf("%d rows in, %d out", m.RowsIn, m.RowsOut)
			}
			if got := d.files(t); want == nil {
				want = got
				table := d.read(t, "out")
				for name, model := range models {
					alone, _ := score(t, engine.Job{Model: model, Source: homes(rows, 99, 10), Outputs: []string{"all"}, Keep: []string{"none"}})
					tab := alone.read(t, "out")
					for _, c := range tab.cols {
						if diff := cmp.Diff(tab.rows[c], table.rows[name+"_"+c]); diff != "" {
							t.Errorf("%s_%s (-alone +joined):\n%s", name, c, diff)
						}
					}
				}
			} else if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%d workers, batches of %d: other bytes", workers, batch)
			}
		}
	}
}

// A row that any of the models refuses is rejected, once, with the node and the
// models that have it.
func TestARowThatOneModelRefusesIsRejected(t *testing.T) {
	rows := enginetest.Homes(6, 500, 4)
	joined, err := pipeline.Join([]pipeline.Member{
		{Name: "loose", Model: load(t, enginetest.Linear("keep"))}, {Name: "strict", Model: load(t, enginetest.Forest("error"))},
	})
	if err != nil {
		t.Fatal(err)
	}
	d, m := score(t, engine.Job{Model: joined, Source: homes(rows, 99, 10), Workers: 2, Reject: true})
	bad := map[string]int{}
	for _, h := range rows {
		switch {
		case h.Rooms == nil:
			bad[`"loose:root/assemble_numbers.node"`]++
		case h.Bad():
			bad[`"strict:root/index_city.node"`]++
		}
	}
	got := map[string]int{}
	for _, node := range d.read(t, "bad").rows["_error_node"] {
		got[node]++
	}
	if diff := cmp.Diff(bad, got); diff != "" {
		t.Errorf("rejects by node (-want +got):\n%s", diff)
	}
	if m.RowsIn != m.RowsOut+m.Rejected {
		t.Errorf("%d rows in, %d out, %d rejected", m.RowsIn, m.RowsOut, m.Rejected)
	}
}
