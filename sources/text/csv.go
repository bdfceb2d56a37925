package text

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sources"
	"leapscore/sources/internal/marks"
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
	plain    bool       // source.slow
}

// openCSV reads the headers of all files.
func (s *source) openCSV(ctx context.Context, opt sources.Options) error {
	f := &csvFormat{make([]dialect, len(s.files)), make([][]string, len(s.files)), s.ends, s.slow}
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

// lines implements format.
func (f *csvFormat) lines(file int, b []byte) (int, int) {
	return marks.Lines(b, f.ends[file], f.dialects[file].quote)
}

// blank says whether a record is an empty line and holds no row. In a file of
// one column it is a null.
func (f *csvFormat) blank(file int, record []byte) bool {
	if len(f.headers[file]) == 1 {
		return false
	}
	return record[0] == f.ends[file] || record[0] == '\r' && len(record) == 2 && record[1] == '\n'
}

// cut is how far a record was looked at for its end.
type cut struct {
	at     int
	open   bool // at is inside of quotes
	shut   int  // behind the last quote that closed a field, or 0
	broken bool // its quotes make no sense: it ends with its first line
}

// recordEnd returns the length of the first record of b, or 0 if its end is not in b.
// A quote opens a field only at its beginning, so that a stray one costs one row and
// not those up to the next. Where quotes make no sense, because text follows a closing
// one, or none follows an opening one, the record ends with its first line.
func (d *dialect) recordEnd(b []byte, end byte, eof bool, c *cut) int {
	n := 0
	if !c.broken {
		n = d.wholeRecord(b, end, c)
	}
	if c.open && (eof || len(b) > maxRecord) {
		c.broken = true
	}
	if c.broken {
		n = bytes.IndexByte(b, end) + 1
	}
	if n == 0 && eof {
		n = len(b)
	}
	if n > 0 {
		*c = cut{}
	}
	return n
}

// wholeRecord is recordEnd of a record whose quotes make sense: else it breaks c.
func (d *dialect) wholeRecord(b []byte, end byte, c *cut) int {
	line := -1 // the next line end from c.at on, or len(b)
	for c.at < len(b) {
		if c.open {
			if !d.closing(b, c) {
				return 0
			}
			continue
		}
		if c.shut == c.at && c.at > 0 {
			switch b[c.at] {
			case d.quote:
				c.at, c.open = c.at+1, true
				continue
			case d.delimiter, end, '\r':
			default:
				c.broken = true
				return 0
			}
		}
		if line < c.at {
			line = len(b)
			if i := bytes.IndexByte(b[c.at:], end); i >= 0 {
				line = c.at + i
			}
		}
		if i := bytes.IndexByte(b[c.at:line], d.quote); i >= 0 {
			at := c.at + i
			c.at, c.open = at+1, at == 0 || b[at-1] == d.delimiter
			continue
		}
		if line < len(b) {
			return line + 1
		}
		c.at = len(b)
	}
	return 0
}

// closing goes on to behind the quote that ends what c is inside of. It returns false if
// that is not in b.
func (d *dialect) closing(b []byte, c *cut) bool {
	if d.escape != d.quote {
		for c.at < len(b) && b[c.at] != d.quote {
			if b[c.at] == d.escape {
				if c.at+1 == len(b) {
					return false // what it stands before is not there
				}
				if next := b[c.at+1]; next == d.quote || next == d.escape {
					c.at++
				}
			}
			c.at++
		}
	} else if i := bytes.IndexByte(b[c.at:], d.quote); i >= 0 {
		c.at += i
	} else {
		c.at = len(b)
	}
	if c.at == len(b) {
		return false
	}
	c.at++
	c.open, c.shut = false, c.at
	return true
}
