package parquet

import (
	"encoding/binary"
	"math/bits"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/klauspost/compress/s2"
	"github.com/parquet-go/parquet-go/format"
)

// packing is how the pages of a column are compressed.
type packing uint8

const (
	packAny   packing = iota // by the codec, whatever is in them
	packNot                  // not: numbers that do not get smaller
	packWords                // by appendWordSnappy
)

// Numbers are sampled in two places before they are compressed. Snappy finds what was
// there up to 64 KiB before.
const (
	samples     = 2
	sampleBytes = 64 << 10
)

// choose sets the packing of c, and returns the codec of its pages. Numbers that are all
// different often have nothing that Snappy finds, and then are not compressed. What is
// chosen depends on the values alone.
func (e *Encoder) choose(c *column) format.CompressionCodec {
	e.packing = packAny
	codec := e.codec.CompressionCodec()
	if codec != format.Snappy {
		return codec
	}
	var words []uint64
	var raw []byte
	switch w := c.values.(type) {
	case *wordValues[uint64]:
		if w.dict == nil {
			words, raw = w.v, arrow.GetBytes(w.v)
		}
	case *wordValues[uint32]:
		if w.dict == nil {
			raw = arrow.GetBytes(w.v)
		}
	}
	if len(raw) < 2*samples*sampleBytes {
		return codec
	}
	sampled, anySize, wordSize := samples*sampleBytes, 0, 0
	for _, at := range [samples]int{0, len(raw) / 2 &^ 7} {
		e.scratch.packed = s2.EncodeSnappy(e.scratch.packed[:cap(e.scratch.packed)], raw[at:at+sampleBytes])
		anySize += len(e.scratch.packed)
		if words != nil {
			e.scratch.packed = appendWordSnappy(e.scratch.packed[:0], nil, words[at/8:(at+sampleBytes)/8])
			wordSize += len(e.scratch.packed)
		}
	}
	switch {
	case words != nil && wordSize <= anySize+anySize/32 && wordSize < sampled-sampled/16:
		e.packing = packWords
	case anySize >= sampled-sampled/16:
		e.packing = packNot
		return format.Uncompressed
	}
	return codec
}

// wordPage appends a data page of numbers that are not compressed, or by
// appendWordSnappy.
func (e *Encoder) wordPage(m *columnMetaData, c *column, h pageHeader, from, to, value, valueTo int) error {
	levels, err := c.pageLevels(e.scratch.body[:0], from, to, &e.scratch)
	if err != nil {
		return err
	}
	e.scratch.body = levels
	var raw []byte
	switch w := c.values.(type) {
	case *wordValues[uint64]:
		raw = arrow.GetBytes(w.v[value:valueTo])
		if e.packing == packWords {
			e.scratch.packed = appendWordSnappy(e.scratch.packed[:0], levels, w.v[value:valueTo])
			return e.put(m, h, len(levels)+len(raw), e.scratch.packed)
		}
	case *wordValues[uint32]:
		raw = arrow.GetBytes(w.v[value:valueTo])
	}
	return e.put(m, h, len(levels)+len(raw), levels, raw)
}

// appendWordSnappy appends head and the words v as a block of Snappy. It only looks for
// words that begin (from the highest byte) as the one before, as ids and times that
// grow do: there it takes a fifth of the time of an encoder that looks for
// everything (BenchmarkWordSnappy).
func appendWordSnappy(dst, head []byte, v []uint64) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(head)+8*len(v)))
	dst = appendLiteral(dst, head)
	if len(v) == 0 {
		return dst
	}
	raw := arrow.GetBytes(v)
	n := len(dst)
	dst = grow(dst, 9*len(v)+16) // a word takes at most 8 bytes, and the tags of long literals
	from := 0                    // of raw, that is not written yet
	prev := v[0]
	for i, w := range v[1:] {
		same := bits.LeadingZeros64(w^prev) >> 3
		prev = w
		if same < 4 {
			continue
		}
		at := 8*i + 8 // of w
		switch {
		case from != at:
			n = len(appendLiteral(dst[:n], raw[from:at+8-same]))
		case same < 8:
			binary.LittleEndian.PutUint64(dst[n:], w<<8|uint64(7-same)<<2) // a literal of few bytes
			n += 9 - same
		}
		binary.LittleEndian.PutUint16(dst[n:], 8<<8|uint16(same-4)<<2|1) // a copy from 8 bytes before
		n += 2
		from = at + 8
	}
	return appendLiteral(dst[:n], raw[from:])
}

// appendLiteral appends bytes as they are, with their tag.
func appendLiteral(dst, b []byte) []byte {
	switch n := uint32(len(b) - 1); {
	case len(b) == 0:
		return dst
	case n < 60:
		dst = append(dst, byte(n)<<2)
	case n < 1<<8:
		dst = append(dst, 60<<2, byte(n))
	case n < 1<<16:
		dst = append(dst, 61<<2, byte(n), byte(n>>8))
	case n < 1<<24:
		dst = append(dst, 62<<2, byte(n), byte(n>>8), byte(n>>16))
	default:
		dst = append(dst, 63<<2, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	}
	return append(dst, b...)
}
