package store_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"leapscore/engine/store"
)

// failing is a driver whose n-th listing fails, after what it lists if late.
type failing struct {
	store.Driver
	n     int
	late  bool
	calls int
}

var errListing = errors.New("no listing")

func (f *failing) List(ctx context.Context, prefix string, deep bool, fn func(store.Object) error) error {
	f.calls++
	if f.calls == f.n && !f.late {
		return errListing
	}
	err := f.Driver.List(ctx, prefix, deep, fn)
	if f.calls == f.n {
		return errListing
	}
	return err
}

func objects(t *testing.T, names ...string) store.Driver {
	t.Helper()
	st := store.New(&store.Mem{})
	for _, name := range names {
		w, err := st.Create(t.Context(), name, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	return st.Driver
}

// Files that a failed listing did not show are not taken for files that are not there.
func TestAGlobFailsIfAListingFails(t *testing.T) {
	d := objects(t, "a/b/x", "a/b/y", "a/c/x", "a/c/d/z", "a/w")
	for _, pattern := range []string{"a", "a/w", "a/*", "a/*/x", "a/**", "a/**/x", "a/{b,c}/*", "a/[bc]/?", "**"} {
		whole := &failing{Driver: d}
		if found, err := store.New(whole).Glob(t.Context(), pattern); err != nil || len(found) == 0 {
			t.Fatalf("%s: %d objects, %v", pattern, len(found), err)
		}
		for n := range whole.calls {
			for _, late := range []bool{false, true} {
				found, err := store.New(&failing{Driver: d, n: n + 1, late: late}).Glob(t.Context(), pattern)
				if !errors.Is(err, errListing) {
					t.Errorf("%s, listing %d of %d fails: %d objects, %v", pattern, n+1, whole.calls, len(found), err)
				}
			}
		}
	}
}

func TestObjectsAreVerifiedByWholeListings(t *testing.T) {
	d := objects(t, "a/b/x", "a/b/y", "a/c/x")
	found, err := store.New(d).Glob(t.Context(), "a/**")
	if err != nil {
		t.Fatal(err)
	}
	if err := store.New(d).Verify(t.Context(), found); err != nil {
		t.Errorf("nothing has changed: %v", err)
	}
	for n := range 2 {
		if err := store.New(&failing{Driver: d, n: n + 1, late: true}).Verify(t.Context(), found); !errors.Is(err, errListing) {
			t.Errorf("listing %d of 2 fails: %v", n+1, err)
		}
	}
	for i := range found {
		other := append([]store.Object{}, found...)
		other[i].Size++
		if err := store.New(d).Verify(t.Context(), other); !isChanged(err, false) {
			t.Errorf("%s has another size: %v", found[i].Name, err)
		}
		other[i] = found[i]
		other[i].ETag += "x"
		if err := store.New(d).Verify(t.Context(), other); !isChanged(err, false) {
			t.Errorf("%s has another tag: %v", found[i].Name, err)
		}
		other[i].Name += "0"
		if err := store.New(d).Verify(t.Context(), other); !isChanged(err, true) {
			t.Errorf("%s is not there: %v", other[i].Name, err)
		}
	}
}

func isChanged(err error, gone bool) bool {
	changed, ok := errors.AsType[*store.ChangedError](err)
	return ok && changed.Gone == gone
}

// A run that has been called off changes no more files.
func TestACanceledCallChangesNothingOnDisk(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"old", "new"} {
		if err := os.Mkdir(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, dir, "x"), []byte(dir), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var changes []store.Change
	d := store.OnDisk(root, func(c store.Change) { changes = append(changes, c) }).Driver
	folders := d.(store.Folders)
	for name, call := range map[string]func() error{
		"list":       func() error { return d.List(ctx, "", true, func(store.Object) error { return nil }) },
		"stat":       func() error { _, err := d.Stat(ctx, "old/x"); return err },
		"open":       func() error { _, err := d.Open(ctx, "old/x"); return err },
		"create":     func() error { _, err := d.Create(ctx, "old/y", false); return err },
		"delete":     func() error { return d.Delete(ctx, "old/x") },
		"rename":     func() error { return folders.Rename(ctx, "old/x", "old/y") },
		"exchange":   func() error { return folders.Exchange(ctx, "new", "old") },
		"link":       func() error { return folders.Link(ctx, "old", "linked", "x") },
		"remove all": func() error { return folders.RemoveAll(ctx, "old") },
		"is folder":  func() error { _, err := folders.IsFolder(ctx, "old"); return err },
		"lock":       func() error { _, err := folders.Lock(ctx, "lock", "me"); return err },
	} {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want %v", name, err, context.Canceled)
		}
	}
	if len(changes) > 0 {
		t.Errorf("changes %v, want none", changes)
	}
	if text, err := os.ReadFile(filepath.Join(root, "old", "x")); err != nil || string(text) != "old" {
		t.Errorf("old/x holds %q, %v", text, err)
	}
}

// short is a driver whose objects end, or fail, after some bytes.
type short struct {
	store.Driver
	after int
	err   error
}

func (s short) Open(context.Context, string) (store.Reader, error) { return shortReader(s), nil }

type shortReader short

func (r shortReader) Size() int64  { return 10 }
func (r shortReader) Close() error { return nil }

func (r shortReader) ReadAt(p []byte, off int64) (int, error) {
	n := max(0, min(len(p), r.after-int(off)))
	if n < len(p) {
		return n, r.err
	}
	return n, nil
}

// A piece of a file is never taken for the file.
func TestAFileThatIsNotReadToItsEndIsAnError(t *testing.T) {
	for _, err := range []error{io.EOF, nil, errListing} {
		got, readErr := store.New(short{after: 7, err: err}).ReadFile(t.Context(), "a")
		want := err
		if err != errListing {
			want = io.ErrUnexpectedEOF
		}
		if !errors.Is(readErr, want) {
			t.Errorf("a read that ends with %v: %d bytes, %v, want %v", err, len(got), readErr, want)
		}
	}
	if got, err := store.New(short{after: 10, err: io.EOF}).ReadFile(t.Context(), "a"); err != nil || len(got) != 10 {
		t.Errorf("a whole read: %d bytes, %v", len(got), err)
	}
}
