//go:build !nosql

package vector

import (
	"encoding/binary"
	"math/bits"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Assembler makes Arrow arrays of one column of collected rows.
type Assembler struct {
	mem    memory.Allocator
	column *Column
	at     int         // the number of the column
	words  *wordMerger // of text
	enum   arrow.Array // the words of an enum
}

// NewAssembler returns an assembler for column number at. Text with few distinct words
// becomes dictionaries.
func NewAssembler(mem memory.Allocator, c *Column, at int) *Assembler {
	a := &Assembler{mem: mem, column: c, at: at}
	switch c.id {
	case TypeVarchar:
		a.words = newWordMerger(mem)
	case TypeEnum:
		a.enum = wordArray(mem, c.dict)
	}
	return a
}

// Release frees what the arrays share.
func (a *Assembler) Release() {
	if a.words != nil {
		a.words.release()
	}
	if a.enum != nil {
		a.enum.Release()
	}
}

// Array returns the values of the ranges, n in all, one after the other.
func (a *Assembler) Array(ranges []Range, n int) arrow.Array {
	parts := make([]part, len(ranges))
	nulls := 0
	for i := range ranges {
		parts[i] = ranges[i].part(a.at)
		nulls += parts[i].countNulls()
	}
	valid := assembleMask(a.mem, parts, n, nulls)
	switch a.column.id {
	case TypeVarchar:
		return a.words.array(parts, n, valid, nulls)
	case TypeBlob:
		return assembleTexts(a.mem, arrow.BinaryTypes.Binary, parts, n, valid, nulls)
	case TypeEnum:
		return dictionary(a.column.dt, n, valid, a.codes(parts, n), nulls, a.enum)
	}
	d := array.NewData(a.column.dt, n, []*memory.Buffer{valid, a.values(parts, n)}, nil, nulls, 0)
	return made(d)
}

// made returns the array of data whose buffers become its own.
func made(d *array.Data) arrow.Array {
	for _, b := range d.Buffers() {
		if b != nil {
			b.Release()
		}
	}
	defer d.Release()
	return array.MakeFromData(d)
}

// dictionary returns the array of codes of words.
func dictionary(dt arrow.DataType, n int, valid, codes *memory.Buffer, nulls int, words arrow.Array) arrow.Array {
	return made(array.NewDataWithDictionary(dt, n, []*memory.Buffer{valid, codes}, nulls, 0, words.Data().(*array.Data)))
}

// wordArray returns an array of words.
func wordArray(mem memory.Allocator, words []string) arrow.Array {
	b := array.NewStringBuilder(mem)
	defer b.Release()
	b.AppendValues(words, nil)
	return b.NewArray()
}

func newBuffer(mem memory.Allocator, bytes int) *memory.Buffer {
	b := memory.NewResizableBuffer(mem)
	b.Resize(bytes)
	return b
}

// countNulls returns how many values of the range are null.
func (p *part) countNulls() int {
	mask := p.mask()
	if mask == nil {
		return 0
	}
	return p.to - p.from - bitutil.CountSetBits(arrow.Uint64Traits.CastToBytes(mask), p.from, p.to-p.from)
}

// assembleMask returns the null mask, nil if nothing is null.
func assembleMask(mem memory.Allocator, parts []part, n, nulls int) *memory.Buffer {
	if nulls == 0 {
		return nil
	}
	valid := newBuffer(mem, int(bitutil.BytesForBits(int64(n))))
	memory.Set(valid.Bytes(), 0xff)
	at := 0
	for i := range parts {
		p := &parts[i]
		if mask := p.mask(); mask != nil {
			bitutil.CopyBitmap(arrow.Uint64Traits.CastToBytes(mask), p.from, p.to-p.from, valid.Bytes(), at)
		}
		at += p.to - p.from
	}
	return valid
}

// values returns the values of a fixed width, as Arrow has them.
func (a *Assembler) values(parts []part, n int) *memory.Buffer {
	switch c := a.column; {
	case c.id == TypeBoolean:
		return assembleBits(a.mem, parts, n)
	case c.id == TypeUUID:
		return assembleEach(a.mem, parts, n, uuidOf)
	case c.id == TypeDecimal && c.phys == TypeSmallInt:
		return assembleEach(a.mem, parts, n, func(x int16) decimal128.Num { return decimal128.FromI64(int64(x)) })
	case c.id == TypeDecimal && c.phys == TypeInteger:
		return assembleEach(a.mem, parts, n, func(x int32) decimal128.Num { return decimal128.FromI64(int64(x)) })
	case c.id == TypeDecimal && c.phys == TypeBigInt:
		return assembleEach(a.mem, parts, n, decimal128.FromI64)
	}
	return assembleBytes(a.mem, parts, n, a.column.width())
}

// codes returns the codes of an enum.
func (a *Assembler) codes(parts []part, n int) *memory.Buffer {
	switch a.column.phys {
	case TypeUTinyInt:
		return assembleEach(a.mem, parts, n, func(x uint8) int32 { return int32(x) })
	case TypeUSmallInt:
		return assembleEach(a.mem, parts, n, func(x uint16) int32 { return int32(x) })
	}
	return assembleBytes(a.mem, parts, n, 4)
}

func uuidOf(h hugeint) (b [16]byte) {
	binary.BigEndian.PutUint64(b[:8], uint64(h.upper)^firstBit)
	binary.BigEndian.PutUint64(b[8:], h.lower)
	return b
}

// assembleBytes copies values that DuckDB and Arrow lay out alike. Below nulls they are 0.
func assembleBytes(mem memory.Allocator, parts []part, n, width int) *memory.Buffer {
	buf := newBuffer(mem, n*width)
	out := buf.Bytes()
	for i := range parts {
		p := &parts[i]
		k := (p.to - p.from) * width
		copy(out[:k], valuesBytes(p, width))
		p.eachNull(func(row int) { clear(out[row*width : (row+1)*width]) })
		out = out[k:]
	}
	return buf
}

// valuesBytes are the bytes of the values of the range.
func valuesBytes(p *part, width int) []byte {
	whole := part{base: p.base, values: p.values, from: p.from * width, to: p.to * width}
	return valuesOf[byte](&whole)
}

// assembleEach converts value after value. Below nulls they are 0.
func assembleEach[S, D any](mem memory.Allocator, parts []part, n int, convert func(S) D) *memory.Buffer {
	var zero D
	buf := newBuffer(mem, n*int(unsafe.Sizeof(zero)))
	out := unsafe.Slice((*D)(unsafe.Pointer(unsafe.SliceData(buf.Bytes()))), n)
	for i := range parts {
		p := &parts[i]
		for k, x := range valuesOf[S](p) {
			out[k] = convert(x)
		}
		p.eachNull(func(row int) { out[row] = zero })
		out = out[p.to-p.from:]
	}
	return buf
}

// assembleBits makes bits of bytes that are 0 or 1.
func assembleBits(mem memory.Allocator, parts []part, n int) *memory.Buffer {
	buf := newBuffer(mem, int(bitutil.BytesForBits(int64(n))))
	clear(buf.Bytes())
	at := 0
	for i := range parts {
		p := &parts[i]
		for k, x := range valuesOf[byte](p) {
			if x != 0 {
				bitutil.SetBit(buf.Bytes(), at+k)
			}
		}
		p.eachNull(func(row int) { bitutil.ClearBit(buf.Bytes(), at+row) })
		at += p.to - p.from
	}
	return buf
}

// eachNull calls fn with the rows of the range that are null, counted from its first.
func (p *part) eachNull(fn func(row int)) {
	for w, word := range p.mask() {
		for missing := ^word; missing != 0; missing &= missing - 1 {
			if row := w*64 + bits.TrailingZeros64(missing); row >= p.from && row < p.to {
				fn(row - p.from)
			}
		}
	}
}
