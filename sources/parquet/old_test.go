package parquet_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/parquet"
	"leapscore/sources/sourcetest"
)

func legacy(name string) string { return filepath.Join("testdata", "legacy", name+".parquet") }

// readLegacy returns the columns of a file as text, or the error of reading them.
func readLegacy(t *testing.T, cols []string, names ...string) (map[string][]string, error) {
	t.Helper()
	for i, n := range names {
		names[i] = legacy(n)
	}
	s := sourcetest.Open(t, sources.Options{}, names...)
	if cols == nil {
		cols = sourcetest.ColumnNames(s)
	}
	return sourcetest.TextColumns(s, cols)
}

func TestOldFilesAreReadAsTheirWritersMeantThem(t *testing.T) {
	ab := strings.Fields(strings.Repeat(`"a" "b" "a" null "b" `, 9))
	ones := slices.Repeat([]string{"1"}, 300)
	tests := []struct {
		name string
		col  string
		want []string
	}{
		{"v2_same", "a", ones},
		{"dictionary_old", "s", ab},
		{"dictionary_nameless", "s", ab},
		{"key_without_value", "a", []string{"1", "2", "3"}},
		{"packed_impala", "a", []string{"0", "1", "null", "3", "4", "5", "6", "null", "null", "9"}},
		{"packed_no_nulls", "a", strings.Fields("0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15")},
		{"lists", "l", []string{"[1 2]", "[3]", "[4]"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readLegacy(t, nil, tt.name)
			if err != nil {
				t.Fatal(err)
			}
			sourcetest.Diff(t, map[string][]string{tt.col: tt.want}, got)
		})
	}
}

func TestCompressedPagesWhoseHeadersDenyItAreDecompressed(t *testing.T) {
	got, err := readLegacy(t, nil, "v2_noise")
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, []string{"0.6229016948897019", "0.7417869892607294", "0.7951935655656966"}, got["a"][:3])
	// Piece by piece too.
	s := sourcetest.OpenAs(t, parquet.Open, sources.Options{}, legacy("v2_noise"))
	parquet.SetReadAhead(s, 1)
	parquet.SetStreamFrom(s, 1)
	pieces, err := sourcetest.TextColumns(s, []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, got, pieces)
}

func TestFilesThatNobodyCanReadRightAreErrors(t *testing.T) {
	tests := []struct{ name, want string }{
		{"v2_noise_denied", "page size"},
		{"v2_same_denied", "page size"},
		{"dictionary_new", "page of"},
		{"packed_unknown", "BIT_PACKED"},
		{"lists_begin_inside", "begins with repetition level 1"},
		{"lists_row_too_many", "more rows than its row group"},
		{"lists_row_too_few", "fewer rows than its row group"},
		{"int96_mixed", "INT96 timestamp 9999-12-31T00:00:00"},
		{"int96_past_edge", "INT96 timestamp 2262-04-11T23:47:16.854775808"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readLegacy(t, nil, tt.name)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), legacy(tt.name)+": row group 0, column ") {
				t.Errorf("got %v and error %v, want one that names the file and the column and says %q", got, err, tt.want)
			}
		})
	}
}

func TestColumnsInTheClearAreReadBesideEncryptedOnes(t *testing.T) {
	got, err := readLegacy(t, []string{"clear"}, "encrypted_columns")
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, map[string][]string{"clear": {"1", "2", "3"}}, got)
	for _, col := range []string{"hidden", "st"} {
		_, err := readLegacy(t, []string{col}, "encrypted_columns")
		if err == nil || !strings.Contains(err.Error(), col) || !strings.Contains(err.Error(), "encrypted") {
			t.Errorf("column %s: error %v, want one that says that it is encrypted", col, err)
		}
	}
}

func TestLogicalTypesOnWrongPhysicalTypesAreErrorsOfTheirColumn(t *testing.T) {
	for _, name := range []string{"string_on_int", "date_on_long", "time_on_float", "uint64_on_int"} {
		got, err := readLegacy(t, []string{"good"}, name)
		if err != nil || len(got["good"]) != 2 {
			t.Errorf("%s: the column beside it is %v, error %v", name, got, err)
		}
		if got, err := readLegacy(t, []string{"bad"}, name); err == nil || !strings.Contains(err.Error(), `column "bad": it is stored as`) {
			t.Errorf("%s: got %v and error %v, want one about the physical type", name, got, err)
		}
	}
}

// withFooter changes the footer of a file.
func withFooter(t *testing.T, name string, change func(*format.FileMetaData)) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	end := len(data) - 8 - int(binary.LittleEndian.Uint32(data[len(data)-8:]))
	var meta format.FileMetaData
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), data[end:len(data)-8], &meta); err != nil {
		t.Fatal(err)
	}
	change(&meta)
	var footer bytes.Buffer
	if err := thrift.NewEncoder(new(thrift.CompactProtocol).NewWriter(&footer)).Encode(&meta); err != nil {
		t.Fatal(err)
	}
	out := append(bytes.Clone(data[:end]), footer.Bytes()...)
	return append(binary.LittleEndian.AppendUint32(out, uint32(footer.Len())), "PAR1"...)
}

func TestEveryWrongCountOfRowsIsAnError(t *testing.T) {
	files := []string{"pyarrow_snappy", "pyarrow_v2_zstd", "pyarrow_encodings", "duckdb"}
	counts := map[string]func(m *format.FileMetaData, by int64){
		"of the file": func(m *format.FileMetaData, by int64) { m.NumRows += by },
		"of a row group": func(m *format.FileMetaData, by int64) {
			m.RowGroups[0].NumRows += by
		},
		"of a row group and the file": func(m *format.FileMetaData, by int64) {
			m.NumRows += by
			m.RowGroups[0].NumRows += by
		},
		"of the values, too": func(m *format.FileMetaData, by int64) {
			m.NumRows += by
			m.RowGroups[0].NumRows += by
			for i := range m.RowGroups[0].Columns {
				m.RowGroups[0].Columns[i].MetaData.NumValues += by
			}
		},
	}
	for _, name := range files {
		file := filepath.Join("testdata", name+".parquet")
		if err := readDamaged(t, withFooter(t, file, func(*format.FileMetaData) {})); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for what, change := range counts {
			for _, by := range []int64{-5, -1, 1, 5} {
				data := withFooter(t, file, func(m *format.FileMetaData) { change(m, by) })
				for _, col := range namesOf(t, file) {
					if err := readColumn(t, data, col); err == nil {
						t.Errorf("%s, column %s: a count %s that is wrong by %d is not noticed", name, col, what, by)
					}
				}
			}
		}
	}
}

func namesOf(t *testing.T, file string) []string {
	return sourcetest.ColumnNames(sourcetest.Open(t, sources.Options{}, file))
}

// readColumn reads one column of a Parquet file.
func readColumn(t *testing.T, data []byte, col string) error {
	t.Helper()
	s, err := files.Open(t.Context(), []string{"x"}, sources.Options{Opener: sourcetest.OneFile("bad.parquet", data)})
	if err != nil {
		return err
	}
	_, err = sourcetest.TextColumns(s, []string{col})
	return err
}

func TestFootersThatCountNoRowsAreReadByTheirRowGroups(t *testing.T) {
	data := withFooter(t, legacy("lists"), func(m *format.FileMetaData) { m.NumRows = 0 })
	s := sourcetest.Open(t, sources.Options{Opener: sourcetest.OneFile("old.parquet", data)}, "x")
	got, err := sourcetest.TextColumns(s, []string{"l"})
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, map[string][]string{"l": {"[1 2]", "[3]", "[4]"}}, got)
}
