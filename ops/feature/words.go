package feature

import (
	"slices"
	"strings"
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
	upper, other := false, false
	for i := range len(s) {
		c := s[i]
		upper = upper || 'A' <= c && c <= 'Z'
		other = other || c >= utf8.RuneSelf
	}
	switch {
	case !upper && !other:
		return s
	case other && strings.Contains(s, "Σ"): // which needs the words around it
		return javatext.ToLower(s)
	}
	buf := l.buf[:0]
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			buf = append(buf, lowerASCII(c))
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r = lowerBMP(r); r != 0 {
			buf = utf8.AppendRune(buf, r)
		} else {
			buf = append(buf, javatext.ToLower(s[i:i+size])...)
		}
		i += size
	}
	l.buf = buf
	return unsafe.String(unsafe.SliceData(buf), len(buf))
}

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

// radix is how many bits slotCounter sorts by at a time.
const radix = 11

// count returns the slots that were hit since the last call, ascending, and
// how often. Slots are below size. The result is good until the next hit.
func (c *slotCounter) count(size int) (slots []int32, counts []float64) {
	if len(c.hits) < 200 {
		slices.Sort(c.hits)
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

func (c *slotCounter) radixSort(size int) {
	c.spare = slices.Grow(c.spare[:0], len(c.hits))[:len(c.hits)]
	from, to := c.hits, c.spare
	for shift := 0; (size-1)>>shift > 0; shift += radix {
		var at [1 << radix]int32
		for _, s := range from {
			at[s>>shift&(1<<radix-1)]++
		}
		sum := int32(0)
		for d, n := range at {
			at[d] = sum
			sum += n
		}
		for _, s := range from {
			d := s >> shift & (1<<radix - 1)
			to[at[d]] = s
			at[d]++
		}
		from, to = to, from
	}
	c.hits, c.spare = from, to
}
