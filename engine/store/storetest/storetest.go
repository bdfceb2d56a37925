// Package storetest checks that a store driver keeps its contract, and makes
// drivers fail or die at will.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"leapscore/engine/store"
)

// RunConformance checks a driver. open returns a new view of the same empty
// storage each time, as another process would have it; dir is a folder in it
// where the checks may write, with no slash at the end.
func RunConformance(t *testing.T, dir string, open func(t *testing.T) store.Driver) {
	h := &harness{dir: dir, open: open}
	for _, c := range []struct {
		name string
		run  func(t *testing.T)
	}{
		{"ReadsWhatWasCommitted", h.reads},
		{"NothingIsVisibleBeforeCommit", h.invisible},
		{"AbortLeavesNothing", h.abort},
		{"CommitReplaces", h.replaces},
		{"ExclusiveCommitRefuses", h.exclusive},
		{"OneOfManyExclusiveCommitsWins", h.race},
		{"MissingNamesAreErrNotExist", h.missing},
		{"ListsInByteOrder", h.lists},
		{"ETagFollowsContent", h.etag},
		{"EndsWhenTheContextDoes", h.cancelled},
		{"Globs", h.globs},
	} {
		t.Run(c.name, c.run)
	}
	if _, ok := open(t).(store.Folders); ok {
		t.Run("Folders", h.folders)
	}
}

type harness struct {
	dir  string
	open func(t *testing.T) store.Driver
	runs int
}

// fresh returns a store and a folder of its own in it.
func (h *harness) fresh(t *testing.T) (*store.Store, string) {
	h.runs++
	st := store.New(h.open(t))
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st, fmt.Sprintf("%s/%02d", h.dir, h.runs)
}

func write(t *testing.T, st *store.Store, name, content string) {
	t.Helper()
	if err := st.WriteFile(t.Context(), name, []byte(content)); err != nil {
		t.Fatal(err)
	}
}

func wantContent(t *testing.T, st *store.Store, name, want string) {
	t.Helper()
	got, err := st.ReadFile(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s holds %q, want %q", name, got, want)
	}
}

// names returns what List finds under prefix, without the folder's name.
func names(t *testing.T, st *store.Store, dir, prefix string, deep bool) []string {
	t.Helper()
	found := []string{}
	err := st.List(t.Context(), dir+"/"+prefix, deep, func(o store.Object) error {
		found = append(found, strings.TrimPrefix(o.Name, dir+"/"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func wantNames(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

func (h *harness) reads(t *testing.T) {
	st, dir := h.fresh(t)
	content := strings.Repeat("0123456789", 1000)
	write(t, st, dir+"/a/b", content)
	r, err := st.Open(t.Context(), dir+"/a/b")
	if err != nil {
		t.Fatal(err)
	}
	if r.Size() != int64(len(content)) {
		t.Errorf("size %d, want %d", r.Size(), len(content))
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for off := i; off < len(content); off += 97 {
				buf := make([]byte, min(50, len(content)-off))
				if _, err := r.ReadAt(buf, int64(off)); err != nil && err != io.EOF {
					t.Error(err)
				} else if string(buf) != content[off:off+len(buf)] {
					t.Errorf("at %d: %q", off, buf)
				}
			}
		})
	}
	wg.Wait()
	buf := make([]byte, 20)
	if n, err := r.ReadAt(buf, int64(len(content)-5)); n != 5 || err != io.EOF {
		t.Errorf("across the end: %d, %v; want 5, EOF", n, err)
	}
	if n, err := r.ReadAt(buf, int64(len(content)+5)); n != 0 || err != io.EOF {
		t.Errorf("behind the end: %d, %v; want 0, EOF", n, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	write(t, st, dir+"/empty", "")
	wantContent(t, st, dir+"/empty", "")
}

func (h *harness) invisible(t *testing.T) {
	st, dir := h.fresh(t)
	w, err := st.Create(t.Context(), dir+"/x", false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, strings.Repeat("x", 1<<20)); err != nil {
		t.Fatal(err)
	}
	if ok, err := st.Exists(t.Context(), dir+"/x"); ok || err != nil {
		t.Errorf("exists before commit: %v, %v", ok, err)
	}
	for _, name := range names(t, st, dir, "", true) {
		if !strings.HasPrefix(dir+"/"+name, store.TempPrefix(dir+"/x")) {
			t.Errorf("%s appeared before commit", name)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	w.Abort() // too late to matter
	wantNames(t, names(t, st, dir, "", true), "x")
}

func (h *harness) abort(t *testing.T) {
	st, dir := h.fresh(t)
	write(t, st, dir+"/old", "old")
	for _, name := range []string{"/old", "/new"} {
		w, err := st.Create(t.Context(), dir+name, false)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, "new"); err != nil {
			t.Fatal(err)
		}
		w.Abort()
		w.Abort()
	}
	wantNames(t, names(t, st, dir, "", true), "old")
	wantContent(t, st, dir+"/old", "old")
}

func (h *harness) replaces(t *testing.T) {
	st, dir := h.fresh(t)
	write(t, st, dir+"/x", "old and long")
	write(t, st, dir+"/x", "new")
	wantContent(t, st, dir+"/x", "new")
}

func exclusive(ctx context.Context, st *store.Store, name, content string) error {
	w, err := st.Create(ctx, name, true)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, content); err != nil {
		return err
	}
	return w.Commit()
}

func (h *harness) exclusive(t *testing.T) {
	st, dir := h.fresh(t)
	if err := exclusive(t.Context(), st, dir+"/x", "first"); err != nil {
		t.Fatal(err)
	}
	if err := exclusive(t.Context(), st, dir+"/x", "second"); !errors.Is(err, store.ErrExists) {
		t.Errorf("second: %v, want ErrExists", err)
	}
	wantContent(t, st, dir+"/x", "first")
	wantNames(t, names(t, st, dir, "", true), "x")
}

func (h *harness) race(t *testing.T) {
	st, dir := h.fresh(t)
	const n = 16
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = exclusive(t.Context(), st, dir+"/x", fmt.Sprint(i)) })
	}
	wg.Wait()
	winner := -1
	for i, err := range errs {
		switch {
		case err == nil && winner < 0:
			winner = i
		case !errors.Is(err, store.ErrExists):
			t.Errorf("%d: %v, want ErrExists", i, err)
		}
	}
	wantContent(t, st, dir+"/x", fmt.Sprint(winner))
}

func (h *harness) missing(t *testing.T) {
	st, dir := h.fresh(t)
	write(t, st, dir+"/folder/x", "x")
	ctx := t.Context()
	for _, name := range []string{dir + "/none", dir + "/none/none", dir + "/folder/x/none"} {
		if _, err := st.Stat(ctx, name); !errors.Is(err, store.ErrNotExist) {
			t.Errorf("stat %s: %v, want ErrNotExist", name, err)
		}
	}
	if _, err := st.Open(ctx, dir+"/none"); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("open: %v, want ErrNotExist", err)
	}
	if err := st.Delete(ctx, dir+"/none"); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("delete: %v, want ErrNotExist", err)
	}
	if _, err := st.Stat(ctx, dir+"/folder"); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("stat of a folder: %v, want ErrNotExist", err)
	}
	wantNames(t, names(t, st, dir+"/none", "", true))
	wantNames(t, names(t, st, dir+"/folder/x", "", true))
}

func (h *harness) lists(t *testing.T) {
	st, dir := h.fresh(t)
	for _, name := range []string{"b", "a/x", "a-b/x", "a.b", "a/b/c/d", "B", "_temporary/y", ".hidden", "ab"} {
		write(t, st, dir+"/"+name, name)
	}
	wantNames(t, names(t, st, dir, "", true), ".hidden", "B", "_temporary/y", "a-b/x", "a.b", "a/b/c/d", "a/x", "ab", "b")
	wantNames(t, names(t, st, dir, "", false), ".hidden", "B", "_temporary/", "a-b/", "a.b", "a/", "ab", "b")
	wantNames(t, names(t, st, dir, "a", true), "a-b/x", "a.b", "a/b/c/d", "a/x", "ab")
	wantNames(t, names(t, st, dir, "a/", false), "a/b/", "a/x")
	wantNames(t, names(t, st, dir, "a/b/c", true), "a/b/c/d")
	stop := errors.New("stop")
	seen := 0
	err := st.List(t.Context(), dir+"/", true, func(o store.Object) error {
		seen++
		return stop
	})
	if err != stop || seen != 1 {
		t.Errorf("after an error of fn: %v, called %d times", err, seen)
	}
	err = st.List(t.Context(), dir+"/a.b", true, func(o store.Object) error {
		if o.Size != 3 {
			t.Errorf("size %d, want 3", o.Size)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func (h *harness) etag(t *testing.T) {
	st, dir := h.fresh(t)
	tag := func() string {
		o, err := st.Stat(t.Context(), dir+"/x")
		if err != nil {
			t.Fatal(err)
		}
		return o.ETag
	}
	write(t, st, dir+"/x", "one")
	one := tag()
	if again := tag(); again != one {
		t.Errorf("%q and then %q", one, again)
	}
	write(t, st, dir+"/x", "other")
	if other := tag(); other == one && one != "" {
		t.Errorf("%q before and after a change", one)
	}
}

func (h *harness) cancelled(t *testing.T) {
	st, dir := h.fresh(t)
	write(t, st, dir+"/x", "x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	check := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want Canceled", what, err)
		}
	}
	_, err := st.Open(ctx, dir+"/x")
	check("open", err)
	_, err = st.Stat(ctx, dir+"/x")
	check("stat", err)
	check("list", st.List(ctx, dir+"/", true, func(store.Object) error { return nil }))
	check("delete", st.Delete(ctx, dir+"/x"))
	_, err = st.Create(ctx, dir+"/y", false)
	check("create", err)
	wantContent(t, st, dir+"/x", "x")
}

func (h *harness) globs(t *testing.T) {
	st, dir := h.fresh(t)
	for _, name := range []string{
		"a.parquet", "b.parquet", "c.csv", "_d.parquet", ".e.parquet", "day=1/a.parquet", "day=2/b.parquet",
		"day=2/deep/c.parquet", "_temporary/x.parquet", "other/z.csv", "literal[1].csv", "set/a{1}.csv", "set/b1.csv", "set/b{1,2}.csv",
	} {
		write(t, st, dir+"/"+name, name)
	}
	for _, tt := range []struct {
		pattern string
		want    []string
	}{
		{"*.parquet", []string{"a.parquet", "b.parquet"}},
		{"?.csv", []string{"c.csv"}},
		{"[ab].parquet", []string{"a.parquet", "b.parquet"}},
		{"*/*.parquet", []string{"day=1/a.parquet", "day=2/b.parquet"}},
		{"day=*/*", []string{"day=1/a.parquet", "day=2/b.parquet", "day=2/deep/c.parquet"}}, // deep is matched
		{"day=*", []string{"day=1/a.parquet", "day=2/b.parquet", "day=2/deep/c.parquet"}},
		{"**/day=2", []string{"day=2/b.parquet", "day=2/deep/c.parquet"}},
		{"**/d*p", []string{"day=2/deep/c.parquet"}},
		{"other/*{1}.csv", nil},
		{"l*{1,l[[]1]}.csv", []string{"literal[1].csv"}},
		{"set/*{1}.csv", []string{"set/a{1}.csv"}},
		{"set/a{1}.csv", []string{"set/a{1}.csv"}},
		{"set/{a{1},b1}.csv", []string{"set/a{1}.csv", "set/b1.csv"}},
		{"set/b{1,2}.csv", []string{"set/b{1,2}.csv"}}, // it is spelled so
		{"set/?{1,2}.csv", []string{"set/b1.csv", "set/b{1,2}.csv"}},
		{"s*", []string{"set/a{1}.csv", "set/b1.csv", "set/b{1,2}.csv"}},
		{"literal[1].csv", []string{"literal[1].csv"}},
		{"day=2/{b,x{1}}.parquet", []string{"day=2/b.parquet"}},
		{"**/*.parquet", []string{"a.parquet", "b.parquet", "day=1/a.parquet", "day=2/b.parquet", "day=2/deep/c.parquet"}},
		{"**/c*", []string{"c.csv", "day=2/deep/c.parquet"}},
		{"day=2/**", []string{"day=2/b.parquet", "day=2/deep/c.parquet"}},
		{"**/deep/**/*.parquet", []string{"day=2/deep/c.parquet"}},
		{"day=2", []string{"day=2/b.parquet", "day=2/deep/c.parquet"}},
		{"day=2/", []string{"day=2/b.parquet", "day=2/deep/c.parquet"}},
		{"a.parquet", []string{"a.parquet"}},
		{"_d.parquet", []string{"_d.parquet"}},
		{"_*.parquet", []string{"_d.parquet"}},
		{"none*", nil},
		{"none", nil},
		{"literal[[]1].csv", []string{"literal[1].csv"}},
	} {
		found, err := st.Glob(t.Context(), dir+"/"+tt.pattern)
		if err != nil {
			t.Errorf("%s: %v", tt.pattern, err)
		}
		var got []string
		for _, o := range found {
			got = append(got, strings.TrimPrefix(o.Name, dir+"/"))
			if o.Size == 0 {
				t.Errorf("%s: %s has no size", tt.pattern, o.Name)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: found %q, want %q", tt.pattern, got, tt.want)
		}
	}
	if _, err := st.Glob(t.Context(), dir+"/[a"); err == nil {
		t.Error("a pattern that is not well formed was taken")
	}
}
