package booster

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
)

// ubjReader reads UBJ as XGBoost writes it (src/common/json.cc): lengths are of 64
// bits, arrays of numbers have a kind and a length. Other UBJ is read too.
type ubjReader struct {
	src   *bufio.Reader
	at    int64
	depth int
}

func newUBJ(src io.Reader) *ubjReader { return &ubjReader{src: bufio.NewReaderSize(src, window)} }

func (r *ubjReader) errorf(format string, args ...any) error {
	return fmt.Errorf("byte %d of the UBJ: %w", r.at, fmt.Errorf(format, args...))
}

// short makes the end of the file an error that says so.
func short(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errShort
	}
	return err
}

func (r *ubjReader) byte() (byte, error) {
	c, err := r.src.ReadByte()
	if err != nil {
		return 0, short(err)
	}
	r.at++
	return c, nil
}

func (r *ubjReader) peek() (byte, error) {
	b, err := r.src.Peek(1)
	if err != nil {
		return 0, short(err)
	}
	return b[0], nil
}

func (r *ubjReader) full(b []byte) error {
	n, err := io.ReadFull(r.src, b)
	r.at += int64(n)
	return short(err)
}

// sizes are the bytes of a value of each kind.
var sizes = map[byte]int{'i': 1, 'U': 1, 'C': 1, 'I': 2, 'l': 4, 'd': 4, 'L': 8, 'D': 8, 'T': 0, 'F': 0, 'Z': 0}

// number reads a value of a kind.
func (r *ubjReader) number(kind byte) (whole int64, float float64, err error) {
	size, ok := sizes[kind]
	if !ok || kind == 'Z' {
		return 0, 0, r.errorf("a value of kind %q stands where a number is wanted", kind)
	}
	var b [8]byte
	if err := r.full(b[:size]); err != nil {
		return 0, 0, err
	}
	whole, float = numberOf(kind, b[:size])
	return whole, float, nil
}

// numberOf returns the value of a kind. That of a kind of floats is cut to be whole.
func numberOf(kind byte, b []byte) (int64, float64) {
	var n int64
	switch kind {
	case 'i':
		n = int64(int8(b[0]))
	case 'U', 'C':
		n = int64(b[0])
	case 'I':
		n = int64(int16(binary.BigEndian.Uint16(b)))
	case 'l':
		n = int64(int32(binary.BigEndian.Uint32(b)))
	case 'L':
		n = int64(binary.BigEndian.Uint64(b))
	case 'T':
		n = 1
	case 'd':
		x := float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
		return int64(x), x
	case 'D':
		x := math.Float64frombits(binary.BigEndian.Uint64(b))
		return int64(x), x
	}
	return n, float64(n)
}

// length reads how long something is.
func (r *ubjReader) length() (int64, error) {
	kind, err := r.byte()
	if err != nil {
		return 0, err
	}
	n, _, err := r.number(kind)
	if err == nil && (n < 0 || kind == 'd' || kind == 'D') {
		return 0, r.errorf("a length is %d", n)
	}
	return n, err
}

// header reads what may stand before the values of an array or an object: their
// kind, or 0, and their number, or -1.
func (r *ubjReader) header() (kind byte, n int64, err error) {
	c, err := r.peek()
	if err != nil {
		return 0, 0, err
	}
	if c == '$' {
		r.byte()
		if kind, err = r.byte(); err != nil {
			return 0, 0, err
		}
		if c, err = r.peek(); err != nil {
			return 0, 0, err
		}
		if c != '#' {
			return 0, 0, r.errorf("an array of one kind has no length")
		}
	}
	if c != '#' {
		return 0, -1, nil
	}
	r.byte()
	n, err = r.length()
	return kind, n, err
}

// open reads the mark that begins a value, which is want.
func (r *ubjReader) open(want byte) error {
	c, err := r.byte()
	if err != nil {
		return err
	}
	if c != want {
		return r.errorf("%q stands where %q is wanted", c, want)
	}
	return nil
}

// values calls each until the end of an array or object of n values.
func (r *ubjReader) values(n int64, end byte, each func(i int) error) error {
	if r.depth++; r.depth > maxDepth {
		return errDeep
	}
	for i := int64(0); i != n; i++ {
		if n < 0 {
			c, err := r.peek()
			if err != nil {
				return err
			}
			if c == end {
				r.byte()
				break
			}
		}
		if err := each(int(i)); err != nil {
			return err
		}
	}
	r.depth--
	return nil
}

func (r *ubjReader) object(each func(key string) error) error {
	if err := r.open('{'); err != nil {
		return err
	}
	return r.members(each)
}

// members reads an object behind its mark.
func (r *ubjReader) members(each func(key string) error) error {
	kind, n, err := r.header()
	if err != nil {
		return err
	}
	if kind != 0 {
		return r.errorf("an object has values of one kind, which XGBoost does not write")
	}
	return r.values(n, '}', func(int) error {
		key, err := r.counted()
		if err != nil {
			return err
		}
		return each(key)
	})
}

// counted reads a length and as many bytes of text.
func (r *ubjReader) counted() (string, error) {
	n, err := r.length()
	if err != nil {
		return "", err
	}
	b, err := grown(n, 1, nil, func(b []byte, _ int) ([]byte, error) { return b, r.full(b) })
	return string(b), err
}

func (r *ubjReader) array(each func(i int) error) error {
	if err := r.open('['); err != nil {
		return err
	}
	kind, n, err := r.header()
	if err != nil {
		return err
	}
	if kind != 0 {
		return r.errorf("numbers stand where other values are wanted")
	}
	return r.values(n, ']', each)
}

func (r *ubjReader) trees(each func(r reader) error) error {
	return r.array(func(int) error { return each(r) })
}

func (r *ubjReader) text() (string, error) {
	kind, err := r.byte()
	if err != nil {
		return "", err
	}
	switch kind {
	case 'S':
		return r.counted()
	case 'd', 'D':
		_, x, err := r.number(kind)
		return strconv.FormatFloat(x, 'g', -1, 64), err
	case 'Z':
		return "null", nil
	}
	n, _, err := r.number(kind)
	return strconv.FormatInt(n, 10), err
}

func (r *ubjReader) whole() (int64, error) {
	s, err := r.text()
	if err != nil {
		return 0, err
	}
	return wholeOf(s)
}

func (r *ubjReader) isArray() bool {
	c, err := r.peek()
	return err == nil && c == '['
}
