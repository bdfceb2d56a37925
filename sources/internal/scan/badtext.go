package scan

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// UTF8Error is text that is not UTF-8, where text is wanted.
type UTF8Error struct{ text, remedy string }

func (e *UTF8Error) Error() string {
	text := e.text
	if len(text) > 100 {
		text = text[:100] + "..."
	}
	return fmt.Sprintf("%q is not UTF-8; %s", text, e.remedy)
}

// NotUTF8 is a UTF8Error of a format that has to be UTF-8.
func NotUTF8(text []byte) error {
	return NotUTF8In(text, "convert the file, as iconv -f LATIN1 -t UTF-8 does")
}

// NotUTF8In is a UTF8Error that says what to do about it.
func NotUTF8In(text []byte, remedy string) error { return &UTF8Error{string(text), remedy} }

// halfSurrogate returns the first escape in JSON, as \ud800, that is half of a
// surrogate pair, or "". encoding/json reads another character in its place.
func halfSurrogate(text []byte) string {
	for at := 0; ; {
		i := bytes.IndexByte(text[at:], '\\')
		if i < 0 || at+i+1 == len(text) {
			return ""
		}
		if at += i; text[at+1] != 'u' {
			at += 2
			continue
		}
		_, n, err := Unescape(text[at:])
		if err != nil {
			return string(text[at:min(at+6, len(text))])
		}
		at += n
	}
}

// CheckJSONText refuses JSON that encoding/json would read other characters
// from than it holds.
func CheckJSONText(text []byte) error {
	if !utf8.Valid(text) {
		line := 1
		for rest := text; ; line++ {
			one, more, found := bytes.Cut(rest, []byte{'\n'})
			if !utf8.Valid(one) {
				return fmt.Errorf("line %d: %w", line, NotUTF8(around(one)))
			}
			if rest = more; !found {
				break
			}
		}
	}
	if half := halfSurrogate(text); half != "" {
		return fmt.Errorf("%s is half of a surrogate pair, which is no character", half)
	}
	return nil
}

// around returns what lies around the first bytes of a line that are not UTF-8.
func around(line []byte) []byte {
	at := 0
	for at < len(line) {
		r, n := utf8.DecodeRune(line[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	return line[max(0, at-20):min(len(line), at+20)]
}

// Unescape reads the escape at the front of b. Half a surrogate pair is no
// character, and no text in UTF-8 holds it.
func Unescape(b []byte) (rune, int, error) {
	if len(b) < 2 {
		return 0, 0, ErrJSONEnd
	}
	switch b[1] {
	case '"', '\\', '/':
		return rune(b[1]), 2, nil
	case 'b':
		return '\b', 2, nil
	case 'f':
		return '\f', 2, nil
	case 'n':
		return '\n', 2, nil
	case 'r':
		return '\r', 2, nil
	case 't':
		return '\t', 2, nil
	case 'u':
		r, ok := hex4(b[2:])
		if !ok {
			return 0, 0, errEscape
		}
		if !utf16.IsSurrogate(r) {
			return r, 6, nil
		}
		if len(b) >= 12 && b[6] == '\\' && b[7] == 'u' {
			if low, ok := hex4(b[8:]); ok {
				if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
					return pair, 12, nil
				}
			}
		}
		return 0, 0, fmt.Errorf("%s is half of a surrogate pair, which is no character,", b[:6])
	}
	return 0, 0, errEscape
}

var ErrJSONEnd = errors.New("the line ends inside a value: want one whole object on each line")

var errEscape = errors.New("invalid escape in a string")

func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	v, err := strconv.ParseUint(string(b[:4]), 16, 32)
	return rune(v), err == nil
}
