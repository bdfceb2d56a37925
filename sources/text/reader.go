package text

import (
	"context"
	"errors"
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
	cells  []scan.Cells
	bad    []sources.BadRow // of the batch
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
			r.cells = append(r.cells, r.newCells(f.Type))
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
			if cols[i] = scan.Finish(c); r.bad != nil {
				cols[i] = scan.Recounted(cols[i])
			}
		}
		rec := array.NewRecord(r.scan.schema, cols, n)
		for _, c := range cols {
			c.Release()
		}
		bad := r.bad
		r.bad = nil
		return sources.Batch{Record: rec, Origin: r.scan.src.files[r.block.file].Name, Row: first, Bad: bad}, nil
	}
}

// newCells returns what builds a column.
func (r *reader) newCells(t arrow.DataType) scan.Cells {
	if r.scan.src.slow {
		return array.NewBuilder(r.mem, t)
	}
	return scan.NewCells(r.mem, t)
}

// begin turns to the next block.
func (r *reader) begin() error {
	scan.Buffers.Put(r.block.data)
	was := r.block
	r.block = block{}
	if len(r.blocks) == 0 {
		return io.EOF
	}
	r.block, r.blocks = r.blocks[0], r.blocks[1:]
	r.rest, r.row = r.block.data, r.block.row
	if r.parser == nil || r.block.file != was.file {
		r.parser = r.scan.src.format.parser(r.block.file, r.scan.cols)
	}
	r.parser.begin(r.rest)
	return nil
}

// parse reads rows of one file until there are enough for a batch.
func (r *reader) parse() (int64, error) {
	var rows, size int64
	for rows < int64(r.scan.src.batch) && size < scan.BatchBytes {
		if len(r.rest) == 0 {
			if len(r.blocks) == 0 || r.blocks[0].file != r.block.file {
				break
			}
			if err := r.begin(); err != nil {
				return 0, err
			}
		}
		p, err := r.parser.parse(r.rest, r.cells, int(rows))
		if p.flaw != nil && err == nil {
			if err = p.flaw; r.scan.src.badRows {
				r.bad = append(r.bad, p.flaw.badRow(int(rows), r.line(p.flaw.at)))
				err = nil
			}
		}
		if err != nil {
			return 0, r.located(err)
		}
		r.rest = r.rest[p.length:]
		size += int64(p.length)
		if p.isRow {
			rows++
			r.row++
		}
	}
	return rows, nil
}

// line returns the number of the line that is at bytes into what is left of the block.
func (r *reader) line(at int) int64 {
	done := len(r.block.data) - len(r.rest)
	return r.block.line + r.scan.src.countLines(r.block.file, r.block.data[:done+at])
}

// located adds file and line to an error in the record that is read next.
func (r *reader) located(err error) error {
	at := 0
	if bad := (*flaw)(nil); errors.As(err, &bad) {
		at = bad.at
	}
	return &sources.FileError{Name: r.scan.src.files[r.block.file].Name, Err: fmt.Errorf("line %d, %w", r.line(at), err)}
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
