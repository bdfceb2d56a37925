package text

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/sources/internal/scan"
)

// csvFields cuts one record into fields.
type csvFields struct {
	dialect
	b      []byte
	pos    int  // behind the last field and its comma or line end
	start  int  // of the last field
	more   bool // a comma came before pos
	text   []byte
	quoted bool
	spare  []byte
	err    error

	end   byte      // of lines
	stops [256]bool // the bytes that a field without quotes ends at
	mixed bool      // there may be CR, or LF in a file whose lines end in CR, in fields
	dirty bool      // there may be text that is not UTF-8
}

// fieldsOf cuts the records of some text.
func (d *dialect) fieldsOf(text []byte, end byte) csvFields {
	f := csvFields{dialect: *d, end: end, mixed: bytes.IndexByte(text, otherEnd(end)) >= 0, dirty: !utf8.Valid(text)}
	f.stops[d.delimiter], f.stops[d.quote], f.stops[end] = true, true, true
	return f
}

// otherEnd is the line end that a file has not, whose lines end in end.
func otherEnd(end byte) byte { return '\r' + '\n' - end }

func (f *csvFields) begin(b []byte) {
	f.b, f.pos, f.start, f.more, f.err = b, 0, 0, true, nil
}

// next finds the next field of the record.
func (f *csvFields) next() bool {
	if !f.more || f.err != nil {
		return false
	}
	f.start, f.quoted = f.pos, false
	quote, end := f.quote, f.end
	if f.pos < len(f.b) && f.b[f.pos] == quote {
		return f.nextQuoted()
	}
	b := f.b[f.pos:]
	i := 0
	for i < len(b) && !f.stops[b[i]] {
		i++
	}
	if i < len(b) && b[i] == quote {
		f.err = fmt.Errorf("a quote (%c) inside a field that is not quoted", quote)
		return false
	}
	f.text = b[:i]
	if i == len(b) || b[i] == end {
		f.more = false
		if i > 0 && b[i-1] == '\r' && end == '\n' {
			f.text = b[:i-1]
		}
	}
	if f.mixed && bytes.IndexByte(f.text, otherEnd(f.end)) >= 0 {
		f.err = errors.New("a line end of another kind than that of the header inside of a field that is not quoted: " +
			"want all lines to end in LF or CRLF, or all in CR")
		return false
	}
	f.pos += min(i+1, len(b))
	return true
}

func (f *csvFields) nextQuoted() bool {
	f.quoted = true
	b := f.b[f.pos+1:]
	if f.escape != f.quote {
		return f.nextEscaped(b)
	}
	var joined []byte // the text before doubled quotes, if there are any
	for at := 0; ; {
		i := bytes.IndexByte(b[at:], f.quote)
		if i < 0 {
			f.err = errors.New("a quoted field does not end")
			return false
		}
		i += at
		if i+1 < len(b) && b[i+1] == f.quote {
			if joined == nil {
				joined = f.spare[:0]
			}
			joined = append(joined, b[at:i+1]...)
			at = i + 2
			continue
		}
		f.text = b[at:i]
		if joined != nil {
			f.spare = append(joined, b[at:i]...)
			f.text = f.spare
		}
		return f.afterQuote(b[i+1:])
	}
}

// nextEscaped is nextQuoted of a field with escapes. An escape before any other byte than
// a quote or an escape stands for itself.
func (f *csvFields) nextEscaped(b []byte) bool {
	out := f.spare[:0]
	for i := 0; i < len(b); i++ {
		next := byte(0)
		if i+1 < len(b) {
			next = b[i+1]
		}
		switch c := b[i]; {
		case c == f.escape && (next == f.quote || next == f.escape), c == f.quote && next == f.quote:
			out = append(out, next)
			i++
		case c == f.quote:
			f.text, f.spare = out, out
			return f.afterQuote(b[i+1:])
		default:
			out = append(out, c)
		}
	}
	f.err = errors.New("a quoted field does not end")
	return false
}

// afterQuote checks what follows a closing quote.
func (f *csvFields) afterQuote(rest []byte) bool {
	n := 1
	switch {
	case len(rest) == 0:
		n, f.more = 0, false
	case rest[0] == f.delimiter:
	case rest[0] == f.end:
		f.more = false
	case rest[0] == '\r' && (len(rest) == 1 || rest[1] == '\n'):
		n, f.more = min(2, len(rest)), false
	default:
		f.err = errors.New("text between a closing quote and the next delimiter")
		return false
	}
	f.pos = len(f.b) - len(rest) + n
	return true
}

// appendTo appends the field as a value.
func (f *csvFields) appendTo(b scan.Cells) error {
	if !f.quoted && (len(f.text) == 0 || f.nulls != nil && f.isNull(f.text)) {
		b.AppendNull()
		return nil
	}
	switch b := b.(type) {
	case *scan.Texts:
		b.Append(f.text)
		return f.checked()
	case *array.StringBuilder:
		b.BinaryBuilder.Append(f.text) // and if it is not UTF-8, so that the row can be shown
		return f.checked()
	case *array.ListBuilder, *array.MapBuilder:
		if len(f.text) == 0 {
			b.AppendNull()
			return nil
		}
		return AppendJSON(b, f.text, f.dirty)
	case *array.BinaryBuilder:
		b.Append(f.text)
		return nil
	}
	text := bytes.TrimSpace(f.text)
	if len(text) == 0 || f.nulls != nil && f.isNull(text) {
		b.AppendNull()
		return nil
	}
	err := scan.AppendText(b, text)
	if err != nil && slices.Contains(missing, string(text)) {
		err = fmt.Errorf("%w; if it stands for a missing value, --csv-null '%s'", err, text)
	}
	return err
}

// checked is the error of text that is not UTF-8.
func (f *csvFields) checked() error {
	if f.dirty && !utf8.Valid(f.text) {
		return badEncoding(f.text)
	}
	return nil
}

// missing are what other programs write for a missing value.
var missing = []string{"NULL", "null", "Null", "NA", "N/A", "n/a", `\N`, "None", "none", "-", "?", "#N/A", "<NA>", "(null)"}
