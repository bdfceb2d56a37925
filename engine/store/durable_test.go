package store_test

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"leapscore/engine/store"
)

// disk follows changes and knows what a power cut would take.
type disk struct {
	t     *testing.T
	dirty []string // folders whose names, and files whose bytes, are not durable
}

func (d *disk) watch(c store.Change) {
	names := func(paths ...string) {
		for _, p := range paths {
			d.dirty = append(d.dirty, filepath.Dir(p))
		}
	}
	switch c.Kind {
	case store.ChangeMade:
		d.dirty = append(d.dirty, c.Path)
		names(c.Path)
	case store.ChangeMadeFolder, store.ChangeRemoved, store.ChangeRemovedAll:
		names(c.Path)
		if c.Kind != store.ChangeMadeFolder {
			d.clean(c.Path)
		}
	case store.ChangeRenamed, store.ChangeExchanged, store.ChangeLinked:
		if slices.Contains(d.dirty, c.Path) {
			d.t.Errorf("%s gets the name %s before its bytes are synced", c.Path, c.Second)
		}
		if names(c.Second); c.Kind != store.ChangeLinked {
			names(c.Path)
		}
	case store.ChangeSynced, store.ChangeSyncedFolder:
		d.clean(c.Path)
	}
}

func (d *disk) clean(path string) {
	d.dirty = slices.DeleteFunc(d.dirty, func(p string) bool { return p == path })
}

// When a call has returned, its effect survives a power cut.
func TestFilesAreDurableWhenCallsReturn(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	d := &disk{t: t}
	st := store.OnDisk(root, d.watch)
	folders := st.Driver.(store.Folders)
	write := func(name string, excl bool) func() error {
		return func() error {
			w, err := st.Create(t.Context(), name, excl)
			if err != nil {
				return err
			}
			if _, err := io.WriteString(w, name); err != nil {
				return err
			}
			return w.Commit()
		}
	}
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"create", write("a/b/x", false)},
		{"create over it", write("a/b/x", false)},
		{"create exclusively", write("a/b/y", true)},
		{"rename", func() error { return folders.Rename(t.Context(), "a/b/x", "c/x") }},
		{"rename within a folder", func() error { return folders.Rename(t.Context(), "c/x", "c/z") }},
		{"create elsewhere", write("d/e/y", false)},
		{"exchange", func() error { return folders.Exchange(t.Context(), "d/e", "a/b") }},
		{"link", func() error { return folders.Link(t.Context(), "a", "f", "b/y") }},
		{"delete", func() error { return st.Delete(t.Context(), "c/z") }},
		{"remove all", func() error { return folders.RemoveAll(t.Context(), "d") }},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if len(d.dirty) > 0 {
			t.Errorf("%s: a power cut could take what is in %q", step.name, d.dirty)
			d.dirty = nil
		}
	}
	for name, there := range map[string]bool{"a/b/y": true, "f/b/y": true, "c/z": false, "d": false} {
		if _, err := os.Stat(filepath.Join(root, name)); (err == nil) != there {
			t.Errorf("%s: %v", name, err)
		}
	}
}
