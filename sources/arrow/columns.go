package arrow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/sources/internal/messages"
	"leapscore/sources/internal/scan"
)

// contents is what is known of a file of record batches.
type contents struct {
	*layout
	schema *arrow.Schema // as it came

	mu      sync.Mutex
	known   bool                    // entries are what they are going to be
	entries map[int]arrow.ArrayData // of the dictionaries, by column, once they were read
	other   bool                    // package ipc has to read the file
}

func newContents(l *layout, schema *arrow.Schema) *contents {
	return &contents{layout: l, schema: schema, other: !messages.CanRead(schema) || len(l.ids) != schema.NumFields()}
}

// readBatches reads the record batches, and of them the columns that are wanted. Those
// that do not come from package ipc are in memory of mem.
func (c *batches) readBatches(ctx context.Context, mem memory.Allocator) (pieces []piece, err error) {
	f := c.file.format
	r, err := f.opener.Open(ctx, f.files[c.file.file].Name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	defer func() {
		if err != nil {
			for _, p := range pieces {
				p.release()
			}
			pieces = nil
		}
	}()
	in := f.inside[c.file.file]
	entries, direct, err := in.directly(ctx, f, r)
	if err != nil {
		return nil, err
	}
	for i := c.first; i < c.last && direct; i++ {
		if err := ctx.Err(); err != nil {
			return pieces, err
		}
		cols, err := c.columns(ctx, r, i, entries, mem)
		if errors.Is(err, messages.ErrOtherForm) {
			direct = false
			break
		}
		if err != nil {
			return pieces, fmt.Errorf("record batch %d: %w", i, err)
		}
		pieces = append(pieces, piece{cols: cols, to: in.batches[i].rows, owned: true})
	}
	if direct {
		return pieces, nil
	}
	rest, err := c.readByIPC(ctx, r, c.first+len(pieces))
	return append(pieces, rest...), err
}

// eachBatch reads the record batches of a split one after the other, so that they take the
// memory of one.
type eachBatch struct {
	ctx  context.Context
	mem  memory.Allocator
	left *batches
	rows pieceRows
}

// NextRows implements scan.BlockRows.
func (r *eachBatch) NextRows(n int) ([]arrow.Array, int64, error) {
	for {
		cols, rows, err := r.rows.NextRows(n)
		if err != io.EOF || r.left.first == r.left.last {
			return cols, rows, err
		}
		one := *r.left
		if !one.file.format.inside[one.file.file].byIPC() {
			one.last = one.first + 1
		}
		r.rows.Close()
		if r.rows.pieces, err = one.readBatches(r.ctx, r.mem); err != nil {
			return nil, 0, err
		}
		rest := one
		rest.first, rest.last = one.last, r.left.last
		r.left = &rest
	}
}

func (r *eachBatch) Close() { r.rows.Close() }

// byIPC reports whether package ipc has to read the file, as far as is known.
func (in *contents) byIPC() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.other
}

// directly returns the entries of the dictionaries, and whether the file can be read
// without package ipc.
func (in *contents) directly(ctx context.Context, f *format, r store.Reader) (map[int]arrow.ArrayData, bool, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.other || in.known {
		return in.entries, !in.other, nil
	}
	entries, err := in.readEntries(ctx, f, r)
	switch {
	case errors.Is(err, messages.ErrOtherForm):
		in.other = true
		return nil, false, nil
	case err != nil:
		return nil, false, err
	}
	in.entries, in.known = entries, true
	return entries, true, nil
}

// readEntries reads the dictionaries, which are kept until the end.
func (in *contents) readEntries(ctx context.Context, f *format, r store.Reader) (map[int]arrow.ArrayData, error) {
	byID := map[int64]arrow.ArrayData{}
	file := &messages.Batches{Schema: in.schema, Fetch: fetcher(ctx, r, f.remote)}
	for _, b := range in.dictionaries {
		msg, err := checkedHeader(r, b, in.views)
		if err != nil {
			return nil, err
		}
		id, values, err := file.ReadEntries(msg, b, in.entryType)
		if err != nil {
			return nil, err
		}
		if byID[id] != nil {
			return nil, messages.ErrOtherForm
		}
		if err := checkArray(values.Data()); err != nil {
			return nil, fmt.Errorf("damaged: a dictionary: %w", err)
		}
		byID[id] = values.Data()
	}
	entries := map[int]arrow.ArrayData{}
	for i, id := range in.ids {
		if id != messages.NoDictionary && byID[id] != nil {
			entries[i] = byID[id]
		}
	}
	return entries, nil
}

// entryType is the type of what a dictionary holds, or nil.
func (in *contents) entryType(id int64) arrow.DataType {
	for i, of := range in.ids {
		if t, ok := in.schema.Field(i).Type.(*arrow.DictionaryType); ok && of == id {
			return t.ValueType
		}
	}
	return nil
}

// columns reads the wanted columns of record batch i. The caller releases them.
func (c *batches) columns(ctx context.Context, r store.Reader, i int, entries map[int]arrow.ArrayData, mem memory.Allocator) ([]arrow.Array, error) {
	in, f := c.file.format.inside[c.file.file], c.file.format
	b := in.batches[i]
	msg, err := checkedHeader(r, b.Block, in.views)
	if err != nil {
		return nil, err
	}
	var at []int
	for _, col := range c.file.cols {
		of := in.schema.FieldIndices(col.Name)
		if len(of) != 1 {
			return nil, fmt.Errorf("no column %q", col.Name)
		}
		at = append(at, of[0])
	}
	if len(at) == 0 && in.schema.NumFields() > 0 {
		at = append(at, 0) // some column must have as many rows
	}
	file := &messages.Batches{Schema: in.schema, Entries: entries, Fetch: fetcher(ctx, r, f.remote)}
	raw, rows, err := file.Read(msg, b.Block, at, mem)
	if err != nil {
		return nil, err
	}
	defer messages.Release(raw)
	if err := checkBatchRows(rows, in.schema.NumFields()); err != nil {
		return nil, err
	}
	if rows != b.rows {
		return nil, fmt.Errorf("it has %d rows, had %d before", rows, b.rows)
	}
	if len(c.file.cols) == 0 && len(raw) > 0 {
		if err := checkArray(raw[0].Data()); err != nil {
			return nil, fmt.Errorf("damaged: %w", err)
		}
		return nil, nil
	}
	return plainColumns(mem, raw, rows, c.file.cols)
}

// plainColumns returns columns of a record batch as columnOf does. Their dictionaries were
// checked.
func plainColumns(mem memory.Allocator, raw []arrow.Array, rows int64, fields []arrow.Field) (out []arrow.Array, err error) {
	for i, f := range fields {
		col, err := columnOf(mem, raw[i], rows, f, true)
		if err != nil {
			messages.Release(out)
			return nil, err
		}
		out = append(out, col)
	}
	return out, nil
}

// remoteGap is the largest hole between parts of a file that is cheaper to read than to
// ask again, where reads have a latency.
const remoteGap = 512 << 10

// fetcher returns how to read parts of a file: as they are wanted, or, where reads have a
// latency, in few reads that are made at once.
func fetcher(ctx context.Context, r store.Reader, remote bool) func([]messages.Part) (io.ReaderAt, func(), error) {
	if !remote {
		return func([]messages.Part) (io.ReaderAt, func(), error) { return r, func() {}, nil }
	}
	return func(parts []messages.Part) (io.ReaderAt, func(), error) {
		var held fetched
		for _, p := range parts {
			held.add(p)
		}
		err := scan.EachParallel(ctx, len(held), 8, func(_ context.Context, i int) error {
			h := &held[i]
			h.data = scan.Buffers.Get(int(h.Size))
			_, err := io.ReadFull(io.NewSectionReader(r, h.At, h.Size), h.data)
			return err
		})
		if err != nil {
			held.free()
		}
		return held, held.free, err
	}
}

// fetched is parts of a file that were read.
type fetched []fetchedPart

type fetchedPart struct {
	messages.Part
	data []byte
}

// add adds a part, to the last one if it lies close behind it.
func (f *fetched) add(p messages.Part) {
	if n := len(*f); n > 0 {
		last := &(*f)[n-1]
		if end := last.At + last.Size; p.At >= last.At && p.At <= end+remoteGap {
			last.Size = max(end, p.At+p.Size) - last.At
			return
		}
	}
	*f = append(*f, fetchedPart{Part: p})
}

func (f fetched) ReadAt(b []byte, at int64) (int, error) {
	for _, p := range f {
		if at >= p.At && at+int64(len(b)) <= p.At+p.Size {
			return copy(b, p.data[at-p.At:]), nil
		}
	}
	return 0, io.ErrUnexpectedEOF
}

func (f fetched) free() {
	for i := range f {
		scan.Buffers.Put(f[i].data)
		f[i].data = nil
	}
}

// readByIPC reads the record batches from the given one on, as package ipc does.
func (c *batches) readByIPC(ctx context.Context, r store.Reader, first int) ([]piece, error) {
	in, err := newFile(r)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var pieces []piece
	for i := first; i < c.last; i++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rec, err := in.RecordAt(i)
		if err != nil {
			return nil, err
		}
		cols, err := columnsOf(rec, c.file.cols)
		if err != nil {
			return nil, fmt.Errorf("record batch %d: %w", i, err)
		}
		if want := c.file.format.inside[c.file.file].batches[i].rows; rec.NumRows() != want {
			return nil, fmt.Errorf("record batch %d has %d rows, had %d before", i, rec.NumRows(), want)
		}
		pieces = append(pieces, piece{cols: cols, to: rec.NumRows()})
	}
	return pieces, nil
}
