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
