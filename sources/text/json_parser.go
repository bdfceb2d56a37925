package text

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/sources/internal/scan"
)

func (f *jsonFormat) parser(file int, cols []string) parser {
	p := &jsonParser{format: f, end: f.ends[file], cols: cols, index: make(map[string]int, len(cols)), plain: f.plain}
	p.in.dirty = true
	for i, c := range cols {
		p.index[c] = i
	}
	return p
}

// jsonParser parses one object per line. Pairs of a key and a value that are as in the rows
// before are read straight from the text (pairs); all others by a jsonCursor (pair).
type jsonParser struct {
	format  *jsonFormat
	end     byte // of lines
	cols    []string
	index   map[string]int
	row     int
	columns []jsonColumn
	in      jsonCursor
	bad     *flaw // of the row
	failed  error // why the file cannot be read, unless the row is bad

	order keyOrder[int] // with the columns asked for, or -1
	at    int           // place in order of the next key
	plain bool          // pairs are not used
}

// jsonColumn is a column that is asked for.
type jsonColumn struct {
	cells   scan.Cells
	texts   *scan.Texts // what cells are, or nil
	doubles *scan.Numbers[float64]
	longs   *scan.Numbers[int64]
	bools   *array.BooleanBuilder
	exact   bool // of jsonCursor
	untold  bool // of jsonFormat
	seen    int  // row that it was last seen in
}

// begin implements parser.
func (p *jsonParser) begin([]byte) {}

// bind takes the columns that values go to.
func (p *jsonParser) bind(dst []scan.Cells) {
	p.columns = make([]jsonColumn, len(dst))
	for i, cells := range dst {
		c := &p.columns[i]
		c.cells, c.exact, c.untold = cells, p.format.inexact[p.cols[i]], p.format.untold[p.cols[i]]
		switch b := cells.(type) {
		case *scan.Texts:
			c.texts = b
		case *scan.Numbers[float64]:
			c.doubles = b
		case *scan.Numbers[int64]:
			c.longs = b
		case *array.BooleanBuilder:
			c.bools = b
		}
	}
}

func (p *jsonParser) parse(b []byte, dst []scan.Cells, row int) (parsed, error) {
	if b[0] <= ' ' {
		if n, isRow := jsonLine(b, p.end); !isRow {
			return parsed{length: n}, nil
		}
	}
	if p.columns == nil {
		p.bind(dst)
	}
	p.row++
	p.bad, p.failed, p.at = nil, nil, 0
	n, err := p.object(b, row)
	if err != nil {
		p.bad = p.bad.first(&flaw{err: err})
	}
	if p.bad == nil && p.failed != nil {
		return parsed{}, p.failed
	}
	for i := range p.columns {
		if c := &p.columns[i]; c.seen != p.row {
			c.cells.AppendNull()
		}
	}
	return parsed{n, true, p.bad}, nil
}

// object reads the first line of b and returns its length.
func (p *jsonParser) object(b []byte, row int) (int, error) {
	i, n := 0, 0
	for {
		if !p.plain {
			if i = p.pairs(b, i); i > 0 {
				if end := rowEnd(b, i, p.end); end > 0 {
					return end, nil
				}
			}
		}
		if n == 0 {
			n, _ = jsonLine(b, p.end)
			p.in.reset(b[:n])
		}
		p.in.i = i
		more, err := p.pair(row)
		if err != nil || !more {
			return n, err
		}
		i = p.in.i
	}
}

// pairs reads the pairs from byte i on as long as they are as in the rows before, and
// returns where they end.
func (p *jsonParser) pairs(b []byte, i int) int {
	for {
		k := p.order.next(b, i, p.at)
		if k < 0 {
			return i
		}
		key := &p.order.keys[k]
		from := i + len(key.lead)
		to := 0
		if key.of < 0 {
			to = simpleValue(b, from)
		} else {
			to = p.value(b, from, &p.columns[key.of])
		}
		if to == 0 {
			return i
		}
		p.at, i = k+1, to
	}
}

// value appends the value at byte i of b and returns where it ends, or 0 if it is not of
// the simple form that most values have.
func (p *jsonParser) value(b []byte, i int, c *jsonColumn) int {
	if c.seen == p.row || c.untold {
		return 0
	}
	to := 0
	switch ch := b[i]; {
	case ch == '"':
		if to = textEnd(b, i+1); to == 0 || c.texts == nil {
			return 0
		}
		c.texts.Append(b[i+1 : to])
		to++
	case ch == 'n':
		if to = wordEnd(b, i, "null"); to > 0 {
			c.cells.AppendNull()
		}
	case c.doubles != nil:
		d, end := numberAt(b, i)
		if end == 0 || c.exact && d.places == 0 && end-i > 15 {
			return 0
		}
		c.doubles.Append(d.double(b[i:end]))
		to = end
	case c.longs != nil:
		d, end := numberAt(b, i)
		if end == 0 || d.places != 0 || end-i > 18 {
			return 0
		}
		c.longs.Append(d.long())
		to = end
	case c.bools != nil && ch == 't':
		if to = wordEnd(b, i, "true"); to > 0 {
			c.bools.Append(true)
		}
	case c.bools != nil && ch == 'f':
		if to = wordEnd(b, i, "false"); to > 0 {
			c.bools.Append(false)
		}
	}
	if to > 0 {
		c.seen = p.row
	}
	return to
}

// pair reads the next pair of the row, whatever its form is. It returns false behind the
// last one.
func (p *jsonParser) pair(row int) (bool, error) {
	in := &p.in
	from := in.i
	key, ok, err := in.nextKey(from == 0)
	if err != nil {
		return false, err
	}
	if !ok {
		return false, in.atEnd()
	}
	i, err := p.column(key, from)
	in.key = key
	if err != nil {
		p.failed = err
		return true, in.skip(0)
	}
	if i < 0 {
		return true, in.skip(0)
	}
	c := &p.columns[i]
	if c.seen == p.row {
		p.bad = p.bad.first(&flaw{column: p.cols[i], err: errors.New("the key is there twice")})
		return true, in.skip(0)
	}
	c.seen, in.exact = p.row, c.exact
	if err := p.format.begin(c.untold, in); err != nil {
		p.failed = fmt.Errorf("column %q: %w", p.cols[i], err)
		scan.FillBad(c.cells, row)
		return true, in.skip(0)
	}
	from = in.i
	if err := appendJSON(c.cells, in); err != nil {
		p.bad = p.bad.first(&flaw{column: p.cols[i], err: p.format.hint(err)})
		scan.FillBad(c.cells, row)
		in.i = from
		return true, in.skip(0) // what follows may be read
	}
	return true, nil
}

// column returns the column of a key that the text from byte from on led to, or -1.
func (p *jsonParser) column(key []byte, from int) (int, error) {
	col, known := p.order.find(key)
	if !known {
		var ok bool
		if col, ok = p.index[scan.AsString(key)]; !ok {
			col = -1
			if err := p.format.unknown(key, len(p.cols)); err != nil {
				return 0, err
			}
		}
	}
	p.at = p.order.learn(p.at, from == 0, key, p.in.b[from:p.in.i], col)
	return col, nil
}
