package parquet

import (
	"encoding/binary"
	"errors"

	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/parquet-go/bitpack"
)

var errHybridShort = errors.New("run-length data ends early")

// hybrid decodes Parquet's mix of run-length and bit-packed runs, which holds
// levels and dictionary indexes, from wherever the last call stopped.
type hybrid struct {
	b     []byte // runs not begun; room for scan.Pad bytes behind it
	width uint

	left   int // values left in the current run
	packed bool
	value  int32  // of a run-length run
	data   []byte // of a bit-packed run, from its first value
	pos    int    // values taken from data
}

func (h *hybrid) reset(b []byte, width uint) {
	*h = hybrid{b: b, width: width}
}

// load begins the next run that is not empty.
func (h *hybrid) load() error {
	for h.left == 0 {
		head, n := binary.Uvarint(h.b)
		if n <= 0 {
			return errHybridShort
		}
		h.b = h.b[n:]
		count := head >> 1
		if count > 1<<31 {
			return errHybridShort
		}
		h.packed = head&1 == 1
		if h.packed {
			// Some writers cut the padding of the last group off.
			size := min(int(count)*int(h.width), len(h.b))
			h.data, h.b, h.pos = h.b[:size], h.b[size:], 0
			h.left = int(count) * 8
			continue
		}
		size := int(h.width+7) / 8
		if len(h.b) < size {
			return errHybridShort
		}
		var v uint32
		for i := range size {
			v |= uint32(h.b[i]) << (8 * i)
		}
		h.value, h.b, h.left = int32(v), h.b[size:], int(count)
	}
	return nil
}

// decode fills dst.
func (h *hybrid) decode(dst []int32) error {
	for len(dst) > 0 {
		if h.left == 0 {
			if err := h.load(); err != nil {
				return err
			}
		}
		k := min(h.left, len(dst))
		if h.packed {
			if err := h.unpack(dst[:k]); err != nil {
				return err
			}
		} else {
			fill(dst[:k], h.value)
		}
		h.left -= k
		dst = dst[k:]
	}
	return nil
}

func fill[T any](dst []T, v T) {
	for i := range dst {
		dst[i] = v
	}
}

// unpack takes len(dst) values from the current bit-packed run.
func (h *hybrid) unpack(dst []int32) error {
	if h.width == 0 {
		clear(dst)
		return nil
	}
	if (uint(h.pos+len(dst))*h.width+7)/8 > uint(len(h.data)) {
		return errHybridShort
	}
	for len(dst) > 0 && h.pos%8 != 0 {
		dst[0] = h.at(h.pos)
		dst = dst[1:]
		h.pos++
	}
	if len(dst) == 0 {
		return nil
	}
	src := h.data[uint(h.pos)/8*h.width:]
	bitpack.Unpack(dst, src[:cap(src)], h.width)
	h.pos += len(dst)
	return nil
}

// skip passes over k values.
func (h *hybrid) skip(k int) error {
	for k > 0 {
		if h.left == 0 {
			if err := h.load(); err != nil {
				return err
			}
		}
		n := min(h.left, k)
		if h.packed {
			h.pos += n
		}
		h.left -= n
		k -= n
	}
	return nil
}

// at returns value i of the current bit-packed run.
func (h *hybrid) at(i int) int32 {
	bit := uint(i) * h.width
	word := binary.LittleEndian.Uint64(h.data[bit/8 : bit/8+8 : cap(h.data)])
	return int32(word >> (bit % 8) & (1<<h.width - 1))
}

// validity collects which slots of a batch are not null. The bitmap is made
// when the first null turns up.
type validity struct {
	mem   memory.Allocator
	total int // slots of the batch
	n     int // slots seen
	nulls int
	buf   *memory.Buffer
	bits  []byte
}

func (v *validity) release() {
	if v.buf != nil {
		v.buf.Release()
		v.buf = nil
	}
}

func (v *validity) ones(k int) {
	if v.bits != nil {
		bitutil.SetBitsTo(v.bits, int64(v.n), int64(k), true)
	}
	v.n += k
}

// begin makes the bitmap.
func (v *validity) begin() {
	if v.bits != nil {
		return
	}
	v.buf = memory.NewResizableBuffer(v.mem)
	v.buf.Resize(int(bitutil.BytesForBits(int64(v.total))))
	v.bits = v.buf.Bytes()
	clear(v.bits)
	bitutil.SetBitsTo(v.bits, 0, int64(v.n), true)
}

func (v *validity) zeros(k int) {
	v.begin()
	v.n += k
	v.nulls += k
}

// flags decodes k levels of one bit each and returns how many are set.
func (v *validity) flags(h *hybrid, k int) (int, error) {
	set := 0
	for k > 0 {
		if h.left == 0 {
			if err := h.load(); err != nil {
				return 0, err
			}
		}
		m := min(h.left, k)
		switch {
		case !h.packed && h.value == 0:
			v.zeros(m)
		case !h.packed:
			v.ones(m)
			set += m
		default:
			if (h.pos+m+7)/8 > len(h.data) {
				return 0, errHybridShort
			}
			ones := bitutil.CountSetBits(h.data, h.pos, m)
			if ones == m {
				v.ones(m)
			} else {
				v.begin()
				bitutil.CopyBitmap(h.data, h.pos, m, v.bits, v.n)
				v.n += m
				v.nulls += m - ones
			}
			set += ones
			h.pos += m
		}
		h.left -= m
		k -= m
	}
	return set, nil
}

// count passes over k levels of one bit each and returns how many are set.
func (h *hybrid) count(k int) (int, error) {
	set := 0
	for k > 0 {
		if h.left == 0 {
			if err := h.load(); err != nil {
				return 0, err
			}
		}
		m := min(h.left, k)
		if h.packed {
			if (h.pos+m+7)/8 > len(h.data) {
				return 0, errHybridShort
			}
			set += bitutil.CountSetBits(h.data, h.pos, m)
			h.pos += m
		} else {
			set += m * int(h.value&1)
		}
		h.left -= m
		k -= m
	}
	return set, nil
}
