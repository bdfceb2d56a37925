package stream

import (
	"encoding/binary"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"
)

// output writes streams.
type output struct {
	w      io.Writer
	stream *ipc.Writer // that is being written
}

func newOutput(w io.Writer) *output { return &output{w: w} }

// begin begins a stream. Its schema is written at once, which package ipc does with the
// first batch or at the end.
func (o *output) begin(schema *arrow.Schema) error {
	head := ipc.NewWriterWithPayloadWriter(&messages{w: o.w}, ipc.WithSchema(schema))
	o.stream = ipc.NewWriterWithPayloadWriter(&messages{w: o.w, skip: true}, ipc.WithSchema(schema))
	return head.Close()
}

// refuse writes the stream that says why there is no answer.
func (o *output) refuse(r refusal) error {
	meta, err := r.metadata()
	if err != nil {
		return err
	}
	if err := o.begin(arrow.NewSchema(nil, &meta)); err != nil {
		return err
	}
	return o.end()
}

// write writes a batch.
func (o *output) write(rec arrow.Record) error { return o.stream.Write(rec) }

// endMark is the end of a stream.
var endMark = []byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}

// end ends the stream.
func (o *output) end() error {
	_, err := o.w.Write(endMark)
	return err
}

// messages writes each message of a stream at once.
type messages struct {
	w    io.Writer
	skip bool // the first, which is the schema and was written before
	buf  []byte
}

func (m *messages) Start() error { return nil }
func (m *messages) Close() error { return nil }

func (m *messages) WritePayload(p ipc.Payload) error {
	if m.skip {
		m.skip = false
		return nil
	}
	m.buf = m.buf[:0]
	meta := p.Meta()
	defer meta.Release()
	m.header(meta.Bytes())
	if err := p.SerializeBody(m); err != nil {
		return err
	}
	_, err := m.w.Write(m.buf)
	return err
}

// header adds a message's header, padded so that the body begins at a multiple of 8.
func (m *messages) header(meta []byte) {
	size := (len(meta) + 7) &^ 7
	m.buf = append(m.buf, 0xff, 0xff, 0xff, 0xff)
	m.buf = binary.LittleEndian.AppendUint32(m.buf, uint32(size))
	m.buf = append(m.buf, meta...)
	m.buf = append(m.buf, make([]byte, size-len(meta))...)
}

func (m *messages) Write(b []byte) (int, error) {
	m.buf = append(m.buf, b...)
	return len(b), nil
}
