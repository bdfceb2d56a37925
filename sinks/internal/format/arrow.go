package format

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
)

// arrowEncoder writes Arrow IPC, as files or as streams: a block is a record
// batch. Strings are written as such, not as dictionaries, which not all readers
// have and which a file could hold one of per column.
type arrowEncoder struct {
	schema *arrow.Schema
	suffix string
	opts   []ipc.Option

	free sync.Pool // of *arrowBlock
}

func newArrow(o Options) (Encoder, error) {
	f := &arrowEncoder{suffix: "." + o.Format.String()}
	var fields []arrow.Field
	for _, field := range o.Schema.Fields() {
		field.Type = arrowType(field.Type)
		if _, err := newGather(field.Type); err != nil {
			return nil, fmt.Errorf("column %q: %w", field.Name, err)
		}
		fields = append(fields, field)
	}
	keys := slices.Sorted(maps.Keys(o.Metadata))
	var values []string
	for _, k := range keys {
		values = append(values, o.Metadata[k])
	}
	meta := arrow.NewMetadata(keys, values)
	f.schema = arrow.NewSchema(fields, &meta)
	f.opts = []ipc.Option{ipc.WithSchema(f.schema), ipc.WithCompressConcurrency(runtime.GOMAXPROCS(0))}
	switch o.Compression {
	case CompressionZstd:
		f.opts = append(f.opts, ipc.WithZstd())
	case CompressionLZ4Raw: // the name of the flag; Arrow has its frames
		f.opts = append(f.opts, ipc.WithLZ4())
	}
	return f, nil
}

func (f *arrowEncoder) Ext() string { return f.suffix }

func (f *arrowEncoder) NewBlock() Block {
	if b, ok := f.free.Get().(*arrowBlock); ok {
		return b
	}
	return f.NewSmallBlock()
}

func (f *arrowEncoder) NewSmallBlock() Block {
	b := &arrowBlock{f: f}
	for _, field := range f.schema.Fields() {
		g, _ := newGather(field.Type) // was possible before
		b.cols = append(b.cols, g)
	}
	return b
}

// Encode has nothing to do: buffers are written as they are.
func (f *arrowEncoder) Encode(b Block) (RowGroup, error) { return b.(*arrowBlock), nil }

// arrowBlock is a record batch being put together, and then a row group.
type arrowBlock struct {
	f    *arrowEncoder
	cols []*gather
	n    int
}

func (b *arrowBlock) Append(rec arrow.Record, lo, hi int) error {
	return b.AppendSpans(rec, []int{lo, hi})
}

func (b *arrowBlock) AppendSpans(rec arrow.Record, spans []int) error {
	if int(rec.NumCols()) != len(b.cols) {
		return fmt.Errorf("%d columns, want %d", rec.NumCols(), len(b.cols))
	}
	if at := vectorsForLists(rec, b.f.schema); at != nil {
		return asLists(rec, at, spans, b.AppendSpans)
	}
	for i, arr := range rec.Columns() {
		field := b.f.schema.Field(i)
		arr, release := withoutNullEntries(arr)
		defer release()
		err := checkColumn(field, arr, spans)
		for s := 0; s < len(spans) && err == nil; s += 2 {
			err = b.cols[i].append(arr, spans[s], spans[s+1])
		}
		if err != nil {
			return fmt.Errorf("column %q: %w", field.Name, err)
		}
	}
	for s := 0; s < len(spans); s += 2 {
		b.n += spans[s+1] - spans[s]
	}
	return nil
}

func (b *arrowBlock) Merge(o Block) {
	from := o.(*arrowBlock)
	for i, c := range b.cols {
		arr := from.cols[i].array()
		if err := c.append(arr, 0, arr.Len()); err != nil {
			panic(err) // blocks that are put together are small
		}
		arr.Release()
	}
	b.n += from.n
	from.recycle()
}

func (b *arrowBlock) recycle() {
	for _, c := range b.cols {
		c.reset()
	}
	b.n = 0
	b.f.free.Put(b)
}

func (b *arrowBlock) Rows() int { return b.n }

func (b *arrowBlock) Size() int64 {
	size := int64(0)
	for _, c := range b.cols {
		size += c.size()
	}
	return size
}

func (b *arrowBlock) record() arrow.Record {
	cols := make([]arrow.Array, len(b.cols))
	for i, c := range b.cols {
		cols[i] = c.array()
		defer cols[i].Release()
	}
	return array.NewRecord(b.f.schema, cols, int64(b.n))
}

// Save writes a stream of the one batch.
func (b *arrowBlock) Save() ([]byte, error) {
	var out bytes.Buffer
	w := ipc.NewWriter(&out, ipc.WithSchema(b.f.schema))
	rec := b.record()
	defer rec.Release()
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		return nil, err
	}
	b.recycle()
	return out.Bytes(), nil
}

func (f *arrowEncoder) Restore(data []byte) (RowGroup, error) {
	r, err := ipc.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	defer r.Release()
	b := f.NewBlock()
	for r.Next() {
		if err := b.Append(r.Record(), 0, int(r.Record().NumRows())); err != nil {
			return nil, err
		}
	}
	return b.(*arrowBlock), r.Err()
}

func (f *arrowEncoder) NewFile(w io.Writer) File {
	if f.suffix == ".arrows" {
		return &arrowFile{w: ipc.NewWriter(w, f.opts...)}
	}
	fw, err := ipc.NewFileWriter(&countedWriter{w: w}, f.opts...)
	return &arrowFile{w: fw, err: err}
}

// arrowFile is a file or a stream being written.
type arrowFile struct {
	w interface {
		Write(arrow.Record) error
		Close() error
	}
	err error
}

func (f *arrowFile) Append(c RowGroup) error {
	if f.err != nil {
		return f.err
	}
	b := c.(*arrowBlock)
	rec := b.record()
	f.err = f.w.Write(rec)
	rec.Release()
	b.recycle()
	return f.err
}

func (f *arrowFile) Close() error {
	if f.err != nil {
		return f.err
	}
	return f.w.Close()
}

// countedWriter knows how much was written, which is all that is sought.
type countedWriter struct {
	w io.Writer
	n int64
}

func (c *countedWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

func (c *countedWriter) Seek(int64, int) (int64, error) { return c.n, nil }
