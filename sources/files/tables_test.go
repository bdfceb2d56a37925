package files_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/files"
)

// tableSigns are files in the folder of a table that say what it is.
var tableSigns = map[string][]string{
	"delta":             {"_delta_log/00000000000000000000.json"},
	"delta checkpoint":  {"_delta_log/00000000000000000010.checkpoint.parquet"},
	"hudi":              {".hoodie/hoodie.properties"},
	"iceberg":           {"metadata/00000-0b5c5a1e.metadata.json"},
	"iceberg hadoop":    {"metadata/v1.gz.metadata.json", "metadata/version-hint.text"},
	"stream":            {"_spark_metadata/0"},
	"databricks":        {"_started_222", "_started_111", "_committed_111"},
	"paimon":            {"snapshot/LATEST", "manifest/manifest-1", "schema/schema-0"},
	"lance":             {"_versions/1.manifest"},
	"delta in capitals": {"_DELTA_LOG/00000000000000000000.json"},
	"empty log":         {"_delta_log/"},
	"empty stream":      {"_spark_metadata/"},
	"empty hudi":        {".hoodie/"},
}

// tableFiles are data files of such a table, and of a folder beside it.
var tableFiles = []string{"t/part-0.parquet", "t/part-1.parquet", "t/ds=1/part-2.parquet", "t/data/part-3.parquet", "other/x.parquet"}

// reachIn are patterns that find files of the table t, and all ways to spell that.
var reachIn = []string{
	"t", "t/", "./t", "t/.", "other/../t", ".", "**/*.parquet", "*/*.parquet", "*/part-*", "t/*", "t/*.parquet", "t/part-?.parquet",
	"t/part-0.parquet", "t/{part-0,none}.parquet", "t/**", "t/**/*.parquet", "t/ds=*", "t/ds=1", "t/ds=1/*.parquet", "t/ds=1/part-2.parquet",
	"t/ds=*/part-2.*", "t/data", "t/data/*.parquet", "t/data/part-3.parquet", "[t]/data", "{t,other}/*.parquet",
	"links/t", "links/t/*.parquet", "links", "links/**/*.parquet", "links/ds", "links/ds/*.parquet", "links/file.parquet", "links/*.parquet",
}

func writeAll(t *testing.T, dir string, files []string) {
	t.Helper()
	for _, name := range files {
		path := filepath.Join(dir, name)
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(path, 0o777); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte("{}"), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
}

func linkAll(t *testing.T, dir string, links map[string]string) {
	t.Helper()
	for name, to := range links {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.Symlink(filepath.Join(dir, to), path)); err != nil {
			t.Fatal(err)
		}
	}
}

func below(dir string, names []string) []string {
	var list []string
	for _, n := range names {
		list = append(list, dir+"/"+n)
	}
	return list
}

func TestTablesOfOthersAreNotReadAsFiles(t *testing.T) {
	for kind, signs := range tableSigns {
		t.Run(kind, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			writeAll(t, dir, slices.Concat(tableFiles, below("t", signs)))
			linkAll(t, dir, map[string]string{"links/t": "t", "links/ds": "t/ds=1", "links/file.parquet": "t/part-0.parquet"})
			for _, pattern := range slices.Concat(reachIn, below(dir, reachIn)) {
				_, err := files.Find(t.Context(), files.Local(), pattern, sources.Rules{})
				var table *files.TableError
				if !errors.As(err, &table) || !strings.HasSuffix(table.Folder, "/t") || !strings.Contains(err.Error(), "--as-files") {
					t.Errorf("%s: %v, want a TableError of t", pattern, err)
				}
				if found, err := files.Find(t.Context(), files.Local(), pattern, sources.Rules{AsFiles: true}); err != nil || len(found) == 0 {
					t.Errorf("%s as files: %d files, %v", pattern, len(found), err)
				}
			}
			if found, err := files.Find(t.Context(), files.Local(), "other/*", sources.Rules{}); err != nil || len(found) != 1 {
				t.Errorf("a folder beside the table: %d files, %v", len(found), err)
			}
			if _, err := files.Open(t.Context(), []string{"other", "t/part-0.parquet"}, sources.Options{}); !errors.As(err, new(*files.TableError)) {
				t.Errorf("a list with a file of it: %v", err)
			}
		})
	}
}

// lists counts the listings of a store in memory.
type lists struct {
	bucket
	n *int
}

func (l lists) List(ctx context.Context, prefix string, deep bool, fn func(store.Object) error) error {
	*l.n++
	return l.bucket.List(ctx, prefix, deep, fn)
}

func TestTablesOfOthersOnStoresAreNotReadAsFiles(t *testing.T) {
	for kind, signs := range tableSigns {
		if kind == "delta in capitals" {
			continue // names on stores are as they are written
		}
		objects := map[string]string{}
		for _, name := range slices.Concat(tableFiles, below("t", signs)) {
			objects[name] = "{}"
		}
		opener := tableOf(t, objects)
		for _, pattern := range reachIn {
			if strings.Contains(pattern, "links") || strings.Contains(pattern, ".") && !strings.Contains(pattern, ".p") && !strings.Contains(pattern, ".*") {
				continue
			}
			_, err := files.Find(t.Context(), opener, "s3://b/"+pattern, sources.Rules{})
			var table *files.TableError
			if !errors.As(err, &table) || table.Folder != "s3://b/t" {
				t.Errorf("%s: %s: %v, want a TableError of s3://b/t", kind, pattern, err)
			}
		}
	}
}

// Partitions are looked through once, with what lists their files.
func TestLookingForTablesOnStoresTakesFewListings(t *testing.T) {
	n := 0
	st := store.New(lists{bucket{&store.Mem{}}, &n})
	for i := range 200 {
		if err := st.WriteFile(t.Context(), fmt.Sprintf("a/b/t/ds=%d/part-0.parquet", i), []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	for pattern, most := range map[string]int{"a/b/t": 25, "a/b/t/**/*.parquet": 25, "a/b/t/*/*.parquet": 225} {
		n = 0
		found, err := files.Find(t.Context(), &table{Store: st}, "s3://b/"+pattern, sources.Rules{})
		if err != nil || len(found) != 200 || n > most {
			t.Errorf("%s: %d files, %v, with %d listings, want at most %d", pattern, len(found), err, n, most)
		}
	}
}

// Names that only look like those of tables are folders of the user's.
func TestFoldersThatAreNoTablesAreRead(t *testing.T) {
	for _, beside := range []string{"metadata/notes.txt", "metadata/x.parquet", "snapshot/LATEST", "schema/schema-0", "_logs/x", "_SUCCESS", "_committed_1", "_versions/", "metadata/"} {
		dir := t.TempDir()
		writeAll(t, dir, []string{"t/x.parquet", "t/" + beside})
		if found, err := files.Find(t.Context(), files.Local(), dir+"/t/*.parquet", sources.Rules{}); err != nil || len(found) != 1 {
			t.Errorf("%s: %d files, %v", beside, len(found), err)
		}
	}
}

// What is written into the folder of a table of others, nobody would find there.
func TestPlacesInTablesOfOthersAreKnown(t *testing.T) {
	dir := t.TempDir()
	writeAll(t, dir, []string{"delta/_delta_log/0.json", "delta/ds=1/x.parquet", "hudi/.hoodie/", "ice/metadata/v1.metadata.json", "plain/x.parquet"})
	linkAll(t, dir, map[string]string{"links/ds": "delta/ds=1", "links/plain": "plain"})
	for place, want := range map[string]string{
		"delta/ds=2": "/delta", "delta/x.parquet": "/delta", "delta/a/b/c": "/delta", "hudi/x": "/hudi", "ice/data/x": "/ice", "links/ds/x": "/delta",
		"delta": "", "new/x": "", "plain/x": "", "links/plain/a/b": "",
	} {
		err := files.Inside(t.Context(), store.Here(), dir+"/"+place)
		var table *files.TableError
		if want == "" && err != nil || want != "" && (!errors.As(err, &table) || !strings.HasSuffix(table.Folder, want)) {
			t.Errorf("%s: %v, want a TableError of %q", place, err, want)
		}
	}
	st := store.New(&store.Mem{})
	if err := st.WriteFile(t.Context(), "lake/t/_delta_log/0.json", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	for place, inside := range map[string]bool{"lake/t/x": true, "lake/t/a/b.parquet": true, "lake/t": false, "lake/u/x": false, "x": false} {
		if err := files.Inside(t.Context(), st, place); errors.As(err, new(*files.TableError)) != inside {
			t.Errorf("%s on a store: %v", place, err)
		}
	}
}

// Of committed transactions of Databricks, files that a later one removed are no rows.
func TestFilesThatATransactionRemovedAreRefused(t *testing.T) {
	dir := t.TempDir()
	writeAll(t, dir, []string{"t/part-00000-tid-1-a.parquet", "t/part-00000-tid-2-b.parquet", "t/part-00000-tid-3-c.parquet", "t/_started_1", "t/_started_2", "t/_committed_1"})
	if err := os.WriteFile(dir+"/t/_committed_2", []byte(`{"added":["part-00000-tid-2-b.parquet"],"removed":["part-00000-tid-1-a.parquet"]}`), 0o666); err != nil {
		t.Fatal(err)
	}
	for pattern, sign := range map[string]string{"*-a.parquet": "tid-1", "*-b.parquet": "", "*-c.parquet": "tid-3", "*": "tid-1"} {
		_, err := files.Find(t.Context(), files.Local(), dir+"/t/"+pattern, sources.Rules{})
		var table *files.TableError
		if sign == "" && err != nil || sign != "" && (!errors.As(err, &table) || !strings.Contains(table.Sign, sign)) {
			t.Errorf("%s: %v, want a TableError of %q", pattern, err, sign)
		}
	}
}

const ownSuccess = `{"run_id":"r2","leapscore_version":"v","files":[{"name":"part-2.parquet"}],"kept":[{"name":"ds=1/part-1.parquet"}]}`

// Of a table that leapscore wrote, what its manifest lists is read, and nothing else.
func TestManifestsOnDisksAreHonoured(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	writeAll(t, dir, []string{"lake/t/part-2.parquet", "lake/t/ds=1/part-1.parquet", "lake/t/ds=1/foreign.parquet", "lake/t/foreign.parquet", "lake/x.parquet"})
	if err := os.WriteFile("lake/t/_SUCCESS", []byte(ownSuccess), 0o666); err != nil {
		t.Fatal(err)
	}
	linkAll(t, dir, map[string]string{"link": "lake/t"})
	for pattern, want := range map[string][]string{
		"lake/t":              {"lake/t/ds=1/part-1.parquet", "lake/t/part-2.parquet"},
		"lake/t/*":            {"lake/t/ds=1/part-1.parquet", "lake/t/part-2.parquet"},
		"lake/t/*.parquet":    {"lake/t/part-2.parquet"},
		"lake":                {"lake/t/ds=1/part-1.parquet", "lake/t/part-2.parquet", "lake/x.parquet"},
		"**/*.parquet":        {"lake/t/ds=1/part-1.parquet", "lake/t/part-2.parquet", "lake/x.parquet", "link/ds=1/part-1.parquet", "link/part-2.parquet"},
		"lake/t/ds=1/*":       {"lake/t/ds=1/part-1.parquet"},
		"lake/t/part-2.*":     {"lake/t/part-2.parquet"},
		"link/*.parquet":      {"link/part-2.parquet"},
		"lake/t/foreign.*":    nil,
		"lake/t/foreign.parq": nil,
	} {
		warned := ""
		found, err := files.Find(t.Context(), files.Local(), pattern, sources.Rules{Warn: func(msg string) { warned += msg }})
		if diff := cmp.Diff(want, foundNames(found)); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", pattern, err, diff)
		}
		if strings.HasSuffix(pattern, "/*") && !strings.Contains(warned, "foreign.parquet") {
			t.Errorf("%s: warned %q, want the file that is not read", pattern, warned)
		}
	}
	for _, pattern := range []string{"lake/t/foreign.parquet", "link/foreign.parquet", dir + "/lake/t/ds=1/foreign.parquet"} {
		if _, err := files.Find(t.Context(), files.Local(), pattern, sources.Rules{}); !errors.As(err, new(*sources.FileError)) || !strings.Contains(err.Error(), "foreign.parquet") {
			t.Errorf("%s: %v, want a FileError", pattern, err)
		}
	}
	if err := os.Remove("lake/t/ds=1/part-1.parquet"); err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"lake", "lake/t", "lake/t/**/*.parquet", "link", dir + "/lake/t"} {
		if _, err := files.Find(t.Context(), files.Local(), pattern, sources.Rules{}); !errors.Is(err, store.ErrNotExist) || !strings.Contains(err.Error(), "ds=1/part-1.parquet") {
			t.Errorf("%s: %v, want that part-1 is not there", pattern, err)
		}
	}
	if err := errors.Join(os.Remove("lake/t/part-2.parquet"), os.Remove("lake/t/foreign.parquet"), os.RemoveAll("lake/t/ds=1")); err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"lake/t", "lake/t/*.parquet", "lake/t/part-2.parquet", "link", dir + "/lake/t/**"} {
		if _, err := files.Find(t.Context(), files.Local(), pattern, sources.Rules{}); !errors.Is(err, store.ErrNotExist) || !strings.Contains(err.Error(), "part-") {
			t.Errorf("%s with no file left: %v, want that part-2 is not there", pattern, err)
		}
	}
}

func foundNames(found []store.Object) (names []string) {
	for _, o := range found {
		names = append(names, o.Name)
	}
	return names
}

// Manifests of earlier versions list the last run only; records tell the rest.
func TestManifestsWithoutWhatWasKeptAreCompletedByRecords(t *testing.T) {
	write := func(dir, first string) {
		writeAll(t, dir, []string{"part-1.parquet", "part-2.parquet", "foreign.parquet"})
		for name, text := range map[string]string{
			"_SUCCESS":           `{"run_id":"r2","leapscore_version":"v","files":[{"name":"part-2.parquet"}]}`,
			"_leapscore/r2.json": `{"previous":"r1","output":{"mode":"append","files":[{"name":"part-2.parquet"}]}}`,
			"_leapscore/r1.json": `{"output":{"mode":"` + first + `","files":[{"name":"part-1.parquet"},{"name":"gone.parquet"}]}}`,
		} {
			if err := errors.Join(os.MkdirAll(filepath.Join(dir, "_leapscore"), 0o777), os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666)); err != nil {
				t.Fatal(err)
			}
		}
	}
	dir := t.TempDir()
	write(dir, "overwrite")
	found, err := files.Find(t.Context(), files.Local(), dir, sources.Rules{})
	if diff := cmp.Diff([]string{dir + "/part-1.parquet", dir + "/part-2.parquet"}, foundNames(found)); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	dir = t.TempDir()
	write(dir, "append") // to what, nobody knows
	if _, err := files.Find(t.Context(), files.Local(), dir, sources.Rules{}); !errors.As(err, new(*sources.FileError)) || !strings.Contains(err.Error(), "foreign.parquet") {
		t.Errorf("%v, want a FileError of foreign.parquet", err)
	}
}

func TestJobsThatAreNotDoneAreDoubtful(t *testing.T) {
	const part = "part-00000-6d1b8a4e-0c5f-4a5e-9d3c-2b1f0a9e8d7c-c000.snappy.parquet"
	for _, tt := range []struct {
		files       []string
		warns, fail string
	}{
		{[]string{part, "_SUCCESS"}, "", ""},
		{[]string{"ds=1/" + part, "_SUCCESS"}, "", ""},
		{[]string{part}, "_SUCCESS", "_SUCCESS"},
		{[]string{"ds=1/hr=2/" + part}, "_SUCCESS", "_SUCCESS"},
		{[]string{"x.parquet"}, "", "_SUCCESS"},
		{[]string{"x.parquet", "_temporary/0/x"}, "_temporary", "_temporary"},
		{[]string{"ds=1/" + part, "_SUCCESS", "_temporary/0/x"}, "_temporary", "_temporary"},
	} {
		dir := t.TempDir()
		writeAll(t, dir, tt.files)
		for _, pattern := range []string{dir, dir + "/**/*.parquet"} {
			warned := ""
			warn := func(msg string) { warned += msg }
			_, err := files.Find(t.Context(), files.Local(), pattern, sources.Rules{Warn: warn})
			if err != nil || !strings.Contains(warned, tt.warns) || (warned == "") != (tt.warns == "") || warned != "" && !strings.Contains(warned, dir) {
				t.Errorf("%q: %v, warned %q, want %q", tt.files, err, warned, tt.warns)
			}
			_, err = files.Find(t.Context(), files.Local(), pattern, sources.Rules{RequireSuccess: true, Warn: warn})
			if unfinished := (*files.UnfinishedError)(nil); errors.As(err, &unfinished) != (tt.fail != "") || err != nil && !strings.Contains(err.Error(), tt.fail) {
				t.Errorf("%q: %v, want an error of %q", tt.files, err, tt.fail)
			}
		}
	}
}

// One pattern finds the same by path and by URL; links to folders are followed, a
// wildcard that matches a folder stands for what is in it.
func TestPathsAndURLsFindTheSame(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	writeAll(t, dir, []string{"l/a.parquet", "l/day=1/b.parquet", "l/day=2/deep/c.parquet", "l/x{1}.parquet", "l/[1].parquet", "l/1.parquet", "l/.hidden/h.parquet", "l/_h.parquet", "far/d.parquet", "p,q/e.parquet"})
	linkAll(t, dir, map[string]string{"l/linked": "far", "l/loop": "l", "l/day=2/loop": "l/day=2"})
	for pattern, want := range map[string][]string{
		"l":                  {"1", "[1]", "a", "day=1/b", "day=2/deep/c", "linked/d", "x{1}"},
		"l/**/*.parquet":     {"1", "[1]", "a", "day=1/b", "day=2/deep/c", "linked/d", "x{1}"},
		"l/**":               {"1", "[1]", "a", "day=1/b", "day=2/deep/c", "linked/d", "x{1}"},
		"l/day=*":            {"day=1/b", "day=2/deep/c"},
		"l/d*/*.parquet":     {"day=1/b"},
		"l/linked/*.parquet": {"linked/d"},
		"l/link*":            {"linked/d"},
		"l/*{1}.parquet":     {"x{1}"},
		"l/x{1}.parquet":     {"x{1}"},
		"l/[1].parquet":      {"[1]"},
		"l/{a,1}.parquet":    {"1", "a"},
		"l/{day=1,linked}":   {"day=1/b", "linked/d"},
		"l/none*":            nil,
	} {
		for _, dot := range []string{"", "./", "far/../", dir + "/"} {
			found, err := files.Local().Glob(t.Context(), dot+pattern)
			var got []string
			for _, o := range found {
				_, name, _ := strings.Cut("/"+strings.TrimSuffix(o.Name, ".parquet"), "/l/")
				got = append(got, name)
			}
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s%s: %v (-want +got):\n%s", dot, pattern, err, diff)
			}
		}
		st, name, err := store.Open(t.Context(), "file://"+dir+"/"+pattern)
		if err != nil {
			t.Fatal(err)
		}
		found, err := st.Glob(t.Context(), name)
		if err != nil || len(found) != len(want) {
			t.Errorf("file://%s: %q, %v, want %q", pattern, foundNames(found), err, want)
		}
	}
}

// A link to nothing, and what is no file, is named, and nobody waits for it.
func TestOddNamesInAPatternAreRefused(t *testing.T) {
	dir := t.TempDir()
	writeAll(t, dir, []string{"a.parquet", "sub/a.parquet"})
	linkAll(t, dir, map[string]string{"sub/gone.parquet": "nothing", "self/x.parquet": "self/x.parquet"})
	makePipe(t, filepath.Join(dir, "pipe.csv"))
	for pattern, want := range map[string]string{
		"*.csv": "pipe.csv: is a named pipe", "pipe.csv": "pipe.csv: is a named pipe", "sub": "gone.parquet: is a link to nothing",
		"sub/*": "gone.parquet: is a link to nothing", "sub/gone.parquet": "gone.parquet: is a link to nothing", "self": "x.parquet: is a link to nothing",
		"**/*.parquet": "is a link to nothing",
	} {
		for _, prefix := range []string{"", "file://"} {
			st, name, err := store.Open(t.Context(), prefix+dir+"/"+pattern)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := st.Glob(t.Context(), name); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s%s: %v, want %q", prefix, pattern, err, want)
			}
		}
		if _, err := files.Open(t.Context(), []string{dir + "/" + pattern}, sources.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", pattern, err, want)
		}
	}
	if found, err := files.Local().Glob(t.Context(), dir+"/*.parquet"); err != nil || len(found) != 1 {
		t.Errorf("%d files, %v", len(found), err)
	}
}

// Each file is read once, whatever it is called, and a second name by a link is
// refused, since its folders may say other values.
func TestNoFileIsReadTwice(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write := map[string]string{"l/day=1/a.csv": "x\n1\n", "l/day=2/a.csv": "x\n2\n"}
	for name, text := range write {
		writeAll(t, dir, []string{name})
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	src, err := files.Open(t.Context(), []string{"l", "./l/day=1", dir + "/l/day=2/a.csv"}, sources.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if files, _ := sources.FilesOf(src); len(files) != 2 {
		t.Errorf("%d files, want 2", len(files))
	}
	linkAll(t, dir, map[string]string{"l/day=latest": "l/day=2"})
	if _, err := files.Open(t.Context(), []string{"l"}, sources.Options{}); err == nil || !strings.Contains(err.Error(), "is the same file as") {
		t.Errorf("%v, want an error", err)
	}
}
