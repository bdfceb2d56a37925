package text

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/sources"
	"leapscore/sources/internal/scan"
)

// csvFormat is RFC 4180 with a header line, in UTF-8 with or without a byte
// order mark, lines ended by LF or CRLF, or all by CR if the header is. A field
// that is empty and not quoted is null, for strings too; a quoted empty string is
// an empty string.
type csvFormat struct {
	headers [][]string // of each file
	ends    []byte     // of the lines of each file
}

// openCSV reads the headers of all files.
func (s *source) openCSV(ctx context.Context, opt sources.Options) error {
	f := &csvFormat{headers: make([][]string, len(s.files)), ends: s.ends}
	err := scan.EachParallel(ctx, len(s.files), scan.Openers(opt), func(ctx context.Context, i int) error {
		r, err := s.open(ctx, i)
		if err == nil {
			f.headers[i], err = s.readHeader(r, i)
			r.Close()
		}
		if errors.Is(err, errNoBytes) {
			err = errors.New("is empty, want a header line")
		}
		if err != nil {
			return &sources.FileError{Name: s.files[i].Name, Err: err}
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.format = f
	return s.unifyCSV(f.headers, opt.Types)
}

func (s *source) unifyCSV(headers [][]string, types map[string]arrow.DataType) error {
	first := 0
	for first < len(headers) && headers[first] == nil {
		first++
	}
	if first == len(headers) {
		return &sources.FileError{Name: s.files[0].Name, Err: errors.New("is empty, want a header line")}
	}
	var columns []scan.FileColumns
	for i, h := range headers {
		if h != nil {
			columns = append(columns, scan.SchemaColumns(s.files[i].Name, csvSchema(h, types)))
		}
	}
	fields, errs := scan.Unite(columns)
	for _, f := range fields {
		if err := scan.CheckTextType(f.Type); err != nil {
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

// readHeader reads the first line of file i and notes where the rows begin, and
// what ends its lines.
func (s *source) readHeader(r io.Reader, i int) ([]string, error) {
	var buf []byte
	var c cut
	piece := make([]byte, 64<<10)
	for eof := false; ; {
		n, err := r.Read(piece)
		buf = append(buf, piece[:n]...)
		if err != nil && err != io.EOF {
			return nil, err
		}
		eof = err == io.EOF
		if eof && len(buf) == 0 {
			return nil, errNoBytes
		}
		end := csvHeaderEnd(buf, eof, &c)
		if end == 0 {
			if len(buf) > maxRecord {
				return nil, fmt.Errorf("line 1: header exceeds %d bytes; is a quote not closed?", maxRecord)
			}
			continue
		}
		if buf[end-1] == '\r' {
			s.ends[i] = '\r'
		}
		names, err := splitHeader(buf[:end], s.ends[i])
		if err != nil {
			return nil, fmt.Errorf("line 1: header: %w", err)
		}
		s.skip[i] = end
		s.lines[i] = int(s.countLines(i, buf[:end]))
		return names, nil
	}
}

// csvHeaderEnd returns the length of the header, with LF, CRLF or CR, or 0 if its end
// is not in b.
func csvHeaderEnd(b []byte, eof bool, c *cut) int {
	for ; c.at < len(b); c.at++ {
		switch ch := b[c.at]; {
		case ch == '"':
			c.open = !c.open
		case c.open:
		case ch == '\n':
			return c.at + 1
		case ch != '\r':
		case c.at+1 == len(b) && !eof:
			return 0
		case c.at+1 == len(b) || b[c.at+1] != '\n':
			return c.at + 1
		}
	}
	if eof {
		return len(b)
	}
	return 0
}

func splitHeader(line []byte, end byte) ([]string, error) {
	var names []string
	seen := make(map[string]bool)
	f := csvFields{end: end}
	f.begin(line)
	for f.next() {
		name := string(f.text)
		switch {
		case seen[name]:
			return nil, fmt.Errorf("column %q is there twice", name)
		case !utf8.ValidString(name):
			return nil, fmt.Errorf("column %d: %w", len(names)+1, scan.NotUTF8(f.text))
		}
		seen[name] = true
		names = append(names, name)
	}
	return names, f.err
}

// csvEnd returns the length of the first record of b, or 0 if its end is not
// in b. Quotes come in pairs within a record, doubled ones too.
func csvEnd(b []byte, end byte, eof bool, c *cut) int {
	line := -1 // the next line end from c.at on, or len(b)
	for c.at < len(b) {
		if c.open {
			i := bytes.IndexByte(b[c.at:], '"')
			if i < 0 {
				c.at = len(b)
				break
			}
			c.at, c.open = c.at+i+1, false
			continue
		}
		if line < c.at {
			if line = len(b); c.at < len(b) {
				if i := bytes.IndexByte(b[c.at:], end); i >= 0 {
					line = c.at + i
				}
			}
		}
		if i := bytes.IndexByte(b[c.at:line], '"'); i >= 0 {
			c.at, c.open = c.at+i+1, true
			continue
		}
		if line < len(b) {
			*c = cut{}
			return line + 1
		}
		c.at = len(b)
	}
	if eof {
		*c = cut{}
		return len(b)
	}
	return 0
}

func (f *csvFormat) end(file int, b []byte, eof bool, c *cut) (int, bool) {
	n := csvEnd(b, f.ends[file], eof, c)
	return n, n > 0 && !f.blank(file, b[:n])
}

// blank says whether a record is an empty line and holds no row. In a file of
// one column it is a null.
func (f *csvFormat) blank(file int, record []byte) bool {
	if len(f.headers[file]) == 1 {
		return false
	}
	return record[0] == f.ends[file] || record[0] == '\r' && len(record) == 2 && record[1] == '\n'
}

func (f *csvFormat) parser(b block, cols []string) parser {
	p := &csvParser{file: b.file, format: f, header: f.headers[b.file], dst: make([]int, len(f.headers[b.file]))}
	for i, name := range p.header {
		p.dst[i] = indexOf(cols, name)
	}
	p.fields = newCSVFields(b.data, f.ends[b.file])
	return p
}

// csvParser parses the records of one file.
type csvParser struct {
	file   int
	format *csvFormat
	header []string
	dst    []int // column asked for, of each field, or -1
	fields csvFields
	look   func(column int, f *csvFields) error // takes the fields, if it is not nil
}

func (p *csvParser) parse(b []byte, dst []scan.CellBuilder) (int, bool, error) {
	f := &p.fields
	if n := csvBlankLen(b, f.end); n > 0 && p.format.blank(p.file, b[:n]) {
		return n, false, nil
	}
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
		var err error
		if p.look != nil {
			err = p.look(d, f)
		} else {
			err = f.appendTo(dst[d].Builder)
		}
		if err != nil {
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
func csvBlankLen(b []byte, end byte) int {
	switch {
	case b[0] == end:
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

	end   byte // of lines
	mixed bool // there may be CR, or LF in a file whose lines end in CR, in fields
	dirty bool // there may be text that is not UTF-8
}

// newCSVFields cuts the records of some text.
func newCSVFields(text []byte, end byte) csvFields {
	return csvFields{end: end, mixed: bytes.IndexByte(text, otherEnd(end)) >= 0, dirty: !utf8.Valid(text)}
}

// otherEnd is the line end that a file has not, whose lines end in end.
func otherEnd(end byte) byte { return '\r' + '\n' - end }

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
	for i < len(b) && b[i] != ',' && b[i] != f.end {
		if b[i] == '"' {
			f.err = errors.New(`a quote (") inside a field that is not quoted`)
			return false
		}
		i++
	}
	f.text = b[:i]
	if i == len(b) || b[i] == f.end {
		f.more = false
		if i > 0 && b[i-1] == '\r' && f.end == '\n' {
			f.text = b[:i-1]
		}
	}
	if f.mixed && bytes.IndexByte(f.text, otherEnd(f.end)) >= 0 {
		f.err = errors.New("a line end of another kind than that of the header inside of a field that is not quoted: " +
			"want all lines to end in LF or CRLF, or all in CR")
		return false
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
	case rest[0] == f.end:
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
		if f.dirty && !utf8.Valid(f.text) {
			return scan.NotUTF8(f.text)
		}
		b.BinaryBuilder.Append(f.text)
		return nil
	case *array.ListBuilder, *array.MapBuilder:
		if len(f.text) == 0 {
			b.AppendNull()
			return nil
		}
		return AppendJSON(b, f.text, f.dirty)
	case *array.BinaryBuilder:
		b.Append(f.text)
		return nil
	}
	text := bytes.TrimSpace(f.text)
	if len(text) == 0 {
		b.AppendNull()
		return nil
	}
	return scan.AppendText(b, text)
}
