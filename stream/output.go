package stream

import (
	"bytes"
	"encoding/binary"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"
)

// output writes streams. Pending bytes are written with the next batch, and before the
// input is waited for.
type output struct {
	w io.Writer

	mu      sync.Mutex // of pending
	pending []byte
	failed  error    // why nothing more can be written
	list    [][]byte // what one call writes
	small   []byte   // short pieces of it
}

// buffersWriter is a writer that writes several buffers by one call.
type buffersWriter interface{ WriteBuffers([][]byte) error }

// endMark is the end of a stream.
var endMark = []byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}

// add adds to what is pending.
func (o *output) add(b []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.pending = append(o.pending, b...)
}

// flush writes what is pending.
func (o *output) flush() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.writePending()
}

func (o *output) writePending() error {
	if len(o.pending) == 0 || o.failed != nil {
		return o.failed
	}
	_, o.failed = o.w.Write(o.pending)
	o.pending = o.pending[:0]
	return o.failed
}

// flushBeside begins to write what is pending, and does not wait for it: a client may send
// a batch before it reads the schema. A write that goes on already has it.
func (o *output) flushBeside() error {
	if !o.mu.TryLock() {
		return nil
	}
	if len(o.pending) == 0 || o.failed != nil {
		defer o.mu.Unlock()
		return o.failed
	}
	go func() {
		defer o.mu.Unlock()
		_ = o.writePending() // which the next write says again
	}()
	return nil
}

// WritePayload writes a message behind what is pending. It is what package ipc writes to.
func (o *output) WritePayload(p ipc.Payload) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failed != nil {
		return o.failed
	}
	meta := p.Meta()
	defer meta.Release()
	o.list, o.small = o.list[:0], append(o.small[:0], o.pending...)
	o.pending = o.pending[:0]
	o.small = withHeader(o.small, meta.Bytes())
	if err := p.SerializeBody((*pieces)(o)); err != nil {
		return err
	}
	if len(o.small) > 0 {
		o.list = append(o.list, o.small)
	}
	o.failed = o.writeList()
	return o.failed
}

// failure is why nothing more can be written, or nil.
func (o *output) failure() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.failed
}

func (o *output) writeList() error {
	if v, ok := o.w.(buffersWriter); ok {
		return v.WriteBuffers(o.list)
	}
	for _, b := range o.list {
		if _, err := o.w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

func (o *output) Start() error { return nil }
func (o *output) Close() error { return nil }

// withHeader adds a message's header, padded so that the body begins at a multiple of 8.
func withHeader(b, meta []byte) []byte {
	size := (len(meta) + 7) &^ 7
	b = append(b, 0xff, 0xff, 0xff, 0xff)
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = append(b, meta...)
	return append(b, make([]byte, size-len(meta))...)
}

// pieces collects what a message consists of: long buffers as they are, short ones
// together.
type pieces output

// shortPiece is what is copied rather than written by itself.
const shortPiece = 16 << 10

func (p *pieces) Write(b []byte) (int, error) {
	if len(b) <= shortPiece {
		p.small = append(p.small, b...)
		return len(b), nil
	}
	if len(p.small) > 0 {
		at := len(p.small)
		p.list = append(p.list, p.small)
		p.small = p.small[at:] // what is added does not change what is in the list
	}
	p.list = append(p.list, b)
	return len(b), nil
}

// schemaOf returns a schema as the message that a stream begins with.
func schemaOf(s *arrow.Schema) ([]byte, error) {
	var b bytes.Buffer
	w := ipc.NewWriter(&b, ipc.WithSchema(s))
	if err := w.Close(); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), endMark), nil
}

// withoutSchema is an output for the messages behind the schema, which package ipc would
// write with the first batch, and not before.
type withoutSchema struct {
	*output
	begun bool
}

func (w *withoutSchema) WritePayload(p ipc.Payload) error {
	if !w.begun {
		w.begun = true
		return nil
	}
	return w.output.WritePayload(p)
}

// turns is an input that lets the output be written before it waits.
type turns struct {
	r   io.Reader
	out *output
}

func (t turns) Read(p []byte) (int, error) {
	if err := t.out.flushBeside(); err != nil {
		return 0, err
	}
	return t.r.Read(p)
}
