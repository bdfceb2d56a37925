package mleap

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/engine/enginetest"
	"leapscore/engine/pipeline"
	"leapscore/engine/store"
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
		m, err := Open(t.Context(), where, Options{})
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
	_, err := Open(t.Context(), path, Options{})
	if err == nil || !strings.HasPrefix(err.Error(), path+": ") || !strings.Contains(err.Error(), "unknown op") {
		t.Errorf("got %v, want an error that names %s and its unknown op", err, path)
	}
}
