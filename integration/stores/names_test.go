package stores

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/engine/store"
	"leapscore/integration/servers"
)

// oddNames are keys with characters that programs like to escape.
var oddNames = []string{
	"dt=2026-11-28 10%3A00/x.parquet", "pct/a%20b.parquet", "pct/a b.parquet", "pct/a%2520b", "hash/a#b.parquet", "query/a?b.parquet",
	"query/a?b=c", "plus/a+b&c=d;e", "colon/a:b", "quote/a'b\"c", "star/a*b[c]{d}", "k=../x", "dots/..a/b..", "__0x25__/x", "esc/a__0x2f__b",
	"ö ü/日本/é.parquet", "at/@$!~(),^`|<>",
}

// Every key is what it is to other programs too, and is read, listed, found and
// removed by that name.
func TestKeysAreLiteral(t *testing.T) {
	for _, s := range []*servers.Server{servers.S3(t), servers.GCS(t), servers.Azure(t)} {
		t.Run(s.Scheme, func(t *testing.T) {
			st := open(t, s)
			for _, name := range oddNames {
				if err := st.WriteFile(t.Context(), name, []byte(name)); err != nil {
					t.Fatal(err)
				}
			}
			want := slices.Sorted(slices.Values(oddNames))
			if d := cmp.Diff(want, s.Names(t)); d != "" {
				t.Errorf("what others see, -want +got:\n%s", d)
			}
			var listed []string
			if err := st.List(t.Context(), "", true, func(o store.Object) error { listed = append(listed, o.Name); return nil }); err != nil {
				t.Fatal(err)
			}
			slices.Sort(listed)
			if d := cmp.Diff(want, listed); d != "" {
				t.Errorf("listed, -want +got:\n%s", d)
			}
			for _, name := range oddNames {
				literalKey(t, s, st, name)
			}
		})
	}
}

func literalKey(t *testing.T, s *servers.Server, st *store.Store, name string) {
	t.Helper()
	where := s.URL(name)
	same, key, err := store.Open(t.Context(), where)
	if err != nil || key != name {
		t.Errorf("%s: name %q, %v", where, key, err)
		return
	}
	defer same.Close()
	if got, err := st.ReadFile(t.Context(), name); err != nil || string(got) != name {
		t.Errorf("%q: read %q, %v", name, got, err)
	}
	dir := name[:strings.LastIndexByte(name, '/')+1]
	var below []string
	if err := st.List(t.Context(), dir, false, func(o store.Object) error { below = append(below, o.Name); return nil }); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(below, func(n string) bool { return strings.HasPrefix(name, n) }) {
		t.Errorf("%q: its folder holds %q", name, below)
	}
	w, err := st.Create(t.Context(), name, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := write(w, []byte("another")); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(); !errors.Is(err, store.ErrExists) {
		t.Errorf("%q: made anew: %v, want ErrExists", name, err)
	}
	if err := st.Delete(t.Context(), name); err != nil {
		t.Errorf("%q: %v", name, err)
	}
	if _, err := st.Stat(t.Context(), name); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("%q: after delete: %v", name, err)
	}
}

func TestKeysThatNobodyCouldReadAreRefused(t *testing.T) {
	for _, s := range []*servers.Server{servers.S3(t), servers.GCS(t), servers.Azure(t)} {
		st := open(t, s)
		for _, name := range []string{"a\xffb", "a\nb", "a\x00", strings.Repeat("x", 1025)} {
			err := st.WriteFile(t.Context(), name, []byte("x"))
			if bad := (*store.KeyError)(nil); !errors.As(err, &bad) {
				t.Errorf("%s %.20q: %v, want a KeyError", s.Scheme, name, err)
			}
		}
		if names := s.Names(t); len(names) > 0 {
			t.Errorf("%s: left %q", s.Scheme, names)
		}
	}
}
