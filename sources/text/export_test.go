package text

import (
	"leapscore/sources"
)

// SetTextLimits lowers how much text there is in a split and in a read.
func SetTextLimits(s sources.Source, rows, bytes, read int) {
	s.(*source).limits = limits{rows, bytes, read}
}

// CSVEnd looks for the end of the first record of b, from at on, and returns how
// far it got.
func CSVEnd(b []byte, at int, open, eof bool) (end, next int, inside bool) {
	c := cut{at, open}
	n := csvEnd(b, '\n', eof, &c)
	return n, c.at, c.open
}
