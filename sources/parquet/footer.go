package parquet

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"leapscore/engine/store"
	"leapscore/sources/internal/scan"
)

const (
	// tailBytes is read in one go from the end of a file; most footers fit.
	tailBytes = 64 << 10
	// maxFooter bounds what a file's last bytes may ask for.
	maxFooter = 1 << 30
)

// metadata is the decoded footer of one file.
type metadata struct {
	format *fileFooter
	cols   []*node
	byName map[string]*node
	leaves int
	hints  leafHints
	bytes  int // size of the encoded footer
}

// readMetadata reads and checks the footer of an open file.
func readMetadata(r store.Reader) (m *metadata, err error) {
	defer func() {
		// The Thrift decoder may panic on damaged input.
		if p := recover(); p != nil {
			m, err = nil, fmt.Errorf("damaged footer: %w", scan.Damage(p))
		}
	}()
	footer, err := readFooterBytes(r)
	if err != nil {
		return nil, err
	}
	m = &metadata{bytes: len(footer)}
	if m.format, err = decodeFooter(footer); err != nil {
		return nil, fmt.Errorf("damaged footer: %w", err)
	}
	m.format.mend(r.Size())
	if err := m.describe(leafHints{}); err != nil {
		return nil, err
	}
	hints, err := m.readArrowHints()
	if err != nil {
		return nil, err
	}
	if len(hints) > 0 {
		if err := m.describe(leafHints{arrow: hints}); err != nil {
			return nil, err
		}
	}
	return m, m.check(r.Size())
}

func readFooterBytes(r store.Reader) ([]byte, error) {
	size := r.Size()
	if size == 0 {
		return nil, errors.New("is empty: it has no bytes")
	}
	if size < 12 {
		return nil, fmt.Errorf("%d bytes are too few for a parquet file", size)
	}
	tail := make([]byte, min(size, tailBytes))
	if err := readFullAt(r, tail, size-int64(len(tail))); err != nil {
		return nil, err
	}
	end := tail[len(tail)-8:]
	switch string(end[4:]) {
	case "PAR1":
	case "PARE":
		return nil, errors.New("the footer is encrypted, which is not supported")
	default:
		head := make([]byte, 4)
		if err := readFullAt(r, head, 0); err == nil && string(head) == "PAR1" {
			return nil, errors.New("is cut short or damaged: it begins as Parquet does, and has no footer at its end; copy or write it again")
		}
		return nil, fmt.Errorf("not a parquet file: ends in %q, want %q", end[4:], "PAR1")
	}
	n := int64(binary.LittleEndian.Uint32(end))
	if n > size-12 || n > maxFooter {
		return nil, fmt.Errorf("is damaged: footer of %d bytes in a file of %d", n, size)
	}
	if n <= int64(len(tail)-8) {
		return tail[int64(len(tail))-8-n : len(tail)-8], nil
	}
	b := make([]byte, n)
	return b, readFullAt(r, b, size-8-n)
}

// checkThriftSizes walks a Thrift struct without building anything, so that a
// damaged length cannot make the decoder ask for memory that is not there.
func checkThriftSizes(b []byte) error {
	r := &compactReader{b: b}
	r.skip(12, 0)
	return r.err
}

// check compares the parts of the footer with each other and with the file.
func (m *metadata) check(size int64) error {
	var rows int64
	for g := range m.format.RowGroups {
		rg := &m.format.RowGroups[g]
		if rg.NumRows < 0 || rg.NumRows > math.MaxInt64-rows {
			return fmt.Errorf("row group %d has %d rows", g, rg.NumRows)
		}
		rows += rg.NumRows
		if len(rg.Columns) != m.leaves {
			return fmt.Errorf("row group %d has %d columns, the schema %d", g, len(rg.Columns), m.leaves)
		}
		for i := range rg.Columns {
			if rg.NumRows == 0 {
				break // such chunks may have no place in the file
			}
			if rg.Columns[i].CryptoMetadata.Value != nil {
				continue // where it is may be encrypted too
			}
			from, to := chunkRange(&rg.Columns[i].MetaData)
			if from < 4 || to < from || to > size {
				return fmt.Errorf("row group %d, column %d: bytes %d to %d of a file of %d", g, i, from, to, size)
			}
		}
	}
	if rows != m.format.NumRows {
		return fmt.Errorf("row groups have %d rows, the footer says %d", rows, m.format.NumRows)
	}
	return nil
}

// chunkRange returns where the pages of a chunk begin and end.
func chunkRange(c *chunkMeta) (from, to int64) {
	from = c.DataPageOffset
	if d := c.DictionaryPageOffset; d > 0 && d < from {
		from = d
	}
	if c.TotalCompressedSize < 0 || from > math.MaxInt64-c.TotalCompressedSize {
		return from, -1
	}
	return from, from + c.TotalCompressedSize
}

// file is one file of a source. Its footer is kept, or read again when it is
// needed, as memory allows.
type file struct {
	name string
	open func(ctx context.Context) (store.Reader, error)
	meta *metadata // nil if not kept
	// nanos are the columns whose INT96 timestamps are nanoseconds, in this file
	// or in others.
	nanos map[string]bool
	rows  []int64 // of each row group
}

// total is how many rows the file has.
func (f *file) total() (n int64) {
	for _, rows := range f.rows {
		n += rows
	}
	return n
}

// load returns the file's footer, from r if it was not kept.
func (f *file) load(r store.Reader) (*metadata, error) {
	if f.meta != nil {
		return f.meta, nil
	}
	m, err := readMetadata(r)
	if err != nil {
		return nil, err
	}
	return m, m.useNanos(f.nanos)
}
