package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gocloud.dev/blob/memblob"

	"leapscore/engine/store"
	"leapscore/engine/store/storetest"
)

func TestMemConforms(t *testing.T) {
	var mem *store.Mem
	storetest.RunConformance(t, "dir", func(t *testing.T) store.Driver {
		if mem == nil {
			mem = &store.Mem{}
		}
		return mem
	})
}

func TestBucketsConform(t *testing.T) {
	bucket := memblob.OpenBucket(nil)
	storetest.RunConformance(t, "dir", func(t *testing.T) store.Driver { return store.NewBlobForTest(bucket) })
}

func TestFilesConform(t *testing.T) {
	root := t.TempDir()
	_, dir, err := store.Open(t.Context(), filepath.Join(root, "dir"))
	if err != nil {
		t.Fatal(err)
	}
	storetest.RunConformance(t, dir, func(t *testing.T) store.Driver {
		st, _, err := store.Open(t.Context(), root)
		if err != nil {
			t.Fatal(err)
		}
		return st.Driver
	})
}

func TestOpenTakesPathsAndFileURLs(t *testing.T) {
	t.Chdir(t.TempDir())
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for where, want := range map[string]string{
		"x":                        filepath.Join(wd, "x"),
		"./a/../x":                 filepath.Join(wd, "x"),
		"x/":                       filepath.Join(wd, "x"),
		"/a/b*.parquet":            "/a/b*.parquet",
		"file:///a/b%20c":          "/a/b c",
		"file://localhost/a/*.csv": "/a/*.csv",
	} {
		st, name, err := store.Open(t.Context(), where)
		if err != nil {
			t.Errorf("%s: %v", where, err)
			continue
		}
		if got := st.URL(name); got != want {
			t.Errorf("%s: opened as %s, want %s", where, got, want)
		}
	}
	for _, where := range []string{"", "file://host/a", "ftp://host/a", "file://"} {
		if _, _, err := store.Open(t.Context(), where); err == nil {
			t.Errorf("%q was opened", where)
		}
	}
}

func TestLocalReadersAreFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(path, []byte("content"), 0o666); err != nil {
		t.Fatal(err)
	}
	st, name, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := st.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	f, ok := r.(interface{ File() *os.File })
	if !ok || f.File().Name() != path {
		t.Errorf("%T gives no file", r)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func TestOpenOfALinkIsOfItsTarget(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "real"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	st, name, err := store.Open(t.Context(), filepath.Join(dir, "link"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := filepath.EvalSymlinks(filepath.Join(dir, "real"))
	if err != nil {
		t.Fatal(err)
	}
	if got := st.URL(name); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestListingEndsInCirclesOfLinks(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "a", "b"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a", "x"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{"a/b/up": "..", "a/self": ".", "a/gone": "nothing", "alias": "a"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	st, name, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	err = st.List(t.Context(), name+"/", true, func(o store.Object) error {
		found = append(found, strings.TrimPrefix(o.Name, name+"/"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(found, " "); got != "a/x alias/x" {
		t.Errorf("found %s", got)
	}
}

func TestExchangeKeepsThePermissionsOfThePlace(t *testing.T) {
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"new": 0o755, "old": 0o750} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	st, name, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := st.Folders()
	if err := f.Exchange(t.Context(), name+"/new", name+"/old"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "old"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o750 {
		t.Errorf("%v, want 0750", info.Mode())
	}
}

func TestCrashKeepsWhatWasCommitted(t *testing.T) {
	ctx := context.Background()
	mem := &store.Mem{}
	st := store.New(mem)
	if err := st.WriteFile(ctx, "done", []byte("done")); err != nil {
		t.Fatal(err)
	}
	w, err := st.Create(ctx, "open", false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("half")); err != nil {
		t.Fatal(err)
	}
	if _, err := mem.Lock(ctx, "lock", "dead"); err != nil {
		t.Fatal(err)
	}
	after := store.New(mem.Crash())
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := after.Stat(ctx, "open"); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("open: %v, want ErrNotExist", err)
	}
	if data, err := after.ReadFile(ctx, "done"); string(data) != "done" || err != nil {
		t.Errorf("done: %q, %v", data, err)
	}
	f, _ := after.Folders()
	if _, err := f.Lock(ctx, "lock", "next"); err != nil {
		t.Errorf("a lock of a dead process holds: %v", err)
	}
}

// listed is a driver that opens objects of listings in a way of its own.
type listed struct {
	store.Driver
	opened *[]store.Object
}

func (d listed) OpenListed(ctx context.Context, o store.Object) (store.Reader, error) {
	*d.opened = append(*d.opened, o)
	return d.Open(ctx, o.Name)
}

func TestAnyDriverMayOpenObjectsThatWereListed(t *testing.T) {
	var opened []store.Object
	st := store.New(listed{&store.Mem{}, &opened})
	if err := st.WriteFile(t.Context(), "x", []byte("text")); err != nil {
		t.Fatal(err)
	}
	o, err := st.Stat(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	data, err := st.ReadListed(t.Context(), o)
	if err != nil || string(data) != "text" || len(opened) != 1 || opened[0] != o {
		t.Errorf("got %q, %v and opened %v, want the text by one call of OpenListed with %v", data, err, opened, o)
	}
}
