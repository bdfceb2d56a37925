package text

import "bytes"

// cut is how far a record was looked at for its end.
type cut struct {
	at     int
	open   bool // at is inside of quotes
	shut   int  // behind the last quote that closed a field, or 0
	broken bool // its quotes make no sense: it ends with its first line
}

// recordEnd returns the length of the first record of b, or 0 if its end is not in b.
// A quote opens a field only at its beginning, so that a stray one costs one row and
// not those up to the next. Where quotes make no sense, because text follows a closing
// one, or none follows an opening one, the record ends with its first line.
func (d *dialect) recordEnd(b []byte, end byte, eof bool, c *cut) int {
	n := 0
	if !c.broken {
		n = d.wholeRecord(b, end, c)
	}
	if c.open && (eof || len(b) > maxRecord) {
		c.broken = true
	}
	if c.broken {
		n = bytes.IndexByte(b, end) + 1
	}
	if n == 0 && eof {
		n = len(b)
	}
	if n > 0 {
		*c = cut{}
	}
	return n
}

// wholeRecord is recordEnd of a record whose quotes make sense: else it breaks c.
func (d *dialect) wholeRecord(b []byte, end byte, c *cut) int {
	line := -1 // the next line end from c.at on, or len(b)
	for c.at < len(b) {
		if c.open {
			if !d.closing(b, c) {
				return 0
			}
			continue
		}
		if c.shut == c.at && c.at > 0 {
			switch b[c.at] {
			case d.quote:
				c.at, c.open = c.at+1, true
				continue
			case d.delimiter, end, '\r':
			default:
				c.broken = true
				return 0
			}
		}
		if line < c.at {
			line = len(b)
			if i := bytes.IndexByte(b[c.at:], end); i >= 0 {
				line = c.at + i
			}
		}
		if i := bytes.IndexByte(b[c.at:line], d.quote); i >= 0 {
			at := c.at + i
			c.at, c.open = at+1, at == 0 || b[at-1] == d.delimiter
			continue
		}
		if line < len(b) {
			return line + 1
		}
		c.at = len(b)
	}
	return 0
}

// closing goes on to behind the quote that ends what c is inside of. It returns false if
// that is not in b.
func (d *dialect) closing(b []byte, c *cut) bool {
	if d.escape != d.quote {
		for c.at < len(b) && b[c.at] != d.quote {
			if b[c.at] == d.escape {
				if c.at+1 == len(b) {
					return false // what it stands before is not there
				}
				if next := b[c.at+1]; next == d.quote || next == d.escape {
					c.at++
				}
			}
			c.at++
		}
	} else if i := bytes.IndexByte(b[c.at:], d.quote); i >= 0 {
		c.at += i
	} else {
		c.at = len(b)
	}
	if c.at == len(b) {
		return false
	}
	c.at++
	c.open, c.shut = false, c.at
	return true
}
