package avro_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/hamba/avro/v2/ocf"

	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/sourcetest"
)

// avroColumns reads all columns of a file.
func avroColumns(t *testing.T, data []byte) (map[string][]string, error) {
	t.Helper()
	s, err := files.Open(t.Context(), []string{"x"}, sources.Options{Opener: sourcetest.OneFile("a.avro", data)})
	if err != nil {
		return nil, err
	}
	return sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
}

func TestAvroOfOtherWritersIsRead(t *testing.T) {
	tests := []struct {
		name, file string
		want       map[string][]string
	}{
		{"fastavro, bzip2", "T2JqAQQUYXZyby5jb2RlYwpiemlwMhZhdnJvLnNjaGVtYZgBeyJ0eXBlIjogInJlY29yZCIsICJuYW1lIjogInIiLCAiZmllbGRzIjogW3sibmFtZSI6ICJzIiwgInR5cGUiOiAic3RyaW5nIn1dfQAwMTIzNDU2Nzg5YWJjZGVmBFxCWmg5MUFZJlNZUhKg7wAAAMEUFAAQAAAgCAAgACGGgZoAu3F3JFOFCQUhKg7wMDEyMzQ1Njc4OWFiY2RlZg==",
			map[string][]string{"s": {`"é"`, `"b"`}}},
		{"fastavro, xz", "T2JqAQQUYXZyby5jb2RlYwR4ehZhdnJvLnNjaGVtYZgBeyJ0eXBlIjogInJlY29yZCIsICJuYW1lIjogInIiLCAiZmllbGRzIjogW3sibmFtZSI6ICJzIiwgInR5cGUiOiAic3RyaW5nIn1dfQAwMTIzNDU2Nzg5YWJjZGVmBIAB/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAHBmFiYwZkZWYA4nDWsvn6uqMAASAIuxnZux+2830BAAAAAARZWjAxMjM0NTY3ODlhYmNkZWY=",
			map[string][]string{"s": {`"abc"`, `"def"`}}},
		{"fastavro, deflate, which leaves bytes of zlib", "T2JqAQQUYXZyby5jb2RlYw5kZWZsYXRlFmF2cm8uc2NoZW1hmAF7InR5cGUiOiAicmVjb3JkIiwgIm5hbWUiOiAiciIsICJmaWVsZHMiOiBbeyJuYW1lIjogInMiLCAidHlwZSI6ICJzdHJpbmcifV19ADAxMjM0NTY3ODlhYmNkZWYEFGM5vJIpCQAFhgEwMTIzNDU2Nzg5YWJjZGVm",
			map[string][]string{"s": {`"é"`, `"b"`}}},
		{"polars, a record without a name", "T2JqAQIWYXZyby5zY2hlbWGUAXsidHlwZSI6InJlY29yZCIsIm5hbWUiOiIiLCJmaWVsZHMiOlt7Im5hbWUiOiJhIiwidHlwZSI6WyJudWxsIiwibG9uZyJdfV19AAECAwQBAgMEAQIDBAECAwQEBgICAAECAwQBAgMEAQIDBAECAwQ=",
			map[string][]string{"a": {"1", "null"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data, err := base64.StdEncoding.DecodeString(tt.file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := avroColumns(t, data)
			if err != nil {
				t.Fatal(err)
			}
			sourcetest.Diff(t, tt.want, got)
		})
	}
}

const oddAvroSchema = `{"type":"record","name":"Outer_Inner","fields":[
	{"name":"ts","type":{"type":"long","logicalType":"timestamp-nanos"}},
	{"name":"lt","type":["null",{"type":"long","logicalType":"local-timestamp-nanos"}]},
	{"name":"lm","type":{"type":"long","logicalType":"local-timestamp-millis"}},
	{"name":"n","type":"null"},
	{"name":"un","type":["null"]},
	{"name":"us","type":["string"]},
	{"name":"st","type":{"type":"record","name":"A_B","fields":[{"name":"x","type":"int"}]}},
	{"name":"dec","type":{"type":"fixed","name":"F","size":3,"logicalType":"decimal","precision":4,"scale":1}}]}`

// oddAvro is a row of that schema, as bytes.
func oddAvro(dec string) string {
	var b []byte
	b = binary.AppendVarint(b, 1_700_000_000_123_456_789)
	b = binary.AppendVarint(b, 1) // branch of lt
	b = binary.AppendVarint(b, -1)
	b = binary.AppendVarint(b, 1500)
	b = append(b, 0, 0, 2, 'z') // un, us
	b = binary.AppendVarint(b, 7)
	return string(b) + dec
}

// avroOf writes one block of the given rows.
func avroOf(schema string, rows int64, data string) []byte {
	b := []byte("Obj\x01")
	b = binary.AppendVarint(b, 1)
	for _, s := range []string{"avro.schema", schema} {
		b = append(binary.AppendVarint(b, int64(len(s))), s...)
	}
	b = append(b, 0)
	b = append(b, "0123456789abcdef"...)
	b = binary.AppendVarint(b, rows)
	b = append(binary.AppendVarint(b, int64(len(data))), data...)
	return append(b, "0123456789abcdef"...)
}

func TestTypesThatAvroLibrariesPassOverAreRead(t *testing.T) {
	data := avroOf(oddAvroSchema, 1, oddAvro("\xff\xfc\x19"))
	for _, inner := range []string{"_", "$"} { // as Java names inner classes
		got, err := avroColumns(t, bytes.ReplaceAll(data, []byte("r_I"), []byte("r"+inner+"I")))
		if err != nil {
			t.Fatal(err)
		}
		sourcetest.Diff(t, map[string][]string{
			"ts": {"2023-11-14 22:13:20.123456789Z"}, "lt": {"1969-12-31 23:59:59.999999999Z"}, "lm": {"1970-01-01 00:00:01.5Z"},
			"n": {"(null)"}, "un": {"(null)"}, "us": {`"z"`}, "st": {"(7)"}, "dec": {"-99.9"},
		}, got)
	}
	s := sourcetest.Open(t, sources.Options{Opener: sourcetest.OneFile("a.avro", data)}, "x")
	sourcetest.Diff(t, map[string]string{
		"ts": "timestamp[ns, tz=UTC]", "lt": "timestamp[ns]", "lm": "timestamp[ms]", "n": "null", "un": "null", "us": "utf8",
		"st": "struct<x: int32>", "dec": "decimal(4, 1)",
	}, sourcetest.Types(s))
}

func TestAvroThatIsNotAsItsSchemaSaysIsRefused(t *testing.T) {
	list := `{"type":"record","name":"r","fields":[{"name":"v","type":{"type":"array","items":"int"}}]}`
	text := `{"type":"record","name":"r","fields":[{"name":"s","type":"string"}]}`
	deflated := sourcetest.AvroFile(t, text, ocf.Deflate, map[string]any{"s": "x"})
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"decimal of more digits", avroOf(oddAvroSchema, 1, oddAvro("\x00\x27\x10")), `column "dec": a decimal of more digits than the 4 of its type`},
		{"branch", avroOf(oddAvroSchema, 1, strings.Replace(oddAvro("\x00\x00\x00"), "\x00\x02z", "\x02\x02z", 1)), `column "us": branch 1 of a union of 1`},
		{"items longer than their block", avroOf(list, 1, "\x03\x02\x02\x04\x00"), `column "v": damaged: items that are longer or shorter than their block`},
		{"items shorter than their block", avroOf(list, 1, "\x01\x06\x02\x00\x00"), `column "v": damaged: items that are longer or shorter than their block`},
		{"a block of no size", avroOf(list, 1, "\x03\x01\x02\x04\x00"), `column "v": is cut short`},
		{"rows that are not there", avroOf(text, 2, "\x02a"), `column "s": is cut short`},
		{"more than the rows", avroOf(text, 1, "\x02a\x02b"), `damaged: 2 bytes after the last row of a block`},
		{"rows without bytes", avroOf(`{"type":"record","name":"r","fields":[{"name":"n","type":"null"}]}`, 1<<40, ""), `damaged: block 0 has 1099511627776 rows`},
		{"text", avroOf(text, 1, "\x02\xe9"), `row 0, column "s": "\xe9" is not UTF-8; convert the file, as iconv -f LATIN1 -t UTF-8 does`},
		{"name", avroOf(strings.Replace(text, `"s"`, "\"\xe9\"", 1), 1, "\x02a"), `is not UTF-8; convert the file, as iconv -f LATIN1 -t UTF-8 does`},
		{"half a surrogate pair", avroOf(strings.Replace(text, `"s"`, `"\ud800"`, 1), 1, "\x02a"), `schema: \ud800 is half of a surrogate pair, which is no character`},
		{"codec", bytes.Replace(deflated, []byte("\x0edeflate"), []byte("\x0edeflatx"), 1), `codec "deflatx", want null, deflate, snappy, zstandard, bzip2 or xz; write the file again with one of these`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := avroColumns(t, tt.data)
			if err == nil || !strings.HasSuffix(err.Error(), tt.want) {
				t.Errorf("error %v, want ...%s", err, tt.want)
			}
		})
	}
}
