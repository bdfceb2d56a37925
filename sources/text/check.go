package text

import (
	"bytes"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources/internal/scan"
)

// Check tells whether texts are values of a type, as the fields of a CSV file
// are read. It is used by one goroutine.
type Check struct {
	b    scan.CellBuilder
	kept int
}

// NewCheck returns the check for a type, nil if no text is of it.
func NewCheck(t arrow.DataType) *Check {
	if scan.CheckTextType(t) != nil {
		return nil
	}
	return &Check{b: scan.NewCellBuilder(memory.NewGoAllocator(), t)}
}

// Ok reports whether text is a value, or a null.
func (c *Check) Ok(text []byte) bool {
	if c.kept++; c.kept == 4096 {
		c.b.NewArray().Release()
		c.kept = 0
	}
	f := csvFields{dialect: rfc4180, text: text, quoted: true}
	switch c.b.Builder.(type) {
	case *array.ListBuilder, *array.MapBuilder:
		// A builder that failed within a value cannot go on.
		b := scan.NewCellBuilder(memory.NewGoAllocator(), c.b.Type())
		defer b.Release()
		return f.appendTo(b.Builder) == nil
	}
	return len(bytes.TrimSpace(text)) == 0 || f.appendTo(c.b.Builder) == nil
}

// Release frees the memory of the check.
func (c *Check) Release() { c.b.Release() }
