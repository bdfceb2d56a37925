package servers

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"leapscore/engine/store"
	_ "leapscore/engine/store/cloud" // s3, gs and azblob
)

// An address that is given twice is one that two servers want.
func TestAddressesAreGivenOnce(t *testing.T) {
	seen := map[string]bool{}
	for range 500 {
		addr := freeAddr(t)
		if seen[addr] {
			t.Errorf("%s was given again", addr)
		}
		seen[addr] = true
	}
}

func TestEveryServerKeepsObjectsAcrossARestart(t *testing.T) {
	for _, s := range All(t) {
		t.Run(s.Scheme, func(t *testing.T) {
			s.Setenv(t)
			st, name, err := store.Open(t.Context(), s.URL("folder/x"))
			if err != nil {
				t.Fatal(err)
			}
			if err := st.WriteFile(t.Context(), name, []byte("content")); err != nil {
				t.Fatal(err)
			}
			if s.Addr != "" {
				s.Stop()
				s.Start(t)
			}
			got, err := st.ReadFile(t.Context(), name)
			if err != nil || string(got) != "content" {
				t.Errorf("read %q, %v", got, err)
			}
			if err := st.Delete(t.Context(), name); err != nil {
				t.Error(err)
			}
			if _, err := st.Stat(t.Context(), name); !errors.Is(err, store.ErrNotExist) {
				t.Errorf("after delete: %v, want ErrNotExist", err)
			}
		})
	}
}

func TestEveryServerIsReachedThroughAProxy(t *testing.T) {
	for _, s := range []*Server{S3(t), GCS(t), Azure(t)} {
		t.Run(s.Scheme, func(t *testing.T) {
			p := Through(t, s)
			p.Setenv(t)
			st, name, err := store.Open(t.Context(), p.URL("x"))
			if err != nil {
				t.Fatal(err)
			}
			if err := st.WriteFile(t.Context(), name, []byte("content")); err != nil {
				t.Fatal(err)
			}
			got, err := st.ReadFile(t.Context(), name)
			if err != nil || string(got) != "content" {
				t.Errorf("read %q, %v", got, err)
			}
			if n := len(p.Seen()); n < 3 {
				t.Errorf("the proxy saw %d requests, want at least 3: write, stat, read", n)
			}
		})
	}
}

func TestFaultsAreWhatTheySay(t *testing.T) {
	p := Through(t, S3(t))
	for _, tt := range []struct {
		fault   Fault
		status  int
		body    string // part of it
		doErr   bool
		readErr bool
	}{
		{Pass, http.StatusMethodNotAllowed, "<Error>", false, false},
		{Error500, http.StatusInternalServerError, "InternalError", false, false},
		{SlowDown, http.StatusServiceUnavailable, "SlowDown", false, false},
		{Reset, 0, "", true, false},
		{Lost, 0, "", true, false},
		{HalfReset, http.StatusMethodNotAllowed, "<?xml", false, true},
		{HalfShort, http.StatusMethodNotAllowed, "<?xml", false, true},
	} {
		t.Run(fmt.Sprint(tt.fault), func(t *testing.T) {
			p.Plan(Every(1, tt.fault))
			// Requests of this method are not repeated by the client.
			res, err := http.Post("http://"+p.Addr+"/bucket/x", "text/plain", strings.NewReader("x"))
			if (err != nil) != tt.doErr {
				t.Fatalf("error %v", err)
			}
			if err != nil {
				return
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if res.StatusCode != tt.status || (err != nil) != tt.readErr || !strings.Contains(string(body), tt.body) {
				t.Errorf("%s, %q, %v", res.Status, body, err)
			}
		})
	}
}
