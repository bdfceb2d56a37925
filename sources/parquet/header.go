package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go/format"
)

// pageHeader is what decoding needs of a Thrift page header.
type pageHeader struct {
	kind         format.PageType
	uncompressed int
	compressed   int
	crc          uint32
	hasCRC       bool

	values      int
	encoding    format.Encoding
	defEncoding format.Encoding
	repEncoding format.Encoding

	// Of data pages of version 2 only.
	defBytes, repBytes int
	plainBody          bool
}

var (
	errHeaderShort = errors.New("page header ends early")
	errHeader      = errors.New("invalid page header")
)

// compactReader reads Thrift's compact protocol. It stops at the first error.
// It is written out, and not generated, because a scan reads one header for
// every page and the general decoder allocates.
type compactReader struct {
	b   []byte
	pos int
	err error
}

func (r *compactReader) byte() byte {
	if r.err != nil || r.pos >= len(r.b) {
		r.fail(errHeaderShort)
		return 0
	}
	c := r.b[r.pos]
	r.pos++
	return c
}

func (r *compactReader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *compactReader) uvarint() uint64 {
	if r.err != nil {
		return 0
	}
	v, n := binary.Uvarint(r.b[r.pos:])
	if n <= 0 {
		if n == 0 {
			r.fail(errHeaderShort)
		} else {
			r.fail(errHeader)
		}
		return 0
	}
	r.pos += n
	return v
}

func (r *compactReader) int() int64 {
	u := r.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// size reads a length or a count, which is never negative.
func (r *compactReader) size() int {
	v := r.int()
	if v < 0 || v > maxPage {
		r.fail(errHeader)
		return 0
	}
	return int(v)
}

func (r *compactReader) discard(n uint64) {
	if r.err != nil {
		return
	}
	if n > uint64(len(r.b)-r.pos) {
		r.fail(errHeaderShort)
		return
	}
	r.pos += int(n)
}

// field reads a field header: its id and type, type 0 at the end of a struct.
func (r *compactReader) field(last int16) (int16, byte) {
	h := r.byte()
	typ := h & 0x0f
	if typ == 0 {
		return 0, 0
	}
	if d := h >> 4; d != 0 {
		return last + int16(d), typ
	}
	return int16(r.int()), typ
}

// skip passes over a value of any type.
func (r *compactReader) skip(typ byte, depth int) {
	if depth > 16 {
		r.fail(errHeader)
	}
	if r.err != nil {
		return
	}
	switch typ {
	case 1, 2: // the field header holds the boolean
	case 3:
		r.byte()
	case 4, 5, 6:
		r.uvarint()
	case 7:
		r.discard(8)
	case 8:
		r.discard(r.uvarint())
	case 9, 10:
		r.skipList(depth)
	case 11:
		r.skipMap(depth)
	case 12:
		var id int16
		for r.err == nil {
			var t byte
			if id, t = r.field(id); t == 0 {
				return
			}
			r.skip(t, depth+1)
		}
	default:
		r.fail(errHeader)
	}
}

func (r *compactReader) skipList(depth int) {
	h := r.byte()
	n := uint64(h >> 4)
	if n == 15 {
		n = r.uvarint()
	}
	r.skipElements(n, h&0x0f, 0, depth)
}

func (r *compactReader) skipMap(depth int) {
	if n := r.uvarint(); n > 0 {
		kv := r.byte()
		r.skipElements(n, kv>>4, kv&0x0f, depth)
	}
}

// skipElements passes over n elements of a list, or n pairs if b is not 0.
func (r *compactReader) skipElements(n uint64, a, b byte, depth int) {
	if n > uint64(len(r.b)-r.pos) {
		r.fail(errHeaderShort) // each takes a byte at least
	}
	for ; n > 0 && r.err == nil; n-- {
		r.skipElement(a, depth)
		if b != 0 {
			r.skipElement(b, depth)
		}
	}
}

// skipElement passes over a value outside of a struct, where a boolean takes
// a byte.
func (r *compactReader) skipElement(typ byte, depth int) {
	if typ == 1 || typ == 2 {
		r.byte()
		return
	}
	r.skip(typ, depth+1)
}

// readPageHeader decodes the header at the front of b and returns its length.
// errHeaderShort asks for more bytes.
func readPageHeader(b []byte, h *pageHeader) (int, error) {
	*h = pageHeader{kind: -1}
	r := &compactReader{b: b}
	var id int16
	var seen fieldSet
	for r.err == nil {
		var t byte
		if id, t = r.field(id); t == 0 {
			break
		}
		seen.add(id)
		switch {
		case id == 1 && t == 5:
			h.kind = format.PageType(r.int())
		case id == 2 && t == 5:
			h.uncompressed = r.size()
		case id == 3 && t == 5:
			h.compressed = r.size()
		case id == 4 && t == 5:
			h.crc, h.hasCRC = uint32(r.int()), true
		case (id == 5 || id == 7) && t == 12:
			h.readData(r)
		case id == 8 && t == 12:
			h.readDataV2(r)
		default:
			r.skip(t, 0)
		}
	}
	if r.err != nil {
		return 0, r.err
	}
	if h.kind < 0 || h.kind > format.DataPageV2 {
		return 0, fmt.Errorf("%w: page type %d", errHeader, h.kind)
	}
	own := [...]int16{format.DataPage: 5, format.IndexPage: 6, format.DictionaryPage: 7, format.DataPageV2: 8}
	if !seen.has(1, 2, 3) || h.kind != format.IndexPage && !seen.has(own[h.kind]) {
		return 0, fmt.Errorf("%w: a field is missing", errHeader)
	}
	return r.pos, nil
}

// fieldSet is which fields of a struct are there.
type fieldSet uint16

func (s *fieldSet) add(id int16) {
	if id > 0 && id < 16 {
		*s |= 1 << id
	}
}

func (s fieldSet) has(ids ...int16) bool {
	for _, id := range ids {
		if s>>id&1 == 0 {
			return false
		}
	}
	return true
}

// readData reads the header of a data page of version 1 or, whose first two
// fields are the same, of a dictionary page.
func (h *pageHeader) readData(r *compactReader) {
	var id int16
	var seen fieldSet
	for r.err == nil {
		var t byte
		if id, t = r.field(id); t == 0 {
			if !seen.has(1, 2) {
				r.fail(errHeader)
			}
			return
		}
		seen.add(id)
		switch {
		case id == 1 && t == 5:
			h.values = r.size()
		case id == 2 && t == 5:
			h.encoding = format.Encoding(r.int())
		case id == 3 && t == 5:
			h.defEncoding = format.Encoding(r.int())
		case id == 4 && t == 5:
			h.repEncoding = format.Encoding(r.int())
		default:
			r.skip(t, 0)
		}
	}
}

func (h *pageHeader) readDataV2(r *compactReader) {
	var id int16
	var seen fieldSet
	for r.err == nil {
		var t byte
		if id, t = r.field(id); t == 0 {
			if !seen.has(1, 2, 3, 4, 5, 6) {
				r.fail(errHeader)
			}
			return
		}
		seen.add(id)
		switch {
		case id == 1 && t == 5:
			h.values = r.size()
		case id == 4 && t == 5:
			h.encoding = format.Encoding(r.int())
		case id == 5 && t == 5:
			h.defBytes = r.size()
		case id == 6 && t == 5:
			h.repBytes = r.size()
		case id == 7 && (t == 1 || t == 2):
			h.plainBody = t == 2
		default:
			r.skip(t, 0)
		}
	}
}
