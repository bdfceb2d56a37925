package sources

var SameType = sameType

var BadText = badText

// inner is what OpenFiles wraps.
func inner(s Source) Source {
	if l, ok := s.(*listed); ok {
		s = l.Source
	}
	if u, ok := s.(*utf8Source); ok {
		s = u.Source
	}
	return s
}

// SetReadAhead lowers how many bytes of a row group are read at once.
func SetReadAhead(s Source, n int) { inner(s).(*pqSource).readAhead = n }

// SetStreamFrom lowers from which size on pages are decompressed in pieces.
func SetStreamFrom(s Source, n int) { inner(s).(*pqSource).streamFrom = n }

// SetTextLimits lowers how much text there is in a split and in a read.
func SetTextLimits(s Source, rows, bytes, read int) {
	inner(s).(*textSource).limits = textLimits{rows, bytes, read}
}

// DropOffsetIndexes makes files look as if their writer had made no page index.
func DropOffsetIndexes(s Source) {
	for _, f := range inner(s).(*pqSource).files {
		for g := range f.meta.format.RowGroups {
			for c := range f.meta.format.RowGroups[g].Columns {
				f.meta.format.RowGroups[g].Columns[c].OffsetIndexLength = 0
			}
		}
	}
}

// CSVEnd looks for the end of the first record of b, from at on, and returns how
// far it got.
func CSVEnd(b []byte, at int, open, eof bool) (end, next int, inside bool) {
	c := cut{at, open}
	n := csvEnd(b, '\n', eof, &c)
	return n, c.at, c.open
}
