package arrow

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"

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
func (s *Streams) Next(opt sources.Options) (*Stream, error) {
	in, err := s.in.Next()
	if err != nil {
		return nil, err
	}
	st := &Stream{in: in, whole: in.Schema()}
	if st.whole == nil {
		st.err = &sources.FileError{Name: sources.StreamName, Err: in.Err()}
		return st, nil
	}
	files := []store.Object{{Name: sources.StreamName}}
	src, err := scan.NewBlockSource(files, []*arrow.Schema{plainSchema(st.whole)}, &oneBatch{}, opt)
	if err != nil {
		st.err = err
		return st, nil
	}
	src.Refuse(checkType)
	st.source = src
	return st, nil
}

// IsNoArrow reports whether an error is about bytes that are no Arrow IPC.
func IsNoArrow(err error) bool {
	_, no := errors.AsType[*messages.NoArrowError](err)
	return no
}

// Stream is one of several streams.
type Stream struct {
	in     *messages.Stream
	whole  *arrow.Schema
	source *scan.BlockSource // nil if there is an error
	err    error
}

// Source is a source of the columns of the stream. Its rows are those of the batches.
func (s *Stream) Source() sources.Source { return s.source }

// Err is why the stream cannot be read, though others behind it can.
func (s *Stream) Err() error { return s.err }

// Whole is the schema as it came, with types that a source shows in plain ones.
func (s *Stream) Whole() *arrow.Schema { return s.whole }

// Next reads the next record batch, or io.EOF.
func (s *Stream) Next() (*Batch, error) {
	b, err := s.in.Next()
	if err != nil {
		return nil, err
	}
	if b.Err == nil {
		b.Err = checkBatchRows(b.Rows, int(b.Record.NumCols()))
	}
	return &Batch{b, s}, nil
}

// Batch is a record batch.
type Batch struct {
	messages.Batch
	of *Stream
}

// Kept returns columns of the batch as they came, checked. Their memory is the
// collector's.
func (b *Batch) Kept(columns []string) ([]arrow.Array, error) {
	kept := make([]arrow.Array, len(columns))
	for i, name := range columns {
		c := b.Record.Column(b.of.whole.FieldIndices(name)[0])
		if int64(c.Len()) != b.Rows {
			return nil, fmt.Errorf("damaged: column %q has %d rows, want %d", name, c.Len(), b.Rows)
		}
		if err := checkArray(c.Data()); err != nil {
			return nil, fmt.Errorf("damaged: column %q: %w", name, err)
		}
		kept[i] = c
	}
	return kept, nil
}

// Source is the source of the rows of the batch alone.
func (b *Batch) Source() sources.Source { return b.of.source.Of(&oneBatch{batch: b}) }

// oneBatch is the format of one file, and the file, which has one batch.
type oneBatch struct {
	batch *Batch
	cols  []arrow.Field
	done  bool
}

func (f *oneBatch) OpenFile(_ context.Context, _ int, cols []arrow.Field) (scan.BlockFile, error) {
	return &oneBatch{batch: f.batch, cols: cols}, nil
}

func (f *oneBatch) NextBlock() (scan.RowBlock, error) {
	if f.done {
		return nil, io.EOF
	}
	f.done = true
	cols, err := columnsOf(f.batch.Record, f.cols)
	if err != nil {
		return nil, err
	}
	return piece{cols, 0, f.batch.Rows}, nil
}

func (f *oneBatch) Close() error { return nil }
