package messages

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	flatbuffers "github.com/google/flatbuffers/go"

	"leapscore/sources/internal/scan"
)

// messages cuts a stream into messages. Unlike the reader of package ipc
// it tells a stream that ends from one that is cut off behind a header.
type messages struct {
	r     io.Reader
	mem   *Allocator // decodes the messages
	bytes int64      // in them so far
	views Views      // of the schema
	msg   *ipc.Message
}

var errCut = errors.New("is cut short inside a message")

// Message implements ipc.MessageReader. The message is valid until the
// next call.
func (m *messages) Message() (*ipc.Message, error) {
	meta, err := readHeader(m.r)
	if err != nil {
		return nil, err
	}
	t := flatbuffers.Table{Bytes: meta, Pos: flatbuffers.GetUOffsetT(meta)}
	size := bodyBytes(t)
	if err := CheckHeader(t, size, &m.views); err != nil {
		return nil, err
	}
	body, err := read(m.r, size)
	if err != nil {
		return nil, err
	}
	m.bytes += size
	m.mem.Most = Limit(m.bytes)
	m.Release()
	m.msg = ipc.NewMessage(memory.NewBufferBytes(meta), memory.NewBufferBytes(body))
	return m.msg, nil
}

// errEnd says that the end of a stream is marked, and more may follow it.
var errEnd = fmt.Errorf("the end of a stream: %w", io.EOF)

// readHeader reads the next header. At the end of the stream the error is io.EOF, or wraps
// it.
func readHeader(r io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		if err == io.EOF {
			return nil, io.EOF
		}
		return nil, noEOF(err)
	}
	n := binary.LittleEndian.Uint32(head[:])
	if n == Marker {
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return nil, noEOF(err)
		}
		n = binary.LittleEndian.Uint32(head[:])
	}
	if n == 0 {
		return nil, errEnd
	}
	if n > MostBytes {
		return nil, fmt.Errorf("a header of %d bytes, want at most %d: %w", n, MostBytes, scan.ErrDecode)
	}
	return read(r, int64(n))
}

// bodyBytes is the size of the body that a header announces.
func bodyBytes(header flatbuffers.Table) int64 {
	if o := flatbuffers.UOffsetT(header.Offset(fbMessageBody)); o != 0 {
		return header.GetInt64(o + header.Pos)
	}
	return 0
}

// read reads n bytes, and takes memory as they come: n may be wrong.
func read(r io.Reader, n int64) ([]byte, error) {
	const step = 64 << 20
	if n < 0 || n > maxBuffer {
		return nil, fmt.Errorf("damaged: a message of %d bytes", n)
	}
	buf := make([]byte, min(n, step))
	for at := int64(0); at < n; {
		k, err := io.ReadFull(r, buf[at:])
		if err != nil {
			return nil, noEOF(err)
		}
		if at += int64(k); at < n {
			buf = append(buf, make([]byte, min(n-at, at))...)
		}
	}
	return buf, nil
}

func noEOF(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errCut
	}
	return err
}

func (m *messages) Retain() {}

func (m *messages) Release() {
	if m.msg != nil {
		m.msg.Release()
		m.msg = nil
	}
}

// NewReader reads the schema of a stream.
func NewReader(r io.Reader) (st *ipc.Reader, err error) {
	defer scan.RecoverDecode(&err)
	m := &messages{r: r, mem: &Allocator{}}
	st, err = ipc.NewReaderFromMessageReader(m, ipc.WithAllocator(m.mem))
	if err != nil {
		return nil, fmt.Errorf("no Arrow IPC: %w", err)
	}
	return st, nil
}
