// Package marks finds the bytes that text is cut at, many at a time.
package marks

import "bytes"

// step is how much text vector code looks at at once.
const step = 64

// kernel is code that looks for bytes in whole steps of text.
type kernel struct {
	name  string
	masks func(text *byte, steps int, of *[4]byte, out *uint64) (high uint64)
	lines func(text *byte, steps int, end, quote byte) (n, lines int)
}

// Masks sets bit i%64 of out[i/64], for each byte i of text, if it is one of four, and clears
// it if not. It says whether there are bytes that are not ASCII.
func Masks(text []byte, of *[4]byte, out []uint64) (high bool) {
	if len(kernels) > 0 {
		return masksBy(&kernels[0], text, of, out)
	}
	return plainMasks(text, of, out)
}

func masksBy(k *kernel, text []byte, of *[4]byte, out []uint64) bool {
	whole := len(text) / step
	var found uint64
	if whole > 0 {
		found = k.masks(&text[0], whole, of, &out[:whole][0])
	}
	high := found != 0
	if rest := text[whole*step:]; len(rest) > 0 && plainMasks(rest, of, out[whole:]) {
		high = true
	}
	return high
}

func plainMasks(text []byte, of *[4]byte, out []uint64) bool {
	var isMark [256]uint64
	for _, c := range of {
		isMark[c] = 1
	}
	var all byte
	for w := 0; len(text) > 0; w++ {
		n := min(len(text), step)
		var mask uint64
		for i, c := range text[:n] {
			all |= c
			mask |= isMark[c] << i
		}
		out[w] = mask
		text = text[n:]
	}
	return all >= 0x80
}

// Lines returns the length of whole lines at the front of text, and their number. They have
// no quote, and none but the first begins with a byte up to the space. There may be more
// such lines.
func Lines(text []byte, end, quote byte) (n, lines int) {
	if len(kernels) == 0 {
		return plainLines(text, end, quote)
	}
	if len(text) < step {
		return 0, 0
	}
	return kernels[0].lines(&text[0], len(text)/step, end, quote)
}

func plainLines(text []byte, end, quote byte) (n, lines int) {
	for n < len(text) && (n == 0 || text[n] > ' ') {
		i := bytes.IndexByte(text[n:], end)
		if i < 0 || bytes.IndexByte(text[n:n+i], quote) >= 0 {
			break
		}
		n += i + 1
		lines++
	}
	return n, lines
}
