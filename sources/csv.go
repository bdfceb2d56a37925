package sources

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// csvFormat is RFC 4180 with a header line, in UTF-8 with or without a byte
// order mark, lines ended by LF or CRLF. A field that is empty and not quoted
// is null, for strings too; a quoted empty string is an empty string.
type csvFormat struct {
	headers [][]string // of each file; nil for a file of no bytes
}

// openCSV reads the headers of all files.
func (s *textSource) openCSV(ctx context.Context, opt Options) error {
	f := &csvFormat{headers: make([][]string, len(s.files))}
	err := eachParallel(ctx, len(s.files), opt.openers(), func(ctx context.Context, i int) error {
		r, err := s.open(ctx, i)
		if err == nil {
			f.headers[i], err = s.readHeader(r, i)
			r.Close()
		}
		if err != nil {
			return &FileError{Name: s.files[i].Name, Err: err}
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.format = f
	return s.unifyCSV(f.headers, opt.Types)
}

func (s *textSource) unifyCSV(headers [][]string, types map[string]arrow.DataType) error {
	first := 0
	for first < len(headers) && headers[first] == nil {
		first++
	}
	if first == len(headers) {
		return &FileError{Name: s.files[0].Name, Err: errors.New("is empty, want a header line")}
	}
	var columns []fileColumns
	for i, h := range headers {
		if h != nil {
			columns = append(columns, schemaColumns(s.files[i].Name, csvSchema(h, types)))
		}
	}
	fields, errs := unite(columns)
	for _, f := range fields {
		if err := checkTextType(f.Type); err != nil {
			errs[f.Name] = fmt.Errorf("column %q: %w", f.Name, err)
		}
	}
	s.schema, s.errs = arrow.NewSchema(fields, nil), errs
	return nil
}

// csvSchema is the columns of a file with this header.
func csvSchema(header []string, types map[string]arrow.DataType) *arrow.Schema {
	fields := make([]arrow.Field, len(header))
	for i, name := range header {
		typ := types[name]
		if typ == nil {
			typ = arrow.BinaryTypes.String
		}
		fields[i] = arrow.Field{Name: name, Type: typ, Nullable: true}
	}
	return arrow.NewSchema(fields, nil)
}

func indexOf(names []string, name string) int {
	for i, n := range names {
		if n == name {
			return i
		}
	}
	return -1
}

// readHeader reads the first line of file i and notes where the rows begin.
func (s *textSource) readHeader(r io.Reader, i int) ([]string, error) {
	var buf []byte
	piece := make([]byte, 64<<10)
	for eof := false; !eof; {
		n, err := r.Read(piece)
		buf = append(buf, piece[:n]...)
		if err != nil && err != io.EOF {
			return nil, err
		}
		eof = err == io.EOF
		mark := 0
		if bytes.HasPrefix(buf, []byte("\ufeff")) {
			mark = 3
		}
		end := csvEnd(buf[mark:], eof)
		if end == 0 {
			if len(buf) > textMaxRecord {
				return nil, fmt.Errorf("line 1: header exceeds %d bytes", textMaxRecord)
			}
			continue
		}
		names, err := splitHeader(buf[mark : mark+end])
		if err != nil {
			return nil, fmt.Errorf("line 1: header: %w", err)
		}
		s.skip[i] = mark + end
		s.lines[i] = bytes.Count(buf[:mark+end], newline)
		return names, nil
	}
	return nil, nil
}

func splitHeader(line []byte) ([]string, error) {
	var names []string
	seen := make(map[string]bool)
	var f csvFields
	f.begin(line)
	for f.next() {
		name := string(f.text)
		if seen[name] {
			return nil, fmt.Errorf("column %q is there twice", name)
		}
		seen[name] = true
		names = append(names, name)
	}
	return names, f.err
}

// csvEnd returns the length of the first record of b, or 0 if its end is not
// in b. Quotes come in pairs within a record, doubled ones too.
func csvEnd(b []byte, eof bool) int {
	open := false
	for at := 0; at < len(b); {
		i := bytes.IndexByte(b[at:], '\n')
		if i < 0 {
			break
		}
		if line := b[at : at+i]; bytes.IndexByte(line, '"') >= 0 {
			open = open != (bytes.Count(line, quote)%2 == 1)
		}
		at += i + 1
		if !open {
			return at
		}
	}
	if eof {
		return len(b)
	}
	return 0
}

var quote = []byte{'"'}

func (f *csvFormat) end(file int, b []byte, eof bool) (int, bool) {
	n := csvEnd(b, eof)
	return n, n > 0 && !f.blank(file, b[:n])
}

// blank says whether a record is an empty line and holds no row. In a file of
// one column it is a null.
func (f *csvFormat) blank(file int, record []byte) bool {
	return len(f.headers[file]) > 1 && (record[0] == '\n' || record[0] == '\r' && len(record) == 2)
}

func (f *csvFormat) parser(file int, cols []string) (textParser, error) {
	p := &csvParser{file: file, format: f, header: f.headers[file], dst: make([]int, len(f.headers[file]))}
	for i, name := range p.header {
		p.dst[i] = indexOf(cols, name)
	}
	return p, nil
}

// csvParser parses the records of one file.
type csvParser struct {
	file   int
	format *csvFormat
	header []string
	dst    []int // column asked for, of each field, or -1
	fields csvFields
}

func (p *csvParser) parse(b []byte, dst []cellBuilder) (int, bool, error) {
	if n := csvBlankLen(b); n > 0 && p.format.blank(p.file, b[:n]) {
		return n, false, nil
	}
	f := &p.fields
	f.begin(b)
	i := 0
	for f.next() {
		if i == len(p.dst) {
			return f.start, false, fmt.Errorf("more than %d fields, as the header has", len(p.dst))
		}
		d := p.dst[i]
		i++
		if d < 0 {
			continue
		}
		if err := f.appendTo(dst[d].Builder); err != nil {
			return f.start, false, fmt.Errorf("column %q: %w", p.header[i-1], err)
		}
	}
	if f.err != nil {
		return f.start, false, f.err
	}
	if i != len(p.dst) {
		return 0, false, fmt.Errorf("%d fields, the header has %d", i, len(p.dst))
	}
	return f.pos, true, nil
}

// csvBlankLen returns the length of an empty line at the front of b, or 0.
func csvBlankLen(b []byte) int {
	switch {
	case b[0] == '\n':
		return 1
	case b[0] == '\r' && len(b) > 1 && b[1] == '\n':
		return 2
	}
	return 0
}

// csvFields cuts one record into fields.
type csvFields struct {
	b      []byte
	pos    int  // behind the last field and its comma or line end
	start  int  // of the last field
	more   bool // a comma came before pos
	text   []byte
	quoted bool
	spare  []byte
	err    error
}

func (f *csvFields) begin(b []byte) {
	f.b, f.pos, f.start, f.more, f.err = b, 0, 0, true, nil
}

// next finds the next field of the record.
func (f *csvFields) next() bool {
	if !f.more || f.err != nil {
		return false
	}
	f.start, f.quoted = f.pos, false
	if f.pos < len(f.b) && f.b[f.pos] == '"' {
		return f.nextQuoted()
	}
	b := f.b[f.pos:]
	i := 0
	for i < len(b) && b[i] != ',' && b[i] != '\n' {
		if b[i] == '"' {
			f.err = errors.New(`a quote (") inside a field that is not quoted`)
			return false
		}
		i++
	}
	f.text = b[:i]
	if i == len(b) || b[i] == '\n' {
		f.more = false
		if i > 0 && b[i-1] == '\r' {
			f.text = b[:i-1]
		}
	}
	f.pos += min(i+1, len(b))
	return true
}

func (f *csvFields) nextQuoted() bool {
	f.quoted = true
	b := f.b[f.pos+1:]
	var joined []byte // the text before doubled quotes, if there are any
	for at := 0; ; {
		i := bytes.IndexByte(b[at:], '"')
		if i < 0 {
			f.err = errors.New("a quoted field does not end")
			return false
		}
		i += at
		if i+1 < len(b) && b[i+1] == '"' {
			if joined == nil {
				joined = f.spare[:0]
			}
			joined = append(joined, b[at:i+1]...)
			at = i + 2
			continue
		}
		f.text = b[at:i]
		if joined != nil {
			f.spare = append(joined, b[at:i]...)
			f.text = f.spare
		}
		return f.afterQuote(b[i+1:])
	}
}

// afterQuote checks what follows a closing quote.
func (f *csvFields) afterQuote(rest []byte) bool {
	n := 1
	switch {
	case len(rest) == 0:
		n, f.more = 0, false
	case rest[0] == ',':
	case rest[0] == '\n':
		f.more = false
	case rest[0] == '\r' && (len(rest) == 1 || rest[1] == '\n'):
		n, f.more = min(2, len(rest)), false
	default:
		f.err = errors.New("text between a closing quote and the next comma")
		return false
	}
	f.pos = len(f.b) - len(rest) + n
	return true
}

// appendTo appends the field as a value.
func (f *csvFields) appendTo(b array.Builder) error {
	if len(f.text) == 0 && !f.quoted {
		b.AppendNull()
		return nil
	}
	switch b := b.(type) {
	case *array.StringBuilder:
		b.BinaryBuilder.Append(f.text)
		return nil
	case *array.ListBuilder, *array.MapBuilder:
		if len(f.text) == 0 {
			b.AppendNull()
			return nil
		}
		return appendJSONText(b, f.text)
	case *array.BinaryBuilder:
		b.Append(f.text)
		return nil
	}
	text := bytes.TrimSpace(f.text)
	if len(text) == 0 {
		b.AppendNull()
		return nil
	}
	return appendText(b, text)
}
