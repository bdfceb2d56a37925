// Package lake holds tests in which other software reads the Delta and Iceberg
// tables that package sinks has written, and the other way round.
package lake

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"leapscore/integration/tools"
	"leapscore/sinks"
)

// python runs a script of testdata, and returns what it prints as JSON.
func python(t *testing.T, script string, args ...string) any {
	t.Helper()
	cmd := exec.Command(tools.Path(t, tools.Python), append([]string{"testdata/" + script}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", script, strings.Join(args, " "), err, stderr.String())
	}
	var v any
	if err := json.Unmarshal(out, &v); err != nil {
		t.Fatalf("%s printed %q: %v", script, out, err)
	}
	return v
}

// wantJSON compares what a script has printed with JSON.
func wantJSON(t *testing.T, got any, want string) {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(want), &v); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(v, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// everyType has a column of every type that tables of both kinds have.
var everyType = arrow.NewSchema([]arrow.Field{
	{Name: "id", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	{Name: "i8", Type: arrow.PrimitiveTypes.Int8, Nullable: true},
	{Name: "i16", Type: arrow.PrimitiveTypes.Int16, Nullable: true},
	{Name: "i32", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
	{Name: "u32", Type: arrow.PrimitiveTypes.Uint32, Nullable: true},
	{Name: "f32", Type: arrow.PrimitiveTypes.Float32, Nullable: true},
	{Name: "f64", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
	{Name: "b", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
	{Name: "s", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "bin", Type: arrow.BinaryTypes.Binary, Nullable: true},
	{Name: "day", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
	{Name: "at", Type: &arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "UTC"}, Nullable: true},
	{Name: "local", Type: &arrow.TimestampType{Unit: arrow.Nanosecond}, Nullable: true},
	{Name: "dec", Type: &arrow.Decimal128Type{Precision: 12, Scale: 3}, Nullable: true},
	{Name: "big", Type: &arrow.Decimal128Type{Precision: 30, Scale: 2}, Nullable: true},
	{Name: "vec", Type: arrow.ListOf(arrow.PrimitiveTypes.Float64), Nullable: true},
	{Name: "st", Type: arrow.StructOf(arrow.Field{Name: "x", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
		arrow.Field{Name: "y", Type: arrow.BinaryTypes.String, Nullable: true}), Nullable: true},
}, nil)

// everyValue are two rows of everyType; the third is null but for its id.
const everyValue = `[
 {"id":%d,"i8":-8,"i16":-16,"i32":-32,"u32":4000000000,"f32":0.5,"f64":0.1,"b":true,"s":"grün","bin":"aGk=","day":"2024-02-29",
  "at":"2024-02-29T12:00:00.123Z","local":"2024-02-29T12:00:00.123456","dec":"123456789.125","big":"1234567890123456789012345678.25",
  "vec":[0.25,0.75],"st":{"x":7,"y":"seven"}},
 {"id":%d,"i8":127,"i16":1,"i32":2,"u32":0,"f32":-1.5,"f64":1e300,"b":false,"s":"","bin":"","day":"1969-12-31",
  "at":"1969-12-31T23:59:59.999Z","local":"1969-12-31T23:59:59.999999","dec":"-0.001","big":"-0.01","vec":[],"st":{"x":null,"y":null}},
 {"id":%d}]`

// rows returns three rows of everyType, the ids from first on.
func rows(t *testing.T, first int) arrow.Record {
	t.Helper()
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, everyType,
		strings.NewReader(fmt.Sprintf(everyValue, first, first+1, first+2)))
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// rowsRead are the rows as the scripts print them.
func rowsRead(first int) string {
	return fmt.Sprintf(`
{"id":%d,"i8":-8,"i16":-16,"i32":-32,"u32":4000000000,"f32":0.5,"f64":0.1,"b":true,"s":"grün","bin":"6869","day":"2024-02-29",
 "at":"2024-02-29 12:00:00.123000+00:00","local":"2024-02-29 12:00:00.123456","dec":"123456789.125","big":"1234567890123456789012345678.25",
 "vec":[0.25,0.75],"st":{"x":7,"y":"seven"}},
{"id":%d,"i8":127,"i16":1,"i32":2,"u32":0,"f32":-1.5,"f64":1e300,"b":false,"s":"","bin":"","day":"1969-12-31",
 "at":"1969-12-31 23:59:59.999000+00:00","local":"1969-12-31 23:59:59.999999","dec":"-0.001","big":"-0.01","vec":[],"st":{"x":null,"y":null}},
{"id":%d,"i8":null,"i16":null,"i32":null,"u32":null,"f32":null,"f64":null,"b":null,"s":null,"bin":null,"day":null,
 "at":null,"local":null,"dec":null,"big":null,"vec":null,"st":null}`, first, first+1, first+2)
}

// create starts a table.
type create func(ctx context.Context, opts sinks.Options) (sinks.Table, error)

// write writes a record as one run.
func write(t *testing.T, open create, run string, mode sinks.Mode, rec arrow.Record) {
	t.Helper()
	if err := tryWrite(t.Context(), open, run, mode, rec); err != nil {
		t.Fatal(err)
	}
}

func tryWrite(ctx context.Context, open create, run string, mode sinks.Mode, rec arrow.Record) (err error) {
	table, err := open(ctx, sinks.Options{Schema: rec.Schema(), RunID: run, Mode: mode, Version: "test"})
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, table.Abort(ctx))
		}
	}()
	part, err := table.Part(ctx, 0)
	if err != nil {
		return err
	}
	defer part.Abort()
	if err := part.Write(rec); err != nil {
		return err
	}
	if err := part.Commit(ctx); err != nil {
		return err
	}
	_, err = table.Commit(ctx, sinks.Run{
		ID: run, RowsIn: rec.NumRows(), Version: "test", Model: sinks.Model{Name: "homes", Version: "3", UID: "u", SHA256: "abc"},
	})
	return err
}
