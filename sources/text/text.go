package text

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/internal/scan"
)

const (
	// splitBytes bounds the text that a split holds, so that wide rows
	// make shorter splits.
	splitBytes = 16 << 20
	// headBytes is how much of a file is looked at before it is read.
	headBytes = 512 << 10
	// readBytes is how much text is read at once, as a block: so little that it is in
	// the cache of a processor while it is parsed.
	readBytes = 1<<20 - scan.Pad
	// maxRecord bounds one row; a quote that is never closed would
	// otherwise read a file to its end.
	maxRecord = 64 << 20
)

// format is what CSV and JSON lines have of their own.
type format interface {
	// end returns the length of the first record of b, which is of file f,
	// with its line end, and whether it holds a row; or 0 if b does not hold
	// its end: it is called again with more, and c says how far it got. At the end
	// of a file, the rest of b is a record.
	end(f int, b []byte, eof bool, c *cut) (n int, row bool)

	// lines returns the length of records at the front of b, which are lines and rows, and
	// their number. There may be more of them, and the first is known not to begin with a
	// byte up to the space.
	lines(f int, b []byte) (n, rows int)

	// parser returns the parser of the blocks of a file.
	parser(f int, cols []string) parser
}

// parser turns records into values. It is used by one goroutine.
type parser interface {
	// begin turns to a block.
	begin(data []byte)

	// parse appends the first record of b, which is row number row of the builders,
	// one per column asked for. Its flaw is none of the error, which is one of the file.
	parse(b []byte, dst []scan.Cells, row int) (parsed, error)
}

// parsed is a record that was read.
type parsed struct {
	length int
	isRow  bool
	flaw   *flaw // or nil
}

// source is a Source over CSV or JSON lines.
type source struct {
	opener sources.Opener
	files  []store.Object
	once   *replayed // what files[0] is, if it is a stream
	format format
	schema *arrow.Schema
	skip   []int  // bytes before the first record of each file, decompressed
	lines  []int  // and lines
	ends   []byte // what ends the lines of each file
	errs   map[string]error
	batch  int
	limits limits

	badRows bool // are handed over, and do not end a scan
	slow    bool // text is read byte by byte, as the tests of faster ways do

	encoding string // of CSV

	piece *sources.Piece // of the files, or nil for all of them

	seen *sync.Map // what surveys of files have found, or nil
	warn func(msg string)
}

// limits says how much text there is in a split and in one read.
type limits struct{ rows, bytes, read int }

// Open reads the headers of CSV files, or all rows of JSON lines, to learn the
// schema.
func Open(ctx context.Context, objects []store.Object, opt sources.Options) (sources.Source, error) {
	s := newSource(objects, opt)
	return s, s.openText(ctx, opt)
}

func newSource(objects []store.Object, opt sources.Options) *source {
	s := &source{opener: opt.Opener, files: objects, errs: make(map[string]error), batch: opt.BatchRows}
	s.limits = limits{sources.SplitRows, splitBytes, readBytes}
	s.skip, s.lines, s.ends = make([]int, len(objects)), make([]int, len(objects)), bytes.Repeat([]byte{'\n'}, len(objects))
	if opt.Format == sources.CSV {
		s.encoding = opt.CSV.Encoding
	}
	s.seen, s.warn, s.badRows = opt.Seen, opt.Warn, opt.BadRows
	s.piece = opt.Shard.Of(objects)
	return s
}

// openText learns the schema from the files.
func (s *source) openText(ctx context.Context, opt sources.Options) error {
	if opt.Format == sources.CSV {
		return s.openCSV(ctx, opt)
	}
	return s.openJSON(ctx, opt)
}

func (s *source) Schema() *arrow.Schema { return s.schema }

func (s *source) Close() error { return nil }

func (s *source) Scan(ctx context.Context, cols []string) (sources.Scan, error) {
	fields, err := scan.Readable(s.schema, s.errs, cols)
	if err != nil {
		return nil, err
	}
	return &blockScan{src: s, ctx: ctx, cols: cols, schema: arrow.NewSchema(fields, nil), piece: s.piece}, nil
}

// blockScan reads the files in order and hands out blocks of whole records.
// Their parsing, which is nearly all of the work, is left to the readers.
type blockScan struct {
	src    *source
	ctx    context.Context
	cols   []string
	schema *arrow.Schema
	piece  *sources.Piece // of the files, or nil for all of them

	mu    sync.Mutex
	file  io.ReadCloser
	at    int // file being read
	row   int64
	line  int64
	carry []byte // bytes read beyond the last block
	eof   bool
	index int
	err   error
}

// block is some whole records of one file.
type block struct {
	file int
	row  int64 // number of the first row in the file
	line int64 // number of the first line in the file, from 1
	data []byte
}

func (s *blockScan) Rows() int64 { return -1 }

func (s *blockScan) Next() (sources.Split, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return sources.Split{}, s.err
	}
	blocks, err := s.read()
	if err != nil {
		for _, b := range blocks {
			scan.Buffers.Put(b.data)
		}
		s.err = err
		s.closeFile()
		return sources.Split{}, err
	}
	s.index++
	return s.split(s.index-1, blocks), nil
}

func (s *blockScan) split(index int, blocks []block) sources.Split {
	name := s.src.files[blocks[0].file].Name
	from := fmt.Sprintf("%s#row%d", name, blocks[0].row)
	if z := blocks[len(blocks)-1]; z.file != blocks[0].file {
		from += ".." + s.src.files[z.file].Name
	}
	var opened atomic.Bool
	return sources.Split{
		Index: index,
		Name:  from,
		Open: func(ctx context.Context, mem memory.Allocator) (sources.Reader, error) {
			if opened.Swap(true) {
				return nil, fmt.Errorf("%s: a split of text can be read once", from)
			}
			return &reader{ctx: ctx, mem: mem, scan: s, blocks: blocks}, nil
		},
	}
}

// read collects the blocks of one split, or returns io.EOF. On an error the
// blocks read so far come with it.
func (s *blockScan) read() ([]block, error) {
	var blocks []block
	var rows, size int
	lim := s.src.limits
	for rows < lim.rows && size < lim.bytes {
		if s.file == nil {
			for s.at < len(s.src.files) && !s.piece.HasFile(s.at) {
				s.at++
			}
			if s.at == len(s.src.files) {
				break
			}
			if err := s.openNext(); err != nil {
				return blocks, err
			}
		}
		b, n, err := s.readBlock(lim.rows-rows, lim.bytes-size)
		if err != nil {
			return blocks, &sources.FileError{Name: s.src.files[s.at].Name, Err: err}
		}
		if n > 0 {
			blocks = append(blocks, b)
			rows += n
			size += len(b.data)
		}
		if s.eof && len(s.carry) == 0 {
			s.closeFile()
			s.at++
		}
	}
	if rows == 0 {
		return blocks, io.EOF
	}
	return blocks, nil
}

func (s *blockScan) openNext() error {
	name := s.src.files[s.at].Name
	f, err := s.src.open(s.ctx, s.at)
	if err == nil {
		if _, err = io.CopyN(io.Discard, f, int64(s.src.skip[s.at])); err != nil {
			f.Close()
		}
	}
	if err != nil {
		return &sources.FileError{Name: name, Err: err}
	}
	s.file, s.eof, s.row, s.line = f, false, 0, int64(s.src.lines[s.at])+1
	return nil
}

func (s *blockScan) closeFile() {
	if s.file != nil {
		s.file.Close()
		s.file = nil
	}
	scan.Buffers.Put(s.carry)
	s.carry = nil
}

// readBlock reads some whole records of the open file, at most maxRows rows, and no more
// once there are maxBytes. It returns how many rows there are.
func (s *blockScan) readBlock(maxRows, maxBytes int) (block, int, error) {
	b := block{file: s.at, row: s.row, line: s.line}
	buf := s.carry
	s.carry = nil
	t := taken{maxRows: maxRows, maxBytes: maxBytes, bulk: maxBytes}
	for {
		t.take(s, buf)
		if t.done > 0 || s.eof {
			break
		}
		if len(buf) > maxRecord {
			scan.Buffers.Put(buf)
			return b, 0, fmt.Errorf("line %d: record exceeds %d bytes; is a quote not closed?", b.line, maxRecord)
		}
		var err error
		if buf, err = s.readMore(buf); err != nil {
			scan.Buffers.Put(buf)
			return b, 0, err
		}
	}
	if rest := buf[t.done:]; len(rest) > 0 {
		s.carry = append(scan.Buffers.Get(max(len(rest), s.src.limits.read))[:0], rest...)
	}
	b.data = buf[:t.done]
	s.row += int64(t.rows)
	s.line += t.lines
	if t.rows == 0 {
		scan.Buffers.Put(buf)
	}
	return b, t.rows, nil
}

// taken is how much of some text is whole records.
type taken struct {
	maxRows, maxBytes int
	bulk              int // how much text is looked at at once
	cut               cut // of the record that is not whole

	done, rows int
	lines      int64
}

// take goes on in the text of the open file.
func (t *taken) take(s *blockScan, buf []byte) {
	for t.done < len(buf) && t.rows < t.maxRows && t.done < t.maxBytes {
		if t.takeLines(s, buf[t.done:min(len(buf), t.maxBytes)]) {
			continue
		}
		n, row := s.src.format.end(s.at, buf[t.done:], s.eof, &t.cut)
		if n == 0 {
			return
		}
		t.lines += s.src.countLines(s.at, buf[t.done:t.done+n])
		t.done += n
		if row {
			t.rows++
		}
	}
}

// takeLines takes some lines at once, if they are records.
func (t *taken) takeLines(s *blockScan, text []byte) bool {
	if t.cut != (cut{}) || text[0] <= ' ' || s.src.slow {
		return false
	}
	n, rows := s.src.format.lines(s.at, text[:min(len(text), t.bulk)])
	if rows == 0 {
		return false
	}
	if t.rows+rows > t.maxRows {
		t.bulk /= 4
		return t.bulk > 0 && t.takeLines(s, text)
	}
	t.done, t.rows, t.lines = t.done+n, t.rows+rows, t.lines+int64(rows)
	return true
}

// countLines counts the line ends in text of a file.
func (s *source) countLines(file int, text []byte) int64 {
	return int64(bytes.Count(text, s.ends[file:file+1]))
}

// readMore appends some bytes of the file to buf.
func (s *blockScan) readMore(buf []byte) ([]byte, error) {
	if err := s.ctx.Err(); err != nil {
		return buf, err
	}
	size := s.src.limits.read
	want := size
	if len(buf) > size/2 {
		want = len(buf) + size
	}
	if cap(buf) < want {
		grown := append(scan.Buffers.Get(max(want, 2*len(buf)))[:0], buf...)
		scan.Buffers.Put(buf)
		buf = grown
	}
	for len(buf) < want {
		n, err := s.file.Read(buf[len(buf):want])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			s.eof = true
			return buf, nil
		}
		if err != nil {
			return buf, err
		}
	}
	return buf, nil
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
