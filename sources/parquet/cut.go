package parquet

import (
	"context"
	"fmt"
	"io"
	"sort"
	"sync"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"leapscore/sources"
	"leapscore/sources/internal/scan"
)

// pageCut finds the pages of a row group that is read in several pieces. All
// pieces share it.
type pageCut struct {
	mu   sync.Mutex
	dirs map[int]*pageDir // by leaf
}

// pageDir says where the data pages of a chunk are.
type pageDir struct {
	offset   []int64 // of each page, and where the last one ends
	firstRow []int64 // of each page in the row group
}

// cut cuts a large row group into pieces of about SplitRows rows, if its pages
// allow pieces to be read without reading what comes before them.
func (p *pass) cut(ctx context.Context, group part) ([]part, error) {
	whole := []part{group}
	if len(p.cols) == 0 {
		return whole, nil
	}
	f, err := group.file.open(ctx)
	if err != nil {
		return nil, &sources.FileError{Name: group.file.name, Err: err}
	}
	defer f.Close()
	meta, err := group.file.load(f)
	if err != nil {
		return nil, &sources.FileError{Name: group.file.name, Err: err}
	}
	rg := &meta.format.RowGroups[group.group]
	pieces := (group.to + sources.SplitRows - 1) / sources.SplitRows
	var largest *leaf
	for _, name := range p.cols {
		for _, l := range meta.byName[name].leaves() {
			chunk := &rg.Columns[l.index]
			if chunk.OffsetIndexLength > 0 {
				continue
			}
			// Without an index, pages are found by walking the chunk, and
			// the rows of nested pages by decoding their levels.
			if p.src.remote || !meta.byName[name].isLeaf {
				return whole, nil
			}
			if largest == nil || chunk.MetaData.TotalCompressedSize > rg.Columns[largest.index].MetaData.TotalCompressedSize {
				largest = l
			}
		}
	}
	cut := &pageCut{dirs: make(map[int]*pageDir)}
	if largest != nil {
		// Pages that are not much shorter than the row group would be
		// decompressed again and again.
		dir, err := cut.dir(largest, rg, f)
		if err != nil {
			return nil, &sources.FileError{Name: group.file.name, Err: fmt.Errorf("row group %d: %w", group.group, err)}
		}
		if int64(len(dir.firstRow)) < pieces {
			return whole, nil
		}
	}
	// Multiples of 1024 keep the batches of all pieces aligned.
	step := ((group.to+pieces-1)/pieces + 1023) &^ 1023
	var parts []part
	for from := int64(0); from < group.to; from += step {
		piece := group
		piece.from, piece.to, piece.cut = from, min(from+step, group.to), cut
		parts = append(parts, piece)
	}
	return parts, nil
}

// leaves returns the leaves below a node.
func (n *node) leaves() []*leaf {
	if n.isLeaf {
		return []*leaf{n.leaf}
	}
	var all []*leaf
	for _, c := range n.children {
		all = append(all, c.leaves()...)
	}
	return all
}

// dir returns the pages of one chunk.
func (c *pageCut) dir(l *leaf, rg *rowGroup, r io.ReaderAt) (*pageDir, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d := c.dirs[l.index]; d != nil {
		return d, nil
	}
	chunk := &rg.Columns[l.index]
	var d *pageDir
	var err error
	if chunk.OffsetIndexLength > 0 {
		d, err = readOffsetIndex(chunk, r)
	} else {
		d, err = walkPages(&chunk.MetaData, r)
	}
	if err == nil {
		err = d.check(&chunk.MetaData, rg.NumRows)
	}
	if err != nil {
		return nil, fmt.Errorf("column %s: %w", l.path, err)
	}
	c.dirs[l.index] = d
	return d, nil
}

func (d *pageDir) check(md *chunkMeta, rows int64) error {
	from, to := chunkRange(md)
	if len(d.firstRow) == 0 || d.firstRow[0] != 0 || d.offset[len(d.firstRow)] > to {
		return fmt.Errorf("pages do not begin and end with their chunk")
	}
	for i, row := range d.firstRow {
		if d.offset[i] < from || d.offset[i] >= d.offset[i+1] || row >= rows || i > 0 && row < d.firstRow[i-1] {
			return fmt.Errorf("page %d is at byte %d with row %d, before or behind its place", i, d.offset[i], row)
		}
	}
	return nil
}

func readOffsetIndex(chunk *columnChunk, r io.ReaderAt) (d *pageDir, err error) {
	defer func() {
		// The Thrift decoder may panic on damaged input.
		if p := recover(); p != nil {
			d, err = nil, fmt.Errorf("damaged offset index: %w", scan.Damage(p))
		}
	}()
	if chunk.OffsetIndexLength > maxFooter/16 {
		return nil, fmt.Errorf("offset index of %d bytes", chunk.OffsetIndexLength)
	}
	b := make([]byte, chunk.OffsetIndexLength)
	if err := readFullAt(r, b, chunk.OffsetIndexOffset); err != nil {
		return nil, err
	}
	if err := checkThriftSizes(b); err != nil {
		return nil, fmt.Errorf("damaged offset index: %w", err)
	}
	var index format.OffsetIndex
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), b, &index); err != nil {
		return nil, fmt.Errorf("damaged offset index: %w", err)
	}
	d = new(pageDir)
	for _, p := range index.PageLocations {
		d.offset = append(d.offset, p.Offset)
		d.firstRow = append(d.firstRow, p.FirstRowIndex)
	}
	_, end := chunkRange(&chunk.MetaData)
	d.offset = append(d.offset, end)
	return d, nil
}

// walkPages reads the page headers of a chunk of a flat column.
func walkPages(md *chunkMeta, r io.ReaderAt) (*pageDir, error) {
	pos, end := chunkRange(md)
	d := new(pageDir)
	raw := rawChunk{r: r, end: end, window: 1}
	defer raw.release()
	for row := int64(0); row < md.NumValues; {
		raw.pos = pos
		var h pageHeader
		size, err := raw.header(&h)
		if err != nil {
			return nil, err
		}
		if h.kind == format.DataPage || h.kind == format.DataPageV2 {
			d.offset = append(d.offset, pos)
			d.firstRow = append(d.firstRow, row)
			row += int64(h.values)
		}
		pos += int64(size) + int64(h.compressed)
	}
	d.offset = append(d.offset, pos)
	return d, nil
}

// narrow makes a leaf read only the pages that hold the rows of the part.
func (part *part) narrow(l *chunkReader, rg *rowGroup, r io.ReaderAt) error {
	if part.cut == nil {
		return nil
	}
	dir, err := part.cut.dir(l.leaf, rg, r)
	if err != nil {
		return err
	}
	pages := len(dir.firstRow)
	first := sort.Search(pages, func(i int) bool { return dir.firstRow[i] > part.from }) - 1
	last := sort.Search(pages, func(i int) bool { return dir.firstRow[i] >= part.to })
	l.firstRow = dir.firstRow[first]
	if !l.nested {
		l.valuesLeft -= l.firstRow
	}
	if first == 0 {
		l.raw.end = dir.offset[last]
		return nil
	}
	data := l.raw
	data.pos, data.end = dir.offset[first], dir.offset[last]
	data.bufPos = data.pos
	if l.raw.end = dir.offset[0]; l.raw.pos == l.raw.end {
		l.raw = data // there is no dictionary
	} else {
		l.then = &data
	}
	return nil
}
