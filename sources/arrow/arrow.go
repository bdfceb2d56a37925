package arrow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/internal/messages"
	"leapscore/sources/internal/scan"
)

// arrowFormat reads Arrow IPC files and streams. Which of them a file is,
// its first bytes say; names are often wrong about it.
type arrowFormat struct {
	opener sources.Opener
	files  []store.Object
	blocks [][]arrowBlock // of each file; nil for streams
}

var (
	Magic        = []byte("ARROW1")
	featherMagic = []byte("FEA1")
)

// Open reads the schemas of all files, and of the file format how many
// rows each record batch has.
func Open(ctx context.Context, objects []store.Object, opt sources.Options) (sources.Source, error) {
	f := &arrowFormat{opener: opt.Opener, files: objects, blocks: make([][]arrowBlock, len(objects))}
	schemas := make([]*arrow.Schema, len(objects))
	err := scan.EachParallel(ctx, len(objects), scan.Openers(opt), func(ctx context.Context, i int) (err error) {
		schemas[i], f.blocks[i], err = f.describe(ctx, i)
		if err != nil {
			return &sources.FileError{Name: objects[i].Name, Err: err}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s, err := scan.NewBlockSource(objects, schemas, f, opt)
	if err != nil {
		return nil, err
	}
	s.Refuse(checkArrowType)
	s.Count(f.rows())
	return s, nil
}

// rows returns how many rows the files have, or -1 if one is a stream.
func (f *arrowFormat) rows() int64 {
	var rows int64
	for _, blocks := range f.blocks {
		if blocks == nil {
			return -1
		}
		for _, b := range blocks {
			rows += b.rows
		}
	}
	return rows
}

// describe returns the schema of file i and, for the file format, its blocks.
func (f *arrowFormat) describe(ctx context.Context, i int) (schema *arrow.Schema, blocks []arrowBlock, err error) {
	defer scan.RecoverDecode(&err)
	r, err := f.opener.Open(ctx, f.files[i].Name)
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	kind, err := isArrowFile(r)
	if err != nil {
		return nil, nil, err
	}
	if !kind {
		st, err := messages.NewReader(io.NewSectionReader(r, 0, r.Size()))
		if err != nil {
			return nil, nil, err
		}
		defer st.Release()
		return arrowSchema(st.Schema()), nil, nil
	}
	if blocks, err = readArrowBlocks(r); err != nil {
		return nil, nil, err
	}
	in, err := newArrowFile(r)
	if err != nil {
		return nil, nil, err
	}
	defer in.Close()
	for _, b := range blocks {
		if err := checkBatchRows(b.rows, in.Schema().NumFields()); err != nil {
			return nil, nil, err
		}
	}
	return arrowSchema(in.Schema()), blocks, nil
}

func isArrowFile(r store.Reader) (bool, error) {
	head := make([]byte, min(int64(len(Magic)), r.Size()))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return false, err
	}
	switch {
	case len(head) == 0:
		return false, errors.New("is empty, want Arrow IPC")
	case bytes.HasPrefix(head, featherMagic):
		return false, errors.New("is Feather version 1, want version 2")
	}
	return bytes.Equal(head, Magic), nil
}

// newArrowFile reads the schema and the dictionaries of a file.
func newArrowFile(r store.Reader) (*ipc.FileReader, error) {
	mem := &messages.Allocator{Most: messages.Limit(r.Size())}
	return ipc.NewFileReader(io.NewSectionReader(r, 0, r.Size()), ipc.WithAllocator(mem))
}

// arrowSchema is the schema that a source shows, whose types are plain.
func arrowSchema(s *arrow.Schema) *arrow.Schema {
	fields := s.Fields()
	out := make([]arrow.Field, len(fields))
	for i, f := range fields {
		out[i] = arrow.Field{Name: f.Name, Type: f.Type, Nullable: f.Nullable, Metadata: scan.FieldMeta(f)}
		if checkArrowType(f.Type) == nil { // the others are named as they are
			out[i].Type = plainArrowType(f.Type)
		}
	}
	return arrow.NewSchema(out, nil)
}

func (f *arrowFormat) OpenFile(ctx context.Context, i int, cols []arrow.Field) (scan.BlockFile, error) {
	if f.blocks[i] != nil {
		return &arrowFile{format: f, file: i, cols: cols, left: f.blocks[i]}, nil
	}
	r, err := f.opener.Open(ctx, f.files[i].Name)
	if err != nil {
		return nil, err
	}
	st, err := messages.NewReader(io.NewSectionReader(r, 0, r.Size()))
	if err != nil {
		r.Close()
		return nil, err
	}
	return &arrowStream{in: st, cols: cols, close: r.Close}, nil
}

// arrowStream yields the record batches of a stream, which have to be decoded
// in order because of their dictionaries.
type arrowStream struct {
	in    *ipc.Reader
	cols  []arrow.Field
	close func() error
	rest  []scan.RowBlock
}

func (s *arrowStream) NextBlock() (scan.RowBlock, error) {
	if len(s.rest) > 0 {
		c := s.rest[0]
		s.rest = s.rest[1:]
		return c, nil
	}
	rec, err := s.in.Read()
	if err != nil {
		return nil, err
	}
	cols, err := arrowColumns(rec, s.cols)
	if err != nil {
		return nil, err
	}
	n := rec.NumRows()
	size := n
	if n > scan.ManyRows {
		size = sources.SplitRows
	}
	for from := int64(0); from < n; from += size {
		s.rest = append(s.rest, arrowPiece{cols, from, min(from+size, n)})
	}
	if n == 0 {
		return arrowPiece{}, nil
	}
	return s.NextBlock()
}

func (s *arrowStream) Close() error {
	s.in.Release()
	return s.close()
}

// arrowPiece is some rows of a decoded record batch.
type arrowPiece struct {
	cols     []arrow.Array
	from, to int64
}

func (p arrowPiece) RowCount() int64 { return p.to - p.from }

func (p arrowPiece) Decode(context.Context, memory.Allocator) (scan.BlockRows, error) {
	return &arrowRows{pieces: []arrowPiece{p}}, nil
}

// arrowRows cuts decoded rows into batches.
type arrowRows struct{ pieces []arrowPiece }

func (r *arrowRows) NextRows(n int) ([]arrow.Array, int64, error) {
	for len(r.pieces) > 0 && r.pieces[0].RowCount() == 0 {
		r.pieces = r.pieces[1:]
	}
	if len(r.pieces) == 0 {
		return nil, 0, io.EOF
	}
	p := &r.pieces[0]
	to := min(p.from+int64(n), p.to)
	cols := make([]arrow.Array, len(p.cols))
	for i, c := range p.cols {
		cols[i] = array.NewSlice(c, p.from, to)
	}
	rows := to - p.from
	p.from = to
	return cols, rows, nil
}

func (r *arrowRows) Close() { r.pieces = nil }

// arrowFile yields the record batches of a file: several small ones at once,
// large ones in pieces.
type arrowFile struct {
	format *arrowFormat
	file   int
	cols   []arrow.Field
	left   []arrowBlock
	at     int // number of left[0]
	cut    *arrowShared
	from   int64 // row of left[0], if it is cut
}

func (f *arrowFile) NextBlock() (scan.RowBlock, error) {
	if len(f.left) == 0 {
		return nil, io.EOF
	}
	c := &arrowBatches{file: f, first: f.at}
	if n := f.left[0].rows; n > scan.ManyRows {
		if f.cut == nil {
			f.cut = &arrowShared{pieces: int((n + sources.SplitRows - 1) / sources.SplitRows)}
		}
		c.shared, c.last = f.cut, f.at+1
		c.from, c.to = f.from, min(f.from+sources.SplitRows, n)
		f.from = c.to
		if c.to == n {
			f.left, f.at, f.cut, f.from = f.left[1:], f.at+1, nil, 0
		}
		return c, nil
	}
	for len(f.left) > 0 && (c.to == 0 || c.to+f.left[0].rows <= sources.SplitRows) {
		c.to += f.left[0].rows
		f.left, f.at = f.left[1:], f.at+1
	}
	c.last = f.at
	return c, nil
}

func (f *arrowFile) Close() error { return nil }

// arrowBatches is some consecutive record batches of a file, or a piece of one.
type arrowBatches struct {
	file        *arrowFile
	first, last int
	from, to    int64
	shared      *arrowShared
}

// arrowShared keeps a large record batch until each of its pieces was read,
// so that it is decoded once.
type arrowShared struct {
	mu     sync.Mutex
	pieces int
	cols   []arrow.Array
}

func (c *arrowBatches) RowCount() int64 { return c.to - c.from }

func (c *arrowBatches) Decode(ctx context.Context, _ memory.Allocator) (scan.BlockRows, error) {
	if c.shared == nil {
		pieces, err := c.readBatches(ctx)
		return &arrowRows{pieces: pieces}, err
	}
	c.shared.mu.Lock()
	defer c.shared.mu.Unlock()
	cols := c.shared.cols
	if cols == nil {
		pieces, err := c.readBatches(ctx)
		if err != nil {
			return nil, err
		}
		cols = pieces[0].cols
		c.shared.cols = cols
	}
	if c.shared.pieces--; c.shared.pieces <= 0 {
		c.shared.cols = nil
	}
	if cols == nil {
		cols = []arrow.Array{}
	}
	return &arrowRows{pieces: []arrowPiece{{cols, c.from, c.to}}}, nil
}

// readBatches reads the record batches.
func (c *arrowBatches) readBatches(ctx context.Context) ([]arrowPiece, error) {
	f := c.file.format
	r, err := f.opener.Open(ctx, f.files[c.file.file].Name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	in, err := newArrowFile(r)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var pieces []arrowPiece
	for i := c.first; i < c.last; i++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rec, err := in.RecordAt(i)
		if err != nil {
			return nil, err
		}
		cols, err := arrowColumns(rec, c.file.cols)
		if err != nil {
			return nil, fmt.Errorf("record batch %d: %w", i, err)
		}
		if want := f.blocks[c.file.file][i].rows; rec.NumRows() != want {
			return nil, fmt.Errorf("record batch %d has %d rows, had %d before", i, rec.NumRows(), want)
		}
		pieces = append(pieces, arrowPiece{cols, 0, rec.NumRows()})
	}
	return pieces, nil
}
