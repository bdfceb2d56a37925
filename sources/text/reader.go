package text

import (
	"context"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources"
	"leapscore/sources/internal/scan"
)

// reader parses the blocks of one split.
type reader struct {
	ctx    context.Context
	mem    memory.Allocator
	scan   *blockScan
	blocks []block

	block  block
	rest   []byte // of block.data
	row    int64  // number of the next row in the file
	parser parser
	cells  []scan.CellBuilder
	err    error
}

// Next implements Reader.
func (r *reader) Next() (sources.Batch, error) {
	if r.err != nil {
		return sources.Batch{}, r.err
	}
	b, err := r.next()
	if err != nil {
		r.err = err
	}
	return b, err
}

func (r *reader) next() (sources.Batch, error) {
	if r.cells == nil {
		for _, f := range r.scan.schema.Fields() {
			r.cells = append(r.cells, scan.NewCellBuilder(r.mem, f.Type))
		}
	}
	for {
		if err := r.ctx.Err(); err != nil {
			return sources.Batch{}, err
		}
		if len(r.rest) == 0 {
			if err := r.begin(); err != nil {
				return sources.Batch{}, err
			}
		}
		first := r.row
		n, err := r.parse()
		if err != nil {
			return sources.Batch{}, err
		}
		if n == 0 {
			continue
		}
		cols := make([]arrow.Array, len(r.cells))
		for i, c := range r.cells {
			cols[i] = c.Finish()
		}
		rec := array.NewRecord(r.scan.schema, cols, n)
		for _, c := range cols {
			c.Release()
		}
		return sources.Batch{Record: rec, Origin: r.scan.src.files[r.block.file].Name, Row: first}, nil
	}
}

// begin turns to the next block.
func (r *reader) begin() error {
	scan.Buffers.Put(r.block.data)
	r.block = block{}
	if len(r.blocks) == 0 {
		return io.EOF
	}
	r.block, r.blocks = r.blocks[0], r.blocks[1:]
	r.rest, r.row = r.block.data, r.block.row
	r.parser = r.scan.src.format.parser(r.block, r.scan.cols)
	return nil
}

// parse reads rows until there are enough for a batch.
func (r *reader) parse() (int64, error) {
	var rows int64
	from := len(r.rest)
	for len(r.rest) > 0 && rows < int64(r.scan.src.batch) && from-len(r.rest) < scan.BatchBytes {
		n, row, err := r.parser.parse(r.rest, r.cells)
		if err != nil {
			done := len(r.block.data) - len(r.rest)
			line := r.block.line + r.scan.src.countLines(r.block.file, r.block.data[:done+n])
			return 0, &sources.FileError{
				Name: r.scan.src.files[r.block.file].Name,
				Err:  fmt.Errorf("line %d, %w", line, err),
			}
		}
		r.rest = r.rest[n:]
		if row {
			rows++
		}
	}
	r.row += rows
	return rows, nil
}

// Close implements Reader.
func (r *reader) Close() error {
	for _, c := range r.cells {
		c.Release()
	}
	scan.Buffers.Put(r.block.data)
	for _, b := range r.blocks {
		scan.Buffers.Put(b.data)
	}
	r.cells, r.blocks, r.block, r.rest = nil, nil, block{}, nil
	if r.err == nil {
		r.err = io.EOF
	}
	return nil
}
