package messages

import (
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	flatbuffers "github.com/google/flatbuffers/go"

	"leapscore/sources/internal/scan"
)

// Streams reads Arrow IPC streams that follow each other. A message that cannot be decoded
// leaves those behind it readable.
type Streams struct {
	r    io.Reader
	most int64 // bytes of one message, packed or not
}

// NewStreams reads from r. Messages that take more than so many bytes cannot be decoded.
func NewStreams(r io.Reader, most int64) *Streams { return &Streams{r, min(most, maxBuffer)} }

// Frame is one message of a stream.
type frame struct {
	kind  byte
	rows  int64 // of a record batch
	bytes int64
	msg   *ipc.Message
	err   error // why it cannot be decoded
}

// NoArrowError is bytes that are no messages, so that nothing behind them can be read.
type NoArrowError struct{ Err error }

func (e *NoArrowError) Error() string { return e.Err.Error() }
func (e *NoArrowError) Unwrap() error { return e.Err }

// next returns the next message. At the end of a stream the error is io.EOF, or wraps it.
func (s *Streams) next(views *Views) (f frame, err error) {
	meta, err := readHeader(s.r)
	if errors.Is(err, scan.ErrDecode) {
		err = &NoArrowError{fmt.Errorf("no Arrow IPC: %w", err)}
	}
	if err != nil {
		return f, err
	}
	t, size, err := f.read(meta)
	if err != nil {
		return f, &NoArrowError{fmt.Errorf("no Arrow IPC: %w", err)}
	}
	f.bytes = size + int64(len(meta))
	if f.err = checkHeader(t, size, views); f.err == nil && size > s.most {
		f.err = fmt.Errorf("a message of %d bytes, and there is memory for %d; send fewer rows at a time, or raise --memory", size, s.most)
	}
	if f.err != nil {
		_, err := io.CopyN(io.Discard, s.r, size)
		return f, noEOF(err)
	}
	body, err := read(s.r, size)
	if err != nil {
		return f, err
	}
	f.msg = ipc.NewMessage(memory.NewBufferBytes(meta), memory.NewBufferBytes(body))
	return f, nil
}

// read reads what a header says that is no matter of what the message holds.
func (f *frame) read(meta []byte) (t flatbuffers.Table, body int64, err error) {
	defer scan.RecoverDecode(&err)
	t = flatbuffers.Table{Bytes: meta, Pos: flatbuffers.GetUOffsetT(meta)}
	kind, at := flatbuffers.UOffsetT(t.Offset(fbMessageType)), flatbuffers.UOffsetT(t.Offset(FieldHeader))
	if kind == 0 || at == 0 {
		return t, 0, errors.New("damaged: a message without a header")
	}
	if f.kind = t.GetByte(kind + t.Pos); f.kind == batchMessage {
		var batch flatbuffers.Table
		t.Union(&batch, at)
		f.rows = batch.GetInt64Slot(fbBatchLength, 0)
	}
	if body = bodyBytes(t); body < 0 {
		return t, 0, fmt.Errorf("damaged: a message of %d bytes", body)
	}
	return t, body, nil
}

func checkHeader(t flatbuffers.Table, body int64, views *Views) (err error) {
	defer scan.RecoverDecode(&err)
	return CheckHeader(t, body, views)
}

// Stream is one of several streams.
type Stream struct {
	in     *Streams
	views  Views
	queue  feed
	reader *ipc.Reader
	mem    *rationed
	broken error // why no batch can be decoded any more
}

// feed hands messages to package ipc.
type feed []*ipc.Message

func (f *feed) Message() (*ipc.Message, error) {
	if len(*f) == 0 {
		return nil, errors.New("damaged: a message is missing")
	}
	m := (*f)[0]
	*f = (*f)[1:]
	return m, nil
}

func (f *feed) Retain()  {}
func (f *feed) Release() {}

// Next begins the next stream, behind the end of the one before. It is io.EOF if there is
// none. Of a stream whose schema cannot be read the schema is nil, and Err says why.
func (s *Streams) Next() (*Stream, error) {
	st := &Stream{in: s, mem: &rationed{most: s.most}}
	f, err := s.next(&st.views)
	switch {
	case err == io.EOF:
		return nil, io.EOF
	case errors.Is(err, io.EOF):
		return nil, &NoArrowError{errors.New("no Arrow IPC: a stream without a schema")}
	case err != nil:
		return nil, err
	case f.kind != schemaMessage:
		return nil, &NoArrowError{errors.New("no Arrow IPC: a stream begins with its schema")}
	}
	if st.broken = f.err; st.broken == nil {
		st.queue = feed{f.msg}
		st.reader, st.broken = st.open()
	}
	return st, nil
}

func (s *Stream) open() (r *ipc.Reader, err error) {
	defer scan.RecoverDecode(&err)
	return ipc.NewReaderFromMessageReader(&s.queue, ipc.WithAllocator(s.mem))
}

// Schema is the schema of the stream, or nil.
func (s *Stream) Schema() *arrow.Schema {
	if s.reader == nil {
		return nil
	}
	return s.reader.Schema()
}

// Err is why no batch of the stream can be decoded, or nil.
func (s *Stream) Err() error { return s.broken }

// Batch is a record batch as it came.
type Batch struct {
	Rows   int64
	Bytes  int64        // that it takes
	Record arrow.Record // nil if it cannot be decoded
	Err    error        // why
}

// Next reads the next record batch, or io.EOF. Any other error ends all streams.
func (s *Stream) Next() (Batch, error) {
	var dictionaries feed
	var size int64
	for {
		f, err := s.in.next(&s.views)
		if errors.Is(err, io.EOF) {
			return Batch{}, io.EOF
		}
		if err != nil {
			return Batch{}, err
		}
		size += f.bytes
		switch f.kind {
		case dictionaryMessage:
			if f.err != nil && s.broken == nil {
				s.broken = fmt.Errorf("a dictionary: %w", f.err)
			}
			dictionaries = append(dictionaries, f.msg)
		case batchMessage:
			return s.decode(dictionaries, f, size), nil
		default:
			return Batch{}, &NoArrowError{fmt.Errorf("no Arrow IPC: a message of kind %d between record batches", f.kind)}
		}
	}
}

// decode decodes a batch. If a dictionary cannot be decoded no other batch can: they would
// have the values of another dictionary.
func (s *Stream) decode(dictionaries feed, f frame, size int64) Batch {
	b := Batch{Rows: f.rows, Bytes: size, Err: s.broken}
	if b.Err == nil {
		b.Err = f.err
	}
	if f.err != nil && len(dictionaries) > 0 && s.broken == nil {
		s.broken = fmt.Errorf("the dictionaries came with a batch that cannot be decoded: %w", f.err)
	}
	if b.Err != nil {
		return b
	}
	s.mem.taken = 0
	s.queue = append(dictionaries, f.msg)
	b.Record, b.Err = s.read()
	b.Bytes += s.mem.taken
	if b.Err != nil && (len(s.queue) > 0 || len(dictionaries) > 0) {
		s.broken = b.Err
	}
	return b
}

func (s *Stream) read() (rec arrow.Record, err error) {
	defer scan.RecoverDecode(&err)
	rec, err = s.reader.Read()
	if err == nil {
		rec.Retain() // the reader lets go of it with the next one
	}
	return rec, err
}

// rationed is memory for one batch at a time.
type rationed struct {
	memory.GoAllocator
	taken, most int64
}

func (m *rationed) take(size int) {
	if m.taken += int64(size); m.taken > m.most {
		panic(fmt.Sprintf("a batch of more than %d bytes; send fewer rows at a time, or raise --memory", m.most))
	}
}

func (m *rationed) Allocate(size int) []byte {
	m.take(size)
	return m.GoAllocator.Allocate(size)
}

func (m *rationed) Reallocate(size int, b []byte) []byte {
	m.take(size - len(b))
	return m.GoAllocator.Reallocate(size, b)
}
