package bundle

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// rawString reads the string that starts at the current byte. The bytes are
// those of the file unless it has escapes; they are not checked for UTF-8.
func (r *jsonReader) rawString() []byte {
	r.pos++
	start := r.pos
	for i := start; i < len(r.data); i++ {
		switch c := r.data[i]; {
		case c == '"':
			r.pos = i + 1
			return r.data[start:i]
		case c == '\\':
			return r.escapedString(start, i)
		case c < ' ':
			r.pos = i
			r.unexpected("the rest of a string")
			return nil
		}
	}
	r.pos = len(r.data)
	r.unexpected("the rest of a string")
	return nil
}

// escapedString finishes a string whose first escape is at i.
func (r *jsonReader) escapedString(start, i int) []byte {
	out := append([]byte(nil), r.data[start:i]...)
	for i < len(r.data) {
		c := r.data[i]
		switch {
		case c == '"':
			r.pos = i + 1
			return out
		case c < ' ':
			r.pos = i
			r.unexpected("the rest of a string")
			return nil
		case c != '\\':
			out = append(out, c)
			i++
			continue
		}
		var ok bool
		if out, i, ok = unescape(out, r.data, i+1); !ok {
			r.pos = min(i, len(r.data))
			r.unexpected("an escape sequence")
			return nil
		}
	}
	r.pos = len(r.data)
	r.unexpected("the rest of a string")
	return nil
}

var jsonEscapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape appends what the escape says whose letter is at i, and returns the
// position after it.
func unescape(out, data []byte, i int) ([]byte, int, bool) {
	if i >= len(data) {
		return nil, i, false
	}
	if c := jsonEscapes[data[i]]; c != 0 {
		return append(out, c), i + 1, true
	}
	if data[i] != 'u' {
		return nil, i, false
	}
	u, ok := hex4(data, i+1)
	if !ok {
		return nil, i, false
	}
	i += 5
	if utf16.IsSurrogate(u) {
		if i+1 < len(data) && data[i] == '\\' && data[i+1] == 'u' {
			if low, ok := hex4(data, i+2); ok {
				if c := utf16.DecodeRune(u, low); c != utf8.RuneError {
					return utf8.AppendRune(out, c), i + 6, true
				}
			}
		}
		u = utf8.RuneError
	}
	return utf8.AppendRune(out, u), i, true
}

func hex4(data []byte, i int) (rune, bool) {
	if i+4 > len(data) {
		return 0, false
	}
	var u rune
	for _, c := range data[i : i+4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		u = u<<4 | rune(c)
	}
	return u, true
}

// text reads a string.
func (r *jsonReader) text() (string, error) {
	if r.next() != '"' {
		return "", r.wrong("a string")
	}
	return javaText(r.rawString()), nil
}

// base64 reads a string of bytes as java.util.Base64's basic decoder does:
// without white space, with padding or without.
func (r *jsonReader) base64() ([]byte, error) {
	if r.next() != '"' {
		return nil, r.wrong("a base64 string")
	}
	s := r.rawString()
	if r.err != nil || len(s) == 0 {
		return nil, nil
	}
	enc := base64.RawStdEncoding
	if s[len(s)-1] == '=' {
		enc = base64.StdEncoding
	}
	out := make([]byte, enc.DecodedLen(len(s)))
	n, err := enc.Decode(out, s)
	if err != nil || bytes.ContainsAny(s, "\r\n") {
		return nil, errors.New("not base64")
	}
	return out[:n], nil
}

// javaText decodes UTF-8 as java.lang.String does: each malformed piece becomes
// one U+FFFD, where a piece is the longest start of a character, or a whole
// surrogate that was encoded as if it were a character.
func javaText(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var out strings.Builder
	out.Grow(len(b))
	for len(b) > 0 {
		c, n := utf8.DecodeRune(b)
		if c == utf8.RuneError && n == 1 {
			n = malformed(b)
		}
		out.WriteRune(c)
		b = b[n:]
	}
	return out.String()
}

// malformed is the length of the malformed piece that b starts with.
func malformed(b []byte) int {
	lo, hi, want := byte(0x80), byte(0xbf), 0
	switch c := b[0]; {
	case c >= 0xc2 && c <= 0xdf:
		want = 2
	case c >= 0xe0 && c <= 0xef:
		want = 3
		if c == 0xe0 {
			lo = 0xa0
		}
	case c >= 0xf0 && c <= 0xf4:
		want = 4
		if c == 0xf0 {
			lo = 0x90
		} else if c == 0xf4 {
			hi = 0x8f
		}
	}
	n := 1
	for n < want && n < len(b) && b[n] >= lo && b[n] <= hi {
		lo, hi = 0x80, 0xbf
		n++
	}
	return n
}
