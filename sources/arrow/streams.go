package arrow

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/internal/messages"
	"leapscore/sources/internal/scan"
)

// Streams are Arrow IPC streams that follow each other.
type Streams struct{ in *messages.Streams }

// NewStreams reads streams from in. A message takes at most so many bytes.
func NewStreams(in io.Reader, most int64) *Streams { return &Streams{messages.NewStreams(in, most)} }

// Next begins the next stream, when the one before was read to its end. It is io.EOF if
// there is none.
func (s *Streams) Next() (*Stream, error) {
	in, err := s.in.Next()
	if err != nil {
		return nil, err
	}
	return &Stream{in}, nil
}

// IsNoArrow reports whether an error is about bytes that are no Arrow IPC.
func IsNoArrow(err error) bool {
	_, no := errors.AsType[*messages.NoArrowError](err)
	return no
}

// Stream is one of several streams.
type Stream struct{ in *messages.Stream }

// Key is the same for streams of the same schema.
func (s *Stream) Key() string { return s.in.Key() }

// Schema is the schema as it came, with types that a source shows in plain ones. It is nil
// if Source is an error.
func (s *Stream) Schema() *arrow.Schema { return s.in.Schema() }

// Source is a source of the columns of the stream. Its rows are in the batches.
func (s *Stream) Source() (sources.Source, error) {
	if err := s.in.Err(); err != nil {
		return nil, &sources.FileError{Name: sources.StreamName, Err: err}
	}
	files := []store.Object{{Name: sources.StreamName}}
	src, err := scan.NewBlockSource(files, []*arrow.Schema{plainSchema(s.Schema())}, noRows{}, sources.Options{})
	if err != nil {
		return nil, err
	}
	src.Refuse(checkType)
	return src, nil
}

// noRows is the format of a source without rows.
type noRows struct{}

func (noRows) OpenFile(context.Context, int, []arrow.Field) (scan.BlockFile, error) {
	return nil, sources.ErrReadOnce
}

// Next reads the next record batch, or io.EOF.
func (s *Stream) Next() (*Batch, error) {
	b, err := s.in.Next()
	if err != nil {
		return nil, err
	}
	if b.Err == nil {
		b.Err = checkBatchRows(b.Rows, len(b.Columns))
	}
	return (*Batch)(b), nil
}

// Batch is a record batch.
type Batch messages.Batch

// Recycle gives the memory of the batch back, which nothing refers to any more.
func (b *Batch) Recycle() { (*messages.Batch)(b).Recycle() }

// Columns are some columns of a stream.
type Columns struct {
	at     []int
	kept   []arrow.Field // as they came
	plain  []arrow.Field // as sources show them
	source []arrow.Field // as this source shows them
}

// Columns finds columns of the stream, whose source is src.
func (s *Stream) Columns(names []string, src sources.Source) *Columns {
	c := &Columns{}
	plain := plainSchema(s.Schema())
	for _, name := range names {
		at := s.Schema().FieldIndices(name)[0]
		shown, _ := src.Schema().FieldsByName(name)
		c.at = append(c.at, at)
		c.kept = append(c.kept, s.Schema().Field(at))
		c.plain = append(c.plain, plain.Field(at))
		c.source = append(c.source, shown[0])
	}
	return c
}

// Read returns the columns of a batch as a source has them, and the rows with text that
// is not UTF-8. The caller releases the columns.
func (c *Columns) Read(mem memory.Allocator, b *Batch) (cols []arrow.Array, bad []sources.BadRow, err error) {
	defer scan.RecoverDecode(&err)
	for i, at := range c.at {
		col, err := columnOf(mem, b.Columns[at], b.Rows, c.plain[i], false)
		if err != nil {
			return nil, nil, err
		}
		col = scan.Fitted(mem, col, c.source[i].Type)
		cols = append(cols, col)
		bad = append(bad, notUTF8(col, c.plain[i].Name)...)
	}
	return cols, bad, nil
}

// notUTF8 are the rows with text that is not UTF-8.
func notUTF8(col arrow.Array, name string) (bad []sources.BadRow) {
	first, _ := scan.BadText(col)
	if first < 0 {
		return nil
	}
	for row := first; row < col.Len(); row++ {
		one := array.NewSlice(col, int64(row), int64(row)+1)
		at, text := scan.BadText(one)
		one.Release()
		if at >= 0 {
			why := scan.NotUTF8In(text, "send text as UTF-8")
			bad = append(bad, sources.BadRow{Row: row, Column: name, Why: why.Error(), NotUTF8: true})
		}
	}
	return bad
}

// Keep returns the columns of a batch as they came, checked.
func (c *Columns) Keep(b *Batch) (kept []arrow.Array, err error) {
	defer scan.RecoverDecode(&err)
	for i, at := range c.at {
		col := b.Columns[at]
		if int64(col.Len()) != b.Rows {
			return nil, fmt.Errorf("damaged: column %q has %d rows, want %d", c.kept[i].Name, col.Len(), b.Rows)
		}
		if err := checkArray(col.Data()); err != nil {
			return nil, fmt.Errorf("damaged: column %q: %w", c.kept[i].Name, err)
		}
		kept = append(kept, col)
	}
	return kept, nil
}
