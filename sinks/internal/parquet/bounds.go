package parquet

import (
	"bytes"
	"unicode/utf8"
)

// bounds are the least and the greatest value of a column chunk, in PLAIN form
// without length. Inexact bounds are not values of the chunk.
type bounds struct {
	known              bool
	min, max           []byte
	minExact, maxExact bool
	noMax              bool // there is no short value that is large enough
	nan                bool // there are values that are no numbers, left out
}

// boundSize is the size to which strings are cut in statistics.
const boundSize = 64

// truncatedBounds returns bounds of at most boundSize bytes. A cut minimum is
// less than the value; a cut maximum is raised to be greater. Text is cut and
// raised by whole characters, so that it stays UTF-8.
func truncatedBounds(lo, hi []byte, text bool) bounds {
	b := bounds{known: true, min: lo, max: hi, minExact: true, maxExact: true}
	text = text && utf8.Valid(lo) && utf8.Valid(hi)
	if len(lo) > boundSize {
		b.min, b.minExact = lo[:cut(lo, text)], false
	}
	if len(hi) > boundSize {
		b.max, b.maxExact = raise(hi[:cut(hi, text)], text), false
		b.noMax = b.max == nil
	}
	b.min, b.max = bytes.Clone(b.min), bytes.Clone(b.max)
	return b
}

// cut returns the length of the longest prefix of at most boundSize bytes.
func cut(b []byte, text bool) int {
	n := boundSize
	for text && !utf8.RuneStart(b[n]) {
		n--
	}
	return n
}

// raise returns the least short value that is greater than all that start with
// prefix, or nil.
func raise(prefix []byte, text bool) []byte {
	for len(prefix) > 0 {
		if !text {
			last := len(prefix) - 1
			if prefix[last] < 0xFF {
				up := bytes.Clone(prefix)
				up[last]++
				return up
			}
			prefix = prefix[:last]
			continue
		}
		r, size := utf8.DecodeLastRune(prefix)
		prefix = prefix[:len(prefix)-size]
		switch {
		case r == 0xD7FF:
			r = 0xE000 // over the surrogates, which are no characters
		case r < utf8.MaxRune:
			r++
		default:
			continue
		}
		return utf8.AppendRune(bytes.Clone(prefix), r)
	}
	return nil
}
