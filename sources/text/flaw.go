package text

import (
	"errors"
	"fmt"

	"leapscore/sources"
	"leapscore/sources/internal/scan"
)

// flaw is why a record is no row, or text in it no value.
type flaw struct {
	at     int    // where in the record it is
	column string // whose value it is, or empty
	err    error
}

func (f *flaw) Error() string {
	if f.column == "" {
		return f.err.Error()
	}
	return fmt.Sprintf("column %q: %v", f.column, f.err)
}

func (f *flaw) Unwrap() error { return f.err }

// first returns the one of two flaws of a record that was found first. Both may be nil.
func (f *flaw) first(other *flaw) *flaw {
	if f == nil {
		return other
	}
	return f
}

// badRow is a row of a batch as its flaw, in a line of the file, makes it.
func (f *flaw) badRow(row int, line int64) sources.BadRow {
	return sources.BadRow{
		Row: row, Column: f.column, Why: fmt.Sprintf("line %d: %v", line, f.err), NotUTF8: errors.As(f.err, new(*scan.UTF8Error)),
	}
}

// fill makes all columns have as many values, with nulls where a record had none.
func fill(dst []scan.Cells, rows int) {
	for _, b := range dst {
		scan.Fill(b, rows)
	}
}
