package parquet

import (
	"context"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/parquet-go/parquet-go/format"

	"leapscore/engine/store"
	"leapscore/internal/arrays"
	"leapscore/sources"
	"leapscore/sources/internal/scan"
)

// reader reads the parts of one split, one after the other.
type reader struct {
	ctx   context.Context
	mem   memory.Allocator
	pass  *pass
	split int
	parts []part // not begun
	at    int    // number of the first of them in the pass

	part   part
	open   *openedPart // of part, nil before it was opened
	row    int64       // next row of the part's group
	batch  int64
	failed error
}

// openedPart is a part whose bytes are there, or will be read as they are wanted.
type openedPart struct {
	file store.Reader // nil if there are no columns
	cols []*columnReader
	raw  [][]byte // bytes that the columns share
	rows int64    // of a batch, at most
}

// columnReader reads one top-level column of a row group.
type columnReader struct {
	node   *node
	leaves []*chunkReader
	build  *assembler // nil if flat
}

// Next implements Reader.
func (r *reader) Next() (sources.Batch, error) {
	if r.failed != nil {
		return sources.Batch{}, r.failed
	}
	b, err := r.next()
	if err != nil {
		if err != io.EOF && r.part.file != nil && r.ctx.Err() == nil {
			err = &sources.FileError{Name: r.part.file.name, Err: err}
		}
		r.failed = err
	}
	return b, err
}

func (r *reader) next() (b sources.Batch, err error) {
	for r.open == nil || r.row == r.part.to {
		if err := r.checkEnd(); err != nil {
			return sources.Batch{}, err
		}
		r.endPart()
		if len(r.parts) == 0 {
			return sources.Batch{}, io.EOF
		}
		if err := r.beginPart(); err != nil {
			return sources.Batch{}, err
		}
	}
	n := min(r.batch, r.part.to-r.row)
	arrs := make([]arrow.Array, 0, len(r.open.cols))
	defer func() {
		for _, a := range arrs {
			a.Release()
		}
		// The decoders trust nothing they read, but what damaged bytes can do
		// to third-party code is not known.
		if p := recover(); p != nil {
			b, err = sources.Batch{}, damaged(p)
		}
	}()
	for i, c := range r.open.cols {
		if err := r.ctx.Err(); err != nil {
			return sources.Batch{}, err
		}
		a, err := c.read(int(n))
		if err != nil {
			return sources.Batch{}, fmt.Errorf("row group %d, column %q: %w", r.part.group, c.node.field.Name, err)
		}
		arrs = append(arrs, scan.Fitted(r.mem, a, r.pass.schema.Field(i).Type))
	}
	rec := array.NewRecord(arrays.SchemaOf(r.pass.schema, arrs), arrs, n)
	b = sources.Batch{Record: rec, Origin: r.part.file.name, Row: r.part.first + r.row}
	r.row += n
	return b, nil
}

// damaged turns a panic over damaged input into an error.
func damaged(p any) error { return fmt.Errorf("damaged file: %w", scan.Damage(p)) }

func (r *reader) beginPart() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = damaged(p)
		}
	}()
	r.part, r.parts = r.parts[0], r.parts[1:]
	r.row = r.part.from
	n := r.at
	r.at++
	ahead := r.pass.ahead
	ahead.more(r.split, r.at)
	if r.open, err = ahead.take(r.ctx, n); r.open == nil && err == nil {
		r.open, err = r.pass.open(r.ctx, r.part)
	}
	if err != nil {
		return err
	}
	for _, c := range r.open.cols {
		c.allocate(r.mem)
	}
	r.batch = r.open.rows
	return r.skipRows()
}

// open opens a part and reads its bytes.
func (p *pass) open(ctx context.Context, part part) (o *openedPart, err error) {
	o = &openedPart{rows: int64(p.src.batch)}
	defer func() {
		if e := recover(); e != nil {
			err = damaged(e)
		}
		if err != nil {
			o.release()
			o = nil
		}
	}()
	if len(p.cols) == 0 {
		return o, nil
	}
	if o.file, err = part.file.open(ctx); err != nil {
		return o, err
	}
	meta, err := part.file.load(o.file)
	if err != nil {
		return o, err
	}
	if part.group >= len(meta.format.RowGroups) || meta.format.RowGroups[part.group].NumRows != part.file.rows[part.group] {
		return o, fmt.Errorf("file changed while it was read")
	}
	rg := &meta.format.RowGroups[part.group]
	writer := writerOf(meta.format.CreatedBy)
	var chunks []*rawChunk
	for _, name := range p.cols {
		node := meta.byName[name]
		if node == nil {
			return o, fmt.Errorf("file changed while it was read: column %q is missing", name)
		}
		c := &columnReader{node: node}
		o.cols = append(o.cols, c)
		if err := c.open(node, rg, writer, o.file); err != nil {
			return o, fmt.Errorf("row group %d, column %q: %w", part.group, name, err)
		}
		for _, leaf := range c.leaves {
			leaf.streamFrom = p.src.streamFrom
			if err := part.narrow(leaf, rg, o.file); err != nil {
				return o, fmt.Errorf("row group %d, column %q: %w", part.group, name, err)
			}
			chunks = append(chunks, &leaf.raw)
			if leaf.then != nil {
				chunks = append(chunks, leaf.then)
			}
		}
	}
	o.rows = o.batchRows(rg, o.rows)
	o.raw, err = fillRaw(ctx, o.file, chunks, p.src.readAhead, p.src.remote)
	return o, err
}

// skipRows brings all columns to the part's first row.
func (r *reader) skipRows() error {
	for _, c := range r.open.cols {
		for _, l := range c.leaves {
			if err := l.skipRows(int(r.part.from - l.firstRow)); err != nil {
				return fmt.Errorf("row group %d, column %q: %w", r.part.group, c.node.field.Name, err)
			}
		}
	}
	return nil
}

// batchRows lowers the rows per batch for wide rows.
func (o *openedPart) batchRows(rg *rowGroup, most int64) int64 {
	var width int64
	for _, c := range o.cols {
		for _, l := range c.leaves {
			have := rg.Columns[l.leaf.index].MetaData.TotalUncompressedSize / max(rg.NumRows, 1)
			width += max(have, int64(l.leaf.width), 4)
		}
	}
	// A multiple of 64 keeps bit-packed data aligned from batch to batch.
	return min(most, max(64, scan.BatchBytes/width&^63))
}

// release frees what the part holds.
func (o *openedPart) release() {
	for _, c := range o.cols {
		for _, l := range c.leaves {
			l.close()
		}
	}
	for _, b := range o.raw {
		scan.Buffers.Put(b)
	}
	if o.file != nil {
		o.file.Close()
	}
	*o = openedPart{}
}

// checkEnd checks, behind the last row of a row group, that it has no more of
// them.
func (r *reader) checkEnd() error {
	if r.open == nil || r.part.to != r.part.file.rows[r.part.group] {
		return nil
	}
	for _, c := range r.open.cols {
		for _, l := range c.leaves {
			if err := l.end(r.part.cut == nil); err != nil {
				return fmt.Errorf("row group %d, column %q: %w", r.part.group, c.node.field.Name, err)
			}
		}
	}
	return nil
}

func (r *reader) endPart() {
	if r.open != nil {
		r.open.release()
		r.open = nil
	}
	r.part = part{}
}

// Close implements Reader.
func (r *reader) Close() error {
	r.endPart()
	r.parts = nil
	if r.failed == nil {
		r.failed = io.EOF
	}
	return nil
}

// open prepares the readers of the leaves below node.
func (c *columnReader) open(node *node, rg *rowGroup, w writer, file io.ReaderAt) error {
	if !node.isLeaf {
		for _, kid := range node.children {
			if err := c.open(kid, rg, w, file); err != nil {
				return err
			}
		}
		if node == c.node {
			c.build = &assembler{leaves: make(map[*leaf]*chunkReader)}
			for _, l := range c.leaves {
				c.build.leaves[l.leaf] = l
			}
		}
		return nil
	}
	chunk := &rg.Columns[node.leaf.index]
	md := &chunk.MetaData
	if chunk.FilePath != "" {
		return fmt.Errorf("its data is in another file, %q", chunk.FilePath)
	}
	if md.Type != node.leaf.physical {
		return fmt.Errorf("chunk of %v, the schema says %v", md.Type, node.leaf.physical)
	}
	if md.NumValues < rg.NumRows || node.leaf.maxRep == 0 && md.NumValues != rg.NumRows {
		return fmt.Errorf("%d values in %d rows", md.NumValues, rg.NumRows)
	}
	l := &chunkReader{leaf: node.leaf, nested: node != c.node, codec: md.Codec, valuesLeft: md.NumValues}
	l.writer = w
	l.bodyLimit = int(min(max(md.TotalUncompressedSize, 16<<20), maxPage))
	l.raw.r = file
	l.raw.pos, l.raw.end = chunkRange(md)
	l.raw.bufPos = l.raw.pos
	l.indexed = node == c.node && node.leaf.typ.ID() == arrow.STRING && allIndexes(md)
	c.leaves = append(c.leaves, l)
	return nil
}

// allocate makes a column that was opened allocate from mem.
func (c *columnReader) allocate(mem memory.Allocator) {
	for _, l := range c.leaves {
		l.mem = mem
	}
	if c.build != nil {
		c.build.mem = mem
	}
}

// allIndexes says whether all data pages of a chunk hold dictionary indexes,
// as far as its metadata tells.
func allIndexes(md *chunkMeta) bool {
	isDict := func(e format.Encoding) bool { return e == plainDictionary || e == format.RLEDictionary }
	found := false
	for _, s := range md.EncodingStats {
		if s.PageType == format.DataPage || s.PageType == format.DataPageV2 {
			if !isDict(s.Encoding) {
				return false
			}
			found = true
		}
	}
	if len(md.EncodingStats) > 0 {
		return found
	}
	for _, e := range md.Encoding {
		switch {
		case isDict(e):
			found = true
		case e != format.RLE && e != format.BitPacked:
			return false
		}
	}
	return found
}

// read returns the next n rows.
func (c *columnReader) read(n int) (arrow.Array, error) {
	var data arrow.ArrayData
	var err error
	if c.build == nil {
		data, err = c.leaves[0].readFlat(n)
	} else {
		for _, l := range c.leaves {
			if err := l.readLevels(n); err != nil {
				return nil, err
			}
		}
		data, err = c.build.build(c.node)
	}
	if err != nil {
		return nil, err
	}
	defer data.Release()
	if data.Len() != n {
		return nil, fmt.Errorf("%d rows, want %d", data.Len(), n)
	}
	return array.MakeFromData(data), nil
}
