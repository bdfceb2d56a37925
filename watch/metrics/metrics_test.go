package metrics

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"leapscore/engine/summary"
	"leapscore/runs"
)

func record() *runs.Record {
	return &runs.Record{
		Status: runs.OK, Started: "2026-01-31T00:00:00Z", Finished: "2026-01-31T00:01:30.5Z",
		Seconds: map[string]float64{"load": 0.5, "score": 80},
		Models:  []runs.Model{{Identity: runs.Identity{Name: "homes", Version: "0.25.2", SHA256: "ab"}}},
		Counts:  runs.Counts{In: 10, Out: 7, Skipped: 1, Rejected: 2},
		Output:  runs.Output{Files: []runs.Written{{Bytes: 100}, {Bytes: 23}}},
		Rejects: &runs.Rejects{Codes: map[string]int64{"null": 2}},
		Drift:   &summary.Drift{Columns: []summary.ColumnDrift{{Column: `pro"bability[0]`, PSI: 0.25}}},
	}
}

func failed() *runs.Record {
	return &runs.Record{Status: runs.Failed, ExitCode: 5, Finished: "2026-02-01T00:00:00Z"}
}

// parse returns the values of metrics in text, by name and labels.
func parse(t *testing.T, r io.Reader) map[string]float64 {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(r)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		lint(t, f)
		add(got, f)
	}
	return got
}

// lint checks what promtool does: names have units and are not those of counters, and
// all are gauges, since a batch job shows its last run only.
func lint(t *testing.T, f *dto.MetricFamily) {
	t.Helper()
	if f.GetHelp() == "" {
		t.Errorf("%s has no help", f.GetName())
	}
	if f.GetType() != dto.MetricType_GAUGE {
		t.Errorf("%s is a %s, want a gauge", f.GetName(), f.GetType())
	}
	problems, err := promlint.NewWithMetricFamilies([]*dto.MetricFamily{f}).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("%s: %v, %v", f.GetName(), problems, err)
	}
}

func add(got map[string]float64, f *dto.MetricFamily) {
	for _, m := range f.Metric {
		name := f.GetName()
		for _, l := range m.Label {
			name += " " + l.GetName() + "=" + l.GetValue()
		}
		got[name] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
	}
}

const success = 1769817690.5

func TestFileHasTheRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leapscore.prom")
	opt := Options{Pipeline: "nightly", Labels: map[string]string{"team": "a"}}
	if err := WriteFile(path, record(), opt); err != nil {
		t.Fatal(err)
	}
	with := func(name string) string { return "leapscore_" + name + " pipeline=nightly team=a" }
	labelled := func(name, label, value string) string {
		if label < "pipeline" {
			return "leapscore_" + name + " " + label + "=" + value + " pipeline=nightly team=a"
		}
		return "leapscore_" + name + " pipeline=nightly " + label + "=" + value + " team=a"
	}
	want := map[string]float64{
		with("last_success_timestamp_seconds"):               success,
		with("run_duration_seconds"):                         90.5,
		with("output_files"):                                 2,
		with("output_bytes"):                                 123,
		labelled("stage_duration_seconds", "stage", "load"):  0.5,
		labelled("stage_duration_seconds", "stage", "score"): 80,
		labelled("rows", "result", "in"):                     10,
		labelled("rows", "result", "out"):                    7,
		labelled("rows", "result", "skipped"):                1,
		labelled("rows", "result", "rejected"):               2,
		labelled("rejected_rows", "code", "null"):            2,
		labelled("drift_psi", "column", `pro"bability[0]`):   0.25,
		"leapscore_model_info label= model=homes pipeline=nightly sha256=ab team=a version=0.25.2": 1,
	}
	check := func() {
		t.Helper()
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if diff := cmp.Diff(want, parse(t, f)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	check()

	// A failure adds itself, and leaves the success as it was.
	if err := WriteFile(path, failed(), opt); err != nil {
		t.Fatal(err)
	}
	want[with("last_failure_timestamp_seconds")] = 1769904000
	want[with("last_failure_exit_code")] = 5
	check()
	if names, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); err != nil || len(names) != 1 {
		t.Errorf("files are %v (%v), want one", names, err)
	}
}

// The file has the mode that the umask leaves, and no metrics that are counters no more.
func TestFilesOfEarlierVersionsAreMended(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o027))
	path := filepath.Join(t.TempDir(), "leapscore.prom")
	old := "# HELP leapscore_rows_total Rows.\n# TYPE leapscore_rows_total counter\nleapscore_rows_total{result=\"in\"} 7\n"
	if err := os.WriteFile(path, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, record(), Options{Pipeline: "p"}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v (%v), want 0640", info.Mode(), err)
	}
	data, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(data), "_total") {
		t.Errorf("%v: %s", err, data)
	}
}

func TestFileThatIsNoneIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leapscore.prom")
	if err := os.WriteFile(path, []byte("rubbish{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, failed(), Options{Pipeline: "p"}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := parse(t, bytes.NewReader(data)); len(got) != 2 {
		t.Errorf("metrics are %v", got)
	}
	if err := WriteFile(filepath.Join(t.TempDir(), "no", "x.prom"), failed(), Options{}); err == nil {
		t.Error("written into a folder that is not there")
	}
}

// gateway is a listener that notes what is pushed.
type gateway struct {
	method, path string
	got          map[string]float64
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.method, g.path, g.got = r.Method, r.URL.EscapedPath(), map[string]float64{}
	dec := expfmt.NewDecoder(r.Body, expfmt.ResponseFormat(r.Header))
	for {
		f := new(dto.MetricFamily)
		if err := dec.Decode(f); err == io.EOF {
			break
		} else if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		add(g.got, f)
	}
	w.WriteHeader(http.StatusAccepted)
}

func TestPushAddsToTheGroup(t *testing.T) {
	g := &gateway{}
	srv := httptest.NewServer(g)
	defer srv.Close()
	opt := Options{Pipeline: "nightly/eu", Labels: map[string]string{"team": "a"}}
	if err := Push(t.Context(), srv.URL, record(), opt); err != nil {
		t.Fatal(err)
	}
	// POST replaces metrics of the same names only.
	const job, pipeline, team = "/metrics/job/leapscore", "/pipeline@base64/bmlnaHRseS9ldQ", "/team/a"
	if g.method != http.MethodPost || g.path != job+pipeline+team && g.path != job+team+pipeline {
		t.Errorf("%s %s, want POST %s%s%s", g.method, g.path, job, pipeline, team)
	}
	if g.got["leapscore_last_success_timestamp_seconds"] != success || g.got["leapscore_rows result=out"] != 7 || len(g.got) != 13 {
		t.Errorf("pushed %v", g.got)
	}
	if err := Push(t.Context(), srv.URL, failed(), opt); err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{"leapscore_last_failure_timestamp_seconds": 1769904000, "leapscore_last_failure_exit_code": 5}
	if diff := cmp.Diff(want, g.got); diff != "" {
		t.Errorf("after a failure (-want +got)\n%s", diff)
	}
}

func TestPushThatIsRefusedIsAnError(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	if err := Push(t.Context(), srv.URL, record(), Options{Pipeline: "p"}); err == nil {
		t.Error("no error")
	}
	srv.Close()
	if err := Push(t.Context(), srv.URL, record(), Options{Pipeline: "p"}); err == nil {
		t.Error("no error without a server")
	}
}
