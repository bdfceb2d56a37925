package parquet

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"math/bits"

	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// pageSize is about how many bytes of values go into one data page.
const pageSize = 1 << 20

// Encoded is a row group in the form in which it stands in a file.
type Encoded struct {
	Rows int
	data blocks
	meta rowGroup // offsets count from the start of data
	nan  []bool   // by leaf: there are values that are no numbers
}

// Size returns the number of bytes that the group takes in memory and in the
// file.
func (e *Encoded) Size() int64 { return e.data.size }

// scratch is what the encoding of a column may use.
type scratch struct {
	slots  []int32
	idx    []int32
	coded  []byte
	body   []byte
	packed []byte
}

func (sc *scratch) table(n int) []int32 {
	if len(sc.slots) != n {
		sc.slots = make([]int32, n)
	}
	clear(sc.slots)
	return sc.slots
}

func (sc *scratch) indices(n int) []int32 {
	sc.idx = grow(sc.idx[:0], n)
	return sc.idx
}

// Encoder turns groups into their encoded form. It is used by one goroutine at
// a time; it keeps buffers.
type Encoder struct {
	codec   compress.Codec
	packing packing // of the column
	scratch scratch
	out     blocks
}

// NewEncoder returns an encoder for the codec.
func NewEncoder(c Codec) *Encoder { return &Encoder{codec: c.codec} }

// Encode returns g encoded, and empties g for further use.
func (e *Encoder) Encode(g *Group) (*Encoded, error) {
	enc := &Encoded{Rows: g.rows}
	enc.meta.NumRows = int64(g.rows)
	for _, c := range g.columns {
		chunk, err := e.chunk(c)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", c.leaf.path, err)
		}
		enc.meta.Columns = append(enc.meta.Columns, chunk.columnChunk)
		enc.nan = append(enc.nan, chunk.nan)
		enc.meta.TotalByteSize += chunk.MetaData.TotalUncompressedSize
		c.reset()
	}
	enc.meta.TotalCompressedSize = e.out.size
	enc.data = e.out.take()
	g.rows = 0
	return enc, nil
}

// encodedChunk is a column of a group in its encoded form.
type encodedChunk struct {
	columnChunk
	nan bool
}

// chunk appends the pages of c.
func (e *Encoder) chunk(c *column) (encodedChunk, error) {
	start := e.out.size
	c.values.finish(&e.scratch)
	entries := c.values.len() + c.nulls
	statistics, nan := c.statistics()
	m := columnMetaData{
		Type:         c.leaf.physical.typ,
		PathInSchema: c.leaf.path,
		Codec:        e.choose(c),
		NumValues:    int64(entries),
		Statistics:   statistics,
	}
	encoding := format.Plain
	if dict, n := c.values.dictionary(); n > 0 {
		header := pageHeader{
			Type:                 format.DictionaryPage,
			DictionaryPageHeader: thrift.New(dictionaryPageHeader{NumValues: int32(n), Encoding: format.Plain}),
		}
		m.DictionaryPageOffset = thrift.New(start)
		if err := e.page(&m, header, dict); err != nil {
			return encodedChunk{}, err
		}
		encoding = format.RLEDictionary
		m.EncodingStats = append(m.EncodingStats,
			format.PageEncodingStats{PageType: format.DictionaryPage, Encoding: format.Plain, Count: 1})
		m.Encoding = append(m.Encoding, format.Plain)
	}
	m.Encoding = append(m.Encoding, format.RLE, encoding)
	m.DataPageOffset = e.out.size
	pages, err := e.dataPages(&m, c, encoding, entries)
	if err != nil {
		return encodedChunk{}, err
	}
	m.EncodingStats = append(m.EncodingStats,
		format.PageEncodingStats{PageType: format.DataPage, Encoding: encoding, Count: int32(pages)})
	m.TotalCompressedSize = e.out.size - start
	return encodedChunk{columnChunk{MetaData: m}, nan}, nil
}

// dataPages appends the data pages of c and returns their number.
func (e *Encoder) dataPages(m *columnMetaData, c *column, encoding format.Encoding, entries int) (int, error) {
	header := func(entries int) pageHeader {
		return pageHeader{
			Type: format.DataPage,
			DataPageHeader: thrift.New(dataPageHeader{
				NumValues:               int32(entries),
				Encoding:                encoding,
				DefinitionLevelEncoding: format.RLE,
				RepetitionLevelEncoding: format.RLE,
			}),
		}
	}
	if v, ok := c.values.(*vectorValues); ok {
		return e.vectorPages(m, c, v, header)
	}
	pages := 0
	for from, value := 0, 0; from < entries; pages++ {
		to, valueTo := c.pageEnd(from, value, entries)
		if e.packing != packAny {
			if err := e.wordPage(m, c, header(to-from), from, to, value, valueTo); err != nil {
				return 0, err
			}
			from, value = to, valueTo
			continue
		}
		body, err := c.pageBody(from, to, value, valueTo, &e.scratch)
		if err != nil {
			return 0, err
		}
		if err := e.page(m, header(to-from), body); err != nil {
			return 0, err
		}
		from, value = to, valueTo
	}
	return pages, nil
}

// maxPageEntries bounds the levels in a page, of columns that are nearly all
// null.
const maxPageEntries = 1 << 20

// pageEnd returns the entry and the value before which a page ends that starts
// at entry from and value value. Pages hold whole rows.
func (c *column) pageEnd(from, value, entries int) (to, valueTo int) {
	valueTo = c.values.page(value)
	if len(c.def) == 0 {
		return from + valueTo - value, valueTo
	}
	if valueTo == c.values.len() && entries-from <= maxPageEntries {
		return entries, valueTo
	}
	v, full := value, false
	for to = from; to < entries; to++ {
		isValue := c.def[to] == c.leaf.maxDef
		full = full || isValue && v == valueTo || to-from == maxPageEntries
		if full && (len(c.rep) == 0 || c.rep[to] == 0) {
			return to, v
		}
		if isValue {
			v++
		}
	}
	return entries, v
}

// pageLevels appends the levels of a data page, which stand before its values.
func (c *column) pageLevels(levels []byte, from, to int, sc *scratch) ([]byte, error) {
	var err error
	if c.leaf.maxRep > 0 {
		if levels, err = appendLevels(levels, c.rep[from:to], c.leaf.maxRep, sc); err != nil {
			return nil, err
		}
	}
	if c.leaf.maxDef > 0 {
		if levels, err = appendLevels(levels, c.def[from:to], c.leaf.maxDef, sc); err != nil {
			return nil, err
		}
	}
	return levels, nil
}

// pageBody returns what a data page holds, not compressed: in sc, or where it lies
// already.
func (c *column) pageBody(from, to, value, valueTo int, sc *scratch) (body []byte, err error) {
	levels, err := c.pageLevels(sc.body[:0], from, to, sc)
	if err != nil {
		return nil, err
	}
	sc.body = levels
	if v, ok := c.values.(*byteValues); ok && v.plain {
		if body = v.values.body(levels, value, valueTo); body != nil {
			return body, nil
		}
	}
	sc.body, err = c.values.data(levels, value, valueTo, sc)
	return sc.body, err
}

func appendLevels(dst []byte, levels []uint8, top uint8, sc *scratch) ([]byte, error) {
	enc := rle.Encoding{BitWidth: bits.Len8(top)}
	data, err := enc.EncodeLevels(sc.coded, levels)
	sc.coded = data
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(data)))
	return append(dst, data...), err
}

// page appends a page with its header.
func (e *Encoder) page(m *columnMetaData, header pageHeader, body []byte) error {
	packed := body
	if m.Codec != format.Uncompressed {
		var err error
		if packed, err = e.codec.Encode(e.scratch.packed[:0], body); err != nil {
			return err
		}
		e.scratch.packed = packed
	}
	return e.put(m, header, len(body), packed)
}

// put appends a page of size bytes, which are packed, in pieces, with its header.
func (e *Encoder) put(m *columnMetaData, header pageHeader, size int, packed ...[]byte) error {
	sum, length := uint32(0), 0
	for _, p := range packed {
		sum, length = crc32.Update(sum, crc32.IEEETable, p), length+len(p)
	}
	if size > math.MaxInt32 || length > math.MaxInt32 {
		return fmt.Errorf("a page of %d bytes, want at most 2 GiB", size)
	}
	header.UncompressedPageSize = int32(size)
	header.CompressedPageSize = int32(length)
	header.CRC = thrift.New(int32(sum))
	head, err := marshal(header)
	if err != nil {
		return err
	}
	e.out.write(head)
	for _, p := range packed {
		e.out.write(p)
	}
	m.TotalUncompressedSize += int64(len(head) + size)
	return nil
}
