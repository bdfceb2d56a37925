package parquet

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// byteValues holds strings. It starts with a dictionary, and gives it up once
// too many values have turned out to be distinct.
type byteValues struct {
	text   bool
	plain  bool       // no dictionary
	values plainTexts // if plain
	all    texts      // else: the entries of the dictionary
	idx    []int32
	table  []int32 // open addressing: an index into all plus one, or 0
	bytes  int64   // of all values in PLAIN form

	known   []int32         // an index into all plus one, or 0, by entry of the Arrow dictionary
	knownOf arrow.ArrayData // that dictionary
}

// texts are strings in PLAIN form, each behind its length in 4 bytes.
type texts struct {
	data []byte
	ends []int
}

func (t *texts) len() int { return len(t.ends) }

func (t *texts) start(i int) int {
	if i == 0 {
		return 0
	}
	return t.ends[i-1]
}

func (t *texts) at(i int) []byte { return t.data[t.start(i)+4 : t.ends[i]] }

func (t *texts) reset() { t.data, t.ends = t.data[:0], t.ends[:0] }

func (t *texts) add(b []byte) {
	t.data = binary.LittleEndian.AppendUint32(t.data, uint32(len(b)))
	t.data = append(t.data, b...)
	t.ends = append(t.ends, len(t.data))
}

// A dictionary is kept while it has few entries, or while values have occurred
// at least twice on average and it is not too large.
const (
	smallDictionary = 1 << 10
	largeDictionary = 1 << 20 // bytes
)

var hashSeed = maphash.MakeSeed()

func (v *byteValues) len() int {
	if v.plain {
		return v.values.n
	}
	return len(v.idx)
}

func (v *byteValues) size() int64 {
	return v.values.bytes + int64(len(v.all.data)) + int64(len(v.idx))*4
}

func (v *byteValues) reset() {
	v.plain, v.idx, v.bytes = false, v.idx[:0], 0
	v.knownOf = nil
	v.values.reset()
	v.all.reset()
	clear(v.table)
}

// add appends one value.
func (v *byteValues) add(b []byte) {
	if v.plain {
		v.values.add(b)
		return
	}
	v.push(v.index(b))
}

// push appends the dictionary's entry i.
func (v *byteValues) push(i int32) {
	v.idx = append(v.idx, i)
	v.bytes += int64(v.all.ends[i] - v.all.start(int(i)))
	if n := v.all.len(); n > smallDictionary && (2*n > len(v.idx) || len(v.all.data) > largeDictionary) {
		v.giveUp()
	}
}

// index returns the entry for b, which it makes if need be.
func (v *byteValues) index(b []byte) int32 {
	if 2*(v.all.len()+1) > len(v.table) {
		v.rehash()
	}
	mask := uint64(len(v.table) - 1)
	for at := maphash.Bytes(hashSeed, b) & mask; ; at = (at + 1) & mask {
		switch i := v.table[at]; {
		case i == 0:
			v.all.add(b)
			v.table[at] = int32(v.all.len())
			return int32(v.all.len()) - 1
		case bytes.Equal(v.all.at(int(i-1)), b):
			return i - 1
		}
	}
}

func (v *byteValues) rehash() {
	v.table = make([]int32, max(256, 2*len(v.table)))
	mask := uint64(len(v.table) - 1)
	for i := range v.all.len() {
		at := maphash.Bytes(hashSeed, v.all.at(i)) & mask
		for v.table[at] != 0 {
			at = (at + 1) & mask
		}
		v.table[at] = int32(i + 1)
	}
}

// giveUp replaces indices by values.
func (v *byteValues) giveUp() {
	for _, i := range v.idx {
		v.values.add(v.all.at(int(i)))
	}
	v.plain, v.idx = true, v.idx[:0]
	v.all.reset()
}

func (v *byteValues) merge(o values) {
	src := o.(*byteValues)
	if src.plain {
		src.values.each(v.add)
		return
	}
	for _, i := range src.idx {
		v.add(src.all.at(int(i)))
	}
}

func (v *byteValues) append(arr arrow.Array, spans []span, valid bitmap) {
	if arr.Len() == 0 {
		return
	}
	if !v.plain {
		n := 0
		for _, s := range spans {
			n += s.hi - s.lo
		}
		v.idx = reserve(v.idx, n)
	}
	data := arr.Data()
	switch arr.DataType().ID() {
	case arrow.DICTIONARY:
		v.appendDictionary(arr.(*array.Dictionary), spans, valid)
	case arrow.STRING, arrow.BINARY:
		appendTexts(v, arrow.GetOffsets[int32](data, 1), data.Buffers()[2], spans, valid)
	default:
		appendTexts(v, arrow.GetOffsets[int64](data, 1), data.Buffers()[2], spans, valid)
	}
}

func appendTexts[O int32 | int64](v *byteValues, offsets []O, buf *memory.Buffer, spans []span, valid bitmap) {
	var content []byte
	if buf != nil {
		content = buf.Bytes()
	}
	for _, s := range spans {
		for i := s.lo; i < s.hi; i++ {
			if valid.bits == nil || valid.at(i) == 1 {
				v.add(content[offsets[i]:offsets[i+1]])
			}
		}
	}
}

// appendDictionary looks each entry of the Arrow dictionary up once in a row group, when it
// first occurs, so that the order of entries here depends on the rows only.
func (v *byteValues) appendDictionary(arr *array.Dictionary, spans []span, valid bitmap) {
	if dict := arr.Dictionary(); v.knownOf != dict.Data() {
		v.knownOf = dict.Data()
		v.known = grow(v.known[:0], dict.Len())
		clear(v.known)
	}
	at := dictionaryEntries(arr.Dictionary())
	indices := arr.Indices().Data()
	switch indices.DataType().ID() {
	case arrow.INT8:
		appendCodes(v, arrow.GetValues[int8](indices, 1), at, spans, valid)
	case arrow.UINT8:
		appendCodes(v, arrow.GetValues[uint8](indices, 1), at, spans, valid)
	case arrow.INT16:
		appendCodes(v, arrow.GetValues[int16](indices, 1), at, spans, valid)
	case arrow.UINT16:
		appendCodes(v, arrow.GetValues[uint16](indices, 1), at, spans, valid)
	case arrow.INT32:
		appendCodes(v, arrow.GetValues[int32](indices, 1), at, spans, valid)
	case arrow.UINT32:
		appendCodes(v, arrow.GetValues[uint32](indices, 1), at, spans, valid)
	case arrow.INT64:
		appendCodes(v, arrow.GetValues[int64](indices, 1), at, spans, valid)
	default:
		appendCodes(v, arrow.GetValues[uint64](indices, 1), at, spans, valid)
	}
}

// appendCodes appends the entries that codes stand for.
func appendCodes[T int8 | uint8 | int16 | uint16 | int32 | uint32 | int64 | uint64](v *byteValues, codes []T, at func(int) []byte, spans []span, valid bitmap) {
	for _, s := range spans {
		for i := s.lo; i < s.hi; i++ {
			if valid.bits != nil && valid.at(i) == 0 {
				continue
			}
			code := int(codes[i])
			if v.plain {
				v.values.add(at(code))
				continue
			}
			entry := v.known[code]
			if entry == 0 {
				entry = v.index(at(code)) + 1
				v.known[code] = entry
			}
			v.push(entry - 1)
		}
	}
}

// dictionaryEntries returns how to get the bytes of an entry.
func dictionaryEntries(dict arrow.Array) func(int) []byte {
	data := dict.Data()
	if data.Len() == 0 {
		return func(int) []byte { return nil }
	}
	var content []byte
	if buf := data.Buffers()[2]; buf != nil {
		content = buf.Bytes()
	}
	switch dict.DataType().ID() {
	case arrow.STRING, arrow.BINARY:
		offsets := arrow.GetOffsets[int32](data, 1)
		return func(i int) []byte { return content[offsets[i]:offsets[i+1]] }
	default:
		offsets := arrow.GetOffsets[int64](data, 1)
		return func(i int) []byte { return content[offsets[i]:offsets[i+1]] }
	}
}

// decodeDictionary returns the strings of an array whose dictionary has null
// entries, which is rare.
func decodeDictionary(arr *array.Dictionary) arrow.Array {
	dict := arr.Dictionary()
	at := dictionaryEntries(dict)
	b := array.NewBinaryBuilder(memory.DefaultAllocator, arrow.BinaryTypes.LargeBinary)
	defer b.Release()
	for i := range arr.Len() {
		if arr.IsNull(i) || dict.IsNull(arr.GetValueIndex(i)) {
			b.AppendNull()
			continue
		}
		b.Append(at(arr.GetValueIndex(i)))
	}
	return b.NewArray()
}

func (v *byteValues) finish(*scratch) {
	if v.plain {
		return
	}
	coded := int64(len(v.all.data)) + int64(len(v.idx)*indexBits(v.all.len())/8)
	if coded >= v.bytes {
		v.giveUp()
	}
}

func (v *byteValues) dictionary() ([]byte, int) {
	if v.plain {
		return nil, 0
	}
	return v.all.data, v.all.len()
}

func (v *byteValues) page(lo int) int {
	if !v.plain {
		return min(len(v.idx), lo+dictionaryPageValues)
	}
	return v.values.pageEnd(lo)
}

func (v *byteValues) data(dst []byte, lo, hi int, sc *scratch) ([]byte, error) {
	if !v.plain {
		return appendIndices(dst, v.idx[lo:hi], sc)
	}
	if lo == hi {
		return dst, nil
	}
	return v.values.appendTo(dst, lo, hi), nil
}

func (v *byteValues) bounds() bounds {
	if v.plain && v.values.n > 0 {
		return truncatedBounds(v.values.least, v.values.greatest, v.text)
	}
	n := v.all.len()
	if n == 0 {
		return bounds{}
	}
	lo, hi := v.all.at(0), v.all.at(0)
	for i := 1; i < n; i++ {
		switch b := v.all.at(i); {
		case bytes.Compare(b, lo) < 0:
			lo = b
		case bytes.Compare(b, hi) > 0:
			hi = b
		}
	}
	return truncatedBounds(lo, hi, v.text)
}
