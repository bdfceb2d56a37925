package leap

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/internal/scan"
	"leapscore/sources/internal/tensor"
)

// format reads the leap frames that MLeap's json and binary formats write.
// As in MLeap, a file is read as a whole.
type format struct {
	opener sources.Opener
	files  []store.Object
	binary bool
}

// maxBytes bounds a file, which is held in memory.
const maxBytes = 2 << 30

// field is one column of a leap frame.
type field struct {
	name     string
	kind     string // "scalar", "list", "map" or "tensor"
	base     string
	nullable bool
	typ      arrow.DataType
}

// frame is a decoded schema over rows that are not.
type frame struct {
	fields []field
	rows   []json.RawMessage // of a JSON frame
	data   []byte            // the rows of a binary frame
	count  int64             // of a binary frame
}

// Open reads the schemas of all files.
func Open(ctx context.Context, objects []store.Object, opt sources.Options) (sources.Source, error) {
	f := &format{opener: opt.Opener, files: objects, binary: opt.Format == sources.LeapBinary}
	schemas := make([]*arrow.Schema, len(objects))
	err := scan.EachParallel(ctx, len(objects), scan.Openers(opt), func(ctx context.Context, i int) error {
		frame, err := f.load(ctx, i)
		if err != nil {
			return &sources.FileError{Name: objects[i].Name, Err: err}
		}
		fields := make([]arrow.Field, len(frame.fields))
		for c, lf := range frame.fields {
			fields[c] = arrow.Field{Name: lf.name, Type: lf.typ, Nullable: lf.nullable}
		}
		schemas[i] = arrow.NewSchema(fields, nil)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return scan.NewBlockSource(objects, schemas, f, opt)
}

// load reads file i and its schema.
func (f *format) load(ctx context.Context, i int) (*frame, error) {
	r, err := f.opener.Open(ctx, f.files[i].Name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if r.Size() > maxBytes {
		return nil, fmt.Errorf("a leap frame of %d bytes, want at most %d", r.Size(), maxBytes)
	}
	data := make([]byte, r.Size())
	if _, err := io.ReadFull(io.NewSectionReader(r, 0, r.Size()), data); err != nil {
		return nil, err
	}
	if f.binary {
		return loadBinary(data)
	}
	if err := scan.CheckJSONText(data); err != nil {
		return nil, err
	}
	return loadJSON(data)
}

// schemaJSON is a schema as JSON.
type schemaJSON struct {
	Fields []struct {
		Name *string         `json:"name"`
		Type json.RawMessage `json:"type"`
	} `json:"fields"`
}

func (s *schemaJSON) decode() ([]field, error) {
	fields := make([]field, len(s.Fields))
	for i, f := range s.Fields {
		if f.Name == nil {
			return nil, fmt.Errorf("field %d of the schema has no name", i)
		}
		var err error
		if fields[i], err = decodeType(f.Type); err != nil {
			return nil, fmt.Errorf("column %q: %w", *f.Name, err)
		}
		fields[i].name = *f.Name
	}
	return fields, nil
}

// decodeType decodes a type: a word, or an object.
func decodeType(raw json.RawMessage) (field, error) {
	f := field{kind: "scalar", nullable: true}
	if json.Unmarshal(raw, &f.base) != nil {
		var t struct {
			Type       string `json:"type"`
			Base       string `json:"base"`
			Key        string `json:"key"`
			IsNullable *bool  `json:"isNullable"`
			Dimensions *[]int `json:"dimensions"`
		}
		if err := json.Unmarshal(raw, &t); err != nil {
			return f, fmt.Errorf("type %s: %w", raw, err)
		}
		f.kind, f.base = t.Type, t.Base
		if t.IsNullable != nil {
			f.nullable = *t.IsNullable
		}
		if t.Type == "map" && t.Key != "string" {
			return f, fmt.Errorf("a map from %q, want one from string", t.Key)
		}
		if f.base == "double" && f.kind == "tensor" && (t.Dimensions == nil || len(*t.Dimensions) == 1) {
			f.typ = tensor.VectorType
			return f, nil
		}
	}
	base := tensor.Bases[f.base]
	if base == nil {
		return f, fmt.Errorf("base type %q is not known", f.base)
	}
	switch f.kind {
	case "scalar", "basic":
		f.kind, f.typ = "scalar", base
	case "list", "tensor":
		f.typ = arrow.ListOf(base)
	case "map":
		f.typ = arrow.MapOf(arrow.BinaryTypes.String, base)
	default:
		return f, fmt.Errorf("type %q is not known", f.kind)
	}
	return f, nil
}

func (f *format) OpenFile(ctx context.Context, i int, cols []arrow.Field) (scan.BlockFile, error) {
	frame, err := f.load(ctx, i)
	if err != nil {
		return nil, err
	}
	p := &file{frame: frame, slots: make([]int, len(frame.fields)), cols: cols}
	for c, lf := range frame.fields {
		p.slots[c] = -1
		for s, col := range cols {
			if col.Name == lf.name {
				p.slots[c] = s
			}
		}
	}
	return p, nil
}

// file cuts a frame into blocks.
type file struct {
	frame *frame
	slots []int // column asked for, of each field, or -1
	cols  []arrow.Field
	row   int64
}

func (p *file) NextBlock() (scan.RowBlock, error) {
	c := &block{file: p, first: p.row}
	if p.frame.data == nil {
		n := min(len(p.frame.rows), sources.SplitRows)
		c.json, p.frame.rows = p.frame.rows[:n], p.frame.rows[n:]
		c.n = int64(n)
	} else {
		w := binaryInput{b: p.frame.data}
		for c.n < min(p.frame.count-p.row, sources.SplitRows) {
			if err := w.row(p.frame.fields, nil, nil); err != nil {
				return nil, fmt.Errorf("row %d, %w", p.row+c.n, err)
			}
			c.n++
		}
		used := len(p.frame.data) - len(w.b)
		c.data, p.frame.data = p.frame.data[:used], p.frame.data[used:]
		if p.row+c.n == p.frame.count && len(w.b) > 0 {
			return nil, fmt.Errorf("%d bytes after the last row", len(w.b))
		}
	}
	p.row += c.n
	if c.n == 0 {
		return nil, io.EOF
	}
	return c, nil
}

func (p *file) Close() error { return nil }

// block is some rows of a frame.
type block struct {
	file  *file
	first int64
	n     int64
	json  []json.RawMessage
	data  []byte
}

func (c *block) RowCount() int64 { return c.n }

func (c *block) Decode(_ context.Context, mem memory.Allocator) (scan.BlockRows, error) {
	r := &blockRows{block: c, row: c.first, json: c.json, bytes: binaryInput{b: c.data}}
	for _, f := range c.file.cols {
		r.cells = append(r.cells, scan.NewCellBuilder(mem, f.Type))
	}
	return r, nil
}

// blockRows decodes rows.
type blockRows struct {
	block *block
	row   int64
	json  []json.RawMessage
	bytes binaryInput
	cells []scan.CellBuilder
}

func (r *blockRows) NextRows(n int) ([]arrow.Array, int64, error) {
	end := min(r.row+int64(n), r.block.first+r.block.n)
	from := r.row
	for ; r.row < end; r.row++ {
		var err error
		if r.block.json != nil {
			err = appendJSONRow(r.json[0], r.block.file, r.cells)
			r.json = r.json[1:]
		} else {
			err = r.bytes.row(r.block.file.frame.fields, r.block.file.slots, r.cells)
		}
		if err != nil {
			return nil, 0, fmt.Errorf("row %d, %w", r.row, err)
		}
	}
	if end == from {
		return nil, 0, io.EOF
	}
	return scan.FinishCells(r.cells), end - from, nil
}

func (r *blockRows) Close() {
	for _, c := range r.cells {
		c.Release()
	}
	r.cells = nil
}
