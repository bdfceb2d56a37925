package lake

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sinks/iceberg"
)

// icebergTable starts runs into the Iceberg table at path.
func icebergTable(t *testing.T, path string, more iceberg.Options) create {
	t.Helper()
	st, name, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return func(ctx context.Context, opts sinks.Options) (sinks.Table, error) {
		return iceberg.Create(ctx, st, name, opts, more)
	}
}

// tables are the two ways to say what is current.
var tables = map[string]func(dir string) (more iceberg.Options, read []string){
	"folder": func(dir string) (iceberg.Options, []string) {
		return iceberg.Options{}, []string{"path", dir + "/preds/metadata/v3.metadata.json"}
	},
	"catalog": func(dir string) (iceberg.Options, []string) {
		return iceberg.Options{Catalog: "sqlite:///" + dir + "/c.db", Table: "db.preds"}, []string{"sql", dir + "/c.db", "db.preds"}
	},
}

func TestPyicebergReadsEveryTypeOfEverySnapshot(t *testing.T) {
	for name, c := range tables {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			more, args := c(dir)
			open := icebergTable(t, dir+"/preds", more)
			write(t, open, "first", sinks.ModeError, rows(t, 1))
			write(t, open, "second", sinks.ModeAppend, rows(t, 4))
			write(t, open, "third", sinks.ModeOverwrite, rows(t, 7))
			got := python(t, "iceberg_read.py", args...).(map[string]any)
			const about = `,"leapscore.model.name":"homes","leapscore.model.sha256":"abc","leapscore.rows-in":"3","added-records":"3",`
			wantJSON(t, got["snapshots"], `[
				{"rows":[`+rowsRead(1)+`],"operation":"append","leapscore.run-id":"first"`+about+`"total-records":"3"},
				{"rows":[`+rowsRead(1)+`,`+rowsRead(4)+`],"operation":"append","leapscore.run-id":"second"`+about+`"total-records":"6"},
				{"rows":[`+rowsRead(7)+`],"operation":"overwrite","leapscore.run-id":"third"`+about+`"total-records":"3"}]`)
			wantJSON(t, got["types"], `{"id":"long","i8":"int","i16":"int","i32":"int","u32":"long","f32":"float","f64":"double","b":"boolean",
				"s":"string","bin":"binary","day":"date","at":"timestamptz","local":"timestamp","dec":"decimal(12, 3)","big":"decimal(30, 2)",
				"vec":"list<double>","st":"struct<19: x: optional int, 20: y: optional string>"}`)
			wantJSON(t, got["filtered"], `[8]`)
			wantJSON(t, got["skipped"], `0`)
			bounds := got["bounds"].([]any)[0].(map[string]any)
			wantJSON(t, bounds["u32"], `{"lower_bound":0,"upper_bound":4000000000,"null_value_count":1,"value_count":3}`)
			wantJSON(t, bounds["day"], `{"lower_bound":"1969-12-31","upper_bound":"2024-02-29","null_value_count":1,"value_count":3}`)
			wantJSON(t, bounds["s"], `{"lower_bound":"","upper_bound":"grün","null_value_count":1,"value_count":3}`)
		})
	}
}

// Tables that pyiceberg made, whose fields have ids in no order, take rows by name.
func TestTablesOfPyicebergAreAppendedTo(t *testing.T) {
	const theirs = `{"more":"x","id":100,"name":"a b","score":0.5,"at":"2024-01-01 00:00:00+00:00"},
		{"more":"x","id":101,"name":"c%d/e","score":null,"at":"2024-01-01 00:00:00+00:00"},
		{"more":"x","id":102,"name":null,"score":1.5,"at":"2024-01-01 00:00:00+00:00"}`
	dir := t.TempDir()
	location := python(t, "iceberg_write.py", dir+"/c.db", "file://"+dir+"/warehouse", "db", "theirs").(string)
	more := iceberg.Options{Catalog: "sqlite:///" + dir + "/c.db", Table: "db.theirs"}
	open := icebergTable(t, strings.TrimPrefix(location, "file://"), more)
	rec := ours(t, `[{"id":1,"name":"new","score":0.5,"at":"2025-01-01T00:00:00Z"}]`)
	write(t, open, "r", sinks.ModeAppend, rec)
	write(t, open, "over", sinks.ModeOverwrite, rec)
	got := python(t, "iceberg_read.py", "sql", dir+"/c.db", "db.theirs").(map[string]any)["snapshots"].([]any)
	wantRows := func(n int, want string) {
		t.Helper()
		wantJSON(t, got[n].(map[string]any)["rows"], "["+want+"]")
	}
	wantRows(0, theirs)
	wantRows(1, oursRead+","+theirs)
	wantRows(2, oursRead)
	null := ours(t, `[{"id":null,"name":"new","score":0.5,"at":null}]`)
	if err := tryWrite(t.Context(), open, "null", sinks.ModeAppend, null); err == nil || !strings.Contains(err.Error(), `"id"`) {
		t.Errorf("a null in a required column: %v", err)
	}
}

func TestPartitionedIcebergTablesAreRefused(t *testing.T) {
	dir := t.TempDir()
	location := python(t, "iceberg_write.py", dir+"/c.db", "file://"+dir+"/warehouse", "db", "theirs", "name").(string)
	more := iceberg.Options{Catalog: "sqlite:///" + dir + "/c.db", Table: "db.theirs"}
	rec := ours(t, `[{"id":1,"name":"new","score":0.5,"at":null}]`)
	err := tryWrite(t.Context(), icebergTable(t, strings.TrimPrefix(location, "file://"), more), "r", sinks.ModeAppend, rec)
	if err == nil || !strings.Contains(err.Error(), "partitioned by") {
		t.Errorf("%v, want that the table is partitioned", err)
	}
}

// A run that could not commit leaves the folder as it was.
func TestAFailedIcebergRunLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	open := icebergTable(t, dir+"/preds", iceberg.Options{})
	table, err := open(t.Context(), sinks.Options{Schema: everyType, RunID: "late"})
	if err != nil {
		t.Fatal(err)
	}
	write(t, open, "first", sinks.ModeError, rows(t, 1))
	before := list(t, dir)
	if _, err := table.Commit(t.Context(), sinks.Run{ID: "late"}); err == nil {
		t.Error("two runs have made the table")
	}
	if err := table.Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := list(t, dir); after != before {
		t.Errorf("left\n%s\nwant\n%s", after, before)
	}
}

// list returns the names of all files in dir.
func list(t *testing.T, dir string) string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, "\n")
}
