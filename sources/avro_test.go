package sources_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/hamba/avro/v2/ocf"

	"leapscore/sources"
	"leapscore/sources/sourcetest"
)

const avroSchema = `{"type":"record","name":"r","fields":[
	{"name":"ok","type":"boolean"}, {"name":"i","type":"int"}, {"name":"l","type":["null","long"]}, {"name":"f","type":"float"},
	{"name":"d","type":["double","null"]}, {"name":"s","type":"string"}, {"name":"by","type":"bytes"},
	{"name":"e","type":{"type":"enum","name":"e","symbols":["A","B"]}}, {"name":"ls","type":{"type":"array","items":["null","string"]}},
	{"name":"m","type":{"type":"map","values":"int"}}, {"name":"day","type":{"type":"int","logicalType":"date"}},
	{"name":"at","type":{"type":"long","logicalType":"timestamp-micros"}},
	{"name":"dec","type":{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}},
	{"name":"st","type":{"type":"record","name":"p","fields":[{"name":"x","type":"int"}]}}]}`

const leapAvroSchema = `{"type":"record","name":"LeapFrame","namespace":"ml.combust.mleap.avro","fields":[
	{"name":"v","type":{"type":"record","name":"DoubleTensor","fields":[{"name":"dimensions","type":{"type":"array","items":"int"}},
		{"name":"values","type":{"type":"array","items":"double"}},{"name":"indices","type":[{"type":"array","items":{"type":"array","items":"int"}},"null"]}]}},
	{"name":"w","type":"DoubleTensor"},
	{"name":"b","type":{"type":"record","name":"ByteTensor","fields":[{"name":"dimensions","type":{"type":"array","items":"int"}},
		{"name":"values","type":"bytes"},{"name":"indices","type":[{"type":"array","items":{"type":"array","items":"int"}},"null"]}]}}]}`

// avroFile writes rows with hamba/avro, a few to a block.
func avroFile(tb testing.TB, schema string, codec ocf.CodecName, rows ...map[string]any) []byte {
	tb.Helper()
	var buf bytes.Buffer
	enc, err := ocf.NewEncoder(schema, &buf, ocf.WithCodec(codec), ocf.WithBlockLength(3))
	if err != nil {
		tb.Fatal(err)
	}
	for _, r := range rows {
		if err := enc.Encode(r); err != nil {
			tb.Fatal(err)
		}
	}
	if err := enc.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

func avroRows() []map[string]any {
	row := map[string]any{
		"ok": true, "i": -7, "l": int64(1) << 40, "f": float32(0.5), "d": 0.1, "s": "né", "by": []byte("hi"), "e": "B",
		"ls": []any{"x", nil}, "m": map[string]any{"k": 3}, "day": time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
		"at": time.Date(2024, 2, 29, 1, 2, 3, 4000, time.UTC), "dec": big.NewRat(-12345, 100), "st": map[string]any{"x": 5},
	}
	empty := map[string]any{
		"ok": false, "i": 0, "l": nil, "f": float32(0), "d": nil, "s": "", "by": []byte{}, "e": "A", "ls": []any{}, "m": map[string]any{},
		"day": time.Unix(0, 0).UTC(), "at": time.Unix(0, 0).UTC(), "dec": big.NewRat(0, 1), "st": map[string]any{"x": 0},
	}
	return []map[string]any{row, empty, row, empty, row, empty, row}
}

func avroSource(tb testing.TB, data []byte, batch int) sources.Source {
	return open(tb, sources.Options{Opener: memFile{"a.avro", data}, BatchRows: batch}, "x")
}

func TestAvroOfEachCodecReadsWhatWasWritten(t *testing.T) {
	want := map[string][]string{
		"ok": {"true", "false"}, "i": {"-7", "0"}, "l": {"1099511627776", "null"}, "f": {"0.5", "0"}, "d": {"0.1", "null"},
		"s": {`"né"`, `""`}, "by": {`"hi"`, `""`}, "e": {`"B"`, `"A"`}, "ls": {`["x" null]`, "[]"}, "m": {`{"k":3}`, "{}"},
		"day": {"2024-02-29", "1970-01-01"}, "at": {"2024-02-29 01:02:03.000004Z", "1970-01-01 00:00:00Z"},
		"dec": {"-123.45", "0"}, "st": {"(5)", "(0)"},
	}
	for _, codec := range []ocf.CodecName{ocf.Null, ocf.Deflate, ocf.Snappy, ocf.ZStandard} {
		t.Run(string(codec), func(t *testing.T) {
			data := avroFile(t, avroSchema, codec, avroRows()...)
			s := avroSource(t, data, 0)
			got, err := textColumns(s, columnNames(s))
			if err != nil {
				t.Fatal(err)
			}
			for c := range got {
				if len(got[c]) != 7 {
					t.Fatalf("column %s has %d rows, want 7", c, len(got[c]))
				}
				got[c] = got[c][:2]
			}
			diff(t, want, got)
			sourcetest.RunConformance(t, sourcetest.Config{
				Rows: 7,
				Open: func(tb testing.TB) sources.Source { return avroSource(tb, data, 2) },
			})
		})
	}
}

func TestAvroLeapFramesHoldVectors(t *testing.T) {
	data := avroFile(t, leapAvroSchema, ocf.Null, map[string]any{
		"v": map[string]any{"dimensions": []int{2}, "values": []float64{1, 2}, "indices": nil},
		"w": map[string]any{"dimensions": []int{9}, "values": []float64{3}, "indices": map[string]any{"array": []any{[]any{4}}}},
		"b": map[string]any{"dimensions": []int{2}, "values": []byte{1, 255}, "indices": nil},
	})
	s := avroSource(t, data, 0)
	got, err := textColumns(s, columnNames(s))
	if err != nil {
		t.Fatal(err)
	}
	diff(t, map[string][]string{"v": {"(1 2 [] [1 2])"}, "w": {"(0 9 [4] [3])"}, "b": {"[1 -1]"}}, got)
}

func readAvro(tb testing.TB, data []byte) error {
	tb.Helper()
	s, err := sources.OpenFiles(context.Background(), []string{"x"}, sources.Options{Opener: memFile{"a.avro", data}})
	if err == nil {
		_, err = textColumns(s, columnNames(s))
	}
	var fe *sources.FileError
	if err != nil && !errors.As(err, &fe) {
		tb.Errorf("error %v, want a file error", err)
	}
	return err
}

// doublings is a schema of n records that each hold the next one four times.
func doublings(n int) string {
	inner := `"int"`
	for i := range n {
		name := fmt.Sprintf("r%d", i)
		inner = fmt.Sprintf(`{"type":"record","name":%q,"fields":[{"name":"a","type":%s},{"name":"b","type":%q},{"name":"c","type":%q},{"name":"d","type":%q}]}`,
			name, inner, previous(i), previous(i), previous(i))
	}
	return inner
}

func previous(i int) string {
	if i == 0 {
		return "int"
	}
	return fmt.Sprintf("r%d", i-1)
}

func TestAvroThatCannotBeReadSaysWhy(t *testing.T) {
	whole := avroFile(t, avroSchema, ocf.Null, avroRows()...)
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "no Avro"},
		{"text", []byte("a,b\n1,2\n"), "no Avro"},
		{"without its end", whole[:len(whole)-1], "cut short"},
		{"a wrong marker", append(bytes.Clone(whole[:len(whole)-1]), whole[len(whole)-1]^1), "marker"},
		{"a union of two types", avroFile(t, `{"type":"record","name":"r","fields":[{"name":"u","type":["int","string"]}]}`, ocf.Null), `column "u": a union`},
		{"a record of itself", avroFile(t, `{"type":"record","name":"r","fields":[{"name":"u","type":["null","r"]}]}`, ocf.Null), "nested too deeply"},
		{"a tensor of itself", avroFile(t, `{"type":"record","name":"r","fields":[{"name":"u","type":{"type":"record","name":"DoubleTensor","fields":[
			{"name":"dimensions","type":{"type":"array","items":"int"}},{"name":"values","type":{"type":"array","items":"DoubleTensor"}},
			{"name":"indices","type":["null","int"]}]}}]}`, ocf.Null), "nested too deeply"},
		{"records of four records", avroFile(t, doublings(13), ocf.Null), "consists of more than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := readAvro(t, tt.data); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
		})
	}
}

func FuzzAvro(f *testing.F) {
	f.Add(avroFile(f, avroSchema, ocf.Null, avroRows()...))
	f.Fuzz(func(t *testing.T, data []byte) { _ = readAvro(t, data) })
}
