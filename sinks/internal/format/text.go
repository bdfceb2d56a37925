package format

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/klauspost/compress/zstd"
)

// textEncoder writes formats that have one line of text per row. A block is text
// already; a row group is its text, or compressed text.
type textEncoder struct {
	lines  lineFormat
	schema *arrow.Schema
	codec  Compression
	suffix string

	free sync.Pool // of *textBlock
}

// lineFormat is what CSV and JSON lines have of their own.
type lineFormat interface {
	// header is the first line of each file, if there is one.
	header() []byte
	// row returns how to append row i of cols, with its line end.
	row(cols []column) func(dst []byte, i int) []byte
	// column returns how to append the values of arr.
	column(arr arrow.Array) (cell, error)
}

// column is a column of a record, as text.
type column struct {
	arrow.Array
	text cell
}

// cell appends value i, which is not null.
type cell func(dst []byte, i int) []byte

func newText(o Options, ext string, lines func(*arrow.Schema) (lineFormat, error)) (Encoder, error) {
	f := &textEncoder{schema: o.Schema, codec: o.Compression, suffix: ext}
	switch o.Compression {
	case CompressionGzip:
		f.suffix += ".gz"
	case CompressionZstd:
		f.suffix += ".zst"
	}
	for _, field := range o.Schema.Fields() {
		if err := checkText(field.Type); err != nil {
			return nil, fmt.Errorf("column %q: %w", field.Name, err)
		}
	}
	var err error
	f.lines, err = lines(o.Schema)
	return f, err
}

func (f *textEncoder) Ext() string { return f.suffix }

func (f *textEncoder) NewBlock() Block {
	if b, ok := f.free.Get().(*textBlock); ok {
		return b
	}
	return &textBlock{f: f}
}

func (f *textEncoder) NewSmallBlock() Block { return &textBlock{f: f} }

func (f *textEncoder) Encode(b Block) (RowGroup, error) {
	t := b.(*textBlock)
	if f.codec != CompressionGzip {
		return &textRows{n: t.n, data: t.text}, nil
	}
	c, err := deflated(t.text)
	if err != nil {
		return nil, err
	}
	c.n = t.n
	t.text, t.n = t.text[:0], 0
	f.free.Put(t)
	return c, nil
}

// textBlock is rows as text.
type textBlock struct {
	f    *textEncoder
	text []byte
	n    int
}

func (b *textBlock) Append(rec arrow.Record, lo, hi int) error {
	return b.AppendSpans(rec, []int{lo, hi})
}

func (b *textBlock) AppendSpans(rec arrow.Record, spans []int) error {
	if int(rec.NumCols()) != b.f.schema.NumFields() {
		return fmt.Errorf("%d columns, want %d", rec.NumCols(), b.f.schema.NumFields())
	}
	if at := vectorsForLists(rec, b.f.schema); at != nil {
		return asLists(rec, at, spans, b.AppendSpans)
	}
	cols := make([]column, rec.NumCols())
	for i, arr := range rec.Columns() {
		field := b.f.schema.Field(i)
		arr, release := withoutNullEntries(arr)
		defer release()
		text, err := b.f.lines.column(asUUIDs(field, arr))
		if err == nil {
			err = checkColumn(field, arr, spans)
		}
		if err != nil {
			return fmt.Errorf("column %q: %w", field.Name, err)
		}
		cols[i] = column{arr, text}
	}
	row := b.f.lines.row(cols)
	for s := 0; s < len(spans); s += 2 {
		for i := spans[s]; i < spans[s+1]; i++ {
			b.text = row(b.text, i)
		}
		b.n += spans[s+1] - spans[s]
	}
	return nil
}

func (b *textBlock) Merge(o Block) {
	t := o.(*textBlock)
	b.text = append(b.text, t.text...)
	b.n += t.n
	t.text, t.n = t.text[:0], 0
	b.f.free.Put(t)
}

func (b *textBlock) Rows() int   { return b.n }
func (b *textBlock) Size() int64 { return int64(len(b.text)) }

// textRows is rows as they stand in the file: text, or deflated text.
type textRows struct {
	n    int
	data []byte
	raw  int64  // bytes before compression, if deflated
	crc  uint32 // of them
}

func (c *textRows) Rows() int   { return c.n }
func (c *textRows) Size() int64 { return int64(len(c.data)) }

// savedHead is what stands before the text of a saved row group: three numbers.
const savedHead = 8 + 8 + 4

func (c *textRows) Save() ([]byte, error) {
	out := make([]byte, 0, savedHead+len(c.data))
	out = binary.LittleEndian.AppendUint64(out, uint64(c.n))
	out = binary.LittleEndian.AppendUint64(out, uint64(c.raw))
	out = binary.LittleEndian.AppendUint32(out, c.crc)
	return append(out, c.data...), nil
}

func (f *textEncoder) Restore(data []byte) (RowGroup, error) {
	if len(data) < savedHead {
		return nil, fmt.Errorf("saved rows of %d bytes", len(data))
	}
	return &textRows{
		n:    int(binary.LittleEndian.Uint64(data)),
		raw:  int64(binary.LittleEndian.Uint64(data[8:])),
		crc:  binary.LittleEndian.Uint32(data[16:]),
		data: data[savedHead:],
	}, nil
}

// NewFile starts a file with the header. Files compressed with zstd are one
// frame, and those with gzip one member: some readers stop after the first.
func (f *textEncoder) NewFile(w io.Writer) File {
	t := &textFile{f: f, w: w}
	switch f.codec {
	case CompressionGzip:
		t.gz = newGzipFile(w)
	case CompressionZstd:
		// One goroutine: the bytes are the same on every machine.
		t.zst, t.err = zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
		t.w = t.zst
	}
	t.writeHeader()
	return t
}

type textFile struct {
	f   *textEncoder
	w   io.Writer
	gz  *gzipFile
	zst *zstd.Encoder
	err error
}

func (t *textFile) writeHeader() {
	head := t.f.lines.header()
	if t.err != nil || len(head) == 0 {
		return
	}
	c := &textRows{data: head}
	if t.gz != nil {
		if c, t.err = deflated(head); t.err != nil {
			return
		}
	}
	t.err = t.Append(c)
}

func (t *textFile) Append(c RowGroup) error {
	text := c.(*textRows)
	switch {
	case t.err != nil:
	case t.gz != nil:
		t.err = t.gz.append(text)
	default:
		_, t.err = t.w.Write(text.data)
	}
	return t.err
}

func (t *textFile) Close() error {
	switch {
	case t.err != nil:
		return t.err
	case t.gz != nil:
		return t.gz.close()
	case t.zst != nil:
		return t.zst.Close()
	}
	return nil
}
