package sources_test

import (
	"errors"
	"io"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources"
	"leapscore/sources/sourcetest"
)

func TestScanColumnsReturnsAColumnSeveralTimes(t *testing.T) {
	src := sourcetest.Open(t, sources.Options{}, numberFiles(t, 2))
	scan, err := sources.ScanColumns(t.Context(), src, []string{"word", "word"})
	if err != nil {
		t.Fatal(err)
	}
	defer scan.Close()
	split, err := scan.Next()
	if err != nil {
		t.Fatal(err)
	}
	r, err := split.Open(t.Context(), memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	rows := int64(0)
	for {
		b, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if b.Record.NumCols() != 2 || b.Record.Column(0).String() != b.Record.Column(1).String() {
			t.Errorf("read %v", b.Record)
		}
		rows += b.Record.NumRows()
		b.Release()
	}
	if rows != 2 {
		t.Errorf("%d rows, want 2", rows)
	}
}
