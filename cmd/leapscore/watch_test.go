package main

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"leapscore/engine/enginetest"
)

// watchers is a server that takes what runs tell: spans, events and metrics.
type watchers struct {
	mu     sync.Mutex
	spans  map[string]int // by name
	events []string       // types
	pushed []string       // methods
}

func (w *watchers) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		body, _ = gzip.NewReader(body)
	}
	data, _ := io.ReadAll(body)
	w.mu.Lock()
	defer w.mu.Unlock()
	switch r.URL.Path {
	case "/v1/traces":
		got := new(collector.ExportTraceServiceRequest)
		if err := proto.Unmarshal(data, got); err != nil {
			w.spans["unreadable"]++
		}
		for _, rs := range got.ResourceSpans {
			for _, ss := range rs.ScopeSpans {
				for _, s := range ss.Spans {
					w.spans[s.Name]++
				}
			}
		}
	case "/api/v1/lineage":
		var e struct{ EventType string }
		if err := json.Unmarshal(data, &e); err != nil {
			e.EventType = err.Error()
		}
		w.events = append(w.events, e.EventType)
	default:
		w.pushed = append(w.pushed, r.Method+" "+r.URL.Path)
	}
}

// TestServersAreToldHowARunWent runs the command against real listeners.
func TestServersAreToldHowARunWent(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	model := write("lr.zip", enginetest.Linear("error").Zip())
	good := write("good.csv", []byte("id,city,kind,rooms,area\n1,Rome,flat,5,164\n"))
	bad := write("more.csv", []byte("id,city,kind,rooms,area\n1,Atlantis,flat,5,164\n"))
	for _, c := range []struct {
		input  string
		exit   int
		spans  map[string]int
		events []string
	}{
		{good, exitOK, map[string]int{"leapscore score": 1, "load": 1, "plan": 1, "score": 1, "split": 1, "commit": 1}, []string{"START", "COMPLETE"}},
		{bad, exitFailed, map[string]int{"leapscore score": 1, "load": 1, "plan": 1, "score": 1, "split": 1}, []string{"START", "FAIL"}},
	} {
		w := &watchers{spans: map[string]int{}}
		srv := httptest.NewServer(w)
		t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", srv.URL)
		t.Setenv("OPENLINEAGE_URL", srv.URL)
		got := run([]string{"score", "--model", model, "--input", c.input, "--output", filepath.Join(t.TempDir(), "preds"), "--pushgateway", srv.URL, "--quiet"})
		srv.Close()
		if got != c.exit {
			t.Errorf("%s: exit code %d, want %d", c.input, got, c.exit)
		}
		if diff := cmp.Diff(c.spans, w.spans); diff != "" {
			t.Errorf("%s: spans (-want +got)\n%s", c.input, diff)
		}
		if diff := cmp.Diff(c.events, w.events); diff != "" {
			t.Errorf("%s: events (-want +got)\n%s", c.input, diff)
		}
		if diff := cmp.Diff([]string{"POST /metrics/job/leapscore/pipeline/preds"}, w.pushed); diff != "" {
			t.Errorf("%s: metrics (-want +got)\n%s", c.input, diff)
		}
	}
}

// A run that a signal ends was called off, and did not fail.
func TestASignalIsAnAbort(t *testing.T) {
	f := newFixture(t, 10)
	cmd, stderr := f.start(t, "score", "--model", "lr.zip", "--output", "table", "--openlineage", "events.jsonl",
		"--sql", "SELECT 'Rome' AS city, 'flat' AS kind, i % 7 AS rooms, 1.5 AS area FROM range(100000000000) t(i)")
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	f.await(t, "table/_temporary/lock", ended)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-ended
	data, err := os.ReadFile(f.path("events.jsonl"))
	if err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	var types []string
	for line := range strings.Lines(string(data)) {
		var e struct{ EventType string }
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		types = append(types, e.EventType)
	}
	if diff := cmp.Diff([]string{"START", "ABORT"}, types); diff != "" {
		t.Errorf("events (-want +got)\n%s", diff)
	}
}
