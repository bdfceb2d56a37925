package engine_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/engine"
	"leapscore/engine/enginetest"
	"leapscore/sources"
	"leapscore/sources/files"
)

// The bytes of a limited run and of a sample do not depend on who does the work
// either, and its rows conserve.
func TestLimitsAndSamplesGiveTheSameBytesWhateverTheWorkers(t *testing.T) {
	rows := enginetest.Homes(9, 600, 6)
	m := load(t, enginetest.Linear("error"))
	for name, pick := range map[string]func(sources.Source) sources.Source{
		"limit": func(s sources.Source) sources.Source { return sources.Limit(s, 333) },
		"sample": func(s sources.Source) sources.Source {
			sample, err := sources.Sample(s, 20, []string{"id", "note"})
			if err != nil {
				t.Fatal(err)
			}
			return sample
		},
	} {
		var want map[string]string
		for _, workers := range []int{1, 2, 7} {
			for _, batch := range []int{1, 100, 8192} {
				job := engine.Job{Model: m, Source: pick(homes(rows, 25, 6)), Workers: workers, BatchRows: batch, Reject: true}
				d, manifest := score(t, job)
				if manifest.RowsIn != manifest.RowsOut+manifest.Rejected || name == "limit" && manifest.RowsIn != 333 || manifest.Rejected == 0 {
					t.Fatalf("%s: %d rows in, %d out, %d rejected", name, manifest.RowsIn, manifest.RowsOut, manifest.Rejected)
				}
				if got := d.files(t); want == nil {
					want = got
				} else if diff := cmp.Diff(names(want), names(got)); diff != "" {
					t.Errorf("%s, %d workers: other files:\n%s", name, workers, diff)
				} else {
					for f := range want {
						if want[f] != got[f] {
							t.Errorf("%s, %d workers, batches of %d: %s differs", name, workers, batch, f)
						}
					}
				}
			}
		}
	}
}

// Rows that are rejected for a second time still name the place they came from,
// even those of a sample.
func TestRowsRejectedAgainKeepTheirPlace(t *testing.T) {
	rows := enginetest.Homes(10, 300, 5)
	sample, err := sources.Sample(homes(rows, 25, 6), 60, []string{"id"})
	if err != nil {
		t.Fatal(err)
	}
	m := load(t, enginetest.Linear("error"))
	first, _ := score(t, engine.Job{Model: m, Source: sample, Reject: true})
	bad, err := files.Open(t.Context(), []string{"bad"}, sources.Options{Opener: first.store()})
	if err != nil {
		t.Fatal(err)
	}
	defer bad.Close()
	again, err := engine.Rejected(bad, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	job := engine.Job{Model: m, Source: again, Reject: true, BatchRows: 3}
	d, manifest := score(t, job)
	if manifest.RowsIn == 0 || manifest.RowsIn != manifest.Rejected {
		t.Fatalf("%d rows in, %d rejected, want all", manifest.RowsIn, manifest.Rejected)
	}
	was, is := first.read(t, "bad"), d.read(t, "bad")
	if diff := cmp.Diff(was, is, cmp.AllowUnexported(table{})); diff != "" {
		t.Errorf("rejects of rejects (-first +second):\n%s", diff)
	}
	for i, id := range is.rows["id"] {
		if is.rows["_source_row"][i] != id {
			t.Errorf("row %s is said to be row %s", id, is.rows["_source_row"][i])
		}
	}
}

func TestRejectedRefusesOtherTables(t *testing.T) {
	if _, err := engine.Rejected(homes(nil, 1, 1), false, nil); err == nil || !strings.Contains(err.Error(), "this is no table of rejects: it has no column _error_code, ") {
		t.Errorf("%v, want an error that says it is no table of rejects", err)
	}
}
