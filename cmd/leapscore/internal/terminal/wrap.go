package terminal

import (
	"strings"

	"github.com/rivo/uniseg"
)

// Columns is how many columns of a screen a text takes.
func Columns(s string) int { return uniseg.StringWidth(s) }

// Wrap breaks a text between words into lines of up to width columns. Only a word that
// is longer than a line is broken itself. A width of 0 is no limit.
func Wrap(s string, width int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(s) {
		for n := Columns(word); ; n = Columns(word) {
			if line == "" && (n <= width || width <= 0) {
				line, used = word, n
				break
			}
			if width <= 0 || used+1+n <= width {
				line, used = line+" "+word, used+1+n
				break
			}
			if line == "" {
				var part string
				part, word = cut(word, width)
				lines = append(lines, part)
				continue
			}
			lines, line, used = append(lines, line), "", 0
		}
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// cut returns what of s fits into width columns, at least one character, and the rest.
func cut(s string, width int) (fits, rest string) {
	used, state := 0, -1
	for rest = s; rest != ""; {
		_, next, n, to := uniseg.FirstGraphemeClusterInString(rest, state)
		if used > 0 && used+n > width {
			break
		}
		used, state, rest = used+n, to, next
	}
	return s[:len(s)-len(rest)], rest
}

// Short returns s in up to width columns. An ellipsis stands for what is left out.
func Short(s string, width int) string {
	if width <= 0 || Columns(s) <= width {
		return s
	}
	if width == 1 {
		return "…"
	}
	fits, _ := cut(s, width-1)
	return fits + "…"
}

// Indent begins all lines but the first with n spaces.
func Indent(lines []string, n int) string {
	return strings.Join(lines, "\n"+strings.Repeat(" ", n))
}

// Paragraphs wraps a text of several paragraphs. Lines that begin with a space or tab,
// such as commands, stay as they are.
func Paragraphs(s string, width int) string {
	var b strings.Builder
	var plain []string
	flush := func() {
		if len(plain) > 0 {
			b.WriteString(Indent(Wrap(strings.Join(plain, " "), width), 0) + "\n")
		}
		plain = nil
	}
	for line := range strings.SplitSeq(strings.TrimRight(s, "\n"), "\n") {
		if line != "" && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t") {
			plain = append(plain, line)
			continue
		}
		flush()
		b.WriteString(line + "\n")
	}
	flush()
	return b.String()
}
