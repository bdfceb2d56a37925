package parquet

import "encoding/binary"

// hybrid writes numbers of width bits in Parquet's hybrid of run lengths and bit
// packing, from runs: a run takes a few bytes, however long it is.
type hybrid struct {
	out   []byte
	width uint
	start int // of the length before the data, with begin

	value int32 // of the run that is not written yet
	count int

	// The packed run that is open, if packed > 0.
	head   int // of its head in out
	packed int // numbers
	word   uint64
	bits   uint // of word that are not in out
}

// packedMost is how many numbers are packed under one head, which is then one byte.
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
	if part := h.packed & 7; part > 0 {
		k := min(n, 8-part)
		h.pack(k)
		n -= k
	}
	if n < 8 {
		h.pack(n)
		return
	}
	h.endPacked()
	h.out = binary.AppendUvarint(h.out, uint64(n)<<1)
	for bits := uint(0); bits < h.width; bits += 8 {
		h.out = append(h.out, byte(h.value>>bits))
	}
}

// pack adds value n times to the packed run.
func (h *hybrid) pack(n int) {
	if n == 0 {
		return
	}
	if h.packed == 0 {
		h.head = len(h.out)
		h.out = append(h.out, 0)
	}
	value := uint64(uint32(h.value))
	for range n {
		h.word |= value << h.bits
		if h.bits += h.width; h.bits >= 32 {
			h.out = binary.LittleEndian.AppendUint32(h.out, uint32(h.word))
			h.word >>= 32
			h.bits -= 32
		}
	}
	if h.packed += n; h.packed == packedMost {
		h.endPacked()
	}
}

// endPacked ends the packed run, if there is one; only the last numbers of all may be
// no whole group of eight.
func (h *hybrid) endPacked() {
	if h.packed == 0 {
		return
	}
	groups := (h.packed + 7) / 8
	for end := h.head + 1 + groups*int(h.width); len(h.out) < end; h.word >>= 8 {
		h.out = append(h.out, byte(h.word))
	}
	h.out[h.head] = byte(groups<<1 | 1)
	h.packed, h.word, h.bits = 0, 0, 0
}

// close writes what is left.
func (h *hybrid) close() {
	h.settle()
	h.endPacked()
}
