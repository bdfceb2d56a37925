package sinks

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/internal/filetype"
)

// Format is what the files of a table are.
type Format uint8

// The formats.
const (
	Parquet     Format = iota
	CSV                // RFC 4180 with a header line; see csv.go
	JSON               // one object per line; see json.go
	Arrow              // Arrow IPC, the file format
	ArrowStream        // Arrow IPC, the stream format
)

var formatNames = [...]string{
	Parquet: filetype.Parquet, CSV: filetype.CSV, JSON: filetype.JSON, Arrow: filetype.Arrow, ArrowStream: filetype.ArrowStream,
}

func (f Format) String() string { return formatNames[f] }

// ParseFormat is the inverse of Format.String.
func ParseFormat(s string) (Format, error) {
	for i, name := range formatNames {
		if s == name {
			return Format(i), nil
		}
	}
	return 0, fmt.Errorf("format %q, want one of %s", s, strings.Join(formatNames[:], ", "))
}

// NameFormat tells from the name of a file what it is to hold and how it is
// to be compressed as a whole, as in x.csv.gz. ok is not set if the name says
// nothing, as those of folders do.
func NameFormat(name string) (f Format, c Compression, ok bool) {
	t, packed := filetype.Of(name)
	f, err := ParseFormat(t.Name)
	c, written := map[string]Compression{"": DefaultCompression, ".gz": Gzip, ".zst": Zstd}[packed]
	return f, c, err == nil && written && (c == DefaultCompression || t.Packable)
}

// codecs are those that the formats other than Parquet have.
var codecs = map[Format][]Compression{
	CSV: {None, Gzip, Zstd}, JSON: {None, Gzip, Zstd}, Arrow: {None, LZ4Raw, Zstd}, ArrowStream: {None, LZ4Raw, Zstd},
}

// CheckCompression says whether files of the format can be compressed so.
func (f Format) CheckCompression(c Compression) error {
	if f == Parquet || c == DefaultCompression || slices.Contains(codecs[f], c) {
		return nil
	}
	var names []string
	for _, c := range codecs[f] {
		names = append(names, strings.TrimSuffix(c.String(), "_raw"))
	}
	return fmt.Errorf("compression %q is not for %s, want one of %s", c, f, strings.Join(names, ", "))
}

// newFormat returns how to write files of o.Format.
func newFormat(o Options) (format, error) {
	if err := o.Format.CheckCompression(o.Compression); err != nil {
		return nil, err
	}
	switch o.Format {
	case CSV:
		return newText(o, ".csv", newCSV)
	case JSON:
		return newText(o, ".json", newJSON)
	case Arrow, ArrowStream:
		return newArrow(o)
	}
	return newParquet(o)
}

// format is a file format: it turns rows into blocks, blocks into chunks, and
// chunks into files. Chunks are made concurrently and are what waits for its
// turn; only putting them into files is done one after the other. The bytes of
// a chunk depend only on the rows of its block and their order.
type format interface {
	// ext is how names of files end, with the dot.
	ext() string
	newBlock() block
	// newSmallBlock returns a block for a few rows, of which there may be
	// thousands at a time.
	newSmallBlock() block
	// encode returns the rows of b as a chunk, after which b is of no use.
	encode(b block) (chunk, error)
	// newFile starts a file that writes to w.
	newFile(w io.Writer) file
	// restore returns the chunk that chunk.save wrote.
	restore(data []byte) (chunk, error)
}

// block collects rows.
type block interface {
	// append copies the rows from lo to before hi of rec.
	append(rec arrow.Record, lo, hi int) error
	// appendSpans copies the rows of rec from spans[0] to before spans[1], from
	// spans[2] to before spans[3] and so on.
	appendSpans(rec arrow.Record, spans []int) error
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
	// save returns the chunk as bytes, after which it is of no use itself.
	save() ([]byte, error)
}

// file is a file being written.
type file interface {
	append(c chunk) error
	// close writes what stands at the end of a file.
	close() error
}
