package text

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/sources/internal/scan"
)

// AppendJSON appends the value that a whole text spells in JSON.
func AppendJSON(b scan.Cells, text []byte, dirty bool) error {
	in := jsonCursor{dirty: dirty}
	in.reset(text)
	if err := appendJSON(b, &in); err != nil {
		return err
	}
	return in.atEnd()
}

// appendJSON appends the next value of in.
func appendJSON(b scan.Cells, in *jsonCursor) error {
	c := in.peek()
	if c == 'n' {
		if err := in.word("null"); err != nil {
			return err
		}
		b.AppendNull()
		return nil
	}
	switch b := b.(type) {
	case *scan.Texts:
		text, err := in.textOf(c)
		if err == nil {
			b.Append(text)
		}
		return err
	case *array.StringBuilder:
		text, err := in.textOf(c)
		if err == nil {
			b.BinaryBuilder.Append(text)
		}
		return err
	case *array.BinaryBuilder:
		text, err := in.textOf(c)
		if err == nil {
			b.Append(text)
		}
		return err
	case *array.ListBuilder:
		if c != '[' {
			return in.notA(b)
		}
		b.Append(true)
		return in.list(func() error { return appendJSON(b.ValueBuilder(), in) })
	case *array.MapBuilder:
		if c != '{' {
			return in.notA(b)
		}
		b.Append(true)
		return in.object(func(key []byte) error {
			b.KeyBuilder().(*array.StringBuilder).BinaryBuilder.Append(key)
			return appendJSON(b.ItemBuilder(), in)
		}, false)
	}
	return appendJSONScalar(b, in, c)
}

// appendJSONScalar appends a number or a boolean.
func appendJSONScalar(b scan.Cells, in *jsonCursor, c byte) error {
	switch c {
	case '{', '[':
		return in.notA(b)
	case '"':
		text, err := in.str()
		if err != nil {
			return err
		}
		id := b.Type().ID()
		if (id == arrow.FLOAT64 || id == arrow.FLOAT32) && isFloatName(text) {
			return scan.AppendText(b, text)
		}
		return fmt.Errorf("the string %w", scan.BadValue(text, b, nil))
	}
	text, err := in.literal()
	if err != nil {
		return err
	}
	if in.exact && len(text) > 15 && b.Type().ID() == arrow.FLOAT64 && isInteger(text) && !doubleHolds(text) {
		return fmt.Errorf("%s is an integer that no double holds, and the column has numbers that are no integers", scan.Short(text))
	}
	return scan.AppendText(b, text)
}

// isFloatName says whether text spells a double that JSON has no number for.
func isFloatName(text []byte) bool {
	switch string(text) {
	case "NaN", "Infinity", "-Infinity", "+Infinity":
		return true
	}
	return false
}
