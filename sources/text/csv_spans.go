package text

import (
	"math/bits"
	"unicode/utf8"

	"leapscore/sources/internal/marks"
)

// csvSpans cuts records into fields by the bytes at which text may be cut, which are found
// many at a time. Records that are damaged, or whose quotes need more than to be taken off,
// are left to csvFields.
type csvSpans struct {
	data   []byte
	of     [4]byte // delimiter, quote, end of lines, and the end that they have not
	quotes bool    // may be taken off
	from   int     // where in data the masks begin
	masks  []uint64
	high   bool // there is text that is not ASCII
	word   int  // of masks, of which the bits in rest are ahead
	rest   uint64
	spans  []span // the fields of the record
}

// span is a field without its quotes.
type span struct {
	from, to int
	quoted   bool
}

// csvWindow is how much text is looked at at once.
const csvWindow = 32 << 10

func (s *csvSpans) begin(d *dialect, data []byte, end byte) {
	s.masks = s.masks[:0]
	s.data, s.from, s.of, s.quotes = data, 0, [4]byte{d.delimiter, d.quote, end, otherEnd(end)}, d.escape == d.quote
}

// look turns to the text from a byte on.
func (s *csvSpans) look(from int) {
	text := s.data[from:min(from+csvWindow, len(s.data))]
	if cap(s.masks) == 0 {
		s.masks = make([]uint64, csvWindow/64)
	}
	s.from, s.masks = from, s.masks[:(len(text)+63)/64]
	s.high = marks.Masks(text, &s.of, s.masks)
}

// record finds the fields of the record at a byte and returns its length, or 0 if it is not
// simple.
func (s *csvSpans) record(at int) int {
	if at < s.from || at-s.from >= 64*len(s.masks) {
		s.look(at)
	}
	n := s.cut(at)
	if n < 0 && at > s.from {
		s.look(at)
		n = s.cut(at)
	}
	return max(n, 0)
}

// cut is record of one that may end behind what is looked at: it then returns -1.
func (s *csvSpans) cut(at int) int {
	spans, start := s.spans[:0], at
	word := (at - s.from) / 64
	rest := s.masks[word] &^ (1<<((at-s.from)%64) - 1)
	for {
		for rest == 0 {
			if word++; word == len(s.masks) {
				return -1
			}
			rest = s.masks[word]
		}
		pos := s.from + word*64 + bits.TrailingZeros64(rest)
		rest &= rest - 1
		switch c := s.data[pos]; c {
		case s.of[0]:
			spans = append(spans, span{start, pos, false})
			start = pos + 1
		case s.of[2]:
			s.spans = append(spans, span{start, pos, false})
			return pos + 1 - at
		default:
			s.word, s.rest = word, rest
			one, next, ended := s.special(start, pos)
			if next <= 0 {
				return next
			}
			spans = append(spans, one)
			if ended {
				s.spans = spans
				return next - at
			}
			word, rest, start = s.word, s.rest, next
		}
	}
}

// mark returns the next byte to cut at, or -1.
func (s *csvSpans) mark() int {
	for s.rest == 0 {
		if s.word++; s.word == len(s.masks) {
			return -1
		}
		s.rest = s.masks[s.word]
	}
	pos := s.from + s.word*64 + bits.TrailingZeros64(s.rest)
	s.rest &= s.rest - 1
	return pos
}

// special finds the end of a field that begins at start and has, at pos, a quote or a line end
// of the other kind. It returns where the next begins, and whether that is another record: or 0
// if the field is not simple, and -1 if it may end behind what is looked at.
func (s *csvSpans) special(start, pos int) (one span, next int, ended bool) {
	one = span{start, pos, false}
	if s.data[pos] == s.of[1] {
		if pos != start || !s.quotes {
			return one, 0, false
		}
		last := s.mark()
		for last >= 0 && s.data[last] != s.of[1] {
			last = s.mark()
		}
		if last < 0 {
			return one, -1, false
		}
		one = span{start + 1, last, true}
		if pos = s.mark(); pos != last+1 {
			return one, min(pos, 0), false // text follows the quote, if not what is not looked at
		}
	}
	switch s.data[pos] {
	case s.of[0]:
		return one, pos + 1, false
	case s.of[2]:
		return one, pos + 1, true
	case '\r': // and LF ends the lines
		if end := s.mark(); end < 0 {
			return one, -1, false
		} else if end == pos+1 && s.data[end] == '\n' {
			return one, end + 1, true
		}
	}
	return one, 0, false
}

// value appends a field, or returns false if it is not of the simple form that most have.
func (s *csvSpans) value(c *csvColumn, at span, d *dialect) bool {
	text := s.data[at.from:at.to]
	switch {
	case !at.quoted && (len(text) == 0 || d.nulls != nil && d.isNull(text)):
		c.cells.AppendNull()
		return true
	case c.texts != nil:
		if s.high && !utf8.Valid(text) {
			return false
		}
		c.texts.Append(text)
		return true
	case at.quoted:
		return false
	case c.doubles != nil:
		d, end := decimalAt(s.data, at.from)
		if end != at.to {
			return false
		}
		c.doubles.Append(d.double(text))
		return true
	case c.longs != nil && len(text) <= 18:
		d, end := decimalAt(s.data, at.from)
		if end != at.to || d.places > 0 {
			return false
		}
		c.longs.Append(d.long())
		return true
	}
	return false
}
