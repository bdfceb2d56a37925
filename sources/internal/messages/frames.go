package messages

import (
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	flatbuffers "github.com/google/flatbuffers/go"

	"leapscore/sources/internal/scan"
)

// frame is one message of a stream.
type frame struct {
	kind   byte
	rows   int64 // of a record batch
	bytes  int64
	meta   []byte
	header flatbuffers.Table // of the record batch or schema
	body   []byte
	err    error // why it cannot be decoded
}

// NoArrowError is bytes that are no messages, so that nothing behind them can be read.
type NoArrowError struct{ Err error }

func (e *NoArrowError) Error() string { return e.Err.Error() }
func (e *NoArrowError) Unwrap() error { return e.Err }

func noArrow(err error) error { return &NoArrowError{fmt.Errorf("no Arrow IPC: %w", err)} }

// pooled is the largest body whose memory is used again.
const pooled = 64 << 20

// next returns the next message. At the end of a stream the error is io.EOF, or wraps it.
func (s *Streams) next(views *Views) (f frame, err error) {
	f.meta, err = readHeader(s.r)
	if errors.Is(err, scan.ErrDecode) {
		err = noArrow(err)
	}
	if err != nil {
		return f, err
	}
	t, size, err := f.read()
	if err != nil {
		return f, noArrow(err)
	}
	f.bytes = size + int64(len(f.meta))
	if f.err = checkHeader(t, size, views); f.err == nil && size > s.most {
		f.err = fmt.Errorf("a message of %d bytes, and there is memory for %d; send fewer rows at a time, or raise --memory", size, s.most)
	}
	if f.err != nil {
		_, err := io.CopyN(io.Discard, s.r, size)
		return f, noEOF(err)
	}
	if size > pooled {
		f.body, err = read(s.r, size)
		return f, err
	}
	f.body = scan.Buffers.Get(int(size))
	if _, err := io.ReadFull(s.r, f.body); err != nil {
		return f, noEOF(err)
	}
	return f, nil
}

// recycle gives the memory of the body back.
func (f *frame) recycle() {
	if f.body != nil && len(f.body) <= pooled {
		scan.Buffers.Put(f.body)
	}
	f.body = nil
}

// message is the frame for package ipc.
func (f *frame) message() *ipc.Message {
	return ipc.NewMessage(memory.NewBufferBytes(f.meta), memory.NewBufferBytes(f.body))
}

// read reads what a header says that is no matter of what the message holds.
func (f *frame) read() (t flatbuffers.Table, body int64, err error) {
	defer scan.RecoverDecode(&err)
	t = flatbuffers.Table{Bytes: f.meta, Pos: flatbuffers.GetUOffsetT(f.meta)}
	kind, at := flatbuffers.UOffsetT(t.Offset(fbMessageType)), flatbuffers.UOffsetT(t.Offset(FieldHeader))
	if kind == 0 || at == 0 {
		return t, 0, errors.New("damaged: a message without a header")
	}
	t.Union(&f.header, at)
	if f.kind = t.GetByte(kind + t.Pos); f.kind == batchMessage {
		f.rows = f.header.GetInt64Slot(fbBatchLength, 0)
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
