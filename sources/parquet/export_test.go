package parquet

import (
	"leapscore/sources"
)

// SetReadAhead lowers how many bytes of a row group are read at once.
func SetReadAhead(s sources.Source, n int) { s.(*source).readAhead = n }

// SetStreamFrom lowers from which size on pages are decompressed in pieces.
func SetStreamFrom(s sources.Source, n int) { s.(*source).streamFrom = n }

// DropOffsetIndexes makes files look as if their writer had made no page index.
func DropOffsetIndexes(s sources.Source) {
	for _, f := range s.(*source).files {
		for g := range f.meta.format.RowGroups {
			for c := range f.meta.format.RowGroups[g].Columns {
				f.meta.format.RowGroups[g].Columns[c].OffsetIndexLength = 0
			}
		}
	}
}
