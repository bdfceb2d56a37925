package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"

	"github.com/parquet-go/parquet-go/format"

	"leapscore/sources/internal/scan"
)

// takeLevels takes the levels of n entries off the front of b, a page of version
// 1. It returns them as runs without their length.
func (c *chunkReader) takeLevels(b []byte, n int, most uint8, enc format.Encoding) (levels, rest []byte, err error) {
	switch {
	case most == 0:
		return nil, b, nil
	case enc == format.BitPacked:
		size := (n*bits.Len8(most) + 7) / 8
		if size > len(b) {
			return nil, nil, errLevels
		}
		levels, err = c.unpackLevels(b[:size], n, bits.Len8(most))
		return levels, b[size:], err
	case enc != format.RLE:
		return nil, nil, fmt.Errorf("level encoding %v is not supported", enc)
	case len(b) < 4 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-4):
		return nil, nil, errLevels
	}
	end := 4 + binary.LittleEndian.Uint32(b)
	return b[4:end], b[end:], nil
}

var errLevels = fmt.Errorf("%w: levels longer than the page", errHeader)

// unpackLevels reads levels in the BIT_PACKED encoding of the first writers, which
// has neither length nor runs. The format has the first value in the highest bits.
// Impala had it in the lowest, and other readers look for it there whoever wrote
// it, so that the order is a guess unless both say the same.
func (c *chunkReader) unpackLevels(b []byte, n, width int) ([]byte, error) {
	low := levelRun(b, n, width, func(i int) byte { return b[i/8] >> (i % 8) & 1 })
	if c.writer.name == "impala" {
		return low, nil
	}
	high := levelRun(b, n, width, func(i int) byte {
		value, bit := i/width, width-1-i%width
		at := value*width + bit
		return b[at/8] >> (7 - at%8) & 1
	})
	if !bytes.Equal(low, high) {
		return nil, errors.New("its levels are BIT_PACKED in an order that nothing tells; write the file again with the program that wrote it")
	}
	return low, nil
}

// levelRun returns n levels as one bit-packed run of today's encoding, given their
// bits from the lowest of the first level on.
func levelRun(b []byte, n, width int, bit func(i int) byte) []byte {
	groups := (n + 7) / 8
	run := make([]byte, 0, binary.MaxVarintLen64+groups*width+scan.Pad)
	run = binary.AppendUvarint(run, uint64(groups)<<1|1)
	at := len(run)
	run = run[:at+groups*width]
	for i := range n * width {
		run[at+i/8] |= bit(i) << (i % 8)
	}
	return run
}

// decodeLevels returns the n levels of src, a byte each, in dst's memory.
func decodeLevels(dst, src []byte, n int, most uint8) ([]byte, error) {
	dst = scan.Buffers.Grow(dst, n)
	if most == 0 {
		clear(dst)
		return dst, nil
	}
	var h hybrid
	h.reset(src, uint(bits.Len8(most)))
	for at := 0; at < n; {
		if h.left == 0 {
			if err := h.load(); err != nil {
				return dst, err
			}
		}
		k := min(h.left, n-at)
		var err error
		switch {
		case h.packed:
			err = h.unpackLevels(dst[at:at+k], most)
		case uint32(h.value) > uint32(most):
			err = levelError(h.value, most)
		default:
			fillBytes(dst[at:at+k], byte(h.value))
		}
		if err != nil {
			return dst, err
		}
		h.left -= k
		at += k
	}
	return dst, nil
}

func levelError(level int32, most uint8) error {
	return fmt.Errorf("level %d, the most is %d", level, most)
}

// fillBytes is fill by ever longer copies.
func fillBytes(dst []byte, v byte) {
	if len(dst) == 0 {
		return
	}
	dst[0] = v
	for n := 1; n < len(dst); n *= 2 {
		copy(dst[n:], dst[:n])
	}
}

// levelsOfByte has the levels of one and of two bits that a byte holds, a byte each.
var levelsOfByte = func() (t struct {
	one [256][8]byte
	two [256][4]byte
}) {
	for b := range 256 {
		for i := range 8 {
			t.one[b][i] = byte(b >> i & 1)
		}
		for i := range 4 {
			t.two[b][i] = byte(b >> (2 * i) & 3)
		}
	}
	return t
}()

// unpackLevels takes len(dst) levels from the current bit-packed run.
func (h *hybrid) unpackLevels(dst []byte, most uint8) error {
	if h.pos%8 == 0 && h.width <= 2 {
		src := h.data[min(h.pos/8*int(h.width), len(h.data)):]
		each := 8 / int(h.width)
		whole := len(dst) / each * each
		if len(src) < whole/each {
			return errHybridShort
		}
		if h.width == 1 {
			for i, b := range src[:whole/each] {
				*(*[8]byte)(dst[8*i:]) = levelsOfByte.one[b]
			}
		} else {
			for i, b := range src[:whole/each] {
				*(*[4]byte)(dst[4*i:]) = levelsOfByte.two[b]
			}
			if most < 3 && bytes.IndexByte(dst[:whole], 3) >= 0 {
				return levelError(3, most)
			}
		}
		h.pos += whole
		dst = dst[whole:]
	}
	var piece [256]int32
	for len(dst) > 0 {
		k := min(len(piece), len(dst))
		if err := h.unpack(piece[:k]); err != nil {
			return err
		}
		for i, v := range piece[:k] {
			if v > int32(most) || v < 0 {
				return levelError(v, most)
			}
			dst[i] = byte(v)
		}
		dst = dst[k:]
	}
	return nil
}

// rowsEnd returns how many entries of reps the next rows take: to before the entry
// that begins another row, or all. It also returns how many rows begin.
func rowsEnd(reps []byte, rows int) (entries, begun int) {
	const block = 512
	for entries < len(reps) {
		part := reps[entries:min(entries+block, len(reps))]
		starts := countByte(part, 0)
		if begun+starts <= rows {
			begun += starts
			entries += len(part)
			continue
		}
		for _, rep := range part {
			if rep == 0 {
				if begun == rows {
					return entries, begun
				}
				begun++
			}
			entries++
		}
	}
	return entries, begun
}

// countByte counts v in b, in vector code where the processor has it.
func countByte(b []byte, v byte) int { return bytes.Count(b, []byte{v}) }

// countFrom counts the levels of b that are at least low, of which none is above most.
func countFrom(b []byte, low, most uint8) int {
	if low == 0 {
		return len(b)
	}
	n := 0
	for v := int(low); v <= int(most); v++ {
		n += countByte(b, byte(v))
	}
	return n
}

// stretch returns how many levels of b are v before the first that is not.
func stretch(b []byte, v byte) int {
	n := 0
	for want := uint64(v) * 0x0101010101010101; n+8 <= len(b); n += 8 {
		if differ := binary.LittleEndian.Uint64(b[n:]) ^ want; differ != 0 {
			return n + bits.TrailingZeros64(differ)/8
		}
	}
	for n < len(b) && b[n] == v {
		n++
	}
	return n
}
