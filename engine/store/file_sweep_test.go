package store

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// The files of dead processes go, those of live ones and of others stay.
func TestUnfinishedFilesOfDeadProcessesAreSwept(t *testing.T) {
	dir := t.TempDir()
	st := New(&fileDriver{root: dir + "/"})
	const part = "part-00000-21574823-bc35-595a-91d0-86406cb25c2a-0123abcd.parquet"
	w, err := st.CreateVisible(t.Context(), "t/ds=1/"+part)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	alive, _ := filepath.Glob(dir + "/t/ds=1/*")
	others := []string{part, "part-0.parquet.tmp-short", "notes.tmp-abcdefghijkl", ".part-0.parquet.tmp-abcdefghijkl"}
	for _, name := range append(others, part+".tmp-abcdefghijkl") {
		for _, folder := range []string{"/t/", "/t/ds=1/"} {
			if err := os.WriteFile(dir+folder+name, []byte("x"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	st.SweepUnfinished("t")
	st.SweepUnfinished("no such folder")
	want := append(slices.Clone(others), "ds=1")
	slices.Sort(want)
	for _, folder := range []string{"/t", "/t/ds=1"} {
		var names []string
		entries, err := os.ReadDir(dir + folder)
		for _, e := range entries {
			names = append(names, e.Name())
		}
		if folder == "/t/ds=1" {
			want = append(others, filepath.Base(alive[0]))
			slices.Sort(want)
		}
		if err != nil || !slices.Equal(names, want) {
			t.Errorf("%s has %q (%v), want %q", folder, names, err, want)
		}
	}
	if err := w.Commit(); err != nil {
		t.Errorf("the live one: %v", err)
	}
}

// A file that another process sweeps before it is locked is begun again.
func TestAFileIsSweptBeforeItIsLocked(t *testing.T) {
	dir := t.TempDir()
	sweeper := New(&fileDriver{root: dir + "/"})
	swept := 0
	st := OnDisk(dir, func(c Change) {
		if c.Kind == ChangeMade && swept < 3 {
			swept++
			sweeper.SweepUnfinished("t")
		}
	})
	w, err := st.CreateVisible(t.Context(), "t/part-0.parquet")
	if err == nil {
		_, err = w.Write([]byte("rows"))
	}
	if err == nil {
		err = w.Commit()
	}
	data, _ := os.ReadFile(dir + "/t/part-0.parquet")
	if err != nil || string(data) != "rows" || swept != 3 {
		t.Errorf("the file has %q after %d sweeps: %v", data, swept, err)
	}
}
