package text_test

import (
	"bytes"
	"compress/gzip"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sources"
	"leapscore/sources/sourcetest"
)

// utf16Text returns text in UTF-16, the low byte first.
func utf16Text(text string) string {
	var b strings.Builder
	for _, c := range utf16.Encode([]rune(text)) {
		b.WriteByte(byte(c))
		b.WriteByte(byte(c >> 8))
	}
	return b.String()
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTextThatIsNotUTF8IsRefusedByFileLineAndColumn(t *testing.T) {
	zip := gzipped(t, "a,b\n1,2\n")
	wrong := []byte(zip)
	wrong[len(wrong)-6] ^= 1 // of the checksum
	tests := []struct{ name, file, in, want string }{
		{"value", "a.csv", "a,b\n1,x\n2,caf\xe9\n", `a.csv: line 3, column "b": "caf\xe9" is not UTF-8; is it Latin-1? then --csv-encoding latin1`},
		{"quoted value", "a.csv", "a,b\n1,\"x\n\xe9\"\n", `a.csv: line 2, column "b": "x\n\xe9" is not UTF-8; is it Latin-1? then --csv-encoding latin1`},
		{"list in CSV", "a.csv", "tags\n\"[\"\"\xe9\"\"]\"\n", `is not UTF-8; convert the file, as iconv -f LATIN1 -t UTF-8 does`},
		{"name", "a.csv", "a,caf\xe9\n", `a.csv: line 1: header: column 2: "caf\xe9" is not UTF-8; is it Latin-1? then --csv-encoding latin1`},
		{"cut in a character", "a.csv", "a,b\n1,\xc3,\n", `column "b": "\xc3" is not UTF-8; is it Latin-1? then --csv-encoding latin1`},
		{"JSON value", "a.json", "{}\n{\"a\":\"\xe9\"}", `a.json: line 2, column "a": the string at byte 6, "\xe9" is not UTF-8; convert the file, as iconv -f LATIN1 -t UTF-8 does`},
		{"JSON value with escapes", "a.json", "{\"a\":\"\\n\xe9\"}", `"\n\xe9" is not UTF-8; convert the file, as iconv -f LATIN1 -t UTF-8 does`},
		{"JSON key", "a.json", "{\"\xe9\":1}", `a.json: line 1, the string at byte 2, "\xe9" is not UTF-8; convert the file, as iconv -f LATIN1 -t UTF-8 does`},
		{"JSON in an object", "a.json", "{\"a\":{\"k\":\"\xe9\"}}", `is not UTF-8; convert the file, as iconv -f LATIN1 -t UTF-8 does`},
		{"half a surrogate pair", "a.json", `{"a":"x\ud800"}`, `a.json: line 1, column "a": \ud800 is half of a surrogate pair, which is no character, at byte 8`},
		{"the wrong half", "a.json", `{"a":"\udc00\ud800"}`, `\udc00 is half of a surrogate pair, which is no character, at byte 7`},
		{"half in an object", "a.json", `{"a":{"k":"\ud800x"}}`, `\ud800 is half of a surrogate pair, which is no character, at byte 12`},
		{"half in a key", "a.json", `{"\ud83d":1}`, `\ud83d is half of a surrogate pair, which is no character, at byte 3`},
		{"UTF-16 without a mark", "a.json", utf16Text(`{"a":1}`), `has bytes of zero, as text in UTF-16 has that begins without a byte order mark; for CSV there is --csv-encoding utf-16le, or utf-16be; else convert it, as iconv -f UTF-16 -t UTF-8 does`},
		{"UTF-32", "a.csv", "\xff\xfe\x00\x00a\x00\x00\x00", `a.csv: is text in UTF-32, want UTF-8; convert it, as iconv -f UTF-32 -t UTF-8 does`},
		{"zip", "a.csv", "PK\x03\x04\x14\x00", `a.csv: is a zip archive, want text`},
		{"Parquet", "a.csv", "PAR1\x15\x04\x15", `a.csv: is Parquet, want text`},
		{"bzip2", "a.csv", "BZh91AY&SY\x00", `a.csv: bzip2: is cut short`},
		{"gzip twice", "a.csv", gzipped(t, zip), `a.csv: is gzip in another compression, want text that is compressed once`},
		{"text behind gzip", "a.csv", zip + "a,b\n1,2\n", `a.csv: gzip: bytes behind the end that are no gzip: unexpected EOF`},
		{"gzip with another checksum", "a.csv", string(wrong), `a.csv: gzip: gzip: invalid checksum`},
		{"gzip cut", "a.json", zip[:len(zip)-9], `a.json: gzip: is cut short`},
		{"empty gzip", "b/a.csv", gzipped(t, ""), `a.csv: is empty, want a header line`},
		{"mark alone", "a.csv", "\ufeff", `a.csv: is empty, want a header line`},
		{"CR in a file of LF", "a.csv", "a,b\n1,2\r3,4\n", `a.csv: line 2, a line end of another kind than that of the header inside of a field that is not quoted: want all lines to end in LF or CRLF, or all in CR`},
		{"LF in a file of CR", "a.csv", "a,b\r1,2\r3,4\n5,6\r", `a.csv: line 3, a line end of another kind than that of the header inside of a field that is not quoted: want all lines to end in LF or CRLF, or all in CR`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readText(t, tt.file, tt.in)
			if err == nil || !strings.HasSuffix(err.Error(), tt.want) {
				t.Errorf("error %v\nwant  ...%s", err, tt.want)
			}
		})
	}
}

func TestTextWithMarksAndCompressionIsTheSame(t *testing.T) {
	zip := gzipped(t, "name,id\né,1\n")
	tests := []struct{ name, file, in string }{
		{"gzip without its name", "a.csv", zip},
		{"zeros behind gzip", "a.csv.gzip", zip + strings.Repeat("\x00", 2000)},
		{"mark in JSON", "a.json", "\ufeff" + `{"name":"é","id":1}`},
		{"mark in gzip", "a.json", gzipped(t, "\ufeff"+`{"name":"\u00e9","id":1}`)},
		{"CR", "a.csv", "name,id\ré,1\r"},
		{"CR without the last", "a.csv", "name,id\ré,1"},
		{"CR and quotes", "a.csv", "\"name\",\"id\"\r\"é\",\"1\"\r"},
		{"a byte of zero in a value", "c.csv", "name,id,x\né,1,a\x00b\n"},
		{"an unread column", "c.csv", "name,id,x\né,1,\xe9\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := sourcetest.WriteFile(t, filepath.Join(t.TempDir(), tt.file), tt.in)
			opt := sources.Options{Types: sourcetest.TextTypes}
			if strings.HasSuffix(tt.file, "zip") {
				opt.Format = sources.CSV
			}
			got, err := sourcetest.TextColumns(sourcetest.Open(t, opt, file), []string{"name", "id"})
			if err != nil {
				t.Fatal(err)
			}
			sourcetest.Diff(t, map[string][]string{"name": {`"é"`}, "id": {"1"}}, got)
		})
	}
}

func TestBytesOfZeroInValuesStay(t *testing.T) {
	for _, in := range []string{"a,name\n1,x\x00y\n", "a,name\r\n1,x\x00y\r\n", "name\n\"x\x00y\"\n"} {
		got, err := readText(t, "a.csv", in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		sourcetest.Diff(t, []string{`"x\x00y"`}, got["name"])
	}
}

func TestMembersOfGzipFollowEachOther(t *testing.T) {
	got, err := readText(t, "a.csv", gzipped(t, "name\na\n")+gzipped(t, "")+gzipped(t, "b\n")+"\x00\x00")
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, map[string][]string{"name": {`"a"`, `"b"`}}, got)
}

func TestQuotedLineEndsOfAllKindsStay(t *testing.T) {
	for _, end := range []string{"\n", "\r\n", "\r"} {
		got, err := readText(t, "a.csv", "name,id"+end+"\"a\rb\nc\r\nd\",1"+end+end+"x,2"+end)
		if err != nil {
			t.Fatalf("%q: %v", end, err)
		}
		sourcetest.Diff(t, map[string][]string{"name": {`"a\rb\nc\r\nd"`, `"x"`}, "id": {"1", "2"}}, got)
	}
}

func TestJSONOfNoBytesHasNoRowsAndAWarning(t *testing.T) {
	dir := t.TempDir()
	sourcetest.WriteFile(t, filepath.Join(dir, "1.json"), "")
	sourcetest.WriteFile(t, filepath.Join(dir, "2.json"), `{"id":1}`)
	sourcetest.WriteFile(t, filepath.Join(dir, "3.json.gz"), "")
	var warned []string
	s := sourcetest.Open(t, sources.Options{Warn: func(msg string) {
		_, msg, _ = strings.Cut(msg, dir)
		warned = append(warned, msg)
	}}, dir)
	got, err := sourcetest.TextColumns(s, []string{"id"})
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, map[string][]string{"id": {"1"}}, got)
	sourcetest.Diff(t, []string{"/1.json has no bytes, and so no rows", "/3.json.gz has no bytes, and so no rows"}, warned)
}

func TestBytesThatAreNotUTF8AreReadAsBinary(t *testing.T) {
	file := sourcetest.WriteFile(t, filepath.Join(t.TempDir(), "a.csv"), "a\n\xe9\n")
	s := sourcetest.Open(t, sources.Options{Types: map[string]arrow.DataType{"a": arrow.BinaryTypes.Binary}}, file)
	got, err := sourcetest.TextColumns(s, []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, map[string][]string{"a": {`"\xe9"`}}, got)
}
