package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go/format"

	"leapscore/sources/internal/scan"
)

var errValuesShort = errors.New("values end early")

// convert reads k PLAIN values of fixed width from src into dst.
func (l *leaf) convert(dst, src []byte, k int) error {
	size := l.plainSize()
	if len(src) < k*size {
		return errValuesShort
	}
	src = src[:k*size]
	switch l.conv {
	case convCopy:
		copy(dst, src)
	case convInt8:
		for i := range k {
			dst[i] = src[4*i]
		}
	case convInt16:
		d := scan.SliceOf[uint16](dst)
		for i := range k {
			d[i] = binary.LittleEndian.Uint16(src[4*i:])
		}
	case convDecimalInt:
		d := scan.SliceOf[[2]uint64](dst)
		for i := range k {
			var v int64
			if size == 4 {
				v = int64(int32(binary.LittleEndian.Uint32(src[4*i:])))
			} else {
				v = int64(binary.LittleEndian.Uint64(src[8*i:]))
			}
			d[i] = [2]uint64{uint64(v), uint64(v >> 63)}
		}
	case convDecimalBytes:
		d := scan.SliceOf[[2]uint64](dst)
		for i := range k {
			var err error
			if d[i], err = decimalOf(src[i*size : (i+1)*size]); err != nil {
				return err
			}
		}
	case convInt96:
		return int96Micros(scan.SliceOf[int64](dst), src)
	case convInt96Nanos:
		return int96Nanos(scan.SliceOf[int64](dst), src)
	default:
		return fmt.Errorf("conversion %d is not of fixed width", l.conv)
	}
	return nil
}

// plainSize is the size of a PLAIN value of fixed width.
func (l *leaf) plainSize() int {
	switch l.physical {
	case format.Int32, format.Float:
		return 4
	case format.Int64, format.Double:
		return 8
	case format.Int96:
		return 12
	case format.FixedLenByteArray:
		return l.size
	}
	return 0
}

// decimalOf reads a two's complement big-endian integer.
func decimalOf(b []byte) ([2]uint64, error) {
	var sign byte
	if len(b) > 0 && b[0] >= 0x80 {
		sign = 0xff
	}
	for len(b) > 16 {
		if b[0] != sign || b[1]&0x80 != sign&0x80 {
			return [2]uint64{}, fmt.Errorf("decimal of %d bytes exceeds 128 bits", len(b))
		}
		b = b[1:]
	}
	var wide [16]byte
	for i := range 16 - len(b) {
		wide[i] = sign
	}
	copy(wide[16-len(b):], b)
	return [2]uint64{binary.BigEndian.Uint64(wide[8:]), binary.BigEndian.Uint64(wide[:8])}, nil
}

// decimalsOf reads n PLAIN byte arrays as decimals.
func decimalsOf(dst, src []byte, n int) error {
	d := scan.SliceOf[[2]uint64](dst)
	for i := range n {
		if len(src) < 4 {
			return errValuesShort
		}
		size := int(binary.LittleEndian.Uint32(src))
		if size > len(src)-4 {
			return errValuesShort
		}
		var err error
		if d[i], err = decimalOf(src[4 : 4+size]); err != nil {
			return err
		}
		src = src[4+size:]
	}
	return nil
}
