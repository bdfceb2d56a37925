package parquet

import (
	"encoding/binary"
	"io"
	"maps"
	"slices"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

const magic = "PAR1"

// File writes one file. It is used by one goroutine at a time.
type File struct {
	w       io.Writer
	schema  *Schema
	nan     []bool // by leaf: there are values that are no numbers
	meta    fileMetaData
	written int64
	err     error
}

// NewFile starts a file on w. metadata is written in the order of its keys.
func NewFile(w io.Writer, s *Schema, createdBy string, metadata map[string]string) *File {
	f := &File{w: w, schema: s, nan: make([]bool, len(s.leaves))}
	f.meta.Version = 1
	f.meta.Schema = s.elements
	f.meta.RowGroups = thrift.Slice[rowGroup]{}
	f.meta.CreatedBy = createdBy
	for _, k := range slices.Sorted(maps.Keys(metadata)) {
		f.meta.KeyValueMetadata = append(f.meta.KeyValueMetadata, format.KeyValue{Key: k, Value: metadata[k]})
	}
	for range s.leaves {
		f.meta.ColumnOrders = append(f.meta.ColumnOrders, format.ColumnOrder{Value: new(format.TypeDefinedOrder)})
	}
	f.write([]byte(magic))
	return f
}

func (f *File) write(p []byte) {
	if f.err != nil {
		return
	}
	n, err := f.w.Write(p)
	f.written += int64(n)
	f.err = err
}

// Append writes a row group, which is of no use afterwards.
func (f *File) Append(e *Encoded) error {
	rg := e.meta
	rg.FileOffset = f.written
	if n := len(f.meta.RowGroups); n < 1<<15 {
		rg.Ordinal = thrift.New(int16(n))
	}
	for i := range rg.Columns {
		m := &rg.Columns[i].MetaData
		m.DataPageOffset += f.written
		if m.DictionaryPageOffset.Valid {
			m.DictionaryPageOffset.V += f.written
		}
	}
	for i := range f.nan {
		f.nan[i] = f.nan[i] || e.nan[i]
	}
	f.meta.RowGroups = append(f.meta.RowGroups, rg)
	f.meta.NumRows += rg.NumRows
	e.data.each(f.write)
	e.data.free()
	return f.err
}

// Rows returns the number of rows appended so far.
func (f *File) Rows() int64 { return f.meta.NumRows }

// Close writes the footer. It does not close the writer below.
func (f *File) Close() error {
	footer, err := marshal(f.meta)
	if err != nil {
		return err
	}
	footer = binary.LittleEndian.AppendUint32(footer, uint32(len(footer)))
	f.write(append(footer, magic...))
	return f.err
}
