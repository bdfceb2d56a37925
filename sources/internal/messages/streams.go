package messages

import (
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources/internal/scan"
)

// Streams reads Arrow IPC streams that follow each other. A message that cannot be decoded
// leaves those behind it readable.
type Streams struct {
	r     io.Reader
	most  int64 // bytes of one message, packed or not
	known map[string]*schema
}

// NewStreams reads from r. Messages that take more than so many bytes cannot be decoded.
func NewStreams(r io.Reader, most int64) *Streams {
	return &Streams{r: r, most: min(most, maxBuffer), known: map[string]*schema{}}
}

// schema is what is known of a schema.
type schema struct {
	views   Views
	schema  *arrow.Schema
	inPlace bool // a decoder knows all of its types
}

// Known are the most schemas that are remembered, and the most bytes of one.
const (
	knownSchemas = 64
	knownBytes   = 64 << 10
)

// Stream is one of several streams.
type Stream struct {
	*schema
	in     *Streams
	key    string
	queue  feed
	reader *ipc.Reader // nil if a decoder is used
	mem    *rationed
	broken error // why no batch can be decoded any more
}

// Next begins the next stream, behind the end of the one before. It is io.EOF if there is
// none. Of a stream whose schema cannot be read the schema is nil, and Err says why.
func (s *Streams) Next() (*Stream, error) {
	st := &Stream{in: s, schema: &schema{}, mem: &rationed{most: s.most}}
	f, err := s.next(&st.views)
	switch {
	case err == io.EOF:
		return nil, io.EOF
	case errors.Is(err, io.EOF):
		return nil, noArrow(errors.New("a stream without a schema"))
	case err != nil:
		return nil, err
	case f.kind != schemaMessage:
		return nil, noArrow(errors.New("a stream begins with its schema"))
	case f.err != nil:
		st.broken = f.err
		return st, nil
	}
	st.key = string(f.meta)
	if known := s.known[st.key]; known != nil {
		st.schema = known
		if known.inPlace {
			return st, nil
		}
	}
	st.queue = feed{f.message()}
	if st.reader, st.broken = st.open(); st.broken == nil && st.schema.schema == nil {
		st.learn()
	}
	return st, nil
}

func (s *Stream) open() (r *ipc.Reader, err error) {
	defer scan.RecoverDecode(&err)
	return ipc.NewReaderFromMessageReader(&s.queue, ipc.WithAllocator(s.mem))
}

// learn remembers the schema.
func (s *Stream) learn() {
	s.schema.schema = s.reader.Schema()
	s.inPlace = s.schema.schema.IsNativeEndian()
	for _, f := range s.schema.schema.Fields() {
		s.inPlace = s.inPlace && inPlace(f.Type)
	}
	if len(s.key) > knownBytes {
		return
	}
	if len(s.in.known) >= knownSchemas {
		clear(s.in.known)
	}
	s.in.known[s.key] = s.schema
}

// Schema is the schema of the stream, or nil.
func (s *Stream) Schema() *arrow.Schema { return s.schema.schema }

// Key is the same for streams of the same schema.
func (s *Stream) Key() string { return s.key }

// Err is why no batch of the stream can be decoded, or nil.
func (s *Stream) Err() error { return s.broken }

// Batch is a record batch as it came.
type Batch struct {
	Rows    int64
	Bytes   int64         // that it takes
	Columns []arrow.Array // nil if they cannot be decoded
	Err     error         // why
	frame   frame
}

// Recycle gives the memory of the batch back, which nothing refers to any more.
func (b *Batch) Recycle() {
	b.Columns = nil
	b.frame.recycle()
}

// Next reads the next record batch, or io.EOF. Any other error ends all streams.
func (s *Stream) Next() (*Batch, error) {
	var dictionaries feed
	var size int64
	for {
		f, err := s.in.next(&s.views)
		if errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		if err != nil {
			return nil, err
		}
		size += f.bytes
		switch f.kind {
		case dictionaryMessage:
			if f.err != nil {
				s.breaks(fmt.Errorf("a dictionary: %w", f.err))
			}
			if size > s.in.most {
				s.breaks(fmt.Errorf("dictionaries of more than %d bytes; raise --memory", s.in.most))
			}
			if s.broken == nil {
				dictionaries = append(dictionaries, f.message())
			}
		case batchMessage:
			b := &Batch{Rows: f.rows, Bytes: size, frame: f}
			s.decode(dictionaries, b)
			return b, nil
		default:
			return nil, noArrow(fmt.Errorf("a message of kind %d between record batches", f.kind))
		}
	}
}

// breaks notes why no further batch can be decoded.
func (s *Stream) breaks(err error) {
	if s.broken == nil {
		s.broken = err
	}
}

// decode decodes a batch. If a dictionary cannot be decoded no other batch can: they would
// have the values of another dictionary.
func (s *Stream) decode(dictionaries feed, b *Batch) {
	if b.Err = b.frame.err; b.Err != nil && len(dictionaries) > 0 {
		s.breaks(fmt.Errorf("its dictionaries came with a batch that cannot be decoded: %w", b.Err))
	}
	if s.broken != nil {
		b.Err = s.broken
	}
	if b.Err != nil {
		return
	}
	if s.inPlace {
		if d := newDecoder(b.frame.header, b.frame.body); d != nil {
			b.Columns, b.Err = s.inPlaceOf(d)
			return
		}
	}
	s.mem.taken = 0
	s.queue = append(dictionaries, b.frame.message())
	b.Columns, b.Err = s.read()
	b.Bytes += s.mem.taken
	if b.Err != nil && (len(s.queue) > 0 || len(dictionaries) > 0) {
		s.breaks(b.Err)
	}
}

func (s *Stream) inPlaceOf(d *decoder) (cols []arrow.Array, err error) {
	defer scan.RecoverDecode(&err)
	return d.columns(s.schema.schema), nil
}

func (s *Stream) read() (cols []arrow.Array, err error) {
	defer scan.RecoverDecode(&err)
	if s.reader == nil {
		// The schema was known, and the batches seen before needed no reader.
		s.queue = append(feed{s.schemaMessage()}, s.queue...)
		if s.reader, err = s.open(); err != nil {
			return nil, err
		}
	}
	rec, err := s.reader.Read()
	if err != nil {
		return nil, err
	}
	rec.Retain() // the reader lets go of it with the next one
	return rec.Columns(), nil
}

func (s *Stream) schemaMessage() *ipc.Message {
	return ipc.NewMessage(memory.NewBufferBytes([]byte(s.key)), memory.NewBufferBytes(nil))
}

// rationed is memory for one batch at a time, which the collector frees.
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
