package text

import (
	"fmt"

	"leapscore/sources/internal/scan"
)

func (f *csvFormat) parser(file int, cols []string) parser {
	p := &csvParser{file: file, format: f, header: f.headers[file], dst: make([]int, len(f.headers[file]))}
	for i, name := range p.header {
		p.dst[i] = indexOf(cols, name)
	}
	p.fields.dialect = f.dialects[file]
	return p
}

// csvParser parses the records of one file.
type csvParser struct {
	file   int
	format *csvFormat
	header []string
	dst    []int // column asked for, of each field, or -1
	fields csvFields

	spans   csvSpans
	columns []csvColumn // asked for, in the order of the fields
}

// csvColumn is a column that is asked for.
type csvColumn struct {
	field   int
	cells   scan.Cells
	texts   *scan.Texts // what cells are, or nil
	doubles *scan.Numbers[float64]
	longs   *scan.Numbers[int64]
}

// begin implements parser.
func (p *csvParser) begin(data []byte) {
	p.fields.end = 0
	p.spans.begin(&p.fields.dialect, data, p.format.ends[p.file])
}

// bind takes the columns that values go to.
func (p *csvParser) bind(dst []scan.Cells) {
	p.columns = make([]csvColumn, 0, len(dst))
	for i, d := range p.dst {
		if d < 0 {
			continue
		}
		c := csvColumn{field: i, cells: dst[d]}
		switch b := c.cells.(type) {
		case *scan.Texts:
			c.texts = b
		case *scan.Numbers[float64]:
			c.doubles = b
		case *scan.Numbers[int64]:
			c.longs = b
		}
		p.columns = append(p.columns, c)
	}
}

// parse reads records whose quotes are simple by their spans, and all others field by field.
func (p *csvParser) parse(b []byte, dst []scan.Cells, row int) (parsed, error) {
	if p.columns == nil {
		p.bind(dst)
	}
	if !p.format.plain && b[0] != '\r' && b[0] != '\n' {
		if n := p.spans.record(len(p.spans.data) - len(b)); n > 0 && len(p.spans.spans) == len(p.dst) {
			return parsed{n, true, p.values(b, row)}, nil
		}
	}
	return p.parseFields(b, dst, row)
}

// values appends the fields of the record at the front of b, which are p.spans.
func (p *csvParser) values(b []byte, row int) (bad *flaw) {
	for i := range p.columns {
		c := &p.columns[i]
		s := p.spans.spans[c.field]
		if p.spans.value(c, s, &p.fields.dialect) {
			continue
		}
		f := &p.fields
		f.text, f.quoted, f.dirty = p.spans.data[s.from:s.to], s.quoted, true
		if err := f.appendTo(c.cells); err != nil {
			at := s.from - (len(p.spans.data) - len(b))
			if s.quoted {
				at--
			}
			bad = bad.first(&flaw{at, p.header[c.field], err})
			scan.FillBad(c.cells, row)
		}
	}
	return bad
}

// parseFields is parse of any record.
func (p *csvParser) parseFields(b []byte, dst []scan.Cells, row int) (parsed, error) {
	f := &p.fields
	if f.end == 0 {
		*f = f.fieldsOf(b, p.format.ends[p.file])
	}
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
