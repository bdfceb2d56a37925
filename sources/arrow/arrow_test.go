package arrow_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/sourcetest"
)

func TestArrowConforms(t *testing.T) {
	for _, name := range slices.Concat(sourcetest.TestFiles(t, "../../parquet/testdata/*.arrow"), sourcetest.TestFiles(t, "*.arrows"), sourcetest.TestFiles(t, "*.feather")) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			s := sourcetest.Open(t, sources.Options{}, name)
			rows := sourcetest.ReadAll(t, s, memory.DefaultAllocator, nil, 1).Count()
			sourcetest.RunConformance(t, sourcetest.Config{
				Rows: rows,
				Open: func(tb testing.TB) sources.Source { return sourcetest.Open(tb, sources.Options{BatchRows: 30}, name) },
			})
		})
	}
}

func TestArrowFilesReadAsPackageIPCReadsThem(t *testing.T) {
	for _, name := range slices.Concat(sourcetest.TestFiles(t, "../../parquet/testdata/*.arrow"), sourcetest.TestFiles(t, "*.feather")) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			_, want := sourcetest.ArrowColumns(t, name)
			s := sourcetest.Open(t, sources.Options{BatchRows: 13}, name)
			got, err := sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
			if err != nil {
				t.Fatal(err)
			}
			sourcetest.Diff(t, want, got)
		})
	}
}

func TestArrowOfEachFormHoldsTheSameRows(t *testing.T) {
	read := func(name string) map[string][]string {
		s := sourcetest.Open(t, sources.Options{}, filepath.Join("testdata", name))
		got, err := sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	want := read("arrow_uncompressed.feather")
	if got := want["state"][:6]; !slices.Equal(got, []string{`"S0"`, `"S1"`, `"S2"`, `"S0"`, "null", `"S2"`}) {
		t.Errorf("first states are %v", got)
	}
	for _, name := range []string{"arrow_lz4.feather", "arrow_zstd.feather", "arrow_legacy.arrows"} {
		sourcetest.Diff(t, want, read(name))
	}
	replaced := read("arrow_replaced.arrows")
	for c, v := range replaced {
		sourcetest.Diff(t, want[c], slices.Concat(v[80:], v[40:80], v[:40]))
	}
}

func TestArrowBatchesAreJoinedAndCutIntoSplits(t *testing.T) {
	tests := []struct {
		name    string
		lengths []int
		file    []int64 // rows of the splits
		stream  []int64
	}{
		{"small ones share a split", []int{30_000, 30_000, 0, 30_000, 30_000, 30_000}, []int64{120_000, 30_000}, []int64{120_000, 30_000}},
		{"a large one is cut", []int{10, 300_000, 5}, []int64{10, 122_880, 122_880, 54_240, 5}, []int64{10, 122_880, 122_880, 54_240, 5}},
		{"middling ones stay whole", []int{50_000, 200_000, 50_000}, []int64{50_000, 200_000, 50_000}, []int64{50_000, 200_000, 50_000}},
		{"none", nil, nil, nil},
	}
	for _, tt := range tests {
		for _, file := range []bool{true, false} {
			name, want := tt.name+", stream", tt.stream
			if file {
				name, want = tt.name+", file", tt.file
			}
			t.Run(name, func(t *testing.T) {
				opt := sources.Options{Opener: sourcetest.OneFile("x.arrow", sourcetest.Numbers(t, file, tt.lengths...))}
				rows := sourcetest.ReadAll(t, sourcetest.Open(t, opt, "x"), memory.DefaultAllocator, []string{"n"}, 3)
				var got []int64
				for _, s := range rows.Splits {
					got = append(got, s.Rows)
				}
				sourcetest.Diff(t, want, got)
				total := 0
				for _, n := range tt.lengths {
					total += n
				}
				sourcetest.RunConformance(t, sourcetest.Config{
					Rows: int64(total),
					Open: func(tb testing.TB) sources.Source { return sourcetest.Open(tb, opt, "x") },
				})
			})
		}
	}
}

func TestFilesThatAreNoArrowSaySo(t *testing.T) {
	whole := sourcetest.Numbers(t, true, 10)
	stream := sourcetest.Numbers(t, false, 10)
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "is empty"},
		{"Feather version 1", []byte("FEA1........FEA1"), "Feather version 1"},
		{"text", []byte("a,b\n1,2\n3,4\n5,6\n7,8\n"), "no Arrow IPC"},
		{"file without its end", whole[:len(whole)-20], "footer"},
		{"stream without its schema", stream[:10], "cut short"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := files.Open(context.Background(), []string{"x"}, sources.Options{Opener: sourcetest.OneFile("x.arrow", tt.data)})
			var fe *sources.FileError
			if !errors.As(err, &fe) || fe.Name != "x.arrow" || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one of x.arrow that says %q", err, tt.want)
			}
		})
	}
}

func TestStreamsThatAreCutAreErrorsWhereverTheCutIs(t *testing.T) {
	data := sourcetest.Numbers(t, false, 3, 4)
	whole := 0
	for n := range data {
		s, err := files.Open(context.Background(), []string{"x"}, sources.Options{Opener: sourcetest.OneFile("x.arrows", data[:n])})
		if err != nil {
			continue
		}
		got, err := sourcetest.TextColumns(s, []string{"n"})
		var fe *sources.FileError
		switch {
		case err == nil:
			// A stream may end between two messages without saying so.
			whole++
			if k := len(got["n"]); k != 0 && k != 3 && k != 7 {
				t.Errorf("%d of %d bytes give %d rows", n, len(data), k)
			}
		case !errors.As(err, &fe):
			t.Errorf("%d of %d bytes: %v, want a file error", n, len(data), err)
		}
	}
	if whole != 3 && whole != 4 {
		t.Errorf("%d cuts read well, want those between messages", whole)
	}
}

func TestDamagedArrowIsAnErrorOrReads(t *testing.T) {
	for _, name := range []string{"arrow_uncompressed.feather", "arrow_lz4.feather", "arrow_deltas.arrows"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		failed := 0
		for at := 0; at < len(data); at += 11 {
			bad := slices.Clone(data)
			bad[at] ^= 0x81
			if readArrowBytes(t, name, bad) != nil {
				failed++
			}
		}
		if failed == 0 {
			t.Errorf("%s: no damage was noticed", name)
		}
	}
}

// readArrowBytes reads all that it can and checks that errors name the file.
func readArrowBytes(tb testing.TB, name string, data []byte) error {
	tb.Helper()
	s, err := files.Open(context.Background(), []string{"x"}, sources.Options{Opener: sourcetest.OneFile(name, data)})
	if err == nil {
		_, err = sourcetest.TextColumns(sources.Limit(s, 1<<20), sourcetest.ColumnNames(s)) // two billion nulls take no bytes
	}
	var fe *sources.FileError
	if err != nil && !errors.As(err, &fe) && !strings.Contains(err.Error(), "is not read from Arrow IPC") {
		tb.Errorf("error %v, want a file error", err)
	}
	return err
}

func FuzzArrow(f *testing.F) {
	f.Add(sourcetest.Numbers(f, true, 3, 4))
	f.Add(sourcetest.Numbers(f, false, 3, 4))
	f.Add(views(f))
	f.Add(streamFile(f, array.NewNull(3)))
	f.Fuzz(func(t *testing.T, data []byte) { _ = readArrowBytes(t, "x.arrow", data) })
}
