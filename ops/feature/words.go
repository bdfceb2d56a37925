package feature

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"sync/atomic"
	"unicode/utf8"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/javatext"
)

// wordsPort returns the ports of an op whose one input or output is a list of
// words.
func wordsPort(name string) []ops.Port { return port(name, bundle.List(bundle.String)) }

// mapWords makes a list of words from that of each row. Rows are null only if
// they are refused.
func mapWords(b *ops.Batch, words *column.StringLists, f func(row, lo, hi int, out *column.StringListBuilder)) ([]arrow.Array, error) {
	n, bytes := words.Size()
	out := column.NewStringListBuilder(b.Mem, b.Len, n, bytes)
	for row := range b.Len {
		if words.IsNull(row) {
			b.Reject(row, 0, ops.Null, "null list")
			out.EndNullRow()
			continue
		}
		lo, hi := words.Row(row)
		f(row, lo, hi, out)
		out.EndRow()
	}
	return one(out.Array())
}

// one makes the result of Eval from the only output.
func one(arr arrow.Array, err error) ([]arrow.Array, error) {
	if err != nil {
		return nil, err
	}
	return []arrow.Array{arr}, nil
}

// lowerer lower-cases texts one after the other, without allocating for each.
type lowerer struct {
	buf []byte
}

// lower returns what javatext.ToLower returns, until it is called again.
func (l *lowerer) lower(s string) string {
	upper, ascii := letterCase(s)
	if ascii && !upper {
		return s
	}
	buf := l.buf[:0]
	for i := 0; i < len(s); {
		if i+8 <= len(s) {
			if x := eight(s, i); x&highBits == 0 {
				buf = binary.LittleEndian.AppendUint64(buf, lowerEight(x))
				i += 8
				continue
			}
		}
		if c := s[i]; c < utf8.RuneSelf {
			buf = append(buf, lowerASCII(c))
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == 'Σ' { // which depends on what is beside it
			low, ok := javatext.LowerSigma(s, i)
			if !ok {
				return javatext.ToLower(s)
			}
			buf = utf8.AppendRune(buf, low)
		} else if r = lowerBMP(r); r != 0 {
			buf = utf8.AppendRune(buf, r)
		} else {
			buf = append(buf, javatext.ToLower(s[i:i+size])...)
		}
		i += size
	}
	l.buf = buf
	return unsafe.String(unsafe.SliceData(buf), len(buf))
}

// letterCase reports whether s has capital letters of ASCII, and whether it is
// ASCII.
func letterCase(s string) (upper, ascii bool) {
	var capitals, beyond uint64
	i := 0
	for ; i+8 <= len(s); i += 8 {
		x := eight(s, i)
		capitals |= between(x, 'A', 'Z')
		beyond |= x
	}
	for ; i < len(s); i++ {
		capitals |= between(uint64(s[i]), 'A', 'Z')
		beyond |= uint64(s[i])
	}
	return capitals != 0, beyond&highBits == 0
}

// Text is looked at eight bytes at a time, which eight reads. The functions
// below work on each of them and let those beyond ASCII be.
const (
	eachByte = 0x0101010101010101
	highBits = 0x80 * eachByte
)

// eight returns the bytes of s from i on.
func eight(s string, i int) uint64 {
	_ = s[i+7]
	return binary.LittleEndian.Uint64(unsafe.Slice(unsafe.StringData(s[i:]), 8))
}

// between sets the high bit of the bytes from lo to hi, and clears all others.
func between(x uint64, lo, hi byte) uint64 {
	y := x &^ highBits
	return (y + uint64(0x80-lo)*eachByte) &^ (y + uint64(0x7f-hi)*eachByte) & highBits &^ x
}

// lowerEight lower-cases.
func lowerEight(x uint64) uint64 { return x | between(x, 'A', 'Z')>>2 }

// spaces sets the high bit of the bytes that \s of java.util.regex matches.
func spaces(x uint64) uint64 { return between(x, '\t', '\r') | between(x, ' ', ' ') }

func lowerASCII(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// lowerBlocks remembers javatext.ToLower of the characters of the BMP, 256 by
// 256. A 0 stands for what is not one character of the BMP.
var lowerBlocks [256]atomic.Pointer[[256]uint16]

func lowerBMP(r rune) rune {
	if r > 0xffff {
		return 0
	}
	block := lowerBlocks[r>>8].Load()
	if block == nil {
		block = new([256]uint16)
		for i := range block {
			low := javatext.ToLower(string(r&^0xff | rune(i)))
			if c, size := utf8.DecodeRuneInString(low); size == len(low) && c <= 0xffff {
				block[i] = uint16(c)
			}
		}
		lowerBlocks[r>>8].Store(block)
	}
	return rune(block[r&0xff])
}

// slotCounter counts how often each slot of a vector was hit in a row.
type slotCounter struct {
	hits   []int32
	spare  []int32
	counts []float64
}

// count returns the slots that were hit since the last call, ascending, and
// how often. Slots are below size. The result is good until the next hit.
func (c *slotCounter) count(size int) (slots []int32, counts []float64) {
	if len(c.hits) <= fewToSort {
		insertionSort(c.hits)
	} else {
		c.radixSort(size)
	}
	slots, counts = c.hits[:0], c.counts[:0]
	for i, n := 0, len(c.hits); i < n; {
		slot, start := c.hits[i], i
		for i++; i < n && c.hits[i] == slot; i++ {
		}
		slots = append(slots, slot)
		counts = append(counts, float64(i-start))
	}
	c.hits, c.counts = c.hits[:0], counts
	return slots, counts
}

// fewToSort is how many numbers insertionSort sorts faster than others do.
const fewToSort = 24

// insertionSort takes every number past all before it, by least and greatest of two:
// no branch depends on the numbers, which for few of them takes less time than to find
// the place.
func insertionSort[T int32 | uint64](xs []T) {
	for i := 1; i < len(xs); i++ {
		x, before := xs[i], xs[:i]
		for j, y := range before {
			before[j] = min(x, y)
			x = max(x, y)
		}
		xs[i] = x
	}
}

// radixSort sorts by some bits of the slots at a time: more for more hits, for
// which the table of counters pays.
func (c *slotCounter) radixSort(size int) {
	c.spare = slices.Grow(c.spare[:0], len(c.hits))[:len(c.hits)]
	most := 7
	if len(c.hits) > 500 {
		most = 11
	}
	total := bits.Len32(uint32(size - 1))
	passes := (total + most - 1) / most
	if passes == 0 {
		return
	}
	width := (total + passes - 1) / passes
	var table [1 << 11]int32
	at, mask := table[:1<<width], int32(1)<<width-1
	from, to := c.hits, c.spare
	for shift := 0; shift < total; shift += width {
		clear(at)
		for _, s := range from {
			at[s>>shift&mask]++
		}
		sum := int32(0)
		for d, n := range at {
			at[d] = sum
			sum += n
		}
		for _, s := range from {
			d := s >> shift & mask
			to[at[d]] = s
			at[d]++
		}
		from, to = to, from
	}
	c.hits, c.spare = from, to
}
