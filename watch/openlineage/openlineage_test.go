package openlineage

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"leapscore/engine/summary"
	"leapscore/runs"
)

func number(v float64) *float64 { return &v }

// record is that of a run that was committed.
func record() *runs.Record {
	return &runs.Record{
		RunID: "night-1", Status: runs.OK,
		Models: []runs.Model{{Path: "m.zip", Identity: runs.Identity{Name: "homes", SHA256: "ab"}}},
		Source: runs.Source{
			Kind: runs.Files, Patterns: []string{"s3://lake/homes/*.parquet?region=eu"}, FilesKnown: true,
			Files: []runs.File{{Name: "s3://lake/homes/a.parquet?region=eu", Size: 3}, {Name: "s3://lake/homes/x/b.parquet?region=eu", Size: 4}},
		},
		Counts:  runs.Counts{In: 10, Out: 8, Skipped: 1, Rejected: 1},
		Plan:    &runs.Plan{Read: []runs.Column{{Name: "city", Type: "utf8"}, {Name: "id", Type: "int64"}}},
		Rejects: &runs.Rejects{Path: "/bad", Rows: 1, Files: []runs.Written{{Bytes: 5}}},
		Output: runs.Output{
			Path:    "/preds",
			Columns: []runs.Column{{Name: "id", Type: "int64", From: []string{"id"}, Kept: true}, {Name: "price", Type: "float64", From: []string{"city"}}},
			Files:   []runs.Written{{Rows: 8, Bytes: 80}},
		},
		Summary: &summary.Summary{Rows: 8, Columns: []summary.Column{
			{Name: "price", Rows: 8, Nulls: 1, Numbers: &summary.Numbers{
				Count: 7, Min: number(1), Max: number(9), Distinct: 5, Quantiles: []summary.Quantile{{P: 0.5, Value: 4}},
			}},
			{Name: "kind", Rows: 8, Labels: &summary.Labels{Distinct: 2}},
		}},
	}
}

func newRun() *Run {
	return &Run{
		ID: "0189d3a5-5f5e-7c50-9a52-9d5f0f2b8a11", Namespace: "prod", Job: "homes", Producer: "urn:leapscore:1", Version: "1",
		NominalStart: "2026-01-31T00:00:00Z", NominalEnd: "2026-02-01T00:00:00Z",
		Parent: &Parent{"airflow", "dag.task", "0189d3a5-5f5e-7c50-9a52-9d5f0f2b8a12"},
	}
}

// decoded checks that e is as the specification wants every event and every facet
// to be, and returns it as JSON.
func decoded(t *testing.T, e *Event) map[string]any {
	t.Helper()
	data, err := e.encode()
	if err != nil {
		t.Fatal(err)
	}
	var x map[string]any
	if err := json.Unmarshal(data, &x); err != nil {
		t.Fatal(err)
	}
	if _, err := time.Parse(time.RFC3339, x["eventTime"].(string)); err != nil {
		t.Error(err)
	}
	if u := x["schemaURL"]; u != "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent" {
		t.Errorf("schemaURL %v", u)
	}
	if _, err := uuid.Parse(at(x, "run", "runId").(string)); err != nil {
		t.Error(err)
	}
	checkFacets(t, at(x, "run", "facets"))
	checkFacets(t, at(x, "job", "facets"))
	for _, list := range []string{"inputs", "outputs"} {
		for _, d := range x[list].([]any) {
			for _, name := range []string{"namespace", "name"} {
				if s, _ := at(d, name).(string); s == "" {
					t.Errorf("a dataset of %s without %s", list, name)
				}
			}
			checkFacets(t, at(d, "facets"))
			checkFacets(t, at(d, strings.TrimSuffix(list, "s")+"Facets"))
		}
	}
	return x
}

// required are the fields that a facet must have besides those that all have.
var required = map[string][]string{
	"nominalTime": {"nominalStartTime"}, "parent": {"run", "job"}, "errorMessage": {"message", "programmingLanguage"},
	"processing_engine": {"version"}, "jobType": {"processingType", "integration"}, "sql": {"query"},
	"columnLineage": {"fields"}, "dataQualityMetrics": {"columnMetrics"},
}

func checkFacets(t *testing.T, facets any) {
	t.Helper()
	if facets == nil {
		return
	}
	for name, f := range facets.(map[string]any) {
		for _, field := range append([]string{"_producer", "_schemaURL"}, required[name]...) {
			if at(f, field) == nil {
				t.Errorf("the facet %s has no %s", name, field)
			}
		}
		for _, field := range []string{"_producer", "_schemaURL"} {
			if u, err := url.Parse(at(f, field).(string)); err != nil || u.Scheme == "" {
				t.Errorf("the facet %s has no URI as %s: %v", name, field, at(f, field))
			}
		}
	}
}

// at returns a field of nested objects and lists, or nil.
func at(x any, path ...any) any {
	for _, p := range path {
		switch v := x.(type) {
		case map[string]any:
			x = v[fmt.Sprint(p)]
		case []any:
			i, ok := p.(int)
			if !ok || i >= len(v) {
				return nil
			}
			x = v[i]
		default:
			return nil
		}
	}
	return x
}

func TestEventsOfARun(t *testing.T) {
	x := newRun()
	start, end := decoded(t, x.Event(Start, record())), decoded(t, x.Event(Complete, record()))
	for _, c := range []struct {
		in   any
		path []any
		want any
	}{
		{start, []any{"eventType"}, "START"},
		{end, []any{"eventType"}, "COMPLETE"},
		{start, []any{"run", "runId"}, at(end, "run", "runId")},
		{start, []any{"run", "facets", "nominalTime", "nominalEndTime"}, "2026-02-01T00:00:00Z"},
		{start, []any{"run", "facets", "parent", "job", "name"}, "dag.task"},
		{start, []any{"run", "facets", "leapscore_run", "models", 0, "sha256"}, "ab"},
		{start, []any{"job", "namespace"}, "prod"},
		{start, []any{"inputs", 0, "namespace"}, "s3://lake"},
		{start, []any{"inputs", 0, "name"}, "homes"},
		{start, []any{"inputs", 0, "facets", "schema", "fields", 0, "name"}, "city"},
		{start, []any{"inputs", 0, "inputFacets"}, nil},
		{end, []any{"inputs", 0, "inputFacets", "inputStatistics", "rowCount"}, 10.0},
		{end, []any{"inputs", 0, "inputFacets", "inputStatistics", "fileCount"}, 2.0},
		{end, []any{"inputs", 0, "inputFacets", "inputStatistics", "size"}, 7.0},
		{start, []any{"outputs", 0, "facets", "schema", "fields", 1, "type"}, "float64"},
		{start, []any{"outputs", 0, "facets", "columnLineage", "fields", "price", "inputFields", 0, "field"}, "city"},
		{start, []any{"outputs", 0, "facets", "columnLineage", "fields", "price", "inputFields", 0, "transformations", 0, "subtype"}, "TRANSFORMATION"},
		{start, []any{"outputs", 0, "facets", "columnLineage", "fields", "id", "inputFields", 0, "transformations", 0, "subtype"}, "IDENTITY"},
		{start, []any{"outputs", 0, "facets", "dataQualityMetrics"}, nil},
		{end, []any{"outputs", 0, "outputFacets", "outputStatistics", "size"}, 80.0},
		{end, []any{"outputs", 0, "facets", "dataQualityMetrics", "columnMetrics", "price", "quantiles", "0.5"}, 4.0},
		{end, []any{"outputs", 0, "facets", "dataQualityMetrics", "columnMetrics", "price", "count"}, 7.0},
		{end, []any{"outputs", 0, "facets", "dataQualityMetrics", "columnMetrics", "kind", "distinctCount"}, 2.0},
		{end, []any{"outputs", 1, "name"}, "/bad"},
		{end, []any{"outputs", 1, "outputFacets", "outputStatistics", "rowCount"}, 1.0},
	} {
		if got := at(c.in, c.path...); got != c.want {
			t.Errorf("%v is %v, want %v", c.path, got, c.want)
		}
	}
}

func TestEventsOfARunThatFails(t *testing.T) {
	r := record()
	r.Error = "row 7 is bad"
	e := decoded(t, newRun().Event(Fail, r))
	if at(e, "run", "facets", "errorMessage", "message") != "row 7 is bad" || at(e, "outputs", 0, "outputFacets") != nil {
		t.Errorf("%v", e)
	}
	// Before there was a plan, nothing is known of tables.
	e = decoded(t, newRun().Event(Fail, &runs.Record{Error: "no such model"}))
	if diff := cmp.Diff([]any{}, e["inputs"]); diff != "" {
		t.Errorf("inputs (-want +got)\n%s", diff)
	}
}

func TestAQueryIsToldAsText(t *testing.T) {
	r := record()
	r.Source = runs.Source{Kind: runs.Query, Query: "FROM x", FilesKnown: true, Files: []runs.File{
		{Name: "/a/1.parquet", Size: 1}, {Name: "/a/2.parquet", Size: 2}, {Name: "/b/3.parquet", Size: 3},
	}}
	e := decoded(t, newRun().Event(Complete, r))
	if at(e, "job", "facets", "sql", "query") != "FROM x" || at(e, "outputs", 0, "facets", "columnLineage") != nil {
		t.Errorf("%v", e)
	}
	if at(e, "inputs", 0, "name") != "/a" || at(e, "inputs", 1, "name") != "/b/3.parquet" || at(e, "inputs", 1, "inputFacets", "inputStatistics", "size") != 3.0 {
		t.Errorf("inputs %v", e["inputs"])
	}
}

func TestNamesOfDatasets(t *testing.T) {
	here, err := filepath.Abs("preds")
	if err != nil {
		t.Fatal(err)
	}
	for where, want := range map[string][2]string{
		"/data/preds":                        {"file", "/data/preds"},
		"preds/":                             {"file", here},
		"file:///data/preds":                 {"file", "/data/preds"},
		"s3://bucket/a/b?region=eu":          {"s3://bucket", "a/b"},
		"s3://bucket?region=eu&prefix=a/b/":  {"s3://bucket", "a/b"},
		"gs://bucket/t/":                     {"gs://bucket", "t"},
		"gs://bucket":                        {"gs://bucket", "/"},
		"azblob://container/t?protocol=http": {"wasbs://container@acc.blob.core.windows.net", "t"},
	} {
		x := &Run{Account: "acc"}
		if ns, name := x.name(where); ns != want[0] || name != want[1] {
			t.Errorf("%s is %s %s, want %v", where, ns, name, want)
		}
	}
	for pattern, want := range map[string]string{
		"in/*.csv": "in", "in/a?.csv": "in", "*.csv": ".", "/*/x": "/", "in/a.csv": "in/a.csv", "s3://b/x/**/*.parquet?region=eu": "s3://b/x",
		"s3://b/x/a.parquet?region=eu": "s3://b/x/a.parquet?region=eu", "in/{a,b}.csv": "in",
	} {
		if got := folder(pattern); got != want {
			t.Errorf("%s is in %s, want %s", pattern, got, want)
		}
	}
}

func TestParents(t *testing.T) {
	const id = "0189d3a5-5f5e-7c50-9a52-9d5f0f2b8a11"
	p, err := ParseParent("prod/dag%2Ftask/" + id)
	if diff := cmp.Diff(&Parent{"prod", "dag/task", id}, p); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if p, err := ParseParent(""); p != nil || err != nil {
		t.Errorf("%v, %v without a parent", p, err)
	}
	for _, bad := range []string{"x", "a/b/c", "a/" + id} {
		if _, err := ParseParent(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	if got, _ := NewID(id); got != id {
		t.Errorf("the id %s became %s", id, got)
	}
	one, _ := NewID("night-1")
	two, _ := NewID("night-1")
	if uuid.Validate(one) != nil || one == two {
		t.Errorf("two attempts have the ids %s and %s", one, two)
	}
}

func TestEventsAreSent(t *testing.T) {
	var paths, keys, bodies []string
	status := []int{http.StatusInternalServerError, http.StatusCreated, http.StatusBadRequest}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		paths, keys, bodies = append(paths, r.URL.Path), append(keys, r.Header.Get("Authorization")), append(bodies, string(data))
		w.WriteHeader(status[0])
		fmt.Fprint(w, "said the server")
		status = status[1:]
	}))
	defer srv.Close()
	to, err := NewTarget(srv.URL+"/root/", "", "secret")
	if err != nil {
		t.Fatal(err)
	}
	e := newRun().Event(Start, record())
	if err := to.Send(t.Context(), e); err != nil {
		t.Errorf("a server that fails once: %v", err)
	}
	if err := to.Send(t.Context(), e); err == nil || !strings.Contains(err.Error(), "400 Bad Request: said the server") {
		t.Errorf("a server that refuses: %v", err)
	}
	want, _ := e.encode()
	for i := range 3 {
		if paths[i] != "/root/api/v1/lineage" || keys[i] != "Bearer secret" || bodies[i] != string(want) {
			t.Errorf("request %d: %s %s %s", i, paths[i], keys[i], bodies[i])
		}
	}
	srv.Close()
	if err := to.Send(t.Context(), e); err == nil {
		t.Error("no error without a server")
	}
	if _, err := NewTarget("ftp://x", "", ""); err == nil {
		t.Error("ftp was taken")
	}
	other, err := NewTarget("https://x", "/api/v2/events?a=b", "")
	if err != nil || !strings.HasPrefix(other.url, "https://x/api/v2/events") {
		t.Errorf("%v %v", other, err)
	}
}

func TestEventsAreLinesOfAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events")
	for _, where := range []string{path, "file://" + path} {
		to, err := NewTarget(where, "", "")
		if err != nil {
			t.Fatal(err)
		}
		if err := to.Send(t.Context(), newRun().Event(Start, record())); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if len(lines) != 2 || !json.Valid([]byte(lines[0])) || !json.Valid([]byte(lines[1])) {
		t.Errorf("%d lines: %s", len(lines), data)
	}
}
