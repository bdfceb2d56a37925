package text

import (
	"bufio"
	"bytes"
	"context"
	"io"

	"leapscore/engine/store"
	"leapscore/sources"
)

// OpenPlain is Open without what makes reading fast.
func OpenPlain(ctx context.Context, objects []store.Object, opt sources.Options) (sources.Source, error) {
	s := newSource(objects, opt)
	s.slow = true
	return s, s.openText(ctx, opt)
}

// SetTextLimits lowers how much text there is in a split and in a read.
func SetTextLimits(s sources.Source, rows, bytes, read int) {
	s.(*source).limits = limits{rows, bytes, read}
}

// Cut is how far a record was looked at for its end.
type Cut = cut

// At returns how far that is.
func (c *cut) At() int { return c.at }

// CSVEnd looks for the end of the first record of b.
func CSVEnd(b []byte, eof bool, c *Cut) int { return rfc4180.recordEnd(b, '\n', eof, c) }

// Decoded returns text in an encoding as UTF-8.
func Decoded(b []byte, encoding string) ([]byte, error) {
	return io.ReadAll(decoded(bufio.NewReader(bytes.NewReader(b)), encoding))
}
