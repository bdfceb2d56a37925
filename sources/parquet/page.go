package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/parquet-go/parquet-go/format"

	"leapscore/sources/internal/scan"
)

// chunkReader decodes the pages of one column chunk front to back into the
// batches asked for.
type chunkReader struct {
	leaf   *leaf
	nested bool // below a struct, list or map
	codec  format.CompressionCodec
	raw    rawChunk
	then   *rawChunk // follows raw: data pages that are not next to the dictionary
	mem    memory.Allocator

	firstRow   int64 // of the row group, that raw begins with
	valuesLeft int64 // entries in pages not yet begun
	bodyLimit  int   // the most bytes a page of this chunk can have
	writer     writer
	page       page

	hasDict  bool
	dict     dictionary
	dictBody []byte
	indexed  bool            // strings leave as indexes into dictArr
	dictArr  arrow.ArrayData // made with the first batch

	body       []byte // the page, decompressed
	stream     pageStream
	streamFrom int
	streamDefs []byte

	plain   []byte // the page's values, if their encoding had to be undone
	deltas  []int64
	strOffs []uint32
	idx     []int32 // a piece of dictionary indexes
	levels  levelsRead
	sink    valueSink
}

// page is the state of the page being read.
type page struct {
	left   int // entries, nulls included
	values valueForm
	def    hybrid

	streamed bool // values come from the stream
	header   pageHeader
	body     int64 // where in the file it begins, if streamed

	data []byte   // PLAIN values not taken yet
	offs []uint32 // of byte strings in data, from the next one on
	idx  hybrid
	bit  int // booleans taken from data
}

// valueForm is the form that a page's values are in.
type valueForm uint8

const (
	valuesPlain valueForm = iota
	valuesOffsets
	valuesIndexes
	valuesBits
	valuesReady // PLAIN, and already as Arrow has them
)

// more says whether there may be another data page.
func (c *chunkReader) more() bool {
	return c.valuesLeft > 0 && (c.raw.pos < c.raw.end || c.then != nil)
}

// nextPage begins the next data page. It loads a dictionary on the way. Pages
// of a flat column whose entries are all to be skipped are not decompressed;
// skip, if not nil, is lowered by what they held.
func (c *chunkReader) nextPage(skip *int) error {
	for {
		if !c.more() {
			return fmt.Errorf("chunk holds fewer rows than its row group: %w", io.ErrUnexpectedEOF)
		}
		var h pageHeader
		if err := c.nextHeader(&h); err != nil {
			return err
		}
		switch h.kind {
		case format.DataPage, format.DataPageV2:
			if int64(h.values) > c.valuesLeft {
				return fmt.Errorf("%w: %d values, %d left in the chunk", errHeader, h.values, c.valuesLeft)
			}
			c.valuesLeft -= int64(h.values)
			if skip != nil && !c.nested && h.values <= *skip {
				c.raw.skip(h.compressed)
				if *skip -= h.values; *skip == 0 {
					return nil
				}
				continue
			}
			if err := c.beginPage(&h); err != nil || c.page.left > 0 {
				return err
			}
		case format.DictionaryPage:
			body, err := c.readBody(&h)
			if err == nil {
				err = c.loadDict(&h, body)
			}
			if err != nil {
				return err
			}
		default:
			c.raw.skip(h.compressed)
		}
	}
}

// end checks that nothing is left once all rows of the row group were read.
func (c *chunkReader) end(whole bool) error {
	if c.page.left > 0 || whole && (c.valuesLeft > 0 || c.pageLeft()) {
		return errors.New("chunk holds more rows than its row group")
	}
	return nil
}

// pageLeft reports whether a data page follows the last value of the chunk.
func (c *chunkReader) pageLeft() bool {
	var h pageHeader
	if c.writer.before("parquet-mr", 1, 2, 9) || c.nextHeader(&h) != nil {
		return false // what follows is no page, or one of the next chunk: see mend
	}
	return (h.kind == format.DataPage || h.kind == format.DataPageV2) && h.values > 0
}

// nextHeader reads the next page header.
func (c *chunkReader) nextHeader(h *pageHeader) error {
	if c.page.streamed {
		c.page.streamed = false
		c.raw.pos = c.page.body + int64(c.page.header.compressed)
	}
	if c.raw.pos >= c.raw.end && c.then != nil {
		c.raw.release()
		c.raw, c.then = *c.then, nil
	}
	size, err := c.raw.header(h)
	if err != nil {
		return err
	}
	c.raw.skip(size)
	if int64(h.compressed) > c.raw.end-c.raw.pos {
		return fmt.Errorf("page of %d bytes: %w", h.compressed, io.ErrUnexpectedEOF)
	}
	if c.writer.before("parquet-cpp", 2) {
		// ARROW-10353: compressed pages whose headers deny it. The versions that
		// tell the truth call themselves parquet-cpp-arrow.
		h.plainBody = false
	}
	if h.uncompressed > c.bodyLimit {
		return fmt.Errorf("%w: page of %d bytes, chunk has %d", errHeader, h.uncompressed, c.bodyLimit)
	}
	return nil
}

var errChecksum = errors.New("page checksum does not match")

// readBody reads the bytes of the page behind its header.
func (c *chunkReader) readBody(h *pageHeader) ([]byte, error) {
	body, err := c.raw.peek(h.compressed)
	if err != nil {
		return nil, err
	}
	c.raw.skip(h.compressed)
	if h.hasCRC && crc32.ChecksumIEEE(body) != h.crc {
		return nil, errChecksum
	}
	return body, nil
}

// header reads the page header at the front, and returns its length.
func (c *rawChunk) header(h *pageHeader) (int, error) {
	for n := 256; ; n *= 8 {
		b, err := c.peek(n)
		if err != nil {
			return 0, err
		}
		size, err := readPageHeader(b, h)
		if errors.Is(err, errHeaderShort) && len(b) == n && n < 1<<24 {
			continue
		}
		return size, err
	}
}

// inflate returns the decompressed bytes, with room for scan.Pad bytes behind
// them. Uncompressed pages stay where they are.
func (c *chunkReader) inflate(buf, src []byte, size int) ([]byte, error) {
	if c.codec == format.Uncompressed {
		if len(src) != size {
			return nil, errPageSize
		}
		return src, nil
	}
	buf = scan.Buffers.Grow(buf, size)
	if size == 0 {
		return buf, nil
	}
	if err := decompress(c.codec, buf, src); err != nil {
		return nil, fmt.Errorf("%v: %w", c.codec, err)
	}
	return buf, nil
}

// beginPage decompresses a data page and finds its levels and values.
func (c *chunkReader) beginPage(h *pageHeader) error {
	if c.streams(h) {
		return c.beginStream(h)
	}
	src, err := c.readBody(h)
	if err != nil {
		return err
	}
	c.page = page{left: h.values}
	var reps, defs, body []byte
	if h.kind == format.DataPageV2 {
		levels := h.repBytes + h.defBytes
		if levels > len(src) || levels > h.uncompressed {
			return fmt.Errorf("%w: levels longer than the page", errHeader)
		}
		reps, defs, body = src[:h.repBytes], src[h.repBytes:levels], src[levels:]
		switch {
		case !h.plainBody:
			body, err = c.pageBody(body, h.uncompressed-levels)
		case len(src) != h.uncompressed:
			err = errPageSize
		}
	} else {
		if body, err = c.pageBody(src, h.uncompressed); err == nil {
			if c.codec != format.Uncompressed {
				c.raw.finish() // src was its memory
			}
			reps, defs, body, err = c.splitLevels(h, body)
		}
	}
	if err != nil {
		return err
	}
	if err := c.beginLevels(h.values, reps, defs); err != nil {
		return err
	}
	return c.beginValues(h, body)
}

func (c *chunkReader) pageBody(src []byte, size int) ([]byte, error) {
	b, err := c.inflate(c.body, src, size)
	if err == nil && c.codec != format.Uncompressed {
		c.body = b
	}
	return b, err
}

// splitLevels takes the levels off the front of a page of version 1.
func (c *chunkReader) splitLevels(h *pageHeader, b []byte) (reps, defs, body []byte, err error) {
	if reps, b, err = c.takeLevels(b, h.values, c.leaf.maxRep, h.repEncoding); err != nil {
		return nil, nil, nil, err
	}
	defs, b, err = c.takeLevels(b, h.values, c.leaf.maxDef, h.defEncoding)
	return reps, defs, b, err
}

// beginValues brings the values of a page into one of the forms of valueForm.
func (c *chunkReader) beginValues(h *pageHeader, b []byte) error {
	p := &c.page
	p.data = b
	if c.leaf.conv == convNull {
		return nil
	}
	switch h.encoding {
	case format.Plain:
		switch {
		case c.leaf.conv == convBool:
			p.values = valuesBits
		case c.leaf.conv == convDecimalBytes && c.leaf.physical == format.ByteArray:
			return c.undoDecimals(b)
		}
		return nil
	case plainDictionary, format.RLEDictionary:
		return c.beginIndexes(b)
	case format.RLE:
		return c.undoRunLength(h, b)
	}
	return c.undo(h, b)
}

func (c *chunkReader) beginIndexes(b []byte) error {
	if !c.hasDict {
		return errors.New("dictionary indexes without a dictionary page")
	}
	c.page.values = valuesIndexes
	if len(b) == 0 {
		c.page.idx.reset(nil, 0)
		return nil
	}
	if b[0] > 32 {
		return fmt.Errorf("dictionary indexes of %d bits", b[0])
	}
	c.page.idx.reset(b[1:], uint(b[0]))
	return nil
}

// undoRunLength turns booleans that are run-length encoded into bits.
func (c *chunkReader) undoRunLength(h *pageHeader, b []byte) error {
	if c.leaf.conv != convBool {
		return fmt.Errorf("encoding %v of %v is not supported", h.encoding, c.leaf.physical)
	}
	if len(b) < 4 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-4) {
		return errValuesShort
	}
	var runs hybrid
	runs.reset(b[4:4+binary.LittleEndian.Uint32(b)], 1)
	bits := validity{mem: c.mem, total: h.values}
	defer bits.release()
	bits.begin()
	// The page may hold fewer values than entries; what is missing is noticed
	// when it is asked for.
	for bits.n < h.values && (runs.left > 0 || runs.load() == nil) {
		if _, err := bits.flags(&runs, min(runs.left, h.values-bits.n)); err != nil {
			return err
		}
	}
	c.plain = append(c.plain[:0], bits.bits[:(bits.n+7)/8]...)
	c.page.values, c.page.data = valuesBits, c.plain
	return nil
}
