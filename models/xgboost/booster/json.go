package booster

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
)

// jsonReader reads JSON through a window. A reader of a part of the document has
// all of it in the window, and no source.
type jsonReader struct {
	src   io.Reader
	buf   []byte
	at    int   // the next byte
	base  int64 // bytes of the document before buf
	depth int
	err   error // of src; io.EOF at the end
}

const window = 256 << 10

func newJSON(src io.Reader) *jsonReader { return &jsonReader{src: src, buf: make([]byte, 0, window)} }

// partJSON reads a part that starts at offset base of the document.
func partJSON(part []byte, base int64) *jsonReader {
	return &jsonReader{buf: part, base: base, err: io.EOF}
}

// more reads on, and keeps what was not consumed. It tells whether there is more.
func (r *jsonReader) more() bool {
	if r.err != nil {
		return false
	}
	if r.at > 0 {
		n := copy(r.buf, r.buf[r.at:])
		r.base += int64(r.at)
		r.buf, r.at = r.buf[:n], 0
	}
	if len(r.buf) == cap(r.buf) {
		r.buf = append(r.buf, make([]byte, cap(r.buf))...)[:len(r.buf)]
	}
	n, err := io.ReadAtLeast(r.src, r.buf[len(r.buf):cap(r.buf)], 1)
	r.buf = r.buf[:len(r.buf)+n]
	if err != nil {
		r.err = err
	}
	return n > 0
}

func (r *jsonReader) errorf(format string, args ...any) error {
	if r.err != nil && r.err != io.EOF {
		return r.err
	}
	return fmt.Errorf("byte %d of the JSON: %w", r.base+int64(r.at), fmt.Errorf(format, args...))
}

// short is the error at the end of the file.
func (r *jsonReader) short() error {
	if r.err != nil && r.err != io.EOF {
		return r.err
	}
	return errShort
}

// peek returns the next byte that is no space, and leaves it there; 0 at the end.
func (r *jsonReader) peek() byte {
	for {
		for ; r.at < len(r.buf); r.at++ {
			if c := r.buf[r.at]; c != ' ' && c != '\n' && c != '\r' && c != '\t' {
				return c
			}
		}
		if !r.more() {
			return 0
		}
	}
}

func (r *jsonReader) expect(c byte) error {
	switch got := r.peek(); got {
	case c:
		r.at++
		return nil
	case 0:
		return r.short()
	default:
		return r.errorf("%q stands where %q is wanted", got, c)
	}
}

// list reads values between open and end, with commas between them.
func (r *jsonReader) list(open, end byte, each func(i int) error) error {
	if err := r.expect(open); err != nil {
		return err
	}
	if r.depth++; r.depth > maxDepth {
		return errDeep
	}
	if r.peek() == end {
		r.at++
		r.depth--
		return nil
	}
	for i := 0; ; i++ {
		if err := each(i); err != nil {
			return err
		}
		if r.peek() == end {
			r.at++
			r.depth--
			return nil
		}
		if err := r.expect(','); err != nil {
			return err
		}
	}
}

func (r *jsonReader) array(each func(i int) error) error { return r.list('[', ']', each) }

func (r *jsonReader) object(each func(key string) error) error {
	return r.list('{', '}', func(int) error {
		if c := r.peek(); c != '"' && c != 0 {
			return r.errorf("%q stands where a key is wanted", c)
		}
		key, err := r.quoted()
		if err != nil {
			return err
		}
		if err := r.expect(':'); err != nil {
			return err
		}
		return each(key)
	})
}

// quoted reads a text in quotes.
func (r *jsonReader) quoted() (string, error) {
	if err := r.expect('"'); err != nil {
		return "", err
	}
	for from := r.at; ; {
		i := bytes.IndexByte(r.buf[from:], '"')
		if i < 0 {
			seen := len(r.buf) - r.at
			if !r.more() {
				return "", r.short()
			}
			from = r.at + seen
			continue
		}
		end := from + i
		if escaped(r.buf[r.at:end]) {
			from = end + 1
			continue
		}
		s, err := unquote(r.buf[r.at:end])
		if err != nil {
			return "", r.errorf("%v", err)
		}
		r.at = end + 1
		return s, nil
	}
}

// escaped tells whether text ends within an escape.
func escaped(text []byte) bool {
	n := 0
	for n < len(text) && text[len(text)-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}

// bare reads a word without quotes: a number, true, false, null.
func (r *jsonReader) bare() ([]byte, error) {
	r.peek()
	for n := 0; ; {
		for r.at+n < len(r.buf) && !ends[r.buf[r.at+n]] {
			n++
		}
		if r.at+n < len(r.buf) || !r.more() {
			word := r.buf[r.at : r.at+n]
			if n == 0 {
				if r.at == len(r.buf) {
					return nil, r.short()
				}
				return nil, r.errorf("%q stands where a value is wanted", r.buf[r.at])
			}
			r.at += n
			return word, nil
		}
		if n > 4096 {
			return nil, r.errorf("a number has more than 4096 digits")
		}
	}
}

// ends are the bytes that end a bare word.
var ends = [256]bool{' ': true, '\n': true, '\r': true, '\t': true, ',': true, ':': true, ']': true, '}': true, '[': true, '{': true, '"': true}

func (r *jsonReader) text() (string, error) {
	if r.peek() == '"' {
		return r.quoted()
	}
	word, err := r.bare()
	return string(word), err
}

func (r *jsonReader) whole() (int64, error) {
	s, err := r.text()
	if err != nil {
		return 0, err
	}
	return wholeOf(s)
}

func wholeOf(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%.40q is not a whole number", s)
	}
	return n, nil
}

func (r *jsonReader) isArray() bool { return r.peek() == '[' }
