package format

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
)

// A gzip file is one member, whose deflate stream is put together from pieces
// that were compressed apart: a piece ends at a byte, with an empty stored
// block, and refers to nothing before it. The checksum of the whole is worked out
// from those of the pieces.

var deflaters sync.Pool // of *flate.Writer

// deflated compresses text as one piece.
func deflated(text []byte) (*textRows, error) {
	var out bytes.Buffer
	out.Grow(len(text)/4 + 64)
	z, ok := deflaters.Get().(*flate.Writer)
	if ok {
		z.Reset(&out)
	} else {
		var err error
		if z, err = flate.NewWriter(&out, flate.DefaultCompression); err != nil {
			return nil, err
		}
	}
	if _, err := z.Write(text); err != nil {
		return nil, err
	}
	if err := z.Flush(); err != nil {
		return nil, err
	}
	deflaters.Put(z)
	return &textRows{data: out.Bytes(), raw: int64(len(text)), crc: crc32.ChecksumIEEE(text)}, nil
}

// gzipFile strings pieces together.
type gzipFile struct {
	w   io.Writer
	crc uint32
	raw int64
	err error
}

// newGzipFile writes the header: no name, no time, unknown system.
func newGzipFile(w io.Writer) *gzipFile {
	g := &gzipFile{w: w}
	_, g.err = w.Write([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255})
	return g
}

func (g *gzipFile) append(c *textRows) error {
	if g.err != nil {
		return g.err
	}
	g.crc = combineCRC(g.crc, c.crc, c.raw)
	g.raw += c.raw
	_, g.err = g.w.Write(c.data)
	return g.err
}

// close writes the last block, which is empty, the checksum and the length.
func (g *gzipFile) close() error {
	if g.err != nil {
		return g.err
	}
	end := []byte{3, 0}
	end = binary.LittleEndian.AppendUint32(end, g.crc)
	end = binary.LittleEndian.AppendUint32(end, uint32(g.raw))
	_, g.err = g.w.Write(end)
	return g.err
}

// combineCRC returns the checksum of two texts, one behind the other, from their
// own and the length of the second. A checksum is a polynomial over GF(2) modulo
// that of IEEE; n bytes behind it multiply it by x to the power of 8n.
func combineCRC(first, second uint32, n int64) uint32 {
	shift := uint32(1 << 31) // x^0: the highest bit is the lowest power
	base := uint32(1 << 23)  // x^8
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			shift = timesCRC(shift, base)
		}
		base = timesCRC(base, base)
	}
	return timesCRC(first, shift) ^ second
}

// timesCRC multiplies two polynomials.
func timesCRC(a, b uint32) uint32 {
	var p uint32
	for bit := uint32(1 << 31); bit != 0; bit >>= 1 {
		if a&bit != 0 {
			p ^= b
		}
		if b&1 == 1 {
			b = b>>1 ^ crc32.IEEE
		} else {
			b >>= 1
		}
	}
	return p
}
