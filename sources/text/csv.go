package text

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sources"
	"leapscore/sources/internal/scan"
)

// csvFormat is RFC 4180 with a header line, in UTF-8 with or without a byte
// order mark, lines ended by LF or CRLF, or all by CR if the header is. A field
// that is empty and not quoted is null, for strings too; a quoted empty string is
// an empty string.
type csvFormat struct {
	dialects []dialect  // of each file
	headers  [][]string // of each file
	ends     []byte     // of the lines of each file
}

// openCSV reads the headers of all files.
func (s *source) openCSV(ctx context.Context, opt sources.Options) error {
	f := &csvFormat{make([]dialect, len(s.files)), make([][]string, len(s.files)), s.ends}
	err := scan.EachParallel(ctx, len(s.files), scan.Openers(opt), func(ctx context.Context, i int) error {
		r, err := s.open(ctx, i)
		if err == nil {
			f.dialects[i] = dialectOf(s.files[i].Name, opt.CSV)
			f.headers[i], err = s.readHeader(r, i, &f.dialects[i], opt)
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
func (s *source) readHeader(r io.Reader, i int, d *dialect, opt sources.Options) ([]string, error) {
	line, err := readFirstLine(r, d.quote)
	if err != nil {
		return nil, err
	}
	if line[len(line)-1] == '\r' {
		s.ends[i] = '\r'
	}
	names, err := d.columns(line, s.ends[i], opt)
	if err != nil {
		return nil, fmt.Errorf("line 1: header: %w", err)
	}
	if opt.CSV.NoHeader {
		return names, nil
	}
	if looksLikeARow(names, opt.Types) {
		s.warn(s.files[i].Name + ": the first line has numbers where names of columns are wanted; if it is a row, --csv-header=false")
	}
	s.skip[i] = len(line)
	s.lines[i] = int(s.countLines(i, line))
	return names, nil
}

// readFirstLine reads the first line, with its end, which may stand in quotes in it.
func readFirstLine(r io.Reader, quote byte) ([]byte, error) {
	var buf []byte
	var c cut
	piece := make([]byte, 64<<10)
	for {
		n, err := r.Read(piece)
		buf = append(buf, piece[:n]...)
		if err != nil && err != io.EOF {
			return nil, err
		}
		if err == io.EOF && len(buf) == 0 {
			return nil, errNoBytes
		}
		if end := csvHeaderEnd(buf, quote, err == io.EOF, &c); end > 0 {
			return buf[:end], nil
		}
		if len(buf) > maxRecord {
			return nil, fmt.Errorf("line 1: header exceeds %d bytes; is a quote not closed?", maxRecord)
		}
	}
}

// csvHeaderEnd returns the length of the header, with LF, CRLF or CR, or 0 if its end
// is not in b.
func csvHeaderEnd(b []byte, quote byte, eof bool, c *cut) int {
	for ; c.at < len(b); c.at++ {
		switch ch := b[c.at]; {
		case ch == quote:
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

func (f *csvFormat) end(file int, b []byte, eof bool, c *cut) (int, bool) {
	n := f.dialects[file].recordEnd(b, f.ends[file], eof, c)
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
	p.fields = f.dialects[b.file].fieldsOf(b.data, f.ends[b.file])
	return p
}

// csvParser parses the records of one file.
type csvParser struct {
	file   int
	format *csvFormat
	header []string
	dst    []int // column asked for, of each field, or -1
	fields csvFields
}

func (p *csvParser) parse(b []byte, dst []scan.Cells, row int) (parsed, error) {
	f := &p.fields
	if n := csvBlankLen(b, f.end); n > 0 && p.format.blank(p.file, b[:n]) {
		return parsed{length: n}, nil
	}
	f.begin(b)
	var bad *flaw
	i := 0
	for f.next() {
		if i == len(p.dst) {
			f.err = fmt.Errorf("more than %d fields, as the header has", len(p.dst))
			break
		}
		d := p.dst[i]
		i++
		if d < 0 {
			continue
		}
		if err := f.appendTo(dst[d]); err != nil {
			bad = bad.first(&flaw{f.start, p.header[i-1], err})
			scan.FillBad(dst[d], row)
		}
	}
	switch {
	case f.err != nil:
		return p.broken(b, dst, row, bad), nil
	case i != len(p.dst):
		bad = bad.first(&flaw{err: fmt.Errorf("%d fields, the header has %d", i, len(p.dst))})
		fill(dst, row+1)
	}
	return parsed{f.pos, true, bad}, nil
}

// broken is a record whose quotes or fields are wrong. Fields that end behind it, on
// another line, have no value.
func (p *csvParser) broken(b []byte, dst []scan.Cells, row int, bad *flaw) parsed {
	f := &p.fields
	err, n := f.err, f.recordEnd(b, f.end, true, &cut{})
	f.begin(b[:n])
	i := 0
	for f.next() && i < len(p.dst) {
		i++
	}
	if f.err != nil {
		err = f.err
	}
	if bad == nil || bad.at >= f.start {
		bad = &flaw{at: f.start, err: err}
	}
	for ; i < len(p.dst); i++ {
		if d := p.dst[i]; d >= 0 {
			scan.SetNull(dst[d], row)
		}
	}
	fill(dst, row+1)
	return parsed{n, true, bad}
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
