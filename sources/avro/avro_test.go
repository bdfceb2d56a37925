package avro_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hamba/avro/v2/ocf"

	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/sourcetest"
)

const leapAvroSchema = `{"type":"record","name":"LeapFrame","namespace":"ml.combust.mleap.avro","fields":[
	{"name":"v","type":{"type":"record","name":"DoubleTensor","fields":[{"name":"dimensions","type":{"type":"array","items":"int"}},
		{"name":"values","type":{"type":"array","items":"double"}},{"name":"indices","type":[{"type":"array","items":{"type":"array","items":"int"}},"null"]}]}},
	{"name":"w","type":"DoubleTensor"},
	{"name":"b","type":{"type":"record","name":"ByteTensor","fields":[{"name":"dimensions","type":{"type":"array","items":"int"}},
		{"name":"values","type":"bytes"},{"name":"indices","type":[{"type":"array","items":{"type":"array","items":"int"}},"null"]}]}}]}`

func avroSource(tb testing.TB, data []byte, batch int) sources.Source {
	return sourcetest.Open(tb, sources.Options{Opener: sourcetest.OneFile("a.avro", data), BatchRows: batch}, "x")
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
			data := sourcetest.AvroFile(t, sourcetest.AvroSchema, codec, sourcetest.AvroRows()...)
			s := avroSource(t, data, 0)
			got, err := sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
			if err != nil {
				t.Fatal(err)
			}
			for c := range got {
				if len(got[c]) != 7 {
					t.Fatalf("column %s has %d rows, want 7", c, len(got[c]))
				}
				got[c] = got[c][:2]
			}
			sourcetest.Diff(t, want, got)
			sourcetest.RunConformance(t, sourcetest.Config{
				Rows: 7,
				Open: func(tb testing.TB) sources.Source { return avroSource(tb, data, 2) },
			})
		})
	}
}

func TestAvroLeapFramesHoldVectors(t *testing.T) {
	data := sourcetest.AvroFile(t, leapAvroSchema, ocf.Null, map[string]any{
		"v": map[string]any{"dimensions": []int{2}, "values": []float64{1, 2}, "indices": nil},
		"w": map[string]any{"dimensions": []int{9}, "values": []float64{3}, "indices": map[string]any{"array": []any{[]any{4}}}},
		"b": map[string]any{"dimensions": []int{2}, "values": []byte{1, 255}, "indices": nil},
	})
	s := avroSource(t, data, 0)
	got, err := sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, map[string][]string{"v": {"(1 2 [] [1 2])"}, "w": {"(0 9 [4] [3])"}, "b": {"[1 -1]"}}, got)
}

func readAvro(tb testing.TB, data []byte) error {
	tb.Helper()
	s, err := files.Open(context.Background(), []string{"x"}, sources.Options{Opener: sourcetest.OneFile("a.avro", data)})
	if err == nil {
		_, err = sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
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
	whole := sourcetest.AvroFile(t, sourcetest.AvroSchema, ocf.Null, sourcetest.AvroRows()...)
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "no Avro"},
		{"text", []byte("a,b\n1,2\n"), "no Avro"},
		{"without its end", whole[:len(whole)-1], "cut short"},
		{"a wrong marker", append(bytes.Clone(whole[:len(whole)-1]), whole[len(whole)-1]^1), "marker"},
		{"a union of two types", sourcetest.AvroFile(t, `{"type":"record","name":"r","fields":[{"name":"u","type":["int","string"]}]}`, ocf.Null), `column "u": a union`},
		{"a record of itself", sourcetest.AvroFile(t, `{"type":"record","name":"r","fields":[{"name":"u","type":["null","r"]}]}`, ocf.Null), "nested too deeply"},
		{"a tensor of itself", sourcetest.AvroFile(t, `{"type":"record","name":"r","fields":[{"name":"u","type":{"type":"record","name":"DoubleTensor","fields":[
			{"name":"dimensions","type":{"type":"array","items":"int"}},{"name":"values","type":{"type":"array","items":"DoubleTensor"}},
			{"name":"indices","type":["null","int"]}]}}]}`, ocf.Null), "nested too deeply"},
		{"records of four records", sourcetest.AvroFile(t, doublings(13), ocf.Null), "consists of more than"},
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
	f.Add(sourcetest.AvroFile(f, sourcetest.AvroSchema, ocf.Null, sourcetest.AvroRows()...))
	f.Fuzz(func(t *testing.T, data []byte) { _ = readAvro(t, data) })
}
