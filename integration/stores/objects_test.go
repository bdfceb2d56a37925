package stores

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"leapscore/engine/store"
	"leapscore/integration/servers"
)

// noise returns n bytes.
func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(b)
	return b
}

func openThrough(t *testing.T, p *servers.Proxy, name string) (*store.Store, string) {
	t.Helper()
	p.Setenv(t)
	st, name, err := store.Open(t.Context(), p.URL(name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st, name
}

// write writes data in pieces, as a table does.
func write(w store.Writer, data []byte) error {
	for len(data) > 0 {
		n, err := w.Write(data[:min(len(data), 3<<20+7)])
		if err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

func TestLargeObjectsGoUpInPartsThroughFaults(t *testing.T) {
	data := noise(37 << 20)
	for _, s := range []*servers.Server{servers.S3(t), servers.GCS(t), servers.Azure(t)} {
		for name, fault := range map[string]servers.Fault{
			"pass": servers.Pass, "500": servers.Error500, "503": servers.SlowDown, "reset": servers.Reset, "answer lost": servers.Lost,
		} {
			t.Run(s.Scheme+" "+name, func(t *testing.T) {
				p := servers.Through(t, s)
				st, name := openThrough(t, p, "large")
				p.Plan(servers.Every(3, fault))
				w, err := st.Create(t.Context(), name, false)
				if err != nil {
					t.Fatal(err)
				}
				if err := write(w, data); err != nil {
					t.Fatal(err)
				}
				err = w.Commit()
				// fake-gcs-server appends a part that it has already, which
				// Google's own does not.
				if s.Scheme == "gs" && fault == servers.Lost {
					if err == nil || !strings.Contains(err.Error(), "bytes after the upload, want") {
						t.Errorf("an object with a part too many: %v", err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if n := len(p.Seen()); n < 5 {
					t.Errorf("%d requests, want one for each part", n)
				}
				p.Plan(nil)
				got, err := st.ReadFile(t.Context(), name)
				if err != nil || !bytes.Equal(got, data) {
					t.Errorf("%d bytes came back, %v, want the %d that were written", len(got), err, len(data))
				}
			})
		}
	}
}

func TestAnUploadThatIsCalledOffLeavesNothing(t *testing.T) {
	s := servers.S3(t)
	for name, callOff := range map[string]func(store.Writer, context.CancelFunc){
		"aborted":   func(w store.Writer, _ context.CancelFunc) { w.Abort() },
		"cancelled": func(w store.Writer, cancel context.CancelFunc) { cancel(); w.Abort() },
		"too late": func(w store.Writer, cancel context.CancelFunc) {
			cancel()
			if err := w.Commit(); !errors.Is(err, context.Canceled) {
				t.Errorf("Commit: %v, want Canceled", err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := servers.Through(t, s)
			p.Plan(nil)
			st, name := openThrough(t, p, "folder/large")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			w, err := st.Create(ctx, name, false)
			if err != nil {
				t.Fatal(err)
			}
			if err := write(w, noise(30<<20)); err != nil {
				t.Fatal(err)
			}
			for started := 1 + 30>>3; len(p.Seen()) < started || p.Busy() > 0; {
				time.Sleep(time.Millisecond)
			}
			callOff(w, cancel)
			if left := uploadsOf(t, s); len(left) > 0 {
				t.Errorf("parts are left: %q after %v", left, p.Seen())
			}
			if names := list(t, s, "folder"); len(names) > 0 {
				t.Errorf("objects are left: %q", names)
			}
		})
	}
}

func TestRangesAreReadThroughFaults(t *testing.T) {
	data := noise(21 << 20)
	for _, s := range []*servers.Server{servers.S3(t), servers.GCS(t), servers.Azure(t)} {
		direct := open(t, s)
		if err := direct.WriteFile(t.Context(), "large", data); err != nil {
			t.Fatal(err)
		}
		for name, fault := range map[string]servers.Fault{
			"pass": servers.Pass, "500": servers.Error500, "503": servers.SlowDown, "reset": servers.Reset,
			"cut by reset": servers.HalfReset, "cut short": servers.HalfShort, "answer lost": servers.Lost,
		} {
			t.Run(s.Scheme+" "+name, func(t *testing.T) {
				p := servers.Through(t, s)
				st, name := openThrough(t, p, "large")
				p.Plan(servers.Every(3, fault))
				got, err := st.ReadFile(t.Context(), name)
				if err != nil || !bytes.Equal(got, data) {
					t.Errorf("%d bytes came back, %v, want %d", len(got), err, len(data))
				}
			})
		}
	}
}

// A large read is several requests at once; small ones that follow each other
// are few.
func TestReadsAreNeitherTooLargeNorTooMany(t *testing.T) {
	s := servers.S3(t)
	data := noise(24 << 20)
	if err := open(t, s).WriteFile(t.Context(), "large", data); err != nil {
		t.Fatal(err)
	}
	p := servers.Through(t, s)
	st, name := openThrough(t, p, "large")
	r, err := st.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	r = store.Ahead(r)
	defer r.Close()
	got := make([]byte, len(data))
	p.Plan(nil)
	if _, err := r.ReadAt(got, 0); err != nil || !bytes.Equal(got, data) {
		t.Fatalf("large read: %v", err)
	}
	gets(t, p, 6)
	clear(got)
	p.Plan(nil)
	for off := 0; off < len(got); off += 10_000 {
		if _, err := r.ReadAt(got[off:min(off+10_000, len(got))], int64(off)); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(got, data) {
		t.Error("small reads: other bytes")
	}
	gets(t, p, 10)
}

// gets fails if the proxy saw more than most reads.
func gets(t *testing.T, p *servers.Proxy, most int) {
	t.Helper()
	n := 0
	for _, r := range p.Seen() {
		if r.Method == http.MethodGet && strings.HasPrefix(r.Range, "bytes=") {
			n++
		}
	}
	if n == 0 || n > most {
		t.Errorf("%d requests, want 1 to %d", n, most)
	}
}
