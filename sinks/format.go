package sinks

import (
	"io"

	"github.com/apache/arrow/go/v15/arrow"
)

// format is a file format: it turns rows into blocks, blocks into chunks, and
// chunks into files. Chunks are made concurrently and are what waits for its
// turn; only putting them into files is done one after the other. The bytes of
// a chunk depend only on the rows of its block and their order.
type format interface {
	// ext is how names of files end, with the dot.
	ext() string
	newBlock() block
	// encode returns the rows of b as a chunk, after which b is of no use.
	encode(b block) (chunk, error)
	// newFile starts a file that writes to w.
	newFile(w io.Writer) file
}

// block collects rows.
type block interface {
	// append copies the rows from lo to before hi of rec.
	append(rec arrow.Record, lo, hi int) error
	// merge moves the rows of o behind those that are there.
	merge(o block)
	rows() int
	// size is about how many bytes are held; it depends on the rows only.
	size() int64
}

// chunk is rows in the form in which they stand in a file.
type chunk interface {
	rows() int
	size() int64
}

// file is a file being written.
type file interface {
	append(c chunk) error
	// close writes what stands at the end of a file.
	close() error
}
