// Package clean makes text that comes from bundles, files, data and command lines
// safe to show: Line and Message make control characters harmless to a terminal
// and a log, Secrets hides passwords and keys.
package clean

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line returns s with all that could end the line, move the cursor or turn the
// order of the text around written as an escape such as \n, \x1b or \u202e.
func Line(s string) string { return escape(s, "") }

// Text is Line for text that may have several lines, each of which stands for
// itself where it is shown.
func Text(s string) string { return escape(s, "\n\t") }

// Message is Text with the second and all further lines indented, so that none can
// pass for a message of its own.
func Message(s string) string {
	first, rest, more := strings.Cut(Text(s), "\n")
	if !more {
		return first
	}
	lines := strings.Split(rest, "\n")
	bare := func(l string) bool { return l != "" && l[0] != ' ' && l[0] != '\t' }
	if slices.ContainsFunc(lines, bare) {
		for i, l := range lines { // all of them: a mark may point into the line above
			if l != "" {
				lines[i] = "  " + l
			}
		}
	}
	return first + "\n" + strings.Join(lines, "\n")
}

// JSON returns encoded JSON with the same characters as escapes of JSON.
func JSON(b []byte) []byte {
	if !bytes.ContainsFunc(b, unsafe) {
		return b
	}
	var out []byte
	for _, r := range string(b) {
		if unsafe(r) && r > ' ' {
			out = fmt.Appendf(out, `\u%04x`, r)
		} else {
			out = utf8.AppendRune(out, r)
		}
	}
	return out
}

// escape returns s with unsafe runes as escapes, but for those in keep.
func escape(s, keep string) string {
	safe := utf8.ValidString(s)
	for _, r := range s {
		safe = safe && !unsafe(r)
	}
	if safe {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case strings.ContainsRune(keep, r) && r != utf8.RuneError:
			b.WriteRune(r)
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unsafe(r) && r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case unsafe(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// unsafe reports whether a terminal may do something else with r than show it:
// control characters, line separators, and those that order text from right to
// left.
func unsafe(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\u061c' || r == '\u200e' || r == '\u200f' ||
		r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}
