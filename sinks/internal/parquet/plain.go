package parquet

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sort"
	"sync"
)

// plainTexts holds strings in the form of the pages that they go into, so that they
// are copied once on their way from a batch to the compressor. Pages end where the
// next string would make them larger than pageSize.
type plainTexts struct {
	pages []*textPage
	n     int
	bytes int64
	small *textPage // the first page while it is small, kept for its memory

	least, greatest       []byte // inside of pages
	leastKey, greatestKey uint64
}

// textPage is the strings of one page, each behind its length in 4 bytes. There is
// headroom in front of the first one, where the levels of the page fit.
type textPage struct {
	first int // number of its first string
	buf   []byte
	ends  []uint32 // in buf
}

const (
	headroom = 4 << 10
	// A page that has become this large gets memory for a whole one, which is
	// shared by all columns once it is written.
	wholePageFrom = pageSize / 2
)

var wholePages = sync.Pool{New: func() any { return &textPage{buf: make([]byte, headroom, headroom+pageSize)} }}

func (t *plainTexts) reset() {
	for _, p := range t.pages {
		p.buf, p.ends = p.buf[:headroom], p.ends[:0]
		switch c := cap(p.buf); {
		case c == headroom+pageSize:
			wholePages.Put(p)
		case c < headroom+pageSize:
			t.small = p
		}
	}
	clear(t.pages)
	*t = plainTexts{pages: t.pages[:0], small: t.small}
}

func (t *plainTexts) add(b []byte) {
	p := t.room(4 + len(b))
	p.buf = binary.LittleEndian.AppendUint32(p.buf, uint32(len(b)))
	p.buf = append(p.buf, b...)
	p.ends = append(p.ends, uint32(len(p.buf)))
	t.n++
	t.bytes += int64(4 + len(b))
	t.bound(p.buf[len(p.buf)-len(b):])
}

// room returns the page for the next string, which takes so many bytes, with memory
// for it.
func (t *plainTexts) room(size int) *textPage {
	if len(t.pages) > 0 {
		p := t.pages[len(t.pages)-1]
		have := len(p.buf) + size
		switch {
		case have-headroom > pageSize:
		case have <= cap(p.buf):
			return p
		case have-headroom < wholePageFrom:
			p.buf = slices.Grow(p.buf, len(p.buf)+size)
			return p
		default:
			whole := wholePages.Get().(*textPage)
			whole.buf, whole.ends, whole.first = append(whole.buf, p.buf[headroom:]...), append(whole.ends, p.ends...), p.first
			t.pages[len(t.pages)-1] = whole
			p.buf, p.ends = p.buf[:headroom], p.ends[:0]
			t.small = p
			return whole
		}
	}
	p := t.newPage(size)
	p.first = t.n
	t.pages = append(t.pages, p)
	return p
}

func (t *plainTexts) newPage(size int) *textPage {
	switch {
	case size > pageSize:
		return &textPage{buf: make([]byte, headroom, headroom+size)}
	case t.bytes >= wholePageFrom:
		return wholePages.Get().(*textPage)
	}
	p := t.small
	if t.small = nil; p == nil {
		p = &textPage{buf: make([]byte, headroom, 2*headroom)}
	}
	p.buf = slices.Grow(p.buf, size)
	return p
}

// bound widens the bounds of what was added by b. Most strings lie between the
// bounds by their first eight bytes already.
func (t *plainTexts) bound(b []byte) {
	key := textKey(b)
	if key > t.leastKey && key < t.greatestKey {
		return
	}
	if t.n == 1 || bytes.Compare(b, t.least) < 0 {
		t.least, t.leastKey = b, key
	}
	if t.n == 1 || bytes.Compare(b, t.greatest) > 0 {
		t.greatest, t.greatestKey = b, key
	}
}

// textKey is a number that is not less than that of a string which sorts before b.
func textKey(b []byte) uint64 {
	if len(b) >= 8 {
		return binary.BigEndian.Uint64(b)
	}
	var k [8]byte
	copy(k[:], b)
	return binary.BigEndian.Uint64(k[:])
}

// pageOf returns the number of the page with string i.
func (t *plainTexts) pageOf(i int) int {
	return sort.Search(len(t.pages), func(k int) bool { return t.pages[k].first > i }) - 1
}

// start is where in buf the length of string i of the page is.
func (p *textPage) start(i int) int {
	if i == 0 {
		return headroom
	}
	return int(p.ends[i-1])
}

// each calls fn for every string.
func (t *plainTexts) each(fn func([]byte)) {
	for _, p := range t.pages {
		for i, end := range p.ends {
			fn(p.buf[p.start(i)+4 : end])
		}
	}
}

// pageEnd returns the last string, and one, of a page from string lo on.
func (t *plainTexts) pageEnd(lo int) int {
	if lo == t.n {
		return lo
	}
	at := t.pageOf(lo)
	p := t.pages[at]
	size, hi := 0, lo
	if p.first == lo {
		return lo + len(p.ends)
	}
	for ; at < len(t.pages); at++ {
		p := t.pages[at]
		for i := hi - p.first; i < len(p.ends); i++ {
			size += int(p.ends[i]) - p.start(i)
			if size > pageSize && hi > lo {
				return hi
			}
			hi++
		}
	}
	return hi
}

// body returns head and the strings from lo to before hi, where they lie, if they are
// a page and there is room for head in front of them; or nil.
func (t *plainTexts) body(head []byte, lo, hi int) []byte {
	if lo == hi || len(head) > headroom {
		return nil
	}
	p := t.pages[t.pageOf(lo)]
	if p.first != lo || len(p.ends) != hi-lo {
		return nil
	}
	copy(p.buf[headroom-len(head):], head)
	return p.buf[headroom-len(head):]
}

// appendTo appends the strings from lo to before hi to dst.
func (t *plainTexts) appendTo(dst []byte, lo, hi int) []byte {
	for at := t.pageOf(lo); lo < hi; at++ {
		p := t.pages[at]
		end := min(hi-p.first, len(p.ends))
		dst = append(dst, p.buf[p.start(lo-p.first):p.ends[end-1]]...)
		lo = p.first + end
	}
	return dst
}
