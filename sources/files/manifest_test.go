package files_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/files"
)

// table is an opener over objects in memory, by names that look like URLs.
type table struct {
	*store.Store
	globs int
}

// bucket is objects in memory that are called by URLs.
type bucket struct{ *store.Mem }

func (bucket) URL(name string) string { return "s3://b/" + name }

func (t *table) Search(ctx context.Context, pattern string) (*store.Search, error) {
	t.globs++
	name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(pattern, "s3://b"), "/"), "?")
	return t.Store.Explore(ctx, name)
}

func (t *table) Glob(ctx context.Context, pattern string) ([]store.Object, error) {
	s, err := t.Search(ctx, pattern)
	if err != nil {
		return nil, err
	}
	return s.Objects(), nil
}

func (t *table) Open(ctx context.Context, name string) (store.Reader, error) {
	return t.Store.Open(ctx, strings.TrimPrefix(name, "s3://b/"))
}

func tableOf(t *testing.T, objects map[string]string) *table {
	t.Helper()
	st := store.New(bucket{&store.Mem{}})
	for name, text := range objects {
		if err := st.WriteFile(t.Context(), name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	return &table{Store: st}
}

func TestOnlyWhatTheLastManifestListsIsRead(t *testing.T) {
	inputs := map[string]string{
		"t/part-1-old.parquet": "", "t/part-1-new.parquet": "", "t/part-1-running.parquet": "", "other/x.parquet": "",
		"t/_leapscore/manifests/00000000000000000009.json": `{"files":[{"name":"part-1-old.parquet"}]}`,
		"t/_leapscore/manifests/00000000000000000010.json": `{"files":[{"name":"part-1-new.parquet"}],"kept":[{"name":"k=1/part-2-old.parquet"}]}`,
		"t/k=1/part-2-old.parquet":                         "", "t/k=1/part-2-dead.parquet": "",
	}
	for pattern, want := range map[string][]string{
		"s3://b/t":                           {"s3://b/t/k=1/part-2-old.parquet", "s3://b/t/part-1-new.parquet"},
		"s3://b/t/?region=x":                 {"s3://b/t/k=1/part-2-old.parquet", "s3://b/t/part-1-new.parquet"},
		"s3://b/t/*.parquet?region=x":        {"s3://b/t/part-1-new.parquet"},
		"s3://b/t/**/*.parquet":              {"s3://b/t/k=1/part-2-old.parquet", "s3://b/t/part-1-new.parquet"},
		"s3://b/t/k=1":                       {"s3://b/t/k=1/part-2-old.parquet"},
		"s3://b/t/k=1/part*":                 {"s3://b/t/k=1/part-2-old.parquet"},
		"s3://b/other/*":                     {"s3://b/other/x.parquet"},
		"s3://b/t/*/*.parquet":               {"s3://b/t/k=1/part-2-old.parquet"},
		"s3://b":                             {"s3://b/other/x.parquet", "s3://b/t/k=1/part-2-old.parquet", "s3://b/t/part-1-new.parquet"},
		"s3://b/**/*.parquet":                {"s3://b/other/x.parquet", "s3://b/t/k=1/part-2-old.parquet", "s3://b/t/part-1-new.parquet"},
		"s3://b/*/part-1-*.parquet":          {"s3://b/t/part-1-new.parquet"},
		"s3://b/t/_leapscore/manifests/0*9*": {"s3://b/t/_leapscore/manifests/00000000000000000009.json"},
	} {
		found, err := files.Find(t.Context(), tableOf(t, inputs), pattern, sources.Rules{})
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
		}
		var got []string
		for _, o := range found {
			got = append(got, o.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", pattern, diff)
		}
	}
}

func TestFilesThatAManifestListsMustBeThere(t *testing.T) {
	opener := tableOf(t, map[string]string{
		"t/a.parquet": "", "t/_leapscore/manifests/00000000000000000001.json": `{"files":[{"name":"a.parquet"},{"name":"b.parquet"}]}`,
	})
	_, err := files.Find(t.Context(), opener, "s3://b/t", sources.Rules{})
	var file *sources.FileError
	if !errors.As(err, &file) || file.Name != "s3://b/t/b.parquet" {
		t.Errorf("%v, want a FileError of b.parquet", err)
	}
	if opener.globs < 3 {
		t.Errorf("%d lookups, want more than one try", opener.globs)
	}
}

// Parameters of a URL and its slashes do not hide where its folders begin.
func TestFoldersOfURLsAreColumns(t *testing.T) {
	for _, pattern := range []string{"s3://b/t?region=x", "s3://b/t/**/*.csv?region=x", "s3://b/t/*/*.csv", "s3://b/t/"} {
		src, err := files.Open(t.Context(), []string{pattern}, sources.Options{
			Opener: tableOf(t, map[string]string{"t/k=1/a.csv": "x\n1\n", "t/k=2/b.csv": "x\n2\n"}), Remote: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := src.Schema().FieldsByName("k"); !ok {
			t.Errorf("%s: columns %v, want k among them", pattern, src.Schema().Fields())
		}
	}
}
