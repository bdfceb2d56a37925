package text

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"leapscore/sources/internal/scan"
)

// jsonCursor reads JSON from one line. It checks what it reads for form, but
// leaves it to strconv what a number is.
type jsonCursor struct {
	b     []byte
	i     int
	spare []byte // text of the last string with escapes
	key   []byte
	dirty bool // strings may not be UTF-8
	exact bool // integers that no double holds are errors where a double is wanted
}

const jsonMaxDepth = 1000

var errJSONDepth = fmt.Errorf("values nested deeper than %d", jsonMaxDepth)

func (c *jsonCursor) reset(b []byte) { c.b, c.i = b, 0 }

// peek returns the next byte that is not white space, or 0 at the end.
func (c *jsonCursor) peek() byte {
	for c.i < len(c.b) {
		switch ch := c.b[c.i]; ch {
		case ' ', '\t', '\r', '\n':
			c.i++
		default:
			return ch
		}
	}
	return 0
}

func (c *jsonCursor) want(ch byte) error {
	if got := c.peek(); got != ch {
		return c.unexpected(fmt.Sprintf("%q", ch))
	}
	c.i++
	return nil
}

func (c *jsonCursor) unexpected(want string) error {
	if c.peek() == 0 && c.i >= len(c.b) {
		return scan.ErrJSONEnd
	}
	r, _ := utf8.DecodeRune(c.b[c.i:])
	return fmt.Errorf("%q at byte %d, want %s", r, c.i+1, want)
}

func (c *jsonCursor) atEnd() error {
	if c.peek(); c.i < len(c.b) {
		return c.unexpected("nothing more")
	}
	return nil
}

func (c *jsonCursor) word(w string) error {
	if !bytes.HasPrefix(c.b[c.i:], []byte(w)) {
		return c.unexpected(w)
	}
	c.i += len(w)
	return nil
}

// object calls value behind each key. whole says that nothing may follow.
func (c *jsonCursor) object(value func(key []byte) error, whole bool) error {
	if err := c.want('{'); err != nil {
		return fmt.Errorf("%w: each line is one object", err)
	}
	for first := true; ; first = false {
		key, ok, err := c.keyOf(first)
		if err != nil {
			return err
		}
		if !ok && whole {
			return c.atEnd()
		}
		if !ok {
			return nil
		}
		if err := value(key); err != nil {
			return err
		}
		c.key = key
	}
}

// nextKey reads the next key of an object that is all of the text, up to its value; before the
// first one also the brace. It returns false behind the last.
func (c *jsonCursor) nextKey(first bool) ([]byte, bool, error) {
	if first {
		if err := c.want('{'); err != nil {
			return nil, false, fmt.Errorf("%w: each line is one object", err)
		}
	}
	return c.keyOf(first)
}

// keyOf is nextKey behind the brace.
func (c *jsonCursor) keyOf(first bool) ([]byte, bool, error) {
	switch c.peek() {
	case '}':
		c.i++
		return nil, false, nil
	case ',':
		if first {
			return nil, false, c.unexpected("a key")
		}
		c.i++
		if c.peek() != '"' {
			return nil, false, c.unexpected("a key")
		}
	case '"':
		if !first {
			return nil, false, c.unexpected("',' or '}'")
		}
	default:
		return nil, false, c.unexpected("a key or '}'")
	}
	key, err := c.str()
	if err != nil {
		return nil, false, err
	}
	// The value may be a string with escapes and take the spare buffer.
	key = append(c.key[:0], key...)
	c.key = nil
	if err := c.want(':'); err != nil {
		return nil, false, err
	}
	c.peek()
	return key, true, nil
}

// list calls elem before each element.
func (c *jsonCursor) list(elem func() error) error {
	if err := c.want('['); err != nil {
		return err
	}
	if c.peek() == ']' {
		c.i++
		return nil
	}
	for {
		if err := elem(); err != nil {
			return err
		}
		switch c.peek() {
		case ',':
			c.i++
			c.peek()
		case ']':
			c.i++
			return nil
		default:
			return c.unexpected("',' or ']'")
		}
	}
}

// skip passes over a value.
func (c *jsonCursor) skip(depth int) error {
	if depth > jsonMaxDepth {
		return errJSONDepth
	}
	switch c.peek() {
	case '"':
		_, err := c.str()
		return err
	case '{':
		return c.object(func([]byte) error { return c.skip(depth + 1) }, false)
	case '[':
		return c.list(func() error { return c.skip(depth + 1) })
	case 't':
		return c.word("true")
	case 'f':
		return c.word("false")
	case 'n':
		return c.word("null")
	}
	_, err := c.literal()
	return err
}

// textOf reads a value as text: a string's content, or the JSON of any other.
func (c *jsonCursor) textOf(first byte) ([]byte, error) {
	if first == '"' {
		return c.str()
	}
	from := c.i
	if err := c.skip(0); err != nil {
		return nil, err
	}
	return c.b[from:c.i], nil
}

// notA is the error of a value of another kind than b's.
func (c *jsonCursor) notA(b scan.Cells) error {
	from := c.i
	if err := c.skip(0); err != nil {
		return err
	}
	return scan.BadValue(c.b[from:c.i], b, nil)
}

// literal reads the text of a number, or of true, false and the names of NaN
// and infinity that some writers leave bare.
func (c *jsonCursor) literal() ([]byte, error) {
	c.peek()
	from := c.i
	for c.i < len(c.b) {
		ch := c.b[c.i]
		if ch-'0' > 9 && ch|0x20-'a' > 25 && ch != '-' && ch != '+' && ch != '.' {
			break
		}
		c.i++
	}
	text := c.b[from:c.i]
	if len(text) == 0 {
		return nil, c.unexpected("a value")
	}
	if !isNumber(text) {
		switch string(text) {
		case "true", "false", "NaN", "Infinity", "-Infinity":
		default:
			return nil, fmt.Errorf("%q at byte %d, want a value", text[:min(len(text), 100)], from+1)
		}
	}
	return text, nil
}

// isNumber says whether text is a number by JSON's grammar, which is narrower
// than strconv's.
func isNumber(text []byte) bool {
	digits := func() bool {
		n := 0
		for n < len(text) && text[n]-'0' <= 9 {
			n++
		}
		text = text[n:]
		return n > 0
	}
	if text[0] == '-' {
		text = text[1:]
	}
	if len(text) > 1 && text[0] == '0' && text[1]-'0' <= 9 || !digits() {
		return false
	}
	if len(text) > 0 && text[0] == '.' {
		if text = text[1:]; !digits() {
			return false
		}
	}
	if len(text) > 0 && text[0]|0x20 == 'e' {
		text = text[1:]
		if len(text) > 0 && (text[0] == '+' || text[0] == '-') {
			text = text[1:]
		}
		return digits() && len(text) == 0
	}
	return len(text) == 0
}

// str reads a string. It stays valid until the next call.
func (c *jsonCursor) str() ([]byte, error) {
	c.i++
	from := c.i
	for i := from; i < len(c.b); i++ {
		switch ch := c.b[i]; {
		case ch == '"':
			c.i = i + 1
			return c.checked(c.b[from:i], from)
		case ch == '\\':
			return c.escaped(from, i)
		case ch < ' ':
			c.i = i
			return nil, fmt.Errorf("control character %q at byte %d inside a string", ch, i+1)
		}
	}
	return nil, scan.ErrJSONEnd
}

// checked returns the text of a string that begins at byte from.
func (c *jsonCursor) checked(text []byte, from int) ([]byte, error) {
	if c.dirty && !utf8.Valid(text) {
		return nil, fmt.Errorf("the string at byte %d, %w", from, scan.NotUTF8(text))
	}
	return text, nil
}

// escaped reads on in a string whose first escape is at i.
func (c *jsonCursor) escaped(from, i int) ([]byte, error) {
	out := append(c.spare[:0], c.b[from:i]...)
	for i < len(c.b) {
		ch := c.b[i]
		switch {
		case ch == '"':
			c.i = i + 1
			c.spare = out
			return c.checked(out, from)
		case ch < ' ':
			return nil, fmt.Errorf("control character %q at byte %d inside a string", ch, i+1)
		case ch != '\\':
			out = append(out, ch)
			i++
			continue
		}
		r, n, err := scan.Unescape(c.b[i:])
		if err != nil {
			return nil, fmt.Errorf("%w at byte %d", err, i+1)
		}
		out = utf8.AppendRune(out, r)
		i += n
	}
	return nil, scan.ErrJSONEnd
}
