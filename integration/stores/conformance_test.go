package stores

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"leapscore/engine/store"
	"leapscore/engine/store/storetest"
	"leapscore/integration/servers"
)

func TestConformance(t *testing.T) {
	for _, s := range []*servers.Server{servers.S3(t), servers.GCS(t), servers.Azure(t)} {
		t.Run(s.Scheme, func(t *testing.T) {
			storetest.RunConformance(t, "conformance", func(t *testing.T) store.Driver { return open(t, s).Driver })
		})
	}
}

// An object that was put by another meanwhile is seen when the upload ends, be it
// of one request or of many.
func TestUploadsThatComeTooLateAreRefused(t *testing.T) {
	for _, s := range []*servers.Server{servers.S3(t), servers.GCS(t), servers.Azure(t)} {
		for name, size := range map[string]int{"empty": 0, "small": 10, "one part": 8 << 20, "many parts": 20 << 20} {
			t.Run(s.Scheme+" "+name, func(t *testing.T) {
				st := open(t, s)
				late, err := st.Create(t.Context(), "late/"+name, true)
				if err != nil {
					t.Fatal(err)
				}
				if err := write(late, noise(size)); err != nil {
					t.Fatal(err)
				}
				if err := st.WriteFile(t.Context(), "late/"+name, []byte("first")); err != nil {
					t.Fatal(err)
				}
				if err := late.Commit(); !errors.Is(err, store.ErrExists) {
					t.Errorf("%v, want ErrExists", err)
				}
				if err := late.Commit(); !errors.Is(err, io.ErrClosedPipe) {
					t.Errorf("a second Commit: %v", err)
				}
				got, err := st.ReadFile(t.Context(), "late/"+name)
				if err != nil || !bytes.Equal(got, []byte("first")) {
					t.Errorf("%d bytes, %v, want those of the first", len(got), err)
				}
			})
		}
	}
}

// A store that made the object but could not say so has not refused it: its client
// retries, and the answer is that the object exists.
func TestAnObjectWhoseAnswerWasLostIsOurs(t *testing.T) {
	for _, s := range []*servers.Server{servers.S3(t), servers.GCS(t), servers.Azure(t)} {
		t.Run(s.Scheme, func(t *testing.T) {
			p := servers.Through(t, s)
			st, name := openThrough(t, p, "lost")
			for i, want := range []error{nil, store.ErrExists} {
				w, err := st.Create(t.Context(), name, true)
				if err != nil {
					t.Fatal(err)
				}
				if err := write(w, noise(10+i)); err != nil {
					t.Fatal(err)
				}
				p.Plan(servers.At(1, servers.Lost))
				if err := w.Commit(); !errors.Is(err, want) {
					t.Errorf("%v, want %v", err, want)
				}
				if r := p.Seen(); len(r) < 2 || r[0].Method == "GET" {
					t.Errorf("requests %v, want an upload that is repeated", r)
				}
			}
		})
	}
}
