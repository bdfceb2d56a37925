package parquet

import "encoding/binary"

// hybrid writes numbers of width bits in Parquet's hybrid of run lengths and bit
// packing, from runs: a run takes a few bytes, however long it is.
type hybrid struct {
	out   []byte
	width uint
	start int // of the length before the data, with begin

	value   int32 // of the run that is not written yet
	count   int
	pending []int32 // numbers to be packed, in groups of eight
}

// packedMost is how many numbers are packed under one head.
const packedMost = 8 * 63

// begin leaves room for the length of what follows, which end fills in.
func (h *hybrid) begin() {
	h.start = len(h.out)
	h.out = append(h.out, 0, 0, 0, 0)
}

func (h *hybrid) end() []byte {
	h.close()
	binary.LittleEndian.PutUint32(h.out[h.start:], uint32(len(h.out)-h.start-4))
	return h.out
}

// run appends value n times.
func (h *hybrid) run(value int32, n int) {
	if value != h.value {
		h.settle()
		h.value = value
	}
	h.count += n
}

// settle writes the run that has ended, but for what has to be packed with what
// follows.
func (h *hybrid) settle() {
	n := h.count
	h.count = 0
	if part := len(h.pending) % 8; part > 0 {
		k := min(n, 8-part)
		h.push(k)
		n -= k
	}
	if n < 8 {
		h.push(n)
		return
	}
	h.pack()
	h.out = binary.AppendUvarint(h.out, uint64(n)<<1)
	for bits := uint(0); bits < h.width; bits += 8 {
		h.out = append(h.out, byte(h.value>>bits))
	}
}

func (h *hybrid) push(n int) {
	for range n {
		h.pending = append(h.pending, h.value)
	}
	if len(h.pending) >= packedMost && len(h.pending)%8 == 0 {
		h.pack()
	}
}

// pack writes what is pending; only the last numbers of all may be no whole group.
func (h *hybrid) pack() {
	if len(h.pending) == 0 {
		return
	}
	for len(h.pending)%8 > 0 {
		h.pending = append(h.pending, 0)
	}
	h.out = binary.AppendUvarint(h.out, uint64(len(h.pending)/8)<<1|1)
	var word uint64
	bits := uint(0)
	for _, x := range h.pending {
		word |= uint64(uint32(x)) << bits
		for bits += h.width; bits >= 8; bits -= 8 {
			h.out = append(h.out, byte(word))
			word >>= 8
		}
	}
	h.pending = h.pending[:0]
}

// close writes what is left.
func (h *hybrid) close() {
	h.settle()
	h.pack()
}
