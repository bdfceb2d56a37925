package casefile

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Quote prints s in quotes with JSON escapes. Characters that an editor would
// not show are escaped, and so are halves of surrogate pairs.
func Quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for len(s) > 0 {
		if half, ok := surrogate(s); ok {
			fmt.Fprintf(&b, `\u%04x`, half)
			s = s[3:]
			continue
		}
		r, n := utf8.DecodeRuneInString(s)
		s = s[n:]
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == ' ' || unicode.IsPrint(r) && !unicode.Is(unicode.M, r):
			b.WriteRune(r)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, hi, lo)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// surrogate decodes half a surrogate pair at the start of s.
func surrogate(s string) (rune, bool) {
	if len(s) < 3 || s[0] != 0xed || s[1] < 0xa0 || s[1] > 0xbf || s[2]&0xc0 != 0x80 {
		return 0, false
	}
	return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), true
}

// Unquote reads a string with JSON escapes from the start of text, and returns
// it with the rest of text.
func Unquote(text string) (s, rest string, err error) {
	if !strings.HasPrefix(text, `"`) {
		return "", text, fmt.Errorf("want a quoted string at %.20q", text)
	}
	var b []byte
	for i := 1; i < len(text); i++ {
		switch c := text[i]; c {
		case '"':
			return string(b), text[i+1:], nil
		case '\\':
			i++
			if i == len(text) {
				return "", text, fmt.Errorf("string %.20q has no end", text)
			}
			if text[i] != 'u' {
				at := strings.IndexByte(`"\/bfnrt`, text[i])
				if at < 0 {
					return "", text, fmt.Errorf("unknown escape \\%c", text[i])
				}
				b = append(b, "\"\\/\b\f\n\r\t"[at])
				continue
			}
			unit, err := hexUnit(text, i+1)
			if err != nil {
				return "", text, err
			}
			i += 4
			b = appendUnit(b, unit)
		default:
			b = append(b, c)
		}
	}
	return "", text, fmt.Errorf("string %.20q has no end", text)
}

func hexUnit(text string, at int) (rune, error) {
	if at+4 > len(text) {
		return 0, fmt.Errorf("escape %q is too short", text[at-2:])
	}
	n, err := strconv.ParseUint(text[at:at+4], 16, 16)
	if err != nil {
		return 0, fmt.Errorf("escape %q is not hexadecimal", text[at-2:at+4])
	}
	return rune(n), nil
}

// appendUnit appends a UTF-16 unit, and joins it with the other half of the
// pair if that is what b ends with.
func appendUnit(b []byte, unit rune) []byte {
	if !utf16.IsSurrogate(unit) {
		return utf8.AppendRune(b, unit)
	}
	if len(b) >= 3 {
		if half, ok := surrogate(string(b[len(b)-3:])); ok {
			if r := utf16.DecodeRune(half, unit); r != unicode.ReplacementChar {
				return utf8.AppendRune(b[:len(b)-3], r)
			}
		}
	}
	return append(b, 0xed, 0x80|byte(unit>>6&0x3f), 0x80|byte(unit&0x3f))
}
