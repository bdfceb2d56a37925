// Package format encodes rows as files: Parquet, Arrow IPC, CSV and JSON lines. An
// Encoder collects rows in blocks, encodes each block as a row group, which can be
// done concurrently, and puts row groups into files one after the other.
package format

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

// Parse is the inverse of Format.String.
func Parse(s string) (Format, error) {
	for i, name := range formatNames {
		if s == name {
			return Format(i), nil
		}
	}
	return 0, fmt.Errorf("format %q, want one of %s", s, strings.Join(formatNames[:], ", "))
}

// ByName tells from the name of a file what it is to hold and how it is
// to be compressed as a whole, as in x.csv.gz. ok is not set if the name says
// nothing, as those of folders do.
func ByName(name string) (f Format, c Compression, ok bool) {
	t, packed := filetype.Of(name)
	f, err := Parse(t.Name)
	c, written := map[string]Compression{"": CompressionDefault, ".gz": CompressionGzip, ".zst": CompressionZstd}[packed]
	return f, c, err == nil && written && (c == CompressionDefault || t.Packable)
}

// codecs are those that the formats other than Parquet have.
var codecs = map[Format][]Compression{
	CSV:         {CompressionNone, CompressionGzip, CompressionZstd},
	JSON:        {CompressionNone, CompressionGzip, CompressionZstd},
	Arrow:       {CompressionNone, CompressionLZ4Raw, CompressionZstd},
	ArrowStream: {CompressionNone, CompressionLZ4Raw, CompressionZstd},
}

// CheckCompression says whether files of the format can be compressed so.
func (f Format) CheckCompression(c Compression) error {
	if f == Parquet || c == CompressionDefault || slices.Contains(codecs[f], c) {
		return nil
	}
	var names []string
	for _, c := range codecs[f] {
		names = append(names, strings.TrimSuffix(c.String(), "_raw"))
	}
	return fmt.Errorf("compression %q is not for %s, want one of %s", c, f, strings.Join(names, ", "))
}

// Options says how to write files.
type Options struct {
	Schema      *arrow.Schema
	Format      Format
	Compression Compression
	VectorUDT   bool              // columns laid out as Spark's VectorUDT must be vectors to Spark
	Metadata    map[string]string // written into each file, in the order of the keys
	Version     string            // of the writing program
}

// New returns how to write files of o.Format.
func New(o Options) (Encoder, error) {
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
	return NewParquet(o)
}

// Encoder is a file format: it turns rows into blocks, blocks into row groups,
// and row groups into files. Row groups are made concurrently and are what waits for its
// turn; only putting them into files is done one after the other. The bytes of
// a row group depend only on the rows of its block and their order.
type Encoder interface {
	// Ext is how names of files end, with the dot.
	Ext() string
	NewBlock() Block
	// NewSmallBlock returns a block for a few rows, of which there may be
	// thousands at a time.
	NewSmallBlock() Block
	// Encode returns the rows of b as a row group, after which b is of no use.
	Encode(b Block) (RowGroup, error)
	// NewFile starts a file that writes to w.
	NewFile(w io.Writer) File
	// Restore returns the row group that Save wrote.
	Restore(data []byte) (RowGroup, error)
}

// Block collects rows.
type Block interface {
	// Append copies the rows from lo to before hi of rec.
	Append(rec arrow.Record, lo, hi int) error
	// AppendSpans copies the rows of rec from spans[0] to before spans[1], from
	// spans[2] to before spans[3] and so on.
	AppendSpans(rec arrow.Record, spans []int) error
	// Merge moves the rows of o behind those that are there.
	Merge(o Block)
	Rows() int
	// Size is about how many bytes are held; it depends on the rows only.
	Size() int64
}

// RowGroup is rows in the form in which they stand in a file.
type RowGroup interface {
	Rows() int
	Size() int64
	// Save returns the row group as bytes, after which it is of no use itself.
	Save() ([]byte, error)
}

// File is a file being written.
type File interface {
	Append(g RowGroup) error
	// Close writes what stands at the end of a file.
	Close() error
}
