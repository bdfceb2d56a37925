package sources_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources"
	"leapscore/sources/sourcetest"
)

func TestEachGivesEveryRowInOrder(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	s := sourcetest.Open(t, sources.Options{BatchRows: 9}, numberFiles(t, 40, 0, 35))
	next := int64(0)
	err := sources.Each(t.Context(), s, []string{"id"}, mem, func(b sources.Batch) error {
		for row := range int(b.NumRows()) {
			if got := b.Column(0).ValueStr(row); got != strconv.FormatInt(next, 10) {
				t.Fatalf("row %d: id %s", next, got)
			}
			next++
		}
		return nil
	})
	if err != nil || next != 75 {
		t.Errorf("%d rows, %v, want 75", next, err)
	}
}

func TestEachEndsWithTheFirstError(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	dir := numberFiles(t, 40)
	s := sourcetest.Open(t, sources.Options{BatchRows: 9}, dir)
	want := errors.New("enough")
	calls := 0
	err := sources.Each(t.Context(), s, []string{"id"}, mem, func(sources.Batch) error {
		calls++
		return want
	})
	if !errors.Is(err, want) || calls != 1 {
		t.Errorf("%d calls, %v, want 1 and %v", calls, err, want)
	}

	if err := os.WriteFile(filepath.Join(dir, "0.csv"), []byte("id,word\n0,w\n1,w,too much\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	rows := int64(0)
	err = sources.Each(t.Context(), s, []string{"id"}, mem, func(b sources.Batch) error {
		rows += b.NumRows()
		return nil
	})
	if err == nil {
		t.Errorf("a file that breaks off gives %d rows and no error", rows)
	}
}
