package text_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/sourcetest"
)

// packed are the same text, compressed by Python's bz2 and lzma, and by gzip and
// zstd. Each packing of it twice, one behind the other, is two files of rows.
const packedText = "a,b\n1,x\n2,y\n"

func unbase64(t testing.TB, s string) string {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func packedFiles(t *testing.T) map[string]string {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	z := string(w.EncodeAll([]byte(packedText), nil))
	return map[string]string{
		"x.csv.bz2":   unbase64(t, "QlpoOTFBWSZTWbzHKEUAAARZgAAQAAQwADAAAGAgADEMCCNBmo4EIheLuSKcKEheY5QigA=="),
		"x.csv.xz":    unbase64(t, "/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQALYSxiCjEseAoyLHkKAEzgt25dEyFzAAEkDKYY2NgftvN9AQAAAAAEWVo="),
		"x.csv.gz":    gzipped(t, packedText),
		"x.csv.zst":   z,
		"x.csv.zstd":  z,
		"hidden.csv":  z,
		"skipped.csv": "\x5a\x2a\x4d\x18\x02\x00\x00\x00hi" + z, // a frame that readers pass over
	}
}

// readPacked reads a file of these bytes, whatever its name says.
func readPacked(t *testing.T, name, file string) (map[string][]string, error) {
	t.Helper()
	s, err := files.Open(t.Context(), []string{"x"}, sources.Options{Opener: sourcetest.OneFile(name, []byte(file)), Types: sourcetest.TextTypes})
	if err != nil {
		return nil, err
	}
	return sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
}

func TestPackedTextIsRead(t *testing.T) {
	for name, file := range packedFiles(t) {
		t.Run(name, func(t *testing.T) {
			got, err := readPacked(t, name, file)
			if err != nil {
				t.Fatal(err)
			}
			sourcetest.Diff(t, map[string][]string{"a": {`"1"`, `"2"`}, "b": {`"x"`, `"y"`}}, got)
			got, err = readPacked(t, name, file+file)
			if err != nil {
				t.Fatal(err)
			}
			sourcetest.Diff(t, map[string][]string{"a": {`"1"`, `"2"`, `"a"`, `"1"`, `"2"`}, "b": {`"x"`, `"y"`, `"b"`, `"x"`, `"y"`}}, got)
		})
	}
}

func TestPackedTextThatIsCutIsRefused(t *testing.T) {
	for name, file := range packedFiles(t) {
		for end := 1; end < len(file); end++ {
			if strings.HasSuffix(name, ".csv") && end < 4 || name == "skipped.csv" && end <= 10 {
				continue // a name may be as short, and the frame alone is a whole file
			}
			if got, err := readPacked(t, name, file[:end]); err == nil {
				t.Errorf("%s cut after %d of %d bytes gave %v, want an error", name, end, len(file), got)
			}
		}
	}
}

func TestPackedTextThatIsNotAsItSaysIsRefused(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"a.csv.xz", packedText, "a.csv.xz: xz: its name ends in .xz, but it does not begin as xz does"},
		{"a.csv.bz2", packedText, "a.csv.bz2: bzip2: its name ends in .bz2, but it does not begin as bzip2 does"},
		{"a.csv.gz", packedText, "a.csv.gz: gzip: its name ends in .gz, but it does not begin as gzip does"},
		{"a.csv.zst", packedText, "a.csv.zst: zstd: its name ends in .zst, but it does not begin as zstd does"},
		{"a.csv.lz4", packedText, "a.csv.lz4: its name tells csv compressed as lz4, which is not read; unpack it, or compress it as gzip, zstd, bzip2 or xz"},
		{"a.gz", gzipped(t, packedText), "a.gz: its name tells a compression (.gz) and no format, as .csv.gz would; give the format, as --input-format csv does, or read_csv in a query"},
		{"a.csv.xz", unbase64(t, "/Td6WFoAAATm1rRGAgAhASQAAABeH8f5AQALYSxiCjEseAoyLHkKAEzgt25dEyFzAAEkDKYY2NgftvN9AQAAAAAEWVo="),
			"a.csv.xz: xz: asks for a window of 1024 MiB, want at most 256; compress it again, as xz -9 does"},
	} {
		_, err := readPacked(t, tt.name, tt.in)
		if err == nil || !strings.HasSuffix(err.Error(), tt.want) {
			t.Errorf("error %v\nwant  ...%s", err, tt.want)
		}
	}
}

func FuzzPacked(f *testing.F) {
	for _, seed := range []string{
		"QlpoOTFBWSZTWbzHKEUAAARZgAAQAAQwADAAAGAgADEMCCNBmo4EIheLuSKcKEheY5QigA==",
		"/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQALYSxiCjEseAoyLHkKAEzgt25dEyFzAAEkDKYY2NgftvN9AQAAAAAEWVo=",
		"/Td6WFoAAATm1rRGAgAhASQAAABeH8f5AQALYSxiCjEseAoyLHkKAEzgt25dEyFzAAEkDKYY2NgftvN9AQAAAAAEWVo=",
	} {
		f.Add([]byte(unbase64(f, seed)))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := files.Open(t.Context(), []string{"x"}, sources.Options{Opener: sourcetest.OneFile("a.csv", file)})
		if err == nil {
			_, _ = sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
		}
	})
}
