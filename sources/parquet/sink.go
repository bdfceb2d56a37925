package parquet

import (
	"encoding/binary"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources/internal/scan"
)

// This file and its neighbours take memory as Parquet and Arrow define it,
// little-endian, and so run on little-endian machines only.

// valueSink collects the values of one batch of one leaf, without gaps for
// nulls; finish spreads them over the slots.
type valueSink struct {
	mem   memory.Allocator
	width int // bytes per value in buf; 0 for bytes

	buf *memory.Buffer // values; for bytes, the offsets
	n   int

	bytes     bool
	data      *memory.Buffer // for bytes
	dataLen   int
	mostBytes int
}

// begin prepares for about n values.
func (s *valueSink) begin(mem memory.Allocator, width int, bytes bool, n int) {
	s.release()
	*s = valueSink{mem: mem, width: width, bytes: bytes, mostBytes: s.mostBytes}
	s.buf = memory.NewResizableBuffer(mem)
	if bytes {
		s.width = 4
		s.data = memory.NewResizableBuffer(mem)
		s.data.Reserve(s.mostBytes)
	}
	s.buf.Reserve((n + 1) * s.width)
	if bytes {
		clear(s.buf.Buf()[:4])
	}
}

// grow makes room for k more values and returns the bytes of their slots.
func (s *valueSink) grow(k int) []byte {
	at := s.n
	if s.bytes {
		at++
	}
	want := (at + k) * s.width
	if have := s.buf.Cap(); want > have {
		s.buf.Reserve(max(want, 2*have))
	}
	s.n += k
	return s.buf.Buf()[at*s.width : want : want]
}

// room makes room for k more bytes of string data.
func (s *valueSink) room(k int) error {
	want := s.dataLen + k
	if want > math.MaxInt32 {
		return scan.ErrBatchBytes
	}
	if have := s.data.Cap(); want > have {
		s.data.Reserve(max(want, min(2*have, math.MaxInt32)))
	}
	return nil
}

// appendPlain takes k values of PLAIN byte arrays from b and returns the rest.
func (s *valueSink) appendPlain(b []byte, k int) ([]byte, error) {
	total, rest := 0, b
	for range k {
		if len(rest) < 4 {
			return nil, errValuesShort
		}
		n := int(binary.LittleEndian.Uint32(rest))
		if n > len(rest)-4 {
			return nil, errValuesShort
		}
		total += n
		rest = rest[4+n:]
	}
	if err := s.room(total); err != nil {
		return nil, err
	}
	offs := scan.SliceOf[int32](s.grow(k))
	data, at := s.data.Buf(), s.dataLen
	for i := range offs {
		n := int(binary.LittleEndian.Uint32(b))
		copy(data[at:], b[4:4+n])
		at += n
		offs[i] = int32(at)
		b = b[4+n:]
	}
	s.dataLen = at
	return b, nil
}

// appendOffsets appends the len(offs)-1 byte strings that lie in data.
func (s *valueSink) appendOffsets(data []byte, offs []uint32) error {
	k := len(offs) - 1
	first, last := offs[0], offs[k]
	if first > last || int(last) > len(data) {
		return errValuesShort
	}
	if err := s.room(int(last - first)); err != nil {
		return err
	}
	copy(s.data.Buf()[s.dataLen:], data[first:last])
	base := s.dataLen
	dst := scan.SliceOf[int32](s.grow(k))
	for i := range dst {
		dst[i] = int32(base + int(offs[i+1]-first))
	}
	s.dataLen += int(last - first)
	return nil
}

// appendLookup appends dictionary entries.
func (s *valueSink) appendLookup(idx []int32, dict *dictionary) error {
	offs, src := dict.offsets(), dict.data.Bytes()
	total := 0
	for _, i := range idx {
		total += int(offs[i+1] - offs[i])
	}
	if err := s.room(total); err != nil {
		return err
	}
	dst := scan.SliceOf[int32](s.grow(len(idx)))
	data, at := s.data.Buf(), s.dataLen
	for j, i := range idx {
		at += copy(data[at:], src[offs[i]:offs[i+1]])
		dst[j] = int32(at)
	}
	s.dataLen = at
	return nil
}

// finish returns the array of slots that hold the values where valid is set.
func (s *valueSink) finish(typ arrow.DataType, dict arrow.ArrayData, slots int, valid *validity) arrow.ArrayData {
	defer s.release()
	if valid.nulls > 0 {
		s.spread(slots, valid.bits)
	}
	switch {
	case typ.ID() == arrow.BOOL:
		s.packBits(slots)
	case s.bytes:
		s.buf.Resize((slots + 1) * 4)
		s.data.Resize(s.dataLen)
		s.mostBytes = max(s.mostBytes, s.dataLen)
	default:
		s.buf.Resize(slots * s.width)
	}
	bufs := []*memory.Buffer{valid.buf, s.buf}
	if s.bytes {
		bufs = append(bufs, s.data)
	}
	if dict != nil {
		return array.NewDataWithDictionary(typ, slots, bufs, valid.nulls, 0, dict.(*array.Data))
	}
	return array.NewData(typ, slots, bufs, nil, valid.nulls, 0)
}

// packBits turns a byte for each boolean into a bit.
func (s *valueSink) packBits(slots int) {
	from := s.buf
	s.buf = memory.NewResizableBuffer(s.mem)
	s.buf.Resize(int(bitutil.BytesForBits(int64(slots))))
	dst, src := s.buf.Bytes(), from.Buf()
	clear(dst)
	for i := range slots {
		dst[i/8] |= src[i] & 1 << (i % 8)
	}
	from.Release()
}

// spread moves the values to their slots, back to front, and clears the
// slots of nulls, so that equal rows have equal bytes.
func (s *valueSink) spread(slots int, valid []byte) {
	have := s.n
	if slots > have {
		s.grow(slots - have)
	}
	if s.bytes {
		offs := scan.SliceOf[int32](s.buf.Buf()[:(slots+1)*4])
		for i := slots; i > 0; i-- {
			offs[i] = offs[have]
			have -= int(valid[(i-1)>>3] >> ((i - 1) & 7) & 1)
		}
		return
	}
	b := s.buf.Buf()[:slots*s.width]
	switch s.width {
	case 1:
		spreadSlots(scan.SliceOf[uint8](b), have, valid)
	case 2:
		spreadSlots(scan.SliceOf[uint16](b), have, valid)
	case 4:
		spreadSlots(scan.SliceOf[uint32](b), have, valid)
	case 8:
		spreadSlots(scan.SliceOf[uint64](b), have, valid)
	default:
		w := s.width
		for i := slots - 1; i >= 0; i-- {
			if valid[i>>3]>>(i&7)&1 == 0 {
				clear(b[i*w : (i+1)*w])
				continue
			}
			have--
			copy(b[i*w:(i+1)*w], b[have*w:(have+1)*w])
		}
	}
}

func spreadSlots[T uint8 | uint16 | uint32 | uint64](b []T, have int, valid []byte) {
	for i := len(b) - 1; i >= 0; i-- {
		if valid[i>>3]>>(i&7)&1 == 0 {
			b[i] = 0
			continue
		}
		have--
		b[i] = b[have]
	}
}

func (s *valueSink) release() {
	if s.buf != nil {
		s.buf.Release()
		s.buf = nil
	}
	if s.data != nil {
		s.data.Release()
		s.data = nil
	}
}
