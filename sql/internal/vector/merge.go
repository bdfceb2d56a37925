//go:build !nosql

package vector

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// wordMerger makes one dictionary of those of many ranges, as long as there are few
// distinct words, and plain strings from then on.
type wordMerger struct {
	mem   memory.Allocator
	plain bool // there are too many words
	words []string
	index map[string]int32 // of words
	dict  arrow.Array      // of the words, nil if there are new ones
	codes []int32          // of the words of one range
}

func newWordMerger(mem memory.Allocator) *wordMerger {
	return &wordMerger{mem: mem, index: map[string]int32{}}
}

func (m *wordMerger) release() {
	if m.dict != nil {
		m.dict.Release()
		m.dict = nil
	}
}

// array returns the texts of the ranges.
func (m *wordMerger) array(parts []part, n int, valid *memory.Buffer, nulls int) arrow.Array {
	for i := range parts {
		m.plain = m.plain || parts[i].count < 0
	}
	if !m.plain {
		codes := newBuffer(m.mem, 4*n)
		if m.merge(parts, arrow.Int32Traits.CastFromBytes(codes.Bytes())) {
			if m.dict == nil {
				m.dict = wordArray(m.mem, m.words)
			}
			return dictionary(dictType, n, valid, codes, nulls, m.dict)
		}
		codes.Release()
		m.plain = true
	}
	return assembleTexts(m.mem, arrow.BinaryTypes.String, parts, n, valid, nulls)
}

// merge writes the codes of the ranges, or returns false if there are too many words.
func (m *wordMerger) merge(parts []part, out []int32) bool {
	for i := range parts {
		p := &parts[i]
		codes, ok := m.codesOf(p)
		if !ok {
			return false
		}
		from := valuesOf[int32](p)
		if len(codes) > 0 {
			for k, c := range from {
				out[k] = codes[c]
			}
		} else {
			clear(out[:len(from)]) // all are null
		}
		p.eachNull(func(row int) { out[row] = 0 })
		out = out[len(from):]
	}
	return true
}

// codesOf returns the code of each word of a range, and false if there are too many.
func (m *wordMerger) codesOf(p *part) ([]int32, bool) {
	m.codes = m.codes[:0]
	offsets := p.wordOffsets()
	for w := range len(offsets) - 1 {
		word := p.bytes(offsets[w], offsets[w+1])
		code, known := m.index[string(word)]
		if !known {
			if len(m.words) == maxWords {
				return nil, false
			}
			code = int32(len(m.words))
			m.words = append(m.words, string(word))
			m.index[m.words[code]] = code
			m.release()
		}
		m.codes = append(m.codes, code)
	}
	return m.codes, true
}

// assembleTexts returns texts or bytes as they stand.
func assembleTexts(mem memory.Allocator, dt arrow.DataType, parts []part, n int, valid *memory.Buffer, nulls int) arrow.Array {
	total := 0
	for i := range parts {
		total += parts[i].textBytes()
	}
	offsets, text := newBuffer(mem, 4*(n+1)), newBuffer(mem, total)
	ends, out := arrow.Int32Traits.CastFromBytes(offsets.Bytes()), text.Bytes()
	ends[0] = 0
	end, row := int32(0), 1
	for i := range parts {
		p := &parts[i]
		if p.count < 0 {
			end += p.copyTexts(ends[row:], out[end:], end)
		} else {
			end += p.spellWords(ends[row:], out[end:], end)
		}
		row += p.to - p.from
	}
	return made(array.NewData(dt, n, []*memory.Buffer{valid, offsets, text}, nil, nulls, 0))
}

// textBytes is how many bytes the texts of the range have.
func (p *part) textBytes() int {
	if p.count < 0 {
		offsets := p.offsets()
		return int(offsets[p.to-p.from] - offsets[0])
	}
	total, offsets, mask := 0, p.wordOffsets(), p.mask()
	for k, c := range valuesOf[int32](p) {
		if isValid(mask, p.from+k) {
			total += int(offsets[c+1] - offsets[c])
		}
	}
	return total
}

// copyTexts copies the texts of the range and where they end, and returns how many
// bytes they have.
func (p *part) copyTexts(ends []int32, out []byte, at int32) int32 {
	offsets := p.offsets()
	first, rows := offsets[0], p.to-p.from
	for k, o := range offsets[1 : rows+1] {
		ends[k] = at + o - first
	}
	copy(out, p.bytes(first, offsets[rows]))
	return offsets[rows] - first
}

// spellWords writes the words that the codes of the range mean and where they end, and
// returns how many bytes they have.
func (p *part) spellWords(ends []int32, out []byte, at int32) int32 {
	offsets, mask, n := p.wordOffsets(), p.mask(), int32(0)
	for k, c := range valuesOf[int32](p) {
		if isValid(mask, p.from+k) {
			n += int32(copy(out[n:], p.bytes(offsets[c], offsets[c+1])))
		}
		ends[k] = at + n
	}
	return n
}
