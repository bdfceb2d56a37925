package parquet_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/sourcetest"
)

// TestFlippedBitsOfGzipPagesAreErrors flips bits of the pages, which end in a
// checksum and a length: what passes has the values of before.
func TestFlippedBitsOfGzipPagesAreErrors(t *testing.T) {
	name := filepath.Join("testdata", "pyarrow_gzip.parquet")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	read := func(data []byte) (map[string][]string, error) {
		s, err := files.Open(t.Context(), []string{"x"}, sources.Options{Opener: sourcetest.OneFile("bad.parquet", data)})
		if err != nil {
			return nil, err
		}
		return sourcetest.TextColumns(s, []string{"req", "f64", "s", "ld"})
	}
	want, err := read(data)
	if err != nil {
		t.Fatal(err)
	}
	footer := len(data) - 8 - int(data[len(data)-8]) - int(data[len(data)-7])<<8
	for at := 4; at < footer; at++ {
		bad := append([]byte(nil), data...)
		bad[at] ^= 1 << (at % 8)
		got, err := read(bad)
		if err == nil && !cmp.Equal(want, got) {
			t.Errorf("a flipped bit of byte %d changes values and is not noticed", at)
		}
	}
}

func TestPageHeadersWithoutWhatTheyMustSayAreErrors(t *testing.T) {
	data, err := os.ReadFile(legacy("lists"))
	if err != nil {
		t.Fatal(err)
	}
	// Field 1 of the header becomes field 9, which nobody knows.
	if data[4] != 0x15 {
		t.Fatalf("the page begins with %#x, want field 1 of it", data[4])
	}
	data[4] = 0x95
	if err := readDamaged(t, data); err == nil {
		t.Error("a page header without a type was read")
	}
}
