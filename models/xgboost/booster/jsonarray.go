package booster

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

func (r *jsonReader) floats(dst []float32) ([]float32, error) {
	return numbers(r, dst, float32At, parseFloat)
}

func (r *jsonReader) doubles(dst []float64) ([]float64, error) {
	never := func([]byte) (float64, int, bool) { return 0, 0, false }
	return numbers(r, dst, never, func(word string) (float64, error) { return strconv.ParseFloat(word, 64) })
}

func (r *jsonReader) ints(dst []int32) ([]int32, error) {
	return numbers(r, dst, int32At, parseInt)
}

// numbers appends an array of numbers to dst. at reads most of them, parse the rest.
func numbers[T any](r *jsonReader, dst []T, at func([]byte) (T, int, bool), parse func(string) (T, error)) ([]T, error) {
	err := r.array(func(int) error {
		for {
			x, n, ok := at(r.buf[r.at:])
			if !ok {
				break
			}
			dst = append(dst, x)
			if r.at += n; r.buf[r.at] == ']' {
				return nil
			}
			r.at++ // the comma
		}
		if r.peek() == '"' {
			return r.errorf("a text stands where a number is wanted")
		}
		word, err := r.bare()
		if err != nil {
			return err
		}
		x, err := parse(string(word))
		if err != nil {
			return r.errorf("%v", err)
		}
		dst = append(dst, x)
		return nil
	})
	return dst, err
}

// parseInt reads a whole number; true and false are what versions before 1.6 wrote.
func parseInt(word string) (int32, error) {
	switch word {
	case "true":
		return 1, nil
	case "false":
		return 0, nil
	}
	x, err := strconv.ParseInt(word, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%.40q is not a whole number of 32 bits", word)
	}
	return int32(x), nil
}

// int32At reads a whole number that ends within b.
func int32At(b []byte) (x int32, n int, ok bool) {
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		n++
	}
	first := n
	for n < len(b) && n-first < 9 && b[n]-'0' <= 9 {
		x = x*10 + int32(b[n]-'0')
		n++
	}
	if n == first || n == len(b) || b[n] != ',' && b[n] != ']' {
		return 0, 0, false
	}
	if negative {
		x = -x
	}
	return x, n, true
}

// skip passes any value by, without looking at what stands in it.
func (r *jsonReader) skip() error {
	switch r.peek() {
	case '"':
		_, err := r.quoted()
		return err
	case '[':
		return r.array(func(i int) error {
			if i == 0 {
				r.skipNumbers()
			}
			return r.skip()
		})
	case '{':
		return r.object(func(string) error { return r.skip() })
	}
	_, err := r.bare()
	return err
}

// skipNumbers passes numbers of an array by, all but the last.
func (r *jsonReader) skipNumbers() {
	for {
		rest := r.buf[r.at:]
		end := bytes.IndexByte(rest, ']')
		if end >= 0 {
			rest = rest[:end]
		}
		for _, c := range []byte{'"', '[', '{'} {
			if bytes.IndexByte(rest, c) >= 0 {
				return
			}
		}
		r.at += bytes.LastIndexByte(rest, ',') + 1
		if end >= 0 || !r.more() {
			return
		}
	}
}

var errEscape = errors.New(`a text has an escape that JSON does not know`)

// unquote returns what stands in quotes.
func unquote(b []byte) (string, error) {
	if bytes.IndexByte(b, '\\') < 0 {
		return string(b), nil
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' {
			out = append(out, b[i])
			continue
		}
		i++ // there is a byte: the text does not end within an escape
		if at := bytes.IndexByte([]byte(`"\/bfnrt`), b[i]); at >= 0 {
			out = append(out, "\"\\/\b\f\n\r\t"[at])
			continue
		}
		c, n := codePoint(b[i:])
		if n == 0 {
			return "", errEscape
		}
		out = utf8.AppendRune(out, c)
		i += n - 1
	}
	return string(out), nil
}

// codePoint reads u and four digits, or two of them with a \ between: a pair.
func codePoint(b []byte) (c rune, n int) {
	hex := func(b []byte) rune {
		if len(b) < 5 || b[0] != 'u' {
			return -1
		}
		x, err := strconv.ParseUint(string(b[1:5]), 16, 16)
		if err != nil {
			return -1
		}
		return rune(x)
	}
	c = hex(b)
	if c < 0 {
		return 0, 0
	}
	if utf16.IsSurrogate(c) && len(b) > 6 && b[5] == '\\' {
		if pair := utf16.DecodeRune(c, hex(b[6:])); pair != utf8.RuneError {
			return pair, 11
		}
	}
	return c, 5
}
