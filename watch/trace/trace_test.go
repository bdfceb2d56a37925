package trace

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// receiver is a collector: it takes OTLP over HTTP.
type receiver struct {
	mu       sync.Mutex
	path     string
	resource map[string]string
	spans    []*spans.Span
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body := io.Reader(req.Body)
	if req.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body = z
	}
	data, err := io.ReadAll(body)
	got := new(collector.ExportTraceServiceRequest)
	if err == nil {
		err = proto.Unmarshal(data, got)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.path = req.URL.Path
	for _, rs := range got.ResourceSpans {
		r.resource = attributes(rs.Resource.Attributes)
		for _, s := range rs.ScopeSpans {
			r.spans = append(r.spans, s.Spans...)
		}
	}
}

func attributes(kvs []*common.KeyValue) map[string]string {
	m := map[string]string{}
	for _, kv := range kvs {
		m[kv.Key] = kv.Value.GetStringValue()
	}
	return m
}

// tree returns the names of spans with their parents' names, and how many there are.
func (r *receiver) tree() map[string]int {
	names := map[string]string{}
	for _, s := range r.spans {
		names[string(s.SpanId)] = s.Name
	}
	tree := map[string]int{}
	for _, s := range r.spans {
		tree[names[string(s.ParentSpanId)]+" > "+s.Name]++
	}
	return tree
}

func listen(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	srv := httptest.NewServer(r)
	t.Cleanup(srv.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", srv.URL)
	return r
}

func start(t *testing.T) *Tracer {
	t.Helper()
	tr, err := Start(t.Context(), "leapscore score", "v1", time.Now().Add(-time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func TestSpansOfARun(t *testing.T) {
	r := listen(t)
	t.Setenv("TRACEPARENT", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	t.Setenv("OTEL_SERVICE_NAME", "nightly")
	tr := start(t)
	tr.Past("load", time.Now().Add(-time.Second), time.Now())
	score := tr.Stage("score")
	one, two := tr.Split(0, "a.parquet"), tr.Split(1, "b.parquet")
	two(nil)
	one(errors.New("row 7 is bad"))
	score(errors.New("row 7 is bad"))
	tr.Set(map[string]string{"leapscore.run_id": "night-1"})
	if err := tr.End(errors.New("row 7 is bad")); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{" > leapscore score": 1, "leapscore score > load": 1, "leapscore score > score": 1, "score > split": 2}
	if diff := cmp.Diff(want, r.tree()); diff != "" {
		t.Errorf("spans (-want +got)\n%s", diff)
	}
	if r.path != "/v1/traces" || r.resource["service.name"] != "nightly" || r.resource["service.version"] != "v1" {
		t.Errorf("sent to %s by %v", r.path, r.resource)
	}
	for _, s := range r.spans {
		if got := string(s.TraceId); got != "\x0a\xf7\x65\x19\x16\xcd\x43\xdd\x84\x48\xeb\x21\x1c\x80\x31\x9c" {
			t.Errorf("%s has the trace %x, want that of the scheduler", s.Name, got)
		}
		failed := s.Name == "score" || s.Name == "leapscore score" || attributes(s.Attributes)["leapscore.source"] == "a.parquet"
		if got := s.Status.GetCode() == spans.Status_STATUS_CODE_ERROR; got != failed {
			t.Errorf("%s has the status %v", s.Name, s.Status)
		}
		if s.Name == "leapscore score" {
			if string(s.ParentSpanId) != "\xb7\xad\x6b\x71\x69\x20\x33\x31" {
				t.Errorf("the run has the parent %x", s.ParentSpanId)
			}
			if took := s.EndTimeUnixNano - s.StartTimeUnixNano; took < uint64(time.Minute) {
				t.Errorf("the run took %v, want a minute", time.Duration(took))
			}
			if attributes(s.Attributes)["leapscore.run_id"] != "night-1" {
				t.Errorf("the run has the attributes %v", s.Attributes)
			}
		}
	}
}

func TestManySplitsAreNotAllSent(t *testing.T) {
	r := listen(t)
	t.Setenv("OTEL_BSP_MAX_QUEUE_SIZE", "100000")
	tr := start(t)
	score := tr.Stage("score")
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := w; i < 10_000; i += 4 {
				end := tr.Split(i, "x")
				if i == 9000 {
					end(errors.New("bad"))
				} else {
					end(nil)
				}
			}
		})
	}
	wg.Wait()
	score(nil)
	if err := tr.End(nil); err != nil {
		t.Fatal(err)
	}
	if got := r.tree()["score > split"]; got != eachSplit+1 {
		t.Errorf("%d spans of splits, want %d and the one that failed", got, eachSplit)
	}
	for _, s := range r.spans {
		for _, a := range s.Attributes {
			if a.Key == "leapscore.splits" && a.Value.GetIntValue() != 10_000 {
				t.Errorf("the stage had %d splits, want 10000", a.Value.GetIntValue())
			}
		}
	}
}

func TestWithoutVariablesNothingIsTraced(t *testing.T) {
	r := listen(t)
	for name, value := range map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "", "OTEL_SDK_DISABLED": "true", "OTEL_TRACES_EXPORTER": "none"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, value)
			tr := start(t)
			if tr != nil {
				t.Fatal("there is a tracer")
			}
			tr.Past("load", time.Now(), time.Now())
			tr.Stage("score")(nil)
			tr.Split(1, "x")(nil)
			tr.Set(nil)
			tr.Count(nil)
			if err := tr.End(nil); err != nil {
				t.Error(err)
			}
		})
	}
	if len(r.spans) > 0 {
		t.Errorf("%d spans were sent", len(r.spans))
	}
}

func TestACollectorThatIsGoneIsAnErrorAtTheEnd(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", srv.URL+"/v1/traces")
	t.Setenv("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "500")
	tr := start(t)
	if err := tr.End(nil); err == nil {
		t.Error("no error")
	}
	t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
	if _, err := Start(t.Context(), "x", "v1", time.Now()); err == nil || !strings.Contains(err.Error(), "want http/protobuf") {
		t.Errorf("error %v with another protocol", err)
	}
}
