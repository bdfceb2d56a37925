package parquet

import (
	"encoding/binary"
	"fmt"

	"github.com/parquet-go/bitpack"
	"github.com/parquet-go/parquet-go/format"

	"leapscore/sources/internal/scan"
)

// undo turns the encodings that cannot be read in pieces into PLAIN values,
// or into byte strings with offsets.
func (c *chunkReader) undo(h *pageHeader, b []byte) error {
	physical := c.leaf.physical
	switch h.encoding {
	case format.DeltaBinaryPacked:
		switch physical {
		case format.Int32:
			return c.undoDelta(b, h.values, 4)
		case format.Int64:
			return c.undoDelta(b, h.values, 8)
		}
	case format.DeltaLengthByteArray:
		if c.leaf.conv == convBytes {
			return c.undoLengths(b, h.values)
		}
	case format.DeltaByteArray:
		if c.leaf.conv == convBytes || physical == format.FixedLenByteArray {
			return c.undoPrefixes(b, h.values)
		}
	case format.ByteStreamSplit:
		if size := c.leaf.plainSize(); size > 0 && physical != format.Int96 {
			return c.undoStreams(b, size)
		}
	}
	return fmt.Errorf("encoding %v of %v is not supported", h.encoding, physical)
}

// undoDecimals turns decimals of variable length into fixed ones.
func (c *chunkReader) undoDecimals(b []byte) error {
	n := 0
	for rest := b; len(rest) >= 4; n++ {
		size := int(binary.LittleEndian.Uint32(rest))
		if size > len(rest)-4 {
			return errValuesShort
		}
		rest = rest[4+size:]
	}
	c.plain = scan.Buffers.Grow(c.plain, 16*n)
	c.page.values, c.page.data = valuesReady, c.plain
	return decimalsOf(c.plain, b, n)
}

// undoStreams puts the bytes of BYTE_STREAM_SPLIT values back together.
func (c *chunkReader) undoStreams(b []byte, size int) error {
	n := len(b) / size
	if n*size != len(b) {
		return fmt.Errorf("%w: %d bytes of values of %d", errPageSize, len(b), size)
	}
	c.plain = scan.Buffers.Grow(c.plain, n*size)
	for s := range size {
		for i, v := range b[s*n : (s+1)*n] {
			c.plain[i*size+s] = v
		}
	}
	c.page.data = c.plain
	return nil
}

func (c *chunkReader) undoDelta(b []byte, most, size int) error {
	v, _, err := decodeDelta(c.deltas[:0], b, most)
	if err != nil {
		return err
	}
	c.deltas = v
	c.plain = scan.Buffers.Grow(c.plain, len(v)*size)
	if size == 8 {
		copy(scan.SliceOf[int64](c.plain), v)
	} else {
		for i, d := 0, scan.SliceOf[int32](c.plain); i < len(v); i++ {
			d[i] = int32(v[i])
		}
	}
	c.page.data = c.plain
	return nil
}

// undoLengths reads DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes.
func (c *chunkReader) undoLengths(b []byte, most int) error {
	v, rest, err := decodeDelta(c.deltas[:0], b, most)
	if err != nil {
		return err
	}
	c.deltas = v
	c.strOffs = append(c.strOffs[:0], 0)
	at := 0
	for _, n := range v {
		if n < 0 || n > int64(len(rest)-at) {
			return errValuesShort
		}
		at += int(n)
		c.strOffs = append(c.strOffs, uint32(at))
	}
	c.page.values, c.page.data, c.page.offs = valuesOffsets, rest[:at], c.strOffs
	return nil
}

// undoPrefixes reads DELTA_BYTE_ARRAY: how much each value shares with the one
// before it, and what follows.
func (c *chunkReader) undoPrefixes(b []byte, most int) error {
	prefixes, rest, err := decodeDelta(nil, b, most)
	if err != nil {
		return err
	}
	c.deltas, rest, err = decodeDelta(c.deltas[:0], rest, most)
	if err != nil {
		return err
	}
	if len(prefixes) != len(c.deltas) {
		return fmt.Errorf("%d prefixes for %d suffixes", len(prefixes), len(c.deltas))
	}
	out := c.plain[:0]
	c.strOffs = append(c.strOffs[:0], 0)
	var last []byte
	for i, n := range c.deltas {
		p := prefixes[i]
		if n < 0 || n > int64(len(rest)) || p < 0 || p > int64(len(last)) {
			return errValuesShort
		}
		if int64(len(out))+p+n > maxPage {
			return fmt.Errorf("strings of one page exceed %d bytes", maxPage)
		}
		start := len(out)
		out = append(append(out, last[:p]...), rest[:n]...)
		last, rest = out[start:], rest[n:]
		c.strOffs = append(c.strOffs, uint32(len(out)))
	}
	c.plain = out
	c.page.data = out
	if c.leaf.conv == convBytes {
		c.page.values, c.page.offs = valuesOffsets, c.strOffs
	} else if len(out) != len(c.deltas)*c.leaf.plainSize() {
		return fmt.Errorf("values of %d bytes are not of fixed length %d", len(out), c.leaf.plainSize())
	}
	return nil
}

// decodeDelta appends the values of a DELTA_BINARY_PACKED block at the front
// of b, at most most, and returns them with what follows in b.
func decodeDelta(dst []int64, b []byte, most int) ([]int64, []byte, error) {
	var head [3]uint64 // block size, miniblocks per block, values
	for i := range head {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, nil, errValuesShort
		}
		head[i], b = v, b[n:]
	}
	block, minis, total := head[0], head[1], head[2]
	first, n := binary.Varint(b)
	if n <= 0 {
		return nil, nil, errValuesShort
	}
	b = b[n:]
	if minis == 0 || block > 1<<20 || block%minis != 0 || block/minis%8 != 0 || block == 0 {
		return nil, nil, fmt.Errorf("delta blocks of %d values in %d parts", block, minis)
	}
	if total > uint64(most) {
		return nil, nil, fmt.Errorf("%d delta values in a page of %d", total, most)
	}
	if total == 0 {
		return dst, b, nil
	}
	d := deltaBlocks{mini: int(block / minis), minis: int(minis), left: int(total) - 1, last: first}
	dst = append(dst, first)
	var err error
	for d.left > 0 {
		if dst, b, err = d.next(dst, b); err != nil {
			return nil, nil, err
		}
	}
	return dst, b, nil
}

// deltaBlocks is the state between two blocks.
type deltaBlocks struct {
	mini, minis int // values per miniblock, miniblocks per block
	left        int
	last        int64
	padded      []byte
}

// next decodes one block.
func (d *deltaBlocks) next(dst []int64, b []byte) ([]int64, []byte, error) {
	least, n := binary.Varint(b)
	if n <= 0 || len(b)-n < d.minis {
		return nil, nil, errValuesShort
	}
	widths, b := b[n:n+d.minis], b[n+d.minis:]
	for _, w := range widths {
		if d.left == 0 {
			break
		}
		if w > 64 {
			return nil, nil, fmt.Errorf("delta of %d bits", w)
		}
		k := min(d.mini, d.left)
		size := min(d.mini*int(w)/8, len(b))
		if size*8 < k*int(w) {
			return nil, nil, errValuesShort
		}
		at := len(dst)
		dst = append(dst, make([]int64, k)...)
		if w > 0 {
			d.padded = append(append(d.padded[:0], b[:size]...), make([]byte, scan.Pad)...)
			bitpack.Unpack(dst[at:], d.padded, uint(w))
		}
		for i := at; i < len(dst); i++ {
			d.last += least + dst[i]
			dst[i] = d.last
		}
		b = b[size:]
		d.left -= k
	}
	return dst, b, nil
}
