package leap_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/hamba/avro/v2/ocf"

	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/sourcetest"
)

const leapFields = `{"fields":[
	{"name":"ok","type":"boolean"}, {"name":"b","type":"byte"}, {"name":"sh","type":"short"}, {"name":"i","type":"integer"},
	{"name":"l","type":{"type":"basic","base":"long","isNullable":false}}, {"name":"f","type":"float"},
	{"name":"d","type":{"type":"basic","base":"double","isNullable":false}}, {"name":"s","type":"string"}, {"name":"bs","type":"byte_string"},
	{"name":"ls","type":{"type":"list","base":"string"}}, {"name":"ld","type":{"type":"list","base":"double","isNullable":false}},
	{"name":"v","type":{"type":"tensor","base":"double","dimensions":[3]}}, {"name":"u","type":{"type":"tensor","base":"double"}},
	{"name":"ti","type":{"type":"tensor","base":"int","dimensions":[2]}}, {"name":"m","type":{"type":"tensor","base":"double","dimensions":[2,2]}}]}`

const leapJSON = `
{"rows":[
	[true,-1,300,7,9007199254740993,0.1,-2.5E-3,"né","aGk=",["x",""],[1,null],
		{"dimensions":[3],"values":[1,2,null]},{"dimensions":[3],"values":[5,6],"indices":[[0],[2]]},{"dimensions":[2],"values":[1,2]},{"dimensions":[2,2],"values":[1,2,3,4]}],
	[null,null,null,null,0,null,null,null,null,null,[],null,null,null,null,"more"]],
 "schema":` + leapFields + `}
`

// leapBinary is the frame of leapJSON.
func leapBinary() []byte {
	var b bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			if s, ok := v.(string); ok {
				binary.Write(&b, binary.BigEndian, int32(len(s)))
				b.WriteString(s)
				continue
			}
			binary.Write(&b, binary.BigEndian, v)
		}
	}
	there, nan := byte(1), uint64(0x7ff8000000000000)
	put(leapFields, int32(2))
	put(there, true, there, int8(-1), there, int16(300), there, int32(7), int64(9007199254740993), there, float32(0.1), -2.5e-3)
	put(there, "né", there, "hi", there, int32(2), "x", "", int32(2), 1.0, nan)
	put(there, uint16(0), uint16(1), int32(3), int32(3), 1.0, 2.0, nan)
	put(there, uint16(1), uint16(1), int32(3), int32(2), 5.0, 6.0, int32(2), uint16(1), int32(0), uint16(1), int32(2))
	put(there, uint16(0), uint16(1), int32(2), int32(2), int32(1), int32(2))
	put(there, uint16(0), uint16(2), int32(2), int32(2), int32(4), 1.0, 2.0, 3.0, 4.0)
	put([]byte{0, 0, 0, 0}, int64(0), byte(0), nan, []byte{0, 0, 0}, int32(0), []byte{0, 0, 0, 0})
	return b.Bytes()
}

func leapSource(tb testing.TB, opt sources.Options, data []byte) sources.Source {
	opt.Opener = sourcetest.OneFile("a.leap.json", data)
	return sourcetest.Open(tb, opt, "x")
}

func TestLeapFramesOfBothFormsReadTheSame(t *testing.T) {
	want := map[string][]string{
		"ok": {"true", "null"}, "b": {"-1", "null"}, "sh": {"300", "null"}, "i": {"7", "null"}, "l": {"9007199254740993", "0"},
		"f": {"0.1", "null"}, "d": {"-0.0025", "NaN"}, "s": {`"né"`, "null"}, "bs": {`"hi"`, "null"}, "ls": {`["x" ""]`, "null"},
		"ld": {"[1 NaN]", "[]"}, "v": {"(1 3 [] [1 2 NaN])", "null"}, "u": {"(0 3 [0 2] [5 6])", "null"},
		"ti": {"[1 2]", "null"}, "m": {"[1 2 3 4]", "null"},
	}
	for format, data := range map[sources.Format][]byte{"": []byte(leapJSON), sources.LeapBinary: leapBinary()} {
		s := leapSource(t, sources.Options{Format: format}, data)
		got, err := sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
		if err != nil {
			t.Fatal(err)
		}
		sourcetest.Diff(t, want, got)
	}
}

func TestLeapMapsKeepTheOrderOfTheirKeys(t *testing.T) {
	s := leapSource(t, sources.Options{}, []byte(`{"schema":{"fields":[{"name":"m","type":{"type":"map","key":"string","base":"long"}}]},"rows":[[{"z":1,"a":2}],[{}],[null]]}`))
	got, err := sourcetest.TextColumns(s, []string{"m"})
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, map[string][]string{"m": {`{"z":1 "a":2}`, "{}", "null"}}, got)
}

func TestLeapFramesConform(t *testing.T) {
	for format, data := range map[sources.Format][]byte{sources.Leap: []byte(leapJSON), sources.LeapBinary: leapBinary()} {
		for _, n := range []int{1, 8192} {
			sourcetest.RunConformance(t, sourcetest.Config{
				Rows: 2,
				Open: func(tb testing.TB) sources.Source {
					return leapSource(tb, sources.Options{Format: format, BatchRows: n}, data)
				},
			})
		}
	}
}

func TestLongLeapFramesAreCutIntoSplits(t *testing.T) {
	const rows = sources.SplitRows + 5
	frame := `{"schema":{"fields":[{"name":"i","type":"integer"}]},"rows":[` + strings.Repeat("[1],", rows-1) + "[2]]}"
	var bin bytes.Buffer
	schema := `{"fields":[{"name":"i","type":"integer"}]}`
	fmt.Fprintf(&bin, "\x00\x00\x00%c%s", len(schema), schema)
	binary.Write(&bin, binary.BigEndian, int32(rows))
	bin.WriteString(strings.Repeat("\x01\x00\x00\x00\x01", rows))
	for format, data := range map[sources.Format][]byte{sources.Leap: []byte(frame), sources.LeapBinary: bin.Bytes()} {
		got := sourcetest.ReadAll(t, leapSource(t, sources.Options{Format: format}, data), memory.DefaultAllocator, []string{"i"}, 2)
		if len(got.Splits) != 2 || got.Splits[1].Rows != 5 {
			t.Errorf("%s: %d splits, want 2, the last of 5 rows", format, len(got.Splits))
		}
	}
}

func readLeap(tb testing.TB, format sources.Format, data []byte) error {
	tb.Helper()
	s, err := files.Open(context.Background(), []string{"x"}, sources.Options{Opener: sourcetest.OneFile("a.leap.json", data), Format: format})
	if err == nil {
		_, err = sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
	}
	var fe *sources.FileError
	if err != nil && !errors.As(err, &fe) {
		tb.Errorf("error %v, want a file error", err)
	}
	return err
}

func TestLeapFramesThatCannotBeReadSayWhy(t *testing.T) {
	frame := func(typ, value string) string {
		return `{"schema":{"fields":[{"name":"c","type":` + typ + `}]},"rows":[[` + value + `]]}`
	}
	vector := `{"type":"tensor","base":"double"}`
	tests := []struct{ name, data, want string }{
		{"no frame", `{"a":1}`, "no leap frame"},
		{"no JSON", `{"schema":`, "is cut short"},
		{"unknown base", frame(`"text"`, `1`), `base type "text"`},
		{"unknown type", frame(`{"type":"set","base":"int"}`, `1`), `type "set"`},
		{"a map from numbers", frame(`{"type":"map","key":"int","base":"int"}`, `{}`), `a map from "int"`},
		{"a short row", frame(`"string"`, ``), "row 0, 0 values, want 1"},
		{"a number for text", frame(`"string"`, `1`), `row 0, column "c": 1 is not a string`},
		{"text for a number", frame(`"double"`, `"1"`), `"1" is not a number`},
		{"part of a number", frame(`"integer"`, `1.5`), "not a whole number of 32 bits"},
		{"a large byte", frame(`"byte"`, `128`), "not a whole number of 8 bits"},
		{"null that may not be", frame(`{"type":"basic","base":"string","isNullable":false}`, `null`), "null is not a string"},
		{"too few values", frame(vector, `{"dimensions":[3],"values":[1]}`), "size 3 with 1 values"},
		{"two dimensions", frame(vector, `{"dimensions":[1,1],"values":[1]}`), "want one dimension"},
		{"an index beyond", frame(vector, `{"dimensions":[3],"values":[1],"indices":[[3]]}`), "index [3]"},
		{"indices that fall", frame(vector, `{"dimensions":[3],"values":[1,2],"indices":[[1],[0]]}`), "index [0] after 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := readLeap(t, "", []byte(tt.data)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
		})
	}
}

func TestBinaryLeapFramesThatAreCutAreErrors(t *testing.T) {
	data := leapBinary()
	for n := range data {
		if readLeap(t, sources.LeapBinary, data[:n]) == nil {
			t.Errorf("%d of %d bytes read well", n, len(data))
		}
	}
	if err := readLeap(t, sources.LeapBinary, append(data, 0)); err == nil || !strings.Contains(err.Error(), "after the last row") {
		t.Errorf("a byte more: error %v", err)
	}
}

func FuzzLeap(f *testing.F) {
	f.Add([]byte(leapJSON), false)
	f.Add(leapBinary(), true)
	f.Fuzz(func(t *testing.T, data []byte, bin bool) {
		format := sources.Leap
		if bin {
			format = sources.LeapBinary
		}
		_ = readLeap(t, format, data)
	})
}

// The schema is as MLeap's Avro writer names and documents it.
func TestLeapFramesInAvroReadAsThoseInJSON(t *testing.T) {
	dir := t.TempDir()
	frame := `{"schema":{"fields":[{"name":"town","type":"string"},{"name":"area","type":"double"},{"name":"rooms","type":"double"}]},` +
		`"rows":[["Bern",36.5,2.0],["Rome",1250.0,4.0]]}`
	var avro bytes.Buffer
	enc, err := ocf.NewEncoder(`{"type":"record","name":"LeapFrame","namespace":"ml.combust.mleap.avro","doc":"","fields":[`+
		`{"name":"town","type":"string","doc":""},{"name":"area","type":"double","doc":""},{"name":"rooms","type":"double","doc":""}]}`, &avro)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []map[string]any{{"town": "Bern", "area": 36.5, "rooms": 2.0}, {"town": "Rome", "area": 1250.0, "rooms": 4.0}} {
		if err := enc.Encode(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := enc.Close(); err != nil {
		t.Fatal(err)
	}
	var all []map[string][]string
	for name, data := range map[string][]byte{"frame.leap.json": []byte(frame), "frame.avro": avro.Bytes()} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		s := sourcetest.Open(t, sources.Options{}, path)
		got, err := sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, got)
	}
	sourcetest.Diff(t, all[0], all[1])
	sourcetest.Diff(t, []string{`"Bern"`, `"Rome"`}, all[0]["town"])
	sourcetest.Diff(t, []string{"36.5", "1250"}, all[0]["area"])
}
