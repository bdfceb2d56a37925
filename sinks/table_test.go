package sinks_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"
	parquetgo "github.com/parquet-go/parquet-go"

	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sinks/sinktest"
)

// folder is the destination of a table in folder path of st.
func folder(st *store.Store, path string) sinktest.Destination {
	return sinktest.Destination{
		Append: true,
		Create: func(ctx context.Context, opts sinks.Options) (sinks.Table, error) {
			return sinks.Create(ctx, st, path, opts)
		},
		Read: func(ctx context.Context) ([]sinktest.Row, error) { return sinktest.ReadTable(ctx, st, path) },
	}
}

// oneFile is the destination of a table that is the file path of st.
func oneFile(st *store.Store, path string) sinktest.Destination {
	return sinktest.Destination{
		Create: func(ctx context.Context, opts sinks.Options) (sinks.Table, error) {
			return sinks.CreateFile(ctx, st, path, opts)
		},
		Read: func(ctx context.Context) ([]sinktest.Row, error) {
			if ok, err := st.Exists(ctx, path); !ok || err != nil {
				return nil, err
			}
			return sinktest.ReadFile(ctx, st, path)
		},
	}
}

func tempStore(t *testing.T) (*store.Store, string) {
	t.Helper()
	st, dir, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return st, dir
}

func TestTablesConform(t *testing.T) {
	for _, c := range disks {
		t.Run(c.name, func(t *testing.T) {
			sinktest.RunConformance(t, func(t *testing.T) sinktest.Destination {
				return folder(store.New(c.disk()), "dir/preds")
			})
		})
	}
	t.Run("files", func(t *testing.T) {
		sinktest.RunConformance(t, func(t *testing.T) sinktest.Destination {
			st, dir := tempStore(t)
			return folder(st, dir+"/dir/preds")
		})
	})
}

func TestSingleFilesConform(t *testing.T) {
	t.Run("mem", func(t *testing.T) {
		sinktest.RunConformance(t, func(t *testing.T) sinktest.Destination {
			return oneFile(store.New(&store.Mem{}), "dir/preds.parquet")
		})
	})
	t.Run("files", func(t *testing.T) {
		sinktest.RunConformance(t, func(t *testing.T) sinktest.Destination {
			st, dir := tempStore(t)
			return oneFile(st, dir+"/dir/preds.parquet")
		})
	})
}

// disks are the ways in which a table can be published.
var disks = []struct {
	name string
	disk func() *store.Mem
}{
	{"exchange", func() *store.Mem { return &store.Mem{} }},
	{"two renames", func() *store.Mem { return &store.Mem{NoExchange: true} }},
	{"in place", func() *store.Mem { return &store.Mem{Mount: "dir/preds"} }},
	{"no links", func() *store.Mem { return &store.Mem{NoLink: true} }},
	{"not ours", func() *store.Mem { return &store.Mem{Fixed: "dir/preds"} }},
}

func mustRun(t *testing.T, st *store.Store, path string, j sinktest.Job) *sinks.Manifest {
	t.Helper()
	m, err := j.Run(t.Context(), folder(st, path).Create)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestFilesAreThoseOfTheManifest(t *testing.T) {
	st, dir := tempStore(t)
	m := mustRun(t, st, dir+"/preds", sinktest.NewJob("r", sinks.ModeError))
	read, err := sinks.ReadManifest(t.Context(), st, dir+"/preds")
	if err != nil {
		t.Fatal(err)
	}
	if read.Kept == nil || len(read.Kept) > 0 { // which says that nothing else is in the table
		t.Errorf("_SUCCESS has the kept files %v, want an empty list", read.Kept)
	}
	read.Kept = nil
	if diff := cmp.Diff(m, read); diff != "" {
		t.Errorf("(-returned +_SUCCESS)\n%s", diff)
	}
	want := []string{"_SUCCESS"}
	for i, f := range m.Files {
		if want := fmt.Sprintf("part-%05d-%s.parquet", i, "251da4c6-f920-5d6d-9832-7737e46199aa"); strings.Contains(f.Name, "r1") || len(f.Name) != len(want) {
			t.Errorf("file name %s, want one like %s", f.Name, want)
		}
		data, err := st.ReadFile(t.Context(), dir+"/preds/"+f.Name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		if hex.EncodeToString(sum[:]) != f.SHA256 || int64(len(data)) != f.Bytes {
			t.Errorf("%s: %d bytes with another sum than %+v", f.Name, len(data), f)
		}
		if f.Rows > 300 {
			t.Errorf("%s: %d rows, want at most 300", f.Name, f.Rows)
		}
		want = append(want, f.Name)
	}
	wantNames(t, st, dir, want...)
}

// wantNames checks what is in dir/preds, and that nothing is beside it.
func wantNames(t *testing.T, st *store.Store, dir string, want ...string) {
	t.Helper()
	var got []string
	err := st.List(t.Context(), dir+"/", true, func(o store.Object) error {
		got = append(got, strings.TrimPrefix(o.Name, dir+"/"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		want[i] = "preds/" + want[i]
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestSmallPartsSharRowGroups(t *testing.T) {
	st, dir := tempStore(t)
	j := sinktest.NewJob("r", sinks.ModeError)
	j.Options.FileRows = 1 << 40
	j.Parts = []int{10, 20, 30, 250, 5, 5, 120, 90, 90, 90}
	m := mustRun(t, st, dir+"/preds", j)
	data, err := st.ReadFile(t.Context(), dir+"/preds/"+m.Files[0].Name)
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquetgo.OpenFile(strings.NewReader(string(data)), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var got []int64
	for _, rg := range f.RowGroups() {
		got = append(got, rg.NumRows())
	}
	// 250 is cut at 225, an eighth above 200; its 25 go with the small parts
	// behind; 120 is more than half a group, and stays alone.
	if want := []int64{60, 225, 35, 120, 180, 90}; !slices.Equal(got, want) {
		t.Errorf("row groups of %d, want %d", got, want)
	}
}

func TestMetadataIsInEveryFile(t *testing.T) {
	st, dir := tempStore(t)
	j := sinktest.NewJob("r", sinks.ModeError)
	j.Options.Metadata = map[string]string{"leapscore.model.uid": "u", "leapscore.model.name": "m"}
	j.Options.Version = "1.2.3"
	m := mustRun(t, st, dir+"/preds", j)
	for _, file := range m.Files {
		data, err := st.ReadFile(t.Context(), dir+"/preds/"+file.Name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parquetgo.OpenFile(strings.NewReader(string(data)), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, kv := range f.Metadata().KeyValueMetadata {
			got = append(got, kv.Key+"="+kv.Value)
		}
		if want := []string{"leapscore.model.name=m", "leapscore.model.uid=u"}; !slices.Equal(got, want) {
			t.Errorf("%s: metadata %q, want %q", file.Name, got, want)
		}
		if got := f.Metadata().CreatedBy; got != "leapscore version 1.2.3" {
			t.Errorf("%s: created by %q", file.Name, got)
		}
	}
}

func TestOverwriteKeepsWhatIsNotTheTable(t *testing.T) {
	for _, c := range disks {
		t.Run(c.name, func(t *testing.T) {
			st := store.New(c.disk())
			first, second := sinktest.NewJob("first", sinks.ModeError), sinktest.NewJob("second", sinks.ModeOverwrite)
			mustRun(t, st, "dir/preds", first)
			for _, name := range []string{"_leapscore/first.json", ".gitignore", "_metadata", ".part-0.parquet.crc", "day=1/x.parquet", "a.csv.gz"} {
				if err := st.WriteFile(t.Context(), "dir/preds/"+name, []byte("x")); err != nil {
					t.Fatal(err)
				}
			}
			want := []string{"_SUCCESS", "_leapscore/first.json", ".gitignore"}
			for _, f := range mustRun(t, st, "dir/preds", second).Files {
				want = append(want, f.Name)
			}
			wantNames(t, st, "dir", want...)
		})
	}
}

func TestRefusesFoldersThatAreNoTables(t *testing.T) {
	for _, tt := range []struct {
		file string
		mode sinks.Mode
		want string
	}{
		{"notes.txt", sinks.ModeOverwrite, "holds notes.txt, which is no part of a table"},
		{"src/main.go", sinks.ModeOverwrite, "holds src/main.go, which is no part of a table"},
		{"_delta_log/00000000000000000000.json", sinks.ModeOverwrite, "a table of another format"},
		{"_delta_log/00000000000000000000.json", sinks.ModeAppend, "a table of another format"},
		{"metadata/v1.metadata.json", sinks.ModeAppend, "a table of another format"},
		{"metadata/v1.metadata.json.gz", sinks.ModeAppend, "a table of another format"},
		{"metadata/version-hint.text", sinks.ModeOverwrite, "a table of another format"},
		{".hoodie/hoodie.properties", sinks.ModeOverwrite, "a table of another format"},
		{".hoodie/hoodie.properties", sinks.ModeAppend, "a table of another format"},
		{"_spark_metadata/0", sinks.ModeAppend, "a table of another format"},
		{"below/t/_delta_log/00000000000000000000.json", sinks.ModeOverwrite, "a table of another format"},
		{"below/t/metadata/v1.metadata.json", sinks.ModeOverwrite, "a table of another format"},
	} {
		st := store.New(&store.Mem{})
		if err := st.WriteFile(t.Context(), "dir/preds/"+tt.file, []byte("x")); err != nil {
			t.Fatal(err)
		}
		_, err := sinktest.NewJob("r", tt.mode).Run(t.Context(), folder(st, "dir/preds").Create)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s, %v: %v, want %q", tt.file, tt.mode, err, tt.want)
		}
		wantNames(t, st, "dir", tt.file)
	}
}

func TestOneOfTwoRunsGetsTheTable(t *testing.T) {
	for _, c := range []struct {
		name   string
		create func(st *store.Store, dir string) sinktest.Create
	}{
		{"folder", func(st *store.Store, dir string) sinktest.Create { return folder(st, dir+"/preds").Create }},
		{"file", func(st *store.Store, dir string) sinktest.Create { return oneFile(st, dir+"/preds.parquet").Create }},
	} {
		t.Run(c.name, func(t *testing.T) {
			st, dir := tempStore(t)
			create := c.create(st, dir)
			first, second := sinktest.NewJob("first", sinks.ModeOverwrite), sinktest.NewJob("second", sinks.ModeOverwrite)
			table, err := create(t.Context(), first.Options)
			if err != nil {
				t.Fatal(err)
			}
			var busy *sinks.BusyError
			if _, err := second.Run(t.Context(), create); !errors.As(err, &busy) || !strings.Contains(busy.Owner, "run first") {
				t.Errorf("second run: %v, want a BusyError of run first", err)
			}
			if err := first.Write(t.Context(), table); err != nil {
				t.Fatal(err)
			}
			if _, err := table.Commit(t.Context(), sinks.Run{ID: "first"}); err != nil {
				t.Fatal(err)
			}
			if _, err := second.Run(t.Context(), create); err != nil {
				t.Errorf("after the first: %v", err)
			}
		})
	}
}

func TestFilesThatAppearMeanwhileAreNotReplaced(t *testing.T) {
	st, dir := tempStore(t)
	j := sinktest.NewJob("r", sinks.ModeError)
	d := oneFile(st, dir+"/x.parquet")
	table, err := d.Create(t.Context(), j.Options)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Write(t.Context(), table); err != nil {
		t.Fatal(err)
	}
	if err := st.WriteFile(t.Context(), dir+"/x.parquet", []byte("other")); err != nil {
		t.Fatal(err)
	}
	if _, err := table.Commit(t.Context(), sinks.Run{}); !errors.Is(err, sinks.ErrOutputExists) {
		t.Errorf("commit: %v, want ErrOutputExists", err)
	}
	if err := table.Abort(t.Context()); err != nil {
		t.Error(err)
	}
	if data, err := st.ReadFile(t.Context(), dir+"/x.parquet"); string(data) != "other" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
}

func TestBadOptionsAreRefused(t *testing.T) {
	st := store.New(&store.Mem{})
	good := sinktest.NewJob("r", sinks.ModeError).Options
	for name, change := range map[string]func(o *sinks.Options){
		"no schema":  func(o *sinks.Options) { o.Schema = nil },
		"no columns": func(o *sinks.Options) { o.Schema = arrow.NewSchema(nil, nil) },
		"no run":     func(o *sinks.Options) { o.RunID = "" },
		"bad type": func(o *sinks.Options) {
			o.Schema = arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.FixedWidthTypes.MonthInterval}}, nil)
		},
	} {
		opts := good
		change(&opts)
		if _, err := sinks.Create(t.Context(), st, "preds", opts); err == nil {
			t.Errorf("%s: taken", name)
		}
		if _, err := sinks.CreateFile(t.Context(), st, "x.parquet", opts); err == nil {
			t.Errorf("%s: taken for a file", name)
		}
	}
	for _, path := range []string{"", "/"} {
		if _, err := sinks.Create(t.Context(), st, path, good); err == nil {
			t.Errorf("%q: taken as a table", path)
		}
		if _, err := sinks.CreateFile(t.Context(), st, path, good); err == nil {
			t.Errorf("%q: taken as a file", path)
		}
	}
}

func TestModesAndCodecsHaveNames(t *testing.T) {
	for _, name := range []string{"error", "overwrite", "append", "ignore"} {
		if m, err := sinks.ParseMode(name); err != nil || m.String() != name {
			t.Errorf("%s: %v, %v", name, m, err)
		}
	}
	for _, name := range []string{"snappy", "none", "gzip", "zstd", "lz4_raw", "brotli"} {
		if c, err := sinks.ParseCompression(name); err != nil || c.String() != name {
			t.Errorf("%s: %v, %v", name, c, err)
		}
	}
	if _, err := sinks.ParseMode("replace"); err == nil || !strings.Contains(err.Error(), "overwrite") {
		t.Errorf("replace: %v", err)
	}
	if _, err := sinks.ParseCompression("lzo"); err == nil || !strings.Contains(err.Error(), "zstd") {
		t.Errorf("lzo: %v", err)
	}
}
