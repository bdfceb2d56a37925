package text

import "fmt"

// jsonSurveyor finds the keys of JSON lines and the kinds of their values. Pairs that are
// as in the rows before are looked at straight in the text (pairs); all others by a
// jsonCursor (see).
type jsonSurveyor struct {
	ends    []byte // of the lines of each file
	rows    int
	badRows bool // are passed over
	in      jsonCursor

	order keyOrder[*seenColumn]
	next  int // place in order of the next key
	into  *survey
	at    place
	plain bool // pairs are not used
}

func (s *source) newJSONSurveyor() *jsonSurveyor {
	return &jsonSurveyor{ends: s.ends, badRows: s.badRows, plain: s.slow}
}

func (g *jsonSurveyor) look(b block, into *survey) error {
	if g.into != into {
		g.into = into
		g.order.forget()
	}
	g.in.dirty = true
	end := g.ends[b.file]
	for rest, line := b.data, b.line; len(rest) > 0; line++ {
		if rest[0] <= ' ' {
			if n, row := jsonLine(rest, end); !row {
				rest = rest[n:]
				continue
			}
		}
		g.rows++
		g.at = place{file: b.file, line: line, key: -1}
		n, err := g.row(rest, end)
		if err != nil {
			return &lineError{g.at, err}
		}
		rest = rest[n:]
	}
	return nil
}

// row looks at the first line of b, which is a row, and returns its length. A bad one, which
// is to be passed over, tells nothing.
func (g *jsonSurveyor) row(b []byte, end byte) (int, error) {
	if g.badRows && (g.plain || !g.isGood(b, end)) {
		n, _ := jsonLine(b, end)
		g.in.reset(b[:n])
		if g.in.object(func([]byte) error { return g.in.skip(0) }, true) != nil {
			return n, nil
		}
	}
	i, n := 0, 0
	g.next = 0
	for {
		if !g.plain {
			if i = g.pairs(b, i); i > 0 {
				if n := rowEnd(b, i, end); n > 0 {
					return n, nil
				}
			}
		}
		if n == 0 {
			n, _ = jsonLine(b, end)
			g.in.reset(b[:n])
		}
		g.in.i = i
		key, ok, err := g.in.nextKey(i == 0)
		if err == nil && !ok {
			err = g.in.atEnd()
		} else if err == nil {
			err = g.see(key, i)
			g.in.key = key
		}
		if err != nil || !ok {
			return n, err
		}
		i = g.in.i
	}
}

// isGood says whether the first line of b is a row whose pairs are all as in the rows before.
func (g *jsonSurveyor) isGood(b []byte, end byte) bool {
	for i, at := 0, 0; ; {
		k := g.order.next(b, i, at)
		if k < 0 {
			return i > 0 && rowEnd(b, i, end) > 0
		}
		if i = simpleValue(b, i+len(g.order.keys[k].lead)); i == 0 {
			return false
		}
		at = k + 1
	}
}

// pairs looks at the pairs from byte i on as long as they are as in the rows before, and
// returns where they end.
func (g *jsonSurveyor) pairs(b []byte, i int) int {
	for {
		k := g.order.next(b, i, g.next)
		if k < 0 {
			return i
		}
		from := i + len(g.order.keys[k].lead)
		g.at.key++
		to := g.simple(b, from, g.order.keys[k].of)
		if to == 0 {
			g.at.key--
			return i
		}
		g.next, i = k+1, to
	}
}

// simple adds the kind of the value at byte i of b and returns where it ends, or 0 if it is
// not of the simple form that most values have.
func (g *jsonSurveyor) simple(b []byte, i int, c *seenColumn) int {
	switch b[i] {
	case '"':
		to := textEnd(b, i+1)
		if to == 0 || isFloatName(b[i+1:to]) {
			return 0
		}
		c.scalars |= kindString
		return to + 1
	case 'n':
		return wordEnd(b, i, "null")
	case 't', 'f':
		to := simpleValue(b, i)
		if to > 0 {
			c.scalars |= kindBool
		}
		return to
	}
	to, places := numberEnd(b, i)
	switch {
	case to == 0:
	case places:
		c.scalars |= c.see(kindDouble, b[i:to], g.at)
	default:
		c.scalars |= c.see(integerKind(b[i:to]), b[i:to], g.at)
	}
	return to
}

// column returns the column of a key.
func (g *jsonSurveyor) column(key []byte, from int) (*seenColumn, error) {
	g.at.key++
	c, known := g.order.find(key)
	if !known {
		var err error
		if c, err = g.into.column(string(key), g.at); err != nil {
			return nil, err
		}
	}
	g.next = g.order.learn(g.next, from == 0, key, g.in.b[from:g.in.i], c)
	return c, nil
}

// see looks at the value of a key that the text from byte from on led to.
func (g *jsonSurveyor) see(key []byte, from int) error {
	c, err := g.column(key, from)
	if err == nil {
		err = g.value(c)
	}
	if err != nil {
		return fmt.Errorf("column %q: %w", key, err)
	}
	return nil
}

// value reads a value and adds its kind to those of its column.
func (g *jsonSurveyor) value(c *seenColumn) error {
	if g.in.peek() != '[' {
		k, err := g.scalar(c)
		c.scalars |= k
		return err
	}
	c.list = true
	return g.in.list(func() error {
		k, err := g.scalar(c)
		c.elems |= k
		return err
	})
}

func (g *jsonSurveyor) scalar(c *seenColumn) (kindSet, error) {
	switch ch := g.in.peek(); ch {
	case 'n':
		return 0, g.in.word("null")
	case '[', '{':
		return kindOther, g.in.skip(0)
	case '"':
		text, err := g.in.str()
		if err == nil && isFloatName(text) {
			return c.see(kindFloatName, text, g.at), nil
		}
		return kindString, err
	case 't', 'f':
		return kindBool, g.in.skip(0)
	}
	text, err := g.in.literal()
	if err != nil {
		return 0, err
	}
	if isInteger(text) {
		return c.see(integerKind(text), text, g.at), nil
	}
	return c.see(kindDouble, text, g.at), nil
}
