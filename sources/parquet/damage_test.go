package parquet_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/internal/testseed"
	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/sourcetest"
)

// readDamaged reads all columns of a Parquet file that may be damaged. It
// checks that nothing is left in the allocator, whatever happens.
func readDamaged(tb testing.TB, data []byte) error {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(tb, 0)
	s, err := files.Open(context.Background(), []string{"x"}, sources.Options{
		Opener: sourcetest.OneFile("bad.parquet", data), Format: sources.Parquet, BatchRows: 64,
	})
	if err != nil {
		return err
	}
	if scan, err := s.Scan(context.Background(), nil); err != nil || scan.Rows() > 100_000 {
		return err // a damaged count of nulls may promise any number of rows
	}
	var first error
	for _, name := range sourcetest.ColumnNames(s) {
		err := sourcetest.EachBatch(s, []string{name}, mem, func(sources.Split, sources.Batch) {})
		if first == nil {
			first = err
		}
	}
	return first
}

func checkDamageError(t *testing.T, err error) {
	t.Helper()
	var fe *sources.FileError
	if err != nil && (!errors.As(err, &fe) || fe.Name != "bad.parquet") {
		t.Errorf("error %v does not name the file", err)
	}
}

func smallFiles(t *testing.T) []string {
	return sourcetest.TestFiles(t, "*_*.parquet")
}

func TestTruncatedParquetIsAnError(t *testing.T) {
	for _, name := range smallFiles(t) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; n < len(data); n += 1 + len(data)/150 {
			err := readDamaged(t, data[:n])
			if err == nil {
				t.Errorf("%s: the first %d of %d bytes read well", name, n, len(data))
			}
			checkDamageError(t, err)
		}
	}
}

func TestParquetWithMissingMiddleIsAnError(t *testing.T) {
	// All pages are gone, the footer is whole.
	for _, name := range smallFiles(t) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(name) == "pyarrow_no_rows.parquet" {
			continue
		}
		footer := 8 + int(data[len(data)-8]) + int(data[len(data)-7])<<8
		clear(data[4 : len(data)-footer])
		err = readDamaged(t, data)
		if err == nil {
			t.Errorf("%s: read well", name)
		}
		checkDamageError(t, err)
	}
}

func TestParquetWithFlippedBitsNeverPanics(t *testing.T) {
	r := testseed.Rand(t, 3, 4)
	for _, name := range smallFiles(t) {
		whole, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for range 60 {
			data := bytes.Clone(whole)
			for range 1 + r.IntN(4) {
				data[r.IntN(len(data))] ^= 1 << r.IntN(8)
			}
			checkDamageError(t, readDamaged(t, data))
		}
	}
}

func TestFlippedBitsNeverChangeValuesWherePagesHaveChecksums(t *testing.T) {
	whole, err := os.ReadFile("testdata/pyarrow_v2_zstd.parquet")
	if err != nil {
		t.Fatal(err)
	}
	read := func(data []byte) (map[string][]string, error) {
		opt := sources.Options{Opener: sourcetest.OneFile("bad.parquet", data), Format: sources.Parquet}
		s, err := files.Open(t.Context(), []string{"x"}, opt)
		if err != nil {
			return nil, err
		}
		return sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
	}
	want, err := read(whole)
	if err != nil {
		t.Fatal(err)
	}
	noticed := 0
	for at := 4; at < 4000; at += 17 {
		data := bytes.Clone(whole)
		data[at] ^= 4
		// Bits of a page header that nobody needs may change unnoticed.
		if got, err := read(data); err != nil {
			noticed++
		} else {
			sourcetest.Diff(t, want, got)
		}
	}
	if noticed < 150 {
		t.Errorf("%d flipped bits of 236 were noticed, want most", noticed)
	}
}

func FuzzParquet(f *testing.F) {
	for _, name := range sourcetest.TestFiles(f, "*.parquet") {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkDamageError(t, readDamaged(t, data))
	})
}

func TestReadErrorsComeOutWithTheFileName(t *testing.T) {
	for _, file := range []string{"testdata/duckdb.parquet", "csv"} {
		data := []byte(nil)
		format := sources.CSV
		if file == "csv" {
			csv, _ := sourcetest.TextRows(2000)
			data = []byte(csv)
		} else {
			var err error
			if data, err = os.ReadFile(file); err != nil {
				t.Fatal(err)
			}
			format = sources.Parquet
		}
		for left := 0; left < len(data); left += len(data) / 10 {
			n := left
			opt := sources.Options{Opener: sourcetest.FailingOpener(sourcetest.OneFile("bad.parquet", data), &n), Format: format}
			s, err := files.Open(t.Context(), []string{"x"}, opt)
			if err == nil {
				err = sourcetest.EachBatch(s, sourcetest.ColumnNames(s), memory.DefaultAllocator, func(sources.Split, sources.Batch) {})
			}
			if !errors.Is(err, sourcetest.ErrIO) && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%s, %d bytes: error %v, want %v", file, left, err, sourcetest.ErrIO)
			}
			checkDamageError(t, err)
		}
	}
}
