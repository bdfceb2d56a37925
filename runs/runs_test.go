package runs_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"leapscore/engine/store"
	"leapscore/runs"
)

func TestIDsAreThoseThatNamesOfFilesCanBe(t *testing.T) {
	for _, id := range []string{"a", "7", "night-1", "scheduled__2026-01-31T00:00:00+00:00", "x.y~z@k=v", strings.Repeat("a", 200)} {
		if err := runs.CheckID(id); err != nil {
			t.Errorf("%q: %v", id, err)
		}
	}
	for _, id := range []string{"", ".", "..", ".a", "_a", "-a", "a/b", `a\b`, "a b", "a\n", "é", strings.Repeat("a", 201)} {
		if err := runs.CheckID(id); err == nil {
			t.Errorf("%q was taken", id)
		}
	}
}

func TestIDsMadeOfTimesSortByThem(t *testing.T) {
	early := runs.NewID(time.Date(2026, 1, 31, 23, 59, 59, 0, time.FixedZone("", 3600)))
	late := runs.NewID(time.Date(2026, 1, 31, 23, 0, 0, 0, time.UTC))
	if early >= late || runs.CheckID(early) != nil {
		t.Errorf("%s is not before %s", early, late)
	}
}

func write(t *testing.T, st *store.Store, r *runs.Record) {
	t.Helper()
	data, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := st.WriteFile(t.Context(), "preds/"+runs.Name(r.RunID), data); err != nil {
		t.Fatal(err)
	}
}

func TestRecordsComeBackAsTheyWere(t *testing.T) {
	st := store.New(&store.Mem{})
	want := &runs.Record{
		Format: runs.FormatV1, RunID: "r", Status: runs.OK, Started: "2026-01-31T00:00:00Z", Seconds: map[string]float64{"score": 1.5},
		Models:  []runs.Model{{Path: "m.zip", Identity: runs.Identity{Name: "m", SHA256: "ab"}}},
		Source:  runs.Source{Kind: runs.Files, FilesKnown: true, Files: []runs.File{{Name: "/a", Size: 3, ETag: "x"}}},
		Options: map[string]string{"keep": "[id]"},
		Counts:  runs.Counts{In: 4, Out: 2, Skipped: 1, Rejected: 1},
		Rejects: &runs.Rejects{Path: "bad", Rows: 1, Codes: map[string]int64{"NULL": 1}},
	}
	write(t, st, want)
	got, err := runs.ReadTable(t.Context(), st, "preds/", "r")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if _, err := runs.ReadTable(t.Context(), st, "preds", "other"); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("a record that is not there: %v", err)
	}
	if err := st.WriteFile(t.Context(), "x.json", []byte(`{"run_id":"r"}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := runs.Read(t.Context(), st, "x.json"); err == nil {
		t.Error("a file that is no record was taken for one")
	}
}

func TestHistoryFollowsTheCommits(t *testing.T) {
	st := store.New(&store.Mem{})
	write(t, st, &runs.Record{Format: runs.FormatV1, RunID: "a"})
	write(t, st, &runs.Record{Format: runs.FormatV1, RunID: "b", Previous: "a"})
	write(t, st, &runs.Record{Format: runs.FormatV1, RunID: "dead", Previous: "b"})
	write(t, st, &runs.Record{Format: runs.FormatV1, RunID: "c", Previous: "b"})
	write(t, st, &runs.Record{Format: runs.FormatV1, RunID: "late", Previous: "without"})
	write(t, st, &runs.Record{Format: runs.FormatV1, RunID: "loop", Previous: "pool"})
	write(t, st, &runs.Record{Format: runs.FormatV1, RunID: "pool", Previous: "loop"})
	for _, c := range []struct {
		last  string
		want  string
		whole bool
		fails bool
	}{
		{"", "", true, false},
		{"c", "c b a", true, false},
		{"late", "late", false, false},
		{"without", "", false, false},
		{"loop", "", false, true},
	} {
		list, whole, err := runs.History(t.Context(), st, "preds", c.last)
		var ids []string
		for _, r := range list {
			ids = append(ids, r.RunID)
		}
		if got := strings.Join(ids, " "); got != c.want || whole != c.whole || (err != nil) != c.fails {
			t.Errorf("from %q: %q, whole %v, %v", c.last, got, whole, err)
		}
	}
}

func TestRunsThatWereDoneAgainStandWhereTheyStood(t *testing.T) {
	st := store.New(&store.Mem{})
	write(t, st, &runs.Record{Format: runs.FormatV1, RunID: "a", Previous: "c", Redone: &runs.Redone{Times: 1}})
	write(t, st, &runs.Record{Format: runs.FormatV1, RunID: "b", Previous: "a", Redone: &runs.Redone{Times: 2, Previous: "a"}})
	write(t, st, &runs.Record{Format: runs.FormatV1, RunID: "c", Previous: "b"})
	list, whole, err := runs.History(t.Context(), st, "preds", "a")
	var ids []string
	for _, r := range list {
		ids = append(ids, r.RunID)
	}
	if got := strings.Join(ids, " "); got != "c b a" || !whole || err != nil {
		t.Errorf("%q, whole %v, %v", got, whole, err)
	}
}
