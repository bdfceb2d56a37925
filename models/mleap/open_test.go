package mleap

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/engine/enginetest"
	"leapscore/engine/pipeline"
	"leapscore/engine/store"
	"leapscore/models"
)

// A bundle has the same columns wherever it lies, and a folder the same identity.
func TestBundlesAreOpenedByPathAndByURL(t *testing.T) {
	files := enginetest.Linear("keep").Files()
	dir := t.TempDir()
	folder, zip := filepath.Join(dir, "homes"), filepath.Join(dir, "homes.zip")
	if err := files.Write(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(zip, files.Zip(), 0o600); err != nil {
		t.Fatal(err)
	}
	ids := map[string]pipeline.Identity{}
	for _, where := range []string{folder, zip, "file://" + folder, "file://" + zip} {
		m, err := Open(t.Context(), where, models.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(m.FinalOutputs(), ","); got != "price" {
			t.Errorf("%s: outputs %s, want price", where, got)
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
		ids[where] = m.Identity
	}
	if ids[folder] != ids["file://"+folder] || ids[zip] != ids["file://"+zip] || ids[folder].SHA256 == ids[zip].SHA256 {
		t.Errorf("identities %v, want the same by path and by URL", ids)
	}
	if got := fetched(t, files); got != ids[folder].SHA256 {
		t.Errorf("from a bucket the folder has the hash %s, want %s as from disk", got, ids[folder].SHA256)
	}
}

// fetched returns the hash of a bundle that is a folder of objects.
func fetched(t *testing.T, files bundletest.Files) string {
	t.Helper()
	st := store.New(&store.Mem{})
	for name, data := range files {
		if err := st.WriteFile(t.Context(), "models/homes/"+name, data); err != nil {
			t.Fatal(err)
		}
	}
	b, err := openFolder(t.Context(), st, "models/homes", bundle.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return b.SHA256
}

func TestOpenNamesTheBundleThatCannotBeLoaded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strange.zip")
	if err := os.WriteFile(path, enginetest.Unknown().Zip(), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), path, models.Options{})
	if err == nil || !strings.HasPrefix(err.Error(), path+": ") || !strings.Contains(err.Error(), "unknown op") {
		t.Errorf("got %v, want an error that names %s and its unknown op", err, path)
	}
}

func TestBundlesAreReadFromWebServers(t *testing.T) {
	data := enginetest.Linear("keep").Files().Zip()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("sig") != "secret" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		w.Write(data)
	}))
	defer srv.Close()
	for _, where := range []string{srv.URL + "/homes.zip?sig=secret", "jar:" + srv.URL + "/a/homes?sig=secret"} {
		m, err := Open(t.Context(), where, models.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(m.FinalOutputs(), ","); got != "price" {
			t.Errorf("%s: outputs %s, want price", where, got)
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
	for query, c := range map[string]struct {
		opt  models.Options
		want string
	}{
		"?sig=wrong":  {models.Options{}, srv.URL + "/homes.zip: the server answers 403 Forbidden"},
		"?sig=secret": {models.Options{MaxSize: 100}, "want at most 100 (limit); --max-model-size 1MiB reads it"},
	} {
		_, err := Open(t.Context(), srv.URL+"/homes.zip"+query, c.opt)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "sig=") {
			t.Errorf("open with %s: %v, want %q and no signature", query, err, c.want)
		}
	}
}
