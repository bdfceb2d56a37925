package avro

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/golang/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/internal/scan"
)

// format reads Avro object container files. The schema is parsed by
// hamba/avro; values go straight from the bytes to the columns.
type format struct {
	opener sources.Opener
	files  []store.Object
}

const (
	maxHeader = 16 << 20
	maxBlock  = 1 << 30
	mostRows  = 1 << 30 // of a block: rows of nulls alone take no bytes
)

// fileHeader is what a container file begins with.
type fileHeader struct {
	codec  string
	sync   [16]byte
	fields []field
}

// field is one column.
type field struct {
	arrow.Field
	read readFunc
}

// Open reads the headers of all files.
func Open(ctx context.Context, objects []store.Object, opt sources.Options) (sources.Source, error) {
	f := &format{opener: opt.Opener, files: objects}
	schemas := make([]*arrow.Schema, len(objects))
	err := scan.EachParallel(ctx, len(objects), scan.Openers(opt), func(ctx context.Context, i int) error {
		file, err := f.begin(ctx, i)
		if err != nil {
			return &sources.FileError{Name: objects[i].Name, Err: err}
		}
		defer file.Close()
		fields := make([]arrow.Field, len(file.head.fields))
		for c, af := range file.head.fields {
			fields[c] = af.Field
		}
		schemas[i] = arrow.NewSchema(fields, nil)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return scan.NewBlockSource(objects, schemas, f, opt)
}

func (f *format) begin(ctx context.Context, i int) (*file, error) {
	r, err := f.opener.Open(ctx, f.files[i].Name)
	if err != nil {
		return nil, err
	}
	p := &file{file: r, in: bufio.NewReaderSize(io.NewSectionReader(r, 0, r.Size()), 256<<10)}
	if err := p.header(); err != nil {
		r.Close()
		return nil, err
	}
	return p, nil
}

func (f *format) OpenFile(ctx context.Context, i int, cols []arrow.Field) (scan.BlockFile, error) {
	p, err := f.begin(ctx, i)
	if err != nil {
		return nil, err
	}
	p.cols = cols
	p.slots = make([]int, len(p.head.fields))
	for c, af := range p.head.fields {
		p.slots[c] = -1
		for s, col := range cols {
			if col.Name == af.Name {
				p.slots[c] = s
			}
		}
	}
	return p, nil
}

// file yields the blocks of a file.
type file struct {
	file  store.Reader
	in    *bufio.Reader
	head  fileHeader
	slots []int // column asked for, of each field, or -1
	cols  []arrow.Field
	block int
}

func (p *file) Close() error { return p.file.Close() }

// header reads the magic, the metadata and the marker behind them.
func (p *file) header() error {
	magic := make([]byte, 4)
	if _, err := io.ReadFull(p.in, magic); err != nil || string(magic) != "Obj\x01" {
		return errors.New("is no Avro object container file")
	}
	meta := make(map[string]string)
	for {
		n, err := p.long()
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		if n < 0 {
			if _, err := p.long(); err != nil {
				return err
			}
			n = -n
		}
		for ; n > 0; n-- {
			key, err := p.bytes(maxHeader)
			if err != nil {
				return err
			}
			value, err := p.bytes(maxHeader)
			if err != nil {
				return err
			}
			meta[string(key)] = string(value)
		}
	}
	if _, err := io.ReadFull(p.in, p.head.sync[:]); err != nil {
		return noEnd(err)
	}
	p.head.codec = meta["avro.codec"]
	switch p.head.codec {
	case "", "null", "deflate", "snappy", "zstandard", "bzip2", "xz":
	default:
		return fmt.Errorf("codec %q, want null, deflate, snappy, zstandard, bzip2 or xz; write the file again with one of these", p.head.codec)
	}
	schema, err := parseSchema([]byte(meta["avro.schema"]))
	if err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	p.head.fields, err = fieldsOf(schema)
	return err
}

func (p *file) long() (int64, error) {
	v, err := binary.ReadVarint(p.in)
	if err != nil && strings.Contains(err.Error(), "overflow") {
		err = errors.New("is damaged: a number has more than 64 bits")
	}
	return v, noEnd(err)
}

func (p *file) bytes(most int64) ([]byte, error) {
	n, err := p.long()
	if err != nil {
		return nil, err
	}
	if n < 0 || n > most || n > p.file.Size() {
		return nil, fmt.Errorf("damaged: a length of %d", n)
	}
	b := make([]byte, n)
	_, err = io.ReadFull(p.in, b)
	return b, noEnd(err)
}

var errCut = errors.New("is cut short")

func noEnd(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errCut
	}
	return err
}

func (p *file) NextBlock() (scan.RowBlock, error) {
	if _, err := p.in.Peek(1); err == io.EOF {
		return nil, io.EOF
	}
	n, err := p.long()
	if err != nil {
		return nil, err
	}
	data, err := p.bytes(maxBlock)
	if err != nil {
		return nil, err
	}
	var sync [16]byte
	if _, err := io.ReadFull(p.in, sync[:]); err != nil {
		return nil, noEnd(err)
	}
	if n < 0 || sync != p.head.sync {
		return nil, fmt.Errorf("damaged: block %d does not end in the file's marker", p.block)
	}
	if n > mostRows {
		return nil, fmt.Errorf("damaged: block %d has %d rows", p.block, n)
	}
	p.block++
	return &block{file: p, n: n, data: data}, nil
}

// block is one block.
type block struct {
	file *file
	n    int64
	data []byte
}

func (c *block) RowCount() int64 { return c.n }

func (c *block) Decode(_ context.Context, mem memory.Allocator) (scan.BlockRows, error) {
	data, err := decompress(c.file.head.codec, c.data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.file.head.codec, err)
	}
	r := &blockRows{block: c, left: c.n, bytes: input{b: data}}
	for _, f := range c.file.cols {
		r.cells = append(r.cells, scan.NewCellBuilder(mem, f.Type))
	}
	return r, nil
}

func decompress(codec string, data []byte) ([]byte, error) {
	raw := bytes.NewReader(data)
	var in io.Reader
	switch codec {
	case "deflate":
		in = flate.NewReader(raw)
	case "bzip2":
		in = bzip2.NewReader(raw)
	case "xz":
		z, err := xz.NewReader(raw)
		if err != nil {
			return nil, err
		}
		in = z
	case "zstandard":
		z, err := zstd.NewReader(raw, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		defer z.Close()
		in = z
	case "snappy":
		if len(data) < 4 {
			return nil, errCut
		}
		body := data[:len(data)-4]
		if n, err := snappy.DecodedLen(body); err != nil {
			return nil, err
		} else if n > maxBlock {
			return nil, fmt.Errorf("a block of %d bytes, want at most %d", n, maxBlock)
		}
		out, err := snappy.Decode(nil, body)
		if err == nil && crc32.ChecksumIEEE(out) != binary.BigEndian.Uint32(data[len(body):]) {
			err = errors.New("damaged: the checksum is wrong")
		}
		return out, err
	default:
		return data, nil
	}
	out, err := io.ReadAll(io.LimitReader(in, maxBlock+1))
	if err == nil && len(out) > maxBlock {
		err = fmt.Errorf("a block of more than %d bytes", maxBlock)
	}
	// fastavro leaves the checksum of zlib behind deflate, in part.
	if err == nil && raw.Len() > 0 && !(codec == "deflate" && raw.Len() <= 4) {
		err = fmt.Errorf("damaged: %d bytes behind the end of a block", raw.Len())
	}
	return out, err
}

// blockRows decodes the rows of a block.
type blockRows struct {
	block *block
	left  int64
	bytes input
	cells []scan.CellBuilder
}

func (r *blockRows) NextRows(n int) ([]arrow.Array, int64, error) {
	rows := min(int64(n), r.left)
	if rows == 0 {
		if len(r.bytes.b) > 0 {
			return nil, 0, fmt.Errorf("damaged: %d bytes after the last row of a block", len(r.bytes.b))
		}
		return nil, 0, io.EOF
	}
	for range rows {
		for i, f := range r.block.file.head.fields {
			err := f.read(&r.bytes, cellAt(r.cells, r.block.file.slots[i]))
			if err == nil {
				err = r.bytes.err
			}
			if err != nil {
				return nil, 0, fmt.Errorf("column %q: %w", f.Name, err)
			}
		}
	}
	r.left -= rows
	return scan.FinishCells(r.cells), rows, nil
}

func (r *blockRows) Close() {
	for _, c := range r.cells {
		c.Release()
	}
	r.cells = nil
}
