package lake

import (
	"context"
	"fmt"
	"math"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sinks/delta"
)

// deltaTable starts runs into the Delta table at path.
func deltaTable(t *testing.T, path string) create {
	t.Helper()
	st, name, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return func(ctx context.Context, opts sinks.Options) (sinks.Table, error) {
		return delta.Create(ctx, st, name, opts, delta.Options{})
	}
}

func readDelta(t *testing.T, path string, version ...string) map[string]any {
	t.Helper()
	return python(t, "delta_read.py", append([]string{path}, version...)...).(map[string]any)
}

func TestDeltalakeReadsEveryTypeAtEveryVersion(t *testing.T) {
	path := t.TempDir() + "/preds"
	open := deltaTable(t, path)
	write(t, open, "first", sinks.ModeError, rows(t, 1))
	write(t, open, "second", sinks.ModeAppend, rows(t, 4))
	write(t, open, "third", sinks.ModeOverwrite, rows(t, 7))
	for version, want := range []string{rowsRead(1), rowsRead(1) + "," + rowsRead(4), rowsRead(7)} {
		wantJSON(t, readDelta(t, path, fmt.Sprint(version))["rows"], "["+want+"]")
	}
	got := readDelta(t, path)
	p := func(name string) string { return fmt.Sprintf(`"PrimitiveType(\"%s\")"`, name) }
	wantJSON(t, got["types"], `{"id":`+p("long")+`,"i8":`+p("byte")+`,"i16":`+p("short")+`,"i32":`+p("integer")+`,"u32":`+p("long")+
		`,"f32":`+p("float")+`,"f64":`+p("double")+`,"b":`+p("boolean")+`,"s":`+p("string")+`,"bin":`+p("binary")+`,"day":`+p("date")+
		`,"at":`+p("timestamp")+`,"local":`+p("timestamp_ntz")+`,"dec":`+p("decimal(12,3)")+`,"big":`+p("decimal(30,2)")+
		`,"vec":"ArrayType(PrimitiveType(\"double\"), contains_null=True)",`+
		`"st":"StructType([Field(x, PrimitiveType(\"integer\"), nullable=True), Field(y, PrimitiveType(\"string\"), nullable=True)])"}`)
	wantJSON(t, got["history"], `[
		{"version":2,"operation":"WRITE","leapscore.run_id":"third","leapscore.model.name":"homes"},
		{"version":1,"operation":"WRITE","leapscore.run_id":"second","leapscore.model.name":"homes"},
		{"version":0,"operation":"WRITE","leapscore.run_id":"first","leapscore.model.name":"homes"}]`)
	wantJSON(t, got["stats"], `[{"num_records":3,
		"min.id":7,"max.id":9,"null_count.id":0,"min.i8":-8,"max.i8":127,"null_count.i8":1,"min.i16":-16,"max.i16":1,"null_count.i16":1,
		"min.i32":-32,"max.i32":2,"null_count.i32":1,"min.u32":0,"max.u32":4000000000,"null_count.u32":1,
		"min.f32":-1.5,"max.f32":0.5,"null_count.f32":1,"min.f64":0.1,"max.f64":1e300,"null_count.f64":1,
		"min.b":null,"max.b":null,"null_count.b":1,"min.s":"","max.s":"grün","null_count.s":1,"null_count.bin":1,
		"min.day":"1969-12-31","max.day":"2024-02-29","null_count.day":1,
		"min.at":"1969-12-31 23:59:59.999000+00:00","max.at":"2024-02-29 12:00:00.123000+00:00","null_count.at":1,
		"min.local":"1969-12-31 23:59:59.999999","max.local":"2024-02-29 12:00:00.123456","null_count.local":1,
		"min.dec":"-0.001","max.dec":"123456789.125","null_count.dec":1,"min.big":null,"max.big":null,"null_count.big":1,
		"null_count.vec":null,"min.st.x":7,"max.st.x":7,"null_count.st.x":2,"min.st.y":"seven","max.st.y":"seven","null_count.st.y":2}]`)
}

// ours is a record for the tables of delta_write.py and iceberg_write.py, without
// the column "more", and with narrower types than theirs.
func ours(t *testing.T, json string) arrow.Record {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "score", Type: arrow.PrimitiveTypes.Float32, Nullable: true},
		{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "at", Type: &arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: "UTC"}, Nullable: true},
		{Name: "id", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
	}, nil)
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(json))
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

const oursRead = `{"id":1,"name":"new","score":0.5,"at":"2025-01-01 00:00:00+00:00","more":null}`

// Tables that deltalake made, with and without a checkpoint that is needed, take
// rows by name; so does an overwrite.
func TestTablesOfDeltalakeAreAppendedTo(t *testing.T) {
	const theirs = `{"id":%d,"name":"a b","score":0.5,"at":"2024-01-01 00:00:00+00:00","more":"x"},
		{"id":%d,"name":"c%%d/e","score":null,"at":"2024-01-01 00:00:00+00:00","more":"x"}`
	for name, c := range map[string]struct{ checkpoint, gone int }{"commits": {-1, 0}, "checkpoint": {2, 0}, "commits are gone": {2, 3}} {
		t.Run(name, func(t *testing.T) {
			path := t.TempDir() + "/theirs"
			python(t, "delta_write.py", path, "4", fmt.Sprint(c.checkpoint))
			for v := range c.gone {
				if err := os.Remove(fmt.Sprintf("%s/_delta_log/%020d.json", path, v)); err != nil {
					t.Fatal(err)
				}
			}
			rec := ours(t, `[{"id":1,"name":"new","score":0.5,"at":"2025-01-01T00:00:00Z"}]`)
			write(t, deltaTable(t, path), "r", sinks.ModeAppend, rec)
			var want []string
			for n := range 4 {
				want = append(want, fmt.Sprintf(theirs, 100+3*n, 101+3*n))
			}
			got := readDelta(t, path)["rows"].([]any)
			if len(got) != 13 {
				t.Fatalf("%d rows, want 13", len(got))
			}
			wantJSON(t, []any{got[0], got[1], got[2]}, "["+oursRead+","+want[0]+"]")
			write(t, deltaTable(t, path), "over", sinks.ModeOverwrite, rec)
			wantJSON(t, readDelta(t, path)["rows"], "["+oursRead+"]")
			if got := readDelta(t, path, "4")["rows"].([]any); len(got) != 13 {
				t.Errorf("the version before the overwrite has %d rows, want 13", len(got))
			}
			null := ours(t, `[{"id":null,"name":"new","score":0.5,"at":null}]`)
			if err := tryWrite(t.Context(), deltaTable(t, path), "null", sinks.ModeAppend, null); err == nil || !strings.Contains(err.Error(), `"id"`) {
				t.Errorf("a null in a column without nulls: %v", err)
			}
		})
	}
}

// Checkpoints that we write are read by deltalake when the commits are gone, and
// appends at the same time are all there.
func TestDeltalakeReadsOurCheckpoints(t *testing.T) {
	path := t.TempDir() + "/preds"
	open := deltaTable(t, path)
	rec := ours(t, `[{"id":0,"name":"x","score":0.5,"at":null}]`)
	write(t, open, "r0", sinks.ModeError, rec)
	write(t, open, "r1", sinks.ModeOverwrite, rec)
	var wg sync.WaitGroup
	for i := range 10 {
		rec := ours(t, fmt.Sprintf(`[{"id":%d,"name":null,"score":null,"at":null}]`, i+1))
		wg.Go(func() {
			if err := tryWrite(context.Background(), open, fmt.Sprintf("more%d", i), sinks.ModeAppend, rec); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for v := range 10 {
		if err := os.Remove(fmt.Sprintf("%s/_delta_log/%020d.json", path, v)); err != nil {
			t.Fatal(err)
		}
	}
	got := readDelta(t, path)
	if v := got["version"]; v != 11.0 {
		t.Errorf("version %v, want 11", v)
	}
	ids := map[any]bool{}
	for _, r := range got["rows"].([]any) {
		ids[r.(map[string]any)["id"]] = true
	}
	if len(ids) != 11 || len(got["rows"].([]any)) != 11 {
		t.Errorf("rows %v, want ids 0 to 10", got["rows"])
	}
}

// A file with values that are no numbers has no greatest one in the log, as
// readers that order them last would skip it.
func TestNaNLeavesOutTheMaximum(t *testing.T) {
	path := t.TempDir() + "/preds"
	schema := arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "p", Type: arrow.PrimitiveTypes.Float64}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	b.Field(0).(*array.Int64Builder).AppendValues([]int64{1, 2}, nil)
	b.Field(1).(*array.Float64Builder).AppendValues([]float64{0.5, math.NaN()}, nil)
	write(t, deltaTable(t, path), "r", sinks.ModeError, b.NewRecord())
	wantJSON(t, readDeltaStats(t, path), `[{"num_records":2,"min.id":1,"max.id":2,"null_count.id":0,"min.p":0.5,"max.p":null,"null_count.p":0}]`)
}

// readDeltaStats leaves the rows out, as NaN has no JSON.
func readDeltaStats(t *testing.T, path string) any {
	t.Helper()
	return python(t, "delta_stats.py", path)
}

// A table of deltalake that is partitioned takes rows into its partitions, old and
// new ones, and says so when others are asked for.
func TestPartitionsOfDeltalakeTakeRows(t *testing.T) {
	path := t.TempDir() + "/theirs"
	python(t, "delta_write.py", path, "1", "-1", "name")
	rec := ours(t, `[{"id":1,"name":"c%d/e","score":0.5,"at":null},{"id":2,"name":null,"score":1.5,"at":null},{"id":3,"name":"ü=:","score":2.5,"at":null}]`)
	write(t, deltaTable(t, path), "r", sinks.ModeAppend, rec)
	got := readDelta(t, path)
	wantJSON(t, got["partitions"], `["name"]`)
	wantJSON(t, got["rows"].([]any)[:3], `[{"id":1,"name":"c%d/e","score":0.5,"at":null,"more":null},
		{"id":2,"name":null,"score":1.5,"at":null,"more":null},{"id":3,"name":"ü=:","score":2.5,"at":null,"more":null}]`)
	if n := len(got["rows"].([]any)); n != 6 {
		t.Errorf("%d rows, want 6", n)
	}
	_, err := deltaTable(t, path)(t.Context(), sinks.Options{Schema: rec.Schema(), RunID: "x", Mode: sinks.ModeAppend, PartitionBy: []string{"id"}})
	if err == nil || !strings.Contains(err.Error(), `partitioned by ["name"], not by ["id"]`) {
		t.Errorf("other partitions: %v", err)
	}
	fresh := t.TempDir() + "/ours"
	table, err := deltaTable(t, fresh)(t.Context(), sinks.Options{Schema: rec.Schema(), RunID: "x", PartitionBy: []string{"name", "id"}})
	if err != nil {
		t.Fatal(err)
	}
	part, err := table.Part(t.Context(), 0)
	if err == nil {
		err = part.Write(rec)
	}
	if err == nil {
		err = part.Commit(t.Context())
	}
	if err == nil {
		_, err = table.Commit(t.Context(), sinks.Run{ID: "x"})
	}
	if err != nil {
		t.Fatal(err)
	}
	got = readDelta(t, fresh)
	wantJSON(t, got["partitions"], `["name","id"]`)
	wantJSON(t, got["rows"], `[{"id":1,"name":"c%d/e","score":0.5,"at":null},{"id":2,"name":null,"score":1.5,"at":null},{"id":3,"name":"ü=:","score":2.5,"at":null}]`)
}

// The files that a killed run leaves have names that VACUUM deletes.
func TestVacuumRemovesWhatAKilledRunLeaves(t *testing.T) {
	path := t.TempDir() + "/preds"
	write(t, deltaTable(t, path), "r", sinks.ModeError, rows(t, 1))
	st, name, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := st.CreateVisible(t.Context(), name+"/part-00000-21574823-bc35-595a-91d0-86406cb25c2a-0123abcd.parquet")
	if err == nil {
		_, err = w.Write([]byte("cut off")) // and nobody commits it
	}
	if err != nil {
		t.Fatal(err)
	}
	if removed := python(t, "delta_vacuum.py", path).([]any); len(removed) != 1 || !strings.HasPrefix(removed[0].(string), "part-00000-21574823") {
		t.Errorf("removed %v, want what was left", removed)
	}
	if left := list(t, path); strings.Contains(left, ".tmp-") {
		t.Errorf("left %s", left)
	}
}
