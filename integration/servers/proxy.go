package servers

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Fault is a way to fail a request.
type Fault uint8

// The faults. The faults named Half let the server do its work, and spoil the
// answer.
const (
	Pass      Fault = iota
	Error500        // 500 InternalError; the server does not see the request
	SlowDown        // 503 SlowDown; the server does not see the request
	Reset           // the connection is reset; the server does not see the request
	Stall           // nothing comes until the client gives up; the server does not see the request
	Lost            // the server does its work, then the connection is reset instead of an answer
	HalfReset       // half of the body comes, then the connection is reset
	HalfStall       // half of the body comes, then nothing more until the client gives up
	HalfShort       // half of the body comes, then the connection ends as if that were all
)

// Request is a request that a Proxy has seen.
type Request struct {
	N      int // counted from 1
	Method string
	Path   string // of the URL
	Query  string
	Range  string // the header
	Fault  Fault
}

// Proxy is an HTTP proxy before a Server.
type Proxy struct {
	// Server is the server, as seen through the proxy.
	*Server

	behind *Server
	http   *httptest.Server
	done   chan struct{}

	mu   sync.Mutex
	plan func(Request) Fault
	seen []Request
	busy int
}

// Every is a plan that lets every k-th request fail.
func Every(k int, f Fault) func(Request) Fault {
	return func(r Request) Fault {
		if r.N%k == 0 {
			return f
		}
		return Pass
	}
}

// At is a plan with one fault, at request k.
func At(k int, f Fault) func(Request) Fault {
	return func(r Request) Fault {
		if r.N == k {
			return f
		}
		return Pass
	}
}

// Through starts a proxy before s. Requests pass until Plan is called.
func Through(t testing.TB, s *Server) *Proxy {
	t.Helper()
	p := &Proxy{behind: s, done: make(chan struct{})}
	target := &url.URL{Scheme: "http", Host: s.Addr}
	backend := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			// S3 signs the host that the client named; fake-gcs-server wants
			// its own.
			if s.Scheme == "s3" {
				r.Out.Host = r.In.Host
			}
		},
		ModifyResponse: func(res *http.Response) error {
			// Sessions of uploads would go past the proxy.
			if to := res.Header.Get("Location"); to != "" {
				res.Header.Set("Location", strings.Replace(to, s.Addr, p.Addr, 1))
			}
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { hangUp(w, true) },
	}
	p.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.serve(w, r, backend)
	}))
	t.Cleanup(func() {
		close(p.done)
		p.http.Close()
	})
	front := strings.TrimPrefix(p.http.URL, "http://")
	p.Server = &Server{Scheme: s.Scheme, Bucket: s.Bucket, Addr: front, Dir: s.Dir, query: strings.ReplaceAll(s.query, s.Addr, front)}
	for _, e := range s.Env {
		p.Env = append(p.Env, strings.ReplaceAll(e, s.Addr, front))
	}
	return p
}

// Stop ends the server behind the proxy, and Start starts it again.
func (p *Proxy) Stop() { p.behind.Stop() }

// Start starts the server behind the proxy after Stop.
func (p *Proxy) Start(t testing.TB) {
	t.Helper()
	p.behind.Start(t)
}

// Plan says which requests fail from now on, and begins to count anew. nil lets
// all pass.
func (p *Proxy) Plan(plan func(Request) Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan, p.seen = plan, nil
}

// Seen returns the requests since the last Plan.
func (p *Proxy) Seen() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Request(nil), p.seen...)
}

// Busy is the number of requests that have no answer yet.
func (p *Proxy) Busy() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.busy
}

func (p *Proxy) decide(r *http.Request) Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	req := Request{N: len(p.seen) + 1, Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Range: r.Header.Get("Range")}
	if req.Range == "" {
		req.Range = r.Header.Get("X-Ms-Range")
	}
	if p.plan != nil {
		req.Fault = p.plan(req)
	}
	p.seen = append(p.seen, req)
	p.busy++
	return req.Fault
}

func (p *Proxy) serve(w http.ResponseWriter, r *http.Request, backend http.Handler) {
	fault := p.decide(r)
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.busy--
	}()
	switch fault {
	case Error500:
		refuse(w, http.StatusInternalServerError, "InternalError", "We encountered an internal error. Please try again.")
	case SlowDown:
		refuse(w, http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate.")
	case Reset:
		hangUp(w, true)
	case Stall:
		p.wait(r.Context(), r.Body)
	case Lost:
		backend.ServeHTTP(httptest.NewRecorder(), r)
		hangUp(w, true)
	case HalfReset, HalfStall, HalfShort:
		p.half(w, r, backend, fault)
	default:
		backend.ServeHTTP(w, r)
	}
}

// wait waits until the client or the test is gone. The body is read since
// only then the end of the connection is noticed.
func (p *Proxy) wait(ctx context.Context, body io.Reader) {
	_, _ = io.Copy(io.Discard, body)
	select {
	case <-ctx.Done():
	case <-p.done:
	}
}

// half answers with half of the server's answer, under the length of all.
func (p *Proxy) half(w http.ResponseWriter, r *http.Request, backend http.Handler, fault Fault) {
	rec := httptest.NewRecorder()
	backend.ServeHTTP(rec, r)
	if r.Method == http.MethodHead {
		hangUp(w, true) // there is no body to cut, and its length must stay
		return
	}
	for name, values := range rec.Header() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(rec.Body.Len()))
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes()[:rec.Body.Len()/2])
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	if fault == HalfStall {
		p.wait(r.Context(), http.NoBody)
	}
	hangUp(w, fault == HalfReset)
}

// refuse answers in the form of S3, whose codes the other clients do not look
// at.
func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>`+code+`</Code><Message>`+message+`</Message></Error>`)
}

// hangUp ends the connection, with a reset or as if all were well.
func hangUp(w http.ResponseWriter, reset bool) {
	h, ok := w.(http.Hijacker)
	if !ok {
		return
	}
	conn, _, err := h.Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
