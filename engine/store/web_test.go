package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// buffer is a Restarter in memory.
type buffer struct{ bytes.Buffer }

func (b *buffer) Restart() error { b.Reset(); return nil }

var quick = Options{Timeout: time.Second, Retries: 2, pause: time.Millisecond}

func download(t *testing.T, where string, most int64) (string, error) {
	t.Helper()
	var b buffer
	err := Download(t.Context(), where, quick, &b, func(size int64) error {
		if size > most {
			return errors.New("too large for the caller")
		}
		return nil
	})
	return b.String(), err
}

func TestDownloadsSayWhyAServerRefuses(t *testing.T) {
	var tries atomic.Int32
	mux := http.NewServeMux()
	mux.HandleFunc("/m.zip", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "content") })
	mux.HandleFunc("/status/{code}", func(w http.ResponseWriter, r *http.Request) {
		var code int
		fmt.Sscan(r.PathValue("code"), &code)
		w.WriteHeader(code)
	})
	mux.HandleFunc("/shaky", func(w http.ResponseWriter, _ *http.Request) {
		if tries.Add(1) < 3 {
			w.Header().Set("Content-Length", "7")
			fmt.Fprint(w, "con") // and the connection is cut
			return
		}
		fmt.Fprint(w, "content")
	})
	mux.HandleFunc("/busy", func(w http.ResponseWriter, _ *http.Request) {
		if tries.Add(1) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, "content")
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/m.zip", http.StatusFound) })
	mux.HandleFunc("/circle", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/circle", http.StatusFound) })
	mux.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/silent", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	for path, want := range map[string]string{
		"/status/403?sig=secret": "the server answers 403 Forbidden: the URL needs a valid signature or token",
		"/status/401":            "the server answers 401 Unauthorized: the URL needs a valid signature or token",
		"/status/404":            "the server answers 404 Not Found: there is no such file",
		"/status/503":            "the server answers 503 Service Unavailable",
		"/status/204":            "204 No Content, want 200 OK and the file",
		"/circle?sig=secret":     "more than 5 redirects",
		"/endless":               "too large for the caller",
		"/silent":                "no sign of life for 1s",
	} {
		_, err := download(t, srv.URL+path, 1<<20)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("download %s: %v, want %q and no secret", path, err, want)
		}
	}
	for _, path := range []string{"/m.zip", "/moved", "/shaky", "/busy"} {
		tries.Store(0)
		if got, err := download(t, srv.URL+path, 7); err != nil || got != "content" {
			t.Errorf("download %s: %q, %v, want content", path, got, err)
		}
	}
	if _, err := download(t, srv.URL+"/m.zip", 6); err == nil || err.Error() != "too large for the caller" {
		t.Errorf("download of 7 bytes where 6 are allowed: %v", err)
	}
	srv.Close()
	if _, err := download(t, srv.URL+"/m.zip?sig=secret", 7); err == nil || !strings.Contains(err.Error(), "refused") || strings.Contains(err.Error(), "secret") {
		t.Errorf("download from a server that is gone: %v, want that it refuses, and no secret", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Download(ctx, srv.URL, quick, &buffer{}, func(int64) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

func TestDownloadsStayWithTLS(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	_, err := download(t, strings.Replace(plain.URL, "http:", "https:", 1), 1)
	if err == nil || !strings.Contains(err.Error(), "the server does not speak TLS") {
		t.Errorf("https to a server without TLS: %v", err)
	}
	srv := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	defer srv.Close()
	if _, err := download(t, srv.URL, 1); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate that is not known: %v", err)
	}
	req := httptest.NewRequest(http.MethodGet, plain.URL, nil)
	via := httptest.NewRequest(http.MethodGet, srv.URL, nil)
	if err := webClient.CheckRedirect(req, []*http.Request{via}); !errors.Is(err, errRedirect) {
		t.Errorf("redirect from https to http: %v, want that it is refused", err)
	}
}

func TestNamesOfWebFilesHoldNoSecrets(t *testing.T) {
	where := "https://user:secret@host/a/m.tar.gz?sig=secret"
	if got := WithoutSecrets(where); got != "https://host/a/m.tar.gz" {
		t.Errorf("without secrets: %s", got)
	}
	for where, want := range map[string]string{where: "m.tar.gz", "https://host": "model", "https://host/": "model", "https://host/..": "model"} {
		if got := WebName(where); got != want {
			t.Errorf("name of %s: %s, want %s", where, got, want)
		}
	}
}
