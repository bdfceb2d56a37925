package arrow

import (
	"bytes"
	"context"
	"errors"
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

// format reads Arrow IPC files and streams. Which of them a file is,
// its first bytes say; names are often wrong about it.
type format struct {
	opener sources.Opener
	remote bool
	files  []store.Object
	inside []*contents // of each file; nil for streams
}

var (
	Magic        = []byte("ARROW1")
	featherMagic = []byte("FEA1")
)

// Open reads the schemas of all files, and of the file format how many
// rows each record batch has.
func Open(ctx context.Context, objects []store.Object, opt sources.Options) (sources.Source, error) {
	f := &format{opener: opt.Opener, remote: opt.Remote, files: objects, inside: make([]*contents, len(objects))}
	schemas := make([]*arrow.Schema, len(objects))
	err := scan.EachParallel(ctx, len(objects), scan.Openers(opt), func(ctx context.Context, i int) (err error) {
		schemas[i], f.inside[i], err = f.describe(ctx, i)
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
	s.Refuse(checkType)
	s.Count(f.rows())
	return s, nil
}

// rows returns how many rows the files have, or -1 if one is a stream.
func (f *format) rows() int64 {
	var rows int64
	for _, in := range f.inside {
		if in == nil {
			return -1
		}
		for _, b := range in.batches {
			rows += b.rows
		}
	}
	return rows
}

// describe returns the schema of file i and, for the file format, what is in it.
func (f *format) describe(ctx context.Context, i int) (schema *arrow.Schema, inside *contents, err error) {
	defer scan.RecoverDecode(&err)
	r, err := f.opener.Open(ctx, f.files[i].Name)
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	kind, err := isFile(r)
	if err != nil {
		return nil, nil, err
	}
	if !kind {
		st, err := messages.NewReader(io.NewSectionReader(r, 0, r.Size()))
		if err != nil {
			return nil, nil, err
		}
		defer st.Release()
		return plainSchema(st.Schema()), nil, nil
	}
	layout, err := readLayout(r)
	if err != nil {
		return nil, nil, err
	}
	in, err := newFile(r)
	if err != nil {
		return nil, nil, err
	}
	defer in.Close()
	for _, b := range layout.batches {
		if err := checkBatchRows(b.rows, in.Schema().NumFields()); err != nil {
			return nil, nil, err
		}
	}
	return plainSchema(in.Schema()), newContents(layout, in.Schema()), nil
}

func isFile(r store.Reader) (bool, error) {
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

// newFile reads the schema and the dictionaries of a file.
func newFile(r store.Reader) (*ipc.FileReader, error) {
	mem := &messages.Allocator{Most: messages.Limit(r.Size())}
	return ipc.NewFileReader(io.NewSectionReader(r, 0, r.Size()), ipc.WithAllocator(mem))
}

// plainSchema is the schema that a source shows, whose types are plain.
func plainSchema(s *arrow.Schema) *arrow.Schema {
	fields := s.Fields()
	out := make([]arrow.Field, len(fields))
	for i, f := range fields {
		out[i] = arrow.Field{Name: f.Name, Type: f.Type, Nullable: f.Nullable, Metadata: scan.FieldMeta(f)}
		if checkType(f.Type) == nil { // the others are named as they are
			out[i].Type = plainType(f.Type)
		}
	}
	return arrow.NewSchema(out, nil)
}

func (f *format) OpenFile(ctx context.Context, i int, cols []arrow.Field) (scan.BlockFile, error) {
	if in := f.inside[i]; in != nil {
		return &file{format: f, file: i, cols: cols, left: in.batches}, nil
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
	return &batchStream{in: st, cols: cols, close: r.Close}, nil
}

// batchStream yields the record batches of a stream, which have to be decoded
// in order because of their dictionaries.
type batchStream struct {
	in    *ipc.Reader
	cols  []arrow.Field
	close func() error
	rest  []scan.RowBlock
}

func (s *batchStream) NextBlock() (scan.RowBlock, error) {
	if len(s.rest) > 0 {
		c := s.rest[0]
		s.rest = s.rest[1:]
		return c, nil
	}
	rec, err := s.in.Read()
	if err != nil {
		return nil, err
	}
	cols, err := columnsOf(rec, s.cols)
	if err != nil {
		return nil, err
	}
	n := rec.NumRows()
	size := n
	if n > scan.ManyRows {
		size = sources.SplitRows
	}
	for from := int64(0); from < n; from += size {
		s.rest = append(s.rest, piece{cols: cols, from: from, to: min(from+size, n)})
	}
	if n == 0 {
		return piece{}, nil
	}
	return s.NextBlock()
}

func (s *batchStream) Close() error {
	s.in.Release()
	return s.close()
}

// piece is some rows of a decoded record batch.
type piece struct {
	cols     []arrow.Array
	from, to int64
	owned    bool // the columns are no other piece's, and released behind it
}

func (p piece) release() {
	if p.owned {
		messages.Release(p.cols)
	}
}

func (p piece) RowCount() int64 { return p.to - p.from }

func (p piece) Decode(context.Context, memory.Allocator) (scan.BlockRows, error) {
	return &pieceRows{pieces: []piece{p}}, nil
}

// pieceRows cuts decoded rows into batches.
type pieceRows struct{ pieces []piece }

func (r *pieceRows) NextRows(n int) ([]arrow.Array, int64, error) {
	for len(r.pieces) > 0 && r.pieces[0].RowCount() == 0 {
		r.pieces[0].release()
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

func (r *pieceRows) Close() {
	for _, p := range r.pieces {
		p.release()
	}
	r.pieces = nil
}

// file yields the record batches of a file: several small ones at once,
// large ones in pieces.
type file struct {
	format *format
	file   int
	cols   []arrow.Field
	left   []block
	at     int // number of left[0]
	cut    *sharedBatch
	from   int64 // row of left[0], if it is cut
}

func (f *file) NextBlock() (scan.RowBlock, error) {
	if len(f.left) == 0 {
		return nil, io.EOF
	}
	c := &batches{file: f, first: f.at}
	if n := f.left[0].rows; n > scan.ManyRows {
		if f.cut == nil {
			f.cut = &sharedBatch{pieces: int((n + sources.SplitRows - 1) / sources.SplitRows)}
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

func (f *file) Close() error { return nil }

// batches is some consecutive record batches of a file, or a piece of one.
type batches struct {
	file        *file
	first, last int
	from, to    int64
	shared      *sharedBatch
}

// sharedBatch keeps a large record batch until each of its pieces was read,
// so that it is decoded once.
type sharedBatch struct {
	mu     sync.Mutex
	pieces int
	cols   []arrow.Array
}

func (c *batches) RowCount() int64 { return c.to - c.from }

func (c *batches) Decode(ctx context.Context, mem memory.Allocator) (scan.BlockRows, error) {
	if c.shared == nil && c.file.format.remote {
		pieces, err := c.readBatches(ctx, mem)
		return &pieceRows{pieces: pieces}, err
	}
	if c.shared == nil {
		return &eachBatch{ctx: ctx, mem: mem, left: c}, nil
	}
	c.shared.mu.Lock()
	defer c.shared.mu.Unlock()
	cols := c.shared.cols
	if cols == nil {
		// The collector frees them behind the last piece.
		pieces, err := c.readBatches(ctx, memory.NewGoAllocator())
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
	return &pieceRows{pieces: []piece{{cols: cols, from: c.from, to: c.to}}}, nil
}
