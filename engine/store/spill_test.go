package store

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func spills(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestSpillFoldersAreApartAndPrivate(t *testing.T) {
	dir := t.TempDir()
	a, err := NewSpill(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	write := filepath.Join(a.Path, "x")
	if err := os.WriteFile(write, []byte("rows"), 0o644); err != nil {
		t.Fatal(err)
	}
	b, err := NewSpill(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if a.Path == b.Path {
		t.Fatalf("two folders at %s", a.Path)
	}
	if _, err := os.Stat(write); err != nil {
		t.Errorf("a folder in use lost a file: %v", err)
	}
	info, err := os.Stat(a.Path)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%s: mode %v, %v, want 0700", a.Path, info.Mode(), err)
	}
	if err := errors.Join(a.Close(), b.Close(), b.Close()); err != nil {
		t.Error(err)
	}
	if left := spills(t, dir); left != nil {
		t.Errorf("%q are left", left)
	}
}

// TestSpillOfAKilledProcessIsSwept has this test's program make a folder and die.
func TestSpillOfAKilledProcessIsSwept(t *testing.T) {
	const where = "SPILL_TEST_FOLDER"
	if dir := os.Getenv(where); dir != "" {
		s, err := NewSpill(t.Context(), dir)
		if err == nil {
			err = os.WriteFile(filepath.Join(s.Path, "x"), []byte("rows"), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		p, _ := os.FindProcess(os.Getpid())
		_ = p.Kill()
		select {}
	}
	dir, victim := t.TempDir(), t.TempDir()
	child := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	child.Env = append(os.Environ(), where+"="+dir)
	_ = child.Run()
	left := spills(t, dir)
	if len(left) != 1 || !strings.Contains(left[0], spillPrefix) {
		t.Fatalf("the killed process left %q, want one folder", left)
	}
	// A link of that name is not followed.
	if err := os.WriteFile(filepath.Join(victim, spillLock), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	planted := filepath.Join(dir, spillPrefix+"planted")
	if err := os.Symlink(victim, planted); err != nil {
		t.Fatal(err)
	}
	s, err := NewSpill(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := os.Stat(left[0]); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the next process left %s: %v", left[0], err)
	}
	if _, err := os.Stat(filepath.Join(victim, spillLock)); err != nil {
		t.Errorf("a file behind a link: %v", err)
	}
}
