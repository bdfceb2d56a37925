package sinks

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/klauspost/compress/zstd"
)

// textFormat writes formats that have one line of text per row. A block is text
// already; a chunk is its text, or compressed text.
type textFormat struct {
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

func newText(o Options, ext string, lines func(*arrow.Schema) (lineFormat, error)) (format, error) {
	f := &textFormat{schema: o.Schema, codec: o.Compression, suffix: ext}
	switch o.Compression {
	case Gzip:
		f.suffix += ".gz"
	case Zstd:
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

func (f *textFormat) ext() string { return f.suffix }

func (f *textFormat) newBlock() block {
	if b, ok := f.free.Get().(*textBlock); ok {
		return b
	}
	return &textBlock{f: f}
}

func (f *textFormat) newSmallBlock() block { return &textBlock{f: f} }

func (f *textFormat) encode(b block) (chunk, error) {
	t := b.(*textBlock)
	if f.codec != Gzip {
		return &textChunk{n: t.n, data: t.text}, nil
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
	f    *textFormat
	text []byte
	n    int
}

func (b *textBlock) append(rec arrow.Record, lo, hi int) error {
	return b.appendSpans(rec, []int{lo, hi})
}

func (b *textBlock) appendSpans(rec arrow.Record, spans []int) error {
	if int(rec.NumCols()) != b.f.schema.NumFields() {
		return fmt.Errorf("%d columns, want %d", rec.NumCols(), b.f.schema.NumFields())
	}
	if at := vectorsForLists(rec, b.f.schema); at != nil {
		return asLists(rec, at, spans, b.appendSpans)
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

var errNull = errors.New("null in a column that is declared as never null")

// checkColumn checks the rows of spans of a column that was promised as field.
func checkColumn(field arrow.Field, arr arrow.Array, spans []int) error {
	if !sameKind(field.Type, arr.DataType()) {
		return fmt.Errorf("found %s, want %s", arr.DataType(), field.Type)
	}
	if field.Nullable || arr.NullN() == 0 {
		return nil
	}
	for s := 0; s < len(spans); s += 2 {
		for i := spans[s]; i < spans[s+1]; i++ {
			if arr.IsNull(i) {
				return errNull
			}
		}
	}
	return nil
}

// sameKind reports whether arrays of type got may come where want was promised:
// strings have three forms, and the names and nullability of what is inside
// lists do not matter.
func sameKind(want, got arrow.DataType) bool {
	want, got = plainType(want), plainType(got)
	if want.ID() != got.ID() {
		return false
	}
	switch w := want.(type) {
	case *arrow.StructType:
		return slices.EqualFunc(w.Fields(), got.(*arrow.StructType).Fields(), func(a, b arrow.Field) bool {
			return a.Name == b.Name && sameKind(a.Type, b.Type)
		})
	case *arrow.MapType:
		g := got.(*arrow.MapType)
		return sameKind(w.KeyType(), g.KeyType()) && sameKind(w.ItemType(), g.ItemType())
	case *arrow.FixedSizeListType:
		g := got.(*arrow.FixedSizeListType)
		return w.Len() == g.Len() && sameKind(w.Elem(), g.Elem())
	case arrow.ListLikeType:
		return sameKind(w.Elem(), got.(arrow.ListLikeType).Elem())
	}
	return arrow.TypeEqual(want, got)
}

// plainType is the type as which values are written.
func plainType(t arrow.DataType) arrow.DataType {
	switch t := t.(type) {
	case arrow.ExtensionType:
		return plainType(t.StorageType())
	case *arrow.DictionaryType:
		return plainType(t.ValueType)
	case *arrow.LargeStringType:
		return arrow.BinaryTypes.String
	case *arrow.LargeBinaryType:
		return arrow.BinaryTypes.Binary
	}
	return t
}

// withoutNullEntries returns strings whose dictionary has null entries, which is
// rare, as strings of their own.
func withoutNullEntries(arr arrow.Array) (arrow.Array, func()) {
	d, ok := arr.(*array.Dictionary)
	if !ok || d.Dictionary().NullN() == 0 {
		return arr, func() {}
	}
	text := textsOf(d.Dictionary())
	if text == nil {
		return arr, func() {}
	}
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	for i := range d.Len() {
		if d.IsNull(i) || d.Dictionary().IsNull(d.GetValueIndex(i)) {
			b.AppendNull()
		} else {
			b.BinaryBuilder.Append(text(d.GetValueIndex(i)))
		}
	}
	plain := b.NewArray()
	return plain, plain.Release
}

func (b *textBlock) merge(o block) {
	t := o.(*textBlock)
	b.text = append(b.text, t.text...)
	b.n += t.n
	t.text, t.n = t.text[:0], 0
	b.f.free.Put(t)
}

func (b *textBlock) rows() int   { return b.n }
func (b *textBlock) size() int64 { return int64(len(b.text)) }

// textChunk is rows as they stand in the file: text, or deflated text.
type textChunk struct {
	n    int
	data []byte
	raw  int64  // bytes before compression, if deflated
	crc  uint32 // of them
}

func (c *textChunk) rows() int   { return c.n }
func (c *textChunk) size() int64 { return int64(len(c.data)) }

// savedHead is what stands before the text of a saved chunk: three numbers.
const savedHead = 8 + 8 + 4

func (c *textChunk) save() ([]byte, error) {
	out := make([]byte, 0, savedHead+len(c.data))
	out = binary.LittleEndian.AppendUint64(out, uint64(c.n))
	out = binary.LittleEndian.AppendUint64(out, uint64(c.raw))
	out = binary.LittleEndian.AppendUint32(out, c.crc)
	return append(out, c.data...), nil
}

func (f *textFormat) restore(data []byte) (chunk, error) {
	if len(data) < savedHead {
		return nil, fmt.Errorf("saved rows of %d bytes", len(data))
	}
	return &textChunk{
		n:    int(binary.LittleEndian.Uint64(data)),
		raw:  int64(binary.LittleEndian.Uint64(data[8:])),
		crc:  binary.LittleEndian.Uint32(data[16:]),
		data: data[savedHead:],
	}, nil
}

// newFile starts a file with the header. Files compressed with zstd are one
// frame, and those with gzip one member: some readers stop after the first.
func (f *textFormat) newFile(w io.Writer) file {
	t := &textFile{f: f, w: w}
	switch f.codec {
	case Gzip:
		t.gz = newGzipFile(w)
	case Zstd:
		// One goroutine: the bytes are the same on every machine.
		t.zst, t.err = zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
		t.w = t.zst
	}
	t.writeHeader()
	return t
}

type textFile struct {
	f   *textFormat
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
	c := &textChunk{data: head}
	if t.gz != nil {
		if c, t.err = deflated(head); t.err != nil {
			return
		}
	}
	t.err = t.append(c)
}

func (t *textFile) append(c chunk) error {
	text := c.(*textChunk)
	switch {
	case t.err != nil:
	case t.gz != nil:
		t.err = t.gz.append(text)
	default:
		_, t.err = t.w.Write(text.data)
	}
	return t.err
}

func (t *textFile) close() error {
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
