package stores

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"leapscore/engine/store"
	_ "leapscore/engine/store/cloud" // s3, gs and azblob
	"leapscore/integration/servers"
)

// uploading says which requests begin a large upload, put parts of it, and end it.
var uploading = map[string]struct{ begins, part, ends func(servers.Request) bool }{
	"s3": {
		begins: func(r servers.Request) bool { return r.Method == "POST" && strings.Contains(r.Query, "uploads") },
		part:   func(r servers.Request) bool { return strings.Contains(r.Query, "partNumber=2") },
		ends:   func(r servers.Request) bool { return r.Method == "POST" && strings.Contains(r.Query, "uploadId=") },
	},
	"gs": {
		begins: func(r servers.Request) bool { return r.Method == "POST" && !strings.Contains(r.Query, "upload_id=") },
		part:   func(r servers.Request) bool { return strings.Contains(r.Query, "upload_id=") },
		ends:   func(r servers.Request) bool { return r.N == 5 && strings.Contains(r.Query, "upload_id=") },
	},
	"azblob": {
		begins: func(r servers.Request) bool { return strings.HasSuffix(r.Query, "comp=block") },
		part:   func(r servers.Request) bool { return strings.HasSuffix(r.Query, "comp=block") && r.N > 2 },
		ends:   func(r servers.Request) bool { return strings.Contains(r.Query, "comp=blocklist") },
	},
}

// first is a plan by which the first n requests fail that are of a kind.
func first(n int, f servers.Fault, of func(servers.Request) bool) func(servers.Request) servers.Fault {
	var mu sync.Mutex
	return func(r servers.Request) servers.Fault {
		mu.Lock()
		defer mu.Unlock()
		if n == 0 || !of(r) {
			return servers.Pass
		}
		n--
		return f
	}
}

// The requests of a large upload are repeated as often as others are, which is more
// often than the clients of the stores do.
func TestLargeUploadsOutliveFailuresInARow(t *testing.T) {
	data := noise(25 << 20)
	for _, s := range []*servers.Server{servers.S3(t), servers.GCS(t), servers.Azure(t)} {
		u := uploading[s.Scheme]
		for name, of := range map[string]func(servers.Request) bool{"begins": u.begins, "part": u.part} {
			t.Run(s.Scheme+" "+name, func(t *testing.T) {
				p := servers.Through(t, s)
				st, name := openThrough(t, p, "large")
				p.Plan(first(4, servers.SlowDown, of))
				w, err := st.Create(t.Context(), name, false)
				if err != nil {
					t.Fatal(err)
				}
				if err := write(w, data); err != nil {
					t.Fatal(err)
				}
				if err := w.Commit(); err != nil {
					t.Fatal(err)
				}
				failed := 0
				for _, r := range p.Seen() {
					if r.Fault != servers.Pass {
						failed++
					}
				}
				if failed != 4 {
					t.Errorf("%d requests failed, want 4", failed)
				}
				p.Plan(nil)
				if got, err := st.ReadFile(t.Context(), name); err != nil || !bytes.Equal(got, data) {
					t.Errorf("%d bytes came back, %v, want the %d that were written", len(got), err, len(data))
				}
			})
		}
	}
}

// A part that the store does not take for too long is an error that names the
// object, and of the upload nothing stays.
func TestAnUploadThatStallsLeavesNothing(t *testing.T) {
	for _, s := range []*servers.Server{servers.S3(t), servers.GCS(t), servers.Azure(t)} {
		t.Run(s.Scheme, func(t *testing.T) {
			p := servers.Through(t, s)
			p.Setenv(t)
			st, name, err := store.OpenWith(t.Context(), p.URL("folder/large"), store.Options{Timeout: 2 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { st.Close() })
			p.Plan(first(1, servers.Stall, uploading[s.Scheme].part))
			w, err := st.Create(t.Context(), name, false)
			if err != nil {
				t.Fatal(err)
			}
			if err = write(w, noise(60<<20)); err != nil {
				w.Abort()
			} else {
				err = w.Commit()
			}
			var stall *store.StallError
			if !errors.As(err, &stall) || !strings.Contains(err.Error(), st.URL(name)) {
				t.Errorf("%v, want a stall of %s", err, st.URL(name))
			}
			if s.Scheme == "s3" {
				if left := uploadsOf(t, s); len(left) > 0 {
					t.Errorf("parts are left: %q", left)
				}
			}
			if names := list(t, s, "folder"); len(names) > 0 {
				t.Errorf("objects are left: %q", names)
			}
		})
	}
}

func TestALargeUploadWhoseLastAnswerWasLostIsThere(t *testing.T) {
	data := noise(25 << 20)
	for _, s := range []*servers.Server{servers.S3(t), servers.GCS(t), servers.Azure(t)} {
		for _, excl := range []bool{false, true} {
			t.Run(fmt.Sprint(s.Scheme, " excl=", excl), func(t *testing.T) {
				p := servers.Through(t, s)
				st, name := openThrough(t, p, fmt.Sprint("folder/", excl))
				if !excl {
					if err := st.WriteFile(t.Context(), name, noise(25<<20-1)); err != nil {
						t.Fatal(err)
					}
				}
				p.Plan(first(1, servers.Lost, uploading[s.Scheme].ends))
				w, err := st.Create(t.Context(), name, excl)
				if err != nil {
					t.Fatal(err)
				}
				if err := write(w, data); err != nil {
					t.Fatal(err)
				}
				if err := w.Commit(); err != nil {
					t.Error(err)
				}
				p.Plan(nil)
				if got, err := st.ReadFile(t.Context(), name); err != nil || !bytes.Equal(got, data) {
					t.Errorf("%d bytes came back, %v, want the %d that were written", len(got), err, len(data))
				}
			})
		}
	}
}
