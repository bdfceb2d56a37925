package format

import (
	"bytes"

	"github.com/apache/arrow/go/v15/arrow"
)

// csvLines is CSV as RFC 4180 has it, in UTF-8, with a header line; lines end
// with LF. A null is an empty field and an empty string is "". Numbers have the
// fewest digits that give them back, and doubles always a point or an exponent;
// those that are no numbers are NaN, Infinity and -Infinity. Times are as in ISO
// 8601, binary values in base64; lists, maps and structs are JSON as json.go
// writes it.
type csvLines struct{ head []byte }

func newCSV(s *arrow.Schema) (lineFormat, error) {
	var head []byte
	for i, f := range s.Fields() {
		if i > 0 {
			head = append(head, ',')
		}
		head = appendCSV(head, []byte(f.Name))
	}
	return csvLines{append(head, '\n')}, nil
}

func (l csvLines) header() []byte { return l.head }

func (csvLines) row(cols []column) func([]byte, int) []byte {
	return func(dst []byte, i int) []byte {
		for c, col := range cols {
			if c > 0 {
				dst = append(dst, ',')
			}
			if !col.IsNull(i) {
				dst = col.text(dst, i)
			}
		}
		return append(dst, '\n')
	}
}

func (csvLines) column(arr arrow.Array) (cell, error) {
	if text := textsOf(arr); text != nil {
		return func(dst []byte, i int) []byte { return appendCSV(dst, text(i)) }, nil
	}
	t := plainType(arr.DataType()).ID()
	if t == arrow.NULL { // its arrays do not say of a value that it is null
		return func(dst []byte, _ int) []byte { return dst }, nil
	}
	value, err := scalarText(arr), error(nil)
	if value != nil && t != arrow.BINARY && t != arrow.FIXED_SIZE_BINARY {
		return value, nil
	}
	if value == nil {
		value, err = jsonValue(arr)
	}
	if err != nil {
		return nil, err
	}
	var spare []byte
	return func(dst []byte, i int) []byte {
		spare = value(spare[:0], i)
		return appendCSV(dst, spare)
	}, nil
}

// appendCSV appends text as a field, in quotes if it needs them, or if some
// reader may trim it.
func appendCSV(dst, text []byte) []byte {
	if len(text) > 0 && !bytes.ContainsAny(text, ",\"\r\n") && !trimmed(text[0]) && !trimmed(text[len(text)-1]) {
		return append(dst, text...)
	}
	dst = append(dst, '"')
	for {
		i := bytes.IndexByte(text, '"')
		if i < 0 {
			break
		}
		dst = append(append(dst, text[:i+1]...), '"')
		text = text[i+1:]
	}
	return append(append(dst, text...), '"')
}

// trimmed reports whether c at either end of a field may get lost: white space,
// and the first byte of a byte order mark.
func trimmed(c byte) bool { return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == 0xef }
