package lake

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	_ "leapscore/engine/store/cloud" // s3, gs and azblob
	"leapscore/integration/servers"
	"leapscore/sinks"
	"leapscore/sinks/delta"
	"leapscore/sinks/iceberg"
)

// oddFolders are names with what a URL would be cut at or escaped for.
var oddFolders = []string{"my tables", "a#b", "a?b", "a%20b", "a%b", "ö日", "a:b+c;d", "..a", `q'"u`, "a\\b"}

// Tables below folders of any name lie where their metadata say, and there alone.
func TestIcebergTablesLieUnderTheNamesThatTheirMetadataTell(t *testing.T) {
	for i, folder := range oddFolders {
		for name, c := range tables {
			if name == "catalog" && i > 1 {
				continue
			}
			t.Run(fmt.Sprint(name, i), func(t *testing.T) {
				root := t.TempDir()
				dir := root + "/" + folder
				if err := os.Mkdir(dir, 0o755); err != nil {
					t.Fatal(err)
				}
				more, args := c(dir)
				if name == "catalog" { // a path in its own URL would be another matter
					plain := t.TempDir()
					more = iceberg.Options{Catalog: "sqlite:///" + plain + "/c.db", Table: "db.preds"}
					args = []string{"sql", plain + "/c.db", "db.preds"}
				}
				open := icebergTable(t, dir+"/preds", more)
				write(t, open, "first", sinks.ModeError, rows(t, 1))
				write(t, open, "second", sinks.ModeAppend, rows(t, 4))
				write(t, open, "third", sinks.ModeOverwrite, rows(t, 7))
				got := python(t, "iceberg_read.py", args...).(map[string]any)["snapshots"].([]any)
				if len(got) != 3 {
					t.Fatalf("%d snapshots, want 3", len(got))
				}
				for i, want := range []string{rowsRead(1), rowsRead(1) + "," + rowsRead(4), rowsRead(7)} {
					wantJSON(t, got[i].(map[string]any)["rows"], "["+want+"]")
				}
				entries, err := os.ReadDir(root)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range entries {
					if e.Name() != folder {
						t.Errorf("%q lies beside the folder of the table", e.Name())
					}
				}
			})
		}
	}
}

// On stores, all objects of a table lie below its folder, and their names are those
// in the metadata; a path that readers would cut is refused.
func TestIcebergTablesOnStoresLieUnderTheirNames(t *testing.T) {
	for _, s := range []*servers.Server{servers.S3(t), servers.GCS(t)} {
		s.Setenv(t)
		for _, folder := range []string{"my tables", "a%20b", "ö"} {
			st, name, err := store.Open(t.Context(), s.URL(folder+"/t"))
			if err != nil {
				t.Fatal(err)
			}
			defer st.Close()
			open := func(ctx context.Context, opts sinks.Options) (sinks.Table, error) {
				return iceberg.Create(ctx, st, name, opts, iceberg.Options{})
			}
			write(t, open, "first", sinks.ModeError, rows(t, 1))
			write(t, open, "second", sinks.ModeAppend, rows(t, 4))
			if s.Scheme == "s3" {
				read := python(t, "iceberg_read.py", "s3", "s3://"+s.Bucket+"/"+folder+"/t/metadata/v2.metadata.json", "http://"+s.Addr).(map[string]any)
				last := read["snapshots"].([]any)[1].(map[string]any)
				wantJSON(t, last["rows"], "["+rowsRead(1)+","+rowsRead(4)+"]")
			}
		}
		for _, n := range s.Names(t) {
			if !slices.ContainsFunc([]string{"my tables/t/", "a%20b/t/", "ö/t/"}, func(p string) bool { return strings.HasPrefix(n, p) }) {
				t.Errorf("%s: %q lies beside the tables", s.Scheme, n)
			}
		}
		for _, folder := range []string{"a#b", "a?b/c"} {
			st, name, err := store.Open(t.Context(), s.URL(folder+"/t"))
			if err != nil {
				t.Fatal(err)
			}
			defer st.Close()
			_, err = iceberg.Create(t.Context(), st, name, sinks.Options{Schema: everyType, RunID: "r"}, iceberg.Options{})
			if err == nil || !strings.Contains(err.Error(), "cannot have # or ?") {
				t.Errorf("%s %s: %v, want a refusal", s.Scheme, folder, err)
			}
		}
	}
}

// A partition whose value needs an escape is found by deltalake on every store.
func TestDeltalakeReadsPartitionsWithOddValuesOnStores(t *testing.T) {
	values := []string{"2026-11-28 10:00:00", "a%b", "a#b?c", "x/y", "..", ".", "ö", `q"'\`, "a b+c", "a=b&c", "[x]*{y}^"}
	for _, s := range []*servers.Server{servers.Files(t), servers.S3(t), servers.Azure(t)} {
		t.Run(s.Scheme, func(t *testing.T) {
			s.Setenv(t)
			place := s.URL("odd t%ble/preds")
			if s.Scheme == "file" {
				place = s.Dir + "/bucket/odd t%ble/preds"
			}
			st, name, err := store.Open(t.Context(), place)
			if err != nil {
				t.Fatal(err)
			}
			defer st.Close()
			rec := named(t, values)
			open := func(ctx context.Context, opts sinks.Options) (sinks.Table, error) {
				opts.PartitionBy = []string{"name"}
				return delta.Create(ctx, st, name, opts, delta.Options{})
			}
			write(t, open, "r", sinks.ModeError, rec)
			where := map[string]string{"file": s.Dir + "/bucket/odd t%ble/preds", "s3": "s3://bucket/odd t%ble/preds", "azblob": "az://bucket/odd t%ble/preds"}[s.Scheme]
			got := python(t, "delta_names.py", where, s.Addr).([]any)
			want := slices.Sorted(slices.Values(values))
			if len(got) != len(want) {
				t.Fatalf("%d rows, want %d", len(got), len(want))
			}
			for i, v := range got {
				if v != want[i] {
					t.Errorf("found %q, want %q", v, want[i])
				}
			}
		})
	}
}

// named has a row of each name, and a number.
func named(t *testing.T, names []string) arrow.Record {
	t.Helper()
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{
		{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "n", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	}, nil))
	for i, n := range names {
		b.Field(0).(*array.StringBuilder).Append(n)
		b.Field(1).(*array.Int64Builder).Append(int64(i))
	}
	return b.NewRecord()
}
