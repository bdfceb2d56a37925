package scan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/internal/arrays"
	"leapscore/sources"
)

// blockFormat is what the formats that store rows in blocks have of their
// own: Arrow, Avro and leap frames.
type blockFormat interface {
	// OpenFile begins to read the columns cols of file i.
	OpenFile(ctx context.Context, i int, cols []arrow.Field) (BlockFile, error)
}

// BlockFile yields the blocks of one file in order, and then io.EOF. One goroutine
// calls it; the RowBlocks that it yields are read concurrently.
type BlockFile interface {
	NextBlock() (RowBlock, error)
	Close() error
}

// RowBlock is some consecutive rows of one file, not yet decoded.
type RowBlock interface {
	RowCount() int64
	// Decode starts to decode. It is called as often as the split is opened.
	Decode(ctx context.Context, mem memory.Allocator) (BlockRows, error)
}

// BlockRows decodes the rows of one RowBlock.
type BlockRows interface {
	// NextRows returns the columns of at most n rows and their number, or io.EOF.
	NextRows(n int) ([]arrow.Array, int64, error)
	Close()
}

// blockSource is a Source over files of a blockFormat.
type blockSource struct {
	files   []store.Object
	schemas []*arrow.Schema // of each file
	format  blockFormat
	schema  *arrow.Schema
	errs    map[string]error // of columns that cannot be read
	rows    int64            // or -1
	batch   int
	piece   *sources.Piece // of the files, or nil for all of them
}

// NewBlockSource makes a source of files with these schemas.
func NewBlockSource(files []store.Object, schemas []*arrow.Schema, f blockFormat, opt sources.Options) (*blockSource, error) {
	s := &blockSource{files: files, schemas: schemas, format: f, rows: -1, batch: opt.BatchRows, piece: opt.Shard.Of(files)}
	for i, sc := range schemas {
		seen := make(map[string]bool)
		for _, f := range sc.Fields() {
			if seen[f.Name] {
				return nil, &sources.FileError{Name: files[i].Name, Err: fmt.Errorf("column %q is there twice", f.Name)}
			}
			seen[f.Name] = true
		}
	}
	columns := make([]FileColumns, len(files))
	for i, sc := range schemas {
		columns[i] = SchemaColumns(files[i].Name, sc)
	}
	var out []arrow.Field
	out, s.errs = Unite(columns)
	s.schema = arrow.NewSchema(out, nil)
	return s, nil
}

// Refuse makes columns errors whose type check refuses.
func (s *blockSource) Refuse(check func(arrow.DataType) error) {
	for _, f := range s.schema.Fields() {
		if err := check(f.Type); err != nil && s.errs[f.Name] == nil {
			s.errs[f.Name] = fmt.Errorf("column %q: %w", f.Name, err)
		}
	}
}

// Count says how many rows there are.
func (s *blockSource) Count(rows int64) {
	if s.piece == nil {
		s.rows = rows
	}
}

func (s *blockSource) Schema() *arrow.Schema { return s.schema }

func (s *blockSource) Close() error { return nil }

func (s *blockSource) Scan(ctx context.Context, cols []string) (sources.Scan, error) {
	fields, err := Readable(s.schema, s.errs, cols)
	if err != nil {
		return nil, err
	}
	return &blockScan{src: s, ctx: ctx, cols: fields}, nil
}

// blockScan reads the files in order and hands out their blocks.
type blockScan struct {
	src  *blockSource
	ctx  context.Context
	cols []arrow.Field

	mu    sync.Mutex
	file  BlockFile
	at    int   // file being read
	row   int64 // number of its next row
	ahead *placedBlock
	index int
	err   error
}

// placedBlock is a RowBlock and where it is.
type placedBlock struct {
	RowBlock
	name string
	row  int64
}

func (s *blockScan) Rows() int64 { return s.src.rows }

func (s *blockScan) Next() (sources.Split, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return sources.Split{}, s.err
	}
	blocks, err := s.collect()
	if err != nil {
		s.err = err
		s.closeFile()
		return sources.Split{}, err
	}
	a, z := blocks[0], blocks[len(blocks)-1]
	name := fmt.Sprintf("%s#row%d", a.name, a.row)
	if a.name != z.name {
		name += ".." + z.name
	}
	s.index++
	return sources.Split{
		Index: s.index - 1,
		Name:  name,
		Open: func(ctx context.Context, mem memory.Allocator) (sources.Reader, error) {
			return &blockReader{ctx: ctx, mem: mem, scan: s, blocks: blocks}, nil
		},
	}, nil
}

// collect returns the blocks of one split: a large one, or some small ones.
func (s *blockScan) collect() ([]placedBlock, error) {
	var few []placedBlock
	var rows int64
	for {
		c, err := s.take()
		if err == io.EOF && len(few) > 0 {
			return few, nil
		}
		if err != nil {
			return nil, err
		}
		n := c.RowCount()
		if len(few) > 0 && (n >= FewRows || rows+n > sources.SplitRows) {
			s.ahead = &c
			return few, nil
		}
		few, rows = append(few, c), rows+n
		if rows >= FewRows && len(few) == 1 {
			return few, nil
		}
	}
}

// take returns the next RowBlock that has rows, or io.EOF.
func (s *blockScan) take() (placedBlock, error) {
	if c := s.ahead; c != nil {
		s.ahead = nil
		return *c, nil
	}
	for s.at < len(s.src.files) {
		if !s.src.piece.HasFile(s.at) {
			s.at++
			continue
		}
		name := s.src.files[s.at].Name
		if err := s.ctx.Err(); err != nil {
			return placedBlock{}, err
		}
		if s.file == nil {
			f, err := s.src.format.OpenFile(s.ctx, s.at, s.src.ofFile(s.at, s.cols))
			if err != nil {
				return placedBlock{}, &sources.FileError{Name: name, Err: err}
			}
			s.file, s.row = f, 0
		}
		c, err := nextOf(s.file)
		switch {
		case err == io.EOF:
			s.closeFile()
			s.at++
			continue
		case err != nil:
			return placedBlock{}, &sources.FileError{Name: name, Err: err}
		}
		if c.RowCount() > 0 {
			p := placedBlock{c, name, s.row}
			s.row += c.RowCount()
			return p, nil
		}
	}
	return placedBlock{}, io.EOF
}

// ofFile returns the fields with the types that they have in a file, which may be
// narrower.
func (s *blockSource) ofFile(file int, fields []arrow.Field) []arrow.Field {
	out := make([]arrow.Field, len(fields))
	for i, f := range fields {
		here, _ := s.schemas[file].FieldsByName(f.Name)
		out[i] = arrow.Field{Name: f.Name, Type: here[0].Type, Nullable: f.Nullable}
	}
	return out
}

func nextOf(f BlockFile) (c RowBlock, err error) {
	defer RecoverDecode(&err)
	return f.NextBlock()
}

func (s *blockScan) closeFile() {
	if s.file != nil {
		s.file.Close()
		s.file = nil
	}
}

func (s *blockScan) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closeFile()
	if s.err == nil {
		s.err = errors.New("scan is closed")
	}
	return nil
}

// blockReader decodes the blocks of one split.
type blockReader struct {
	ctx    context.Context
	mem    memory.Allocator
	scan   *blockScan
	blocks []placedBlock

	open BlockRows // of blocks[0]
	row  int64
	err  error
}

// Next implements Reader.
func (r *blockReader) Next() (sources.Batch, error) {
	if r.err != nil {
		return sources.Batch{}, r.err
	}
	b, err := r.next()
	r.err = err
	return b, err
}

func (r *blockReader) next() (sources.Batch, error) {
	for len(r.blocks) > 0 {
		if err := r.ctx.Err(); err != nil {
			return sources.Batch{}, err
		}
		name := r.blocks[0].name
		cols, n, err := r.decode()
		if err == io.EOF {
			r.open.Close()
			r.open, r.blocks = nil, r.blocks[1:]
			continue
		}
		if err != nil {
			if ctxErr := r.ctx.Err(); ctxErr != nil {
				return sources.Batch{}, ctxErr
			}
			return sources.Batch{}, &sources.FileError{Name: name, Err: err}
		}
		for i, f := range r.scan.cols {
			cols[i] = Fitted(r.mem, cols[i], f.Type)
		}
		rec := array.NewRecord(arrays.TypedAs(r.scan.cols, cols), cols, n)
		for _, c := range cols {
			c.Release()
		}
		b := sources.Batch{Record: rec, Origin: name, Row: r.row}
		r.row += n
		return b, nil
	}
	return sources.Batch{}, io.EOF
}

func (r *blockReader) decode() (cols []arrow.Array, n int64, err error) {
	defer RecoverDecode(&err)
	if r.open == nil {
		if r.open, err = r.blocks[0].Decode(r.ctx, r.mem); err != nil {
			return nil, 0, err
		}
		r.row = r.blocks[0].row
	}
	return r.open.NextRows(r.scan.src.batch)
}

// Close implements Reader.
func (r *blockReader) Close() error {
	if r.open != nil {
		r.open.Close()
		r.open = nil
	}
	r.blocks = nil
	if r.err == nil {
		r.err = errors.New("reader is closed")
	}
	return nil
}
