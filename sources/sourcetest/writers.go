package sourcetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
	pq "github.com/parquet-go/parquet-go"

	"leapscore/engine/store"
	"leapscore/sources"
)

// failingReader fails after some bytes were read.
type failingReader struct {
	store.Reader
	left *int
}

// ErrIO is the error of a FailingOpener.
var ErrIO = errors.New("disk on fire")

func (f failingReader) ReadAt(b []byte, off int64) (int, error) {
	if *f.left -= len(b); *f.left < 0 {
		return 0, ErrIO
	}
	return f.Reader.ReadAt(b, off)
}

// FailingOpener returns an opener whose files fail when left bytes were read.
func FailingOpener(o sources.Opener, left *int) sources.Opener { return failingOpener{o, left} }

type failingOpener struct {
	sources.Opener
	left *int
}

func (o failingOpener) Open(ctx context.Context, name string) (store.Reader, error) {
	r, err := o.Opener.Open(ctx, name)
	return failingReader{r, o.left}, err
}

// WriteRows writes a Parquet file.
func WriteRows[T any](tb testing.TB, name string, rows []T) {
	tb.Helper()
	if err := pq.WriteFile(name, rows); err != nil {
		tb.Fatal(err)
	}
}

// WriteRandom writes a table with random settings.
func WriteRandom(tb testing.TB, r *rand.Rand, name string, t arrow.Table) {
	tb.Helper()
	codecs := []compress.Compression{compress.Codecs.Uncompressed, compress.Codecs.Snappy}
	version := parquet.DataPageV1
	if r.IntN(2) == 0 {
		version = parquet.DataPageV2
	}
	// The writer does not end when a batch has no row's beginning in it.
	batch := int64(1 << 20)
	if !nested(t.Schema()) {
		batch = int64(1 + r.IntN(100))
	}
	props := parquet.NewWriterProperties(
		parquet.WithCompression(codecs[r.IntN(len(codecs))]), parquet.WithDictionaryDefault(r.IntN(2) == 0),
		parquet.WithDataPageSize(int64(64<<r.IntN(12))), parquet.WithBatchSize(batch),
		parquet.WithDataPageVersion(version), parquet.WithDictionaryPageSizeLimit(int64(100<<r.IntN(10))))
	f, err := os.Create(name)
	if err != nil {
		tb.Fatal(err)
	}
	if err := pqarrow.WriteTable(t, f, max(1, t.NumRows()/int64(1+r.IntN(6))), props, pqarrow.DefaultWriterProps()); err != nil {
		tb.Fatal(err)
	}
}

func nested(s *arrow.Schema) bool {
	return slices.ContainsFunc(s.Fields(), func(f arrow.Field) bool {
		_, ok := f.Type.(arrow.NestedType)
		return ok
	})
}
