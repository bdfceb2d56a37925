package job_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/engine/enginetest"
	"leapscore/job"
)

// workspace makes a folder with two bundles and rows, and goes there.
func workspace(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, data := range map[string][]byte{
		"error.zip": enginetest.Linear("error").Zip(),
		"keep.zip":  enginetest.Linear("keep").Zip(),
		"homes.csv": []byte("id,city,kind,rooms,area\n1,Rome,flat,5,164\n2,Atlantis,house,3,100\n"),
	} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func listing(t *testing.T) (names []string) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		names = append(names, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// parse reads a Spec that is written with semicolons for ends of lines.
func parse(t *testing.T, text string) job.Spec {
	t.Helper()
	s, err := job.Parse([]byte(strings.ReplaceAll(text, "; ", "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// run runs a job to its end.
func run(t *testing.T, s job.Spec) (*job.Result, error) {
	t.Helper()
	j, err := job.Open(t.Context(), s)
	if err != nil {
		return nil, err
	}
	defer func() {
		if _, err := j.Run(t.Context(), nil); err == nil {
			t.Error("a job is run twice")
		}
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	}()
	return j.Run(t.Context(), nil)
}

const scoring = "model: error.zip; input: homes.csv; output: prices; on-error: reject; rejects: bad; record: record.json; metrics-file: m.prom"

func TestAJobThatIsOnlyOpenedWritesNothing(t *testing.T) {
	workspace(t)
	before := listing(t)
	j, err := job.Open(t.Context(), parse(t, scoring))
	if err != nil {
		t.Fatal(err)
	}
	if plan := j.Plan(); len(plan.Columns) != 2 || plan.Columns[1].Name != "price" || plan.Query != nil {
		t.Errorf("planned %+v", plan)
	}
	if err := j.Close(); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff(before, listing(t)); d != "" {
		t.Errorf("written (-before +after):\n%s", d)
	}
}

func TestOutcomesOfRuns(t *testing.T) {
	workspace(t)
	for _, c := range []struct {
		spec string
		want job.Outcome
		out  int64
		json string
	}{
		{scoring + "; run-id: a", job.Done, 1, `{"run_id":"a"`},
		{scoring + "; run-id: a", job.FinishedBefore, 1, `{"skipped":true,"run_id":"a"`},
		{scoring + "; run-id: a; rerun: true", job.Done, 1, `{"run_id":"a"`},
		{scoring + "; mode: ignore", job.Ignored, 1, `{"ignored":true,"run_id":"a"`},
		{scoring + "; incremental: true", job.NothingNew, 1, `{"skipped":true,"run_id":"a"`},
		{"model: keep.zip; retry-rejects: bad; output: prices; run-id: b", job.Done, 1, `{"run_id":"b"`},
		{"model: keep.zip; retry-rejects: bad; output: prices", job.RetriedBefore, 1, `{"skipped":true,"run_id":"b"`},
	} {
		res, err := run(t, parse(t, c.spec))
		if err != nil {
			t.Fatalf("%s: %v", c.spec, err)
		}
		data, err := json.Marshal(res)
		if err != nil || res.Outcome != c.want || res.Manifest.RowsOut != c.out || !strings.HasPrefix(string(data), c.json) {
			t.Errorf("%s: %s, %d rows, %s, %v", c.spec, res.Outcome, res.Manifest.RowsOut, data, err)
		}
	}
}

// A job that fails has a class of error, and leaves no files but rows that it has
// rejected.
func TestFailuresHaveClasses(t *testing.T) {
	workspace(t)
	if _, err := run(t, parse(t, scoring+"; run-id: a")); err != nil {
		t.Fatal(err)
	}
	before := listing(t)
	for spec, want := range map[string]job.Class{
		"model: error.zip": job.ClassUsage,
		"model: none.zip; input: homes.csv; output: x":                                                        job.ClassModel,
		"model: error.zip; input: none.csv; output: x":                                                        job.ClassUsage,
		"model: error.zip; input: homes.csv; output: x":                                                       job.ClassFailed,
		"model: error.zip; input: homes.csv; output: prices":                                                  job.ClassExists,
		"model: error.zip; input: homes.csv; output: x; min-rows: 9; on-error: reject; rejects: y; run-id: b": job.ClassBudget,
		"model: keep.zip; input: homes.csv; output: prices; run-id: a":                                        job.ClassContract,
		"model: error.zip; sql: \"SELECT 'x' AS city\"; output: x":                                            job.ClassContract,
		"model: keep.zip; input: homes.csv; output: x; min-rows: 5":                                           job.ClassBudget,
	} {
		if _, err := run(t, parse(t, spec)); job.ClassOf(err) != want {
			t.Errorf("%s: class %q, want %q: %v", spec, job.ClassOf(err), want, err)
		}
	}
	want := append(before, "y", "y/_leapscore", "y/_leapscore/failed", "y/_leapscore/failed/b.parquet")
	if d := cmp.Diff(want, listing(t)); d != "" {
		t.Errorf("left behind (-want +found):\n%s", d)
	}
}
