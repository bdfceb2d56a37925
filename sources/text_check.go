package sources

import (
	"bytes"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// TextCheck tells whether texts are values of a type, as the fields of a CSV file
// are read. It is used by one goroutine.
type TextCheck struct {
	b    cellBuilder
	kept int
}

// NewTextCheck returns the check for a type, nil if no text is of it.
func NewTextCheck(t arrow.DataType) *TextCheck {
	if checkTextType(t) != nil {
		return nil
	}
	return &TextCheck{b: newCellBuilder(memory.NewGoAllocator(), t)}
}

// Ok reports whether text is a value, or a null.
func (c *TextCheck) Ok(text []byte) bool {
	if c.kept++; c.kept == 4096 {
		c.b.NewArray().Release()
		c.kept = 0
	}
	f := csvFields{text: text, quoted: true}
	switch c.b.Builder.(type) {
	case *array.ListBuilder, *array.MapBuilder:
		// A builder that failed within a value cannot go on.
		b := newCellBuilder(memory.NewGoAllocator(), c.b.Type())
		defer b.Release()
		return f.appendTo(b.Builder) == nil
	}
	return len(bytes.TrimSpace(text)) == 0 || f.appendTo(c.b.Builder) == nil
}

// Release frees the memory of the check.
func (c *TextCheck) Release() { c.b.Release() }
