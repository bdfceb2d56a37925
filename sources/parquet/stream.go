package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/parquet-go/parquet-go/format"

	"leapscore/sources/internal/scan"
	"leapscore/sources/internal/snappy"
)

const (
	// streamFrom is from which size on pages of PLAIN numbers are
	// decompressed piece by piece, if the row group is too wide to be held. A
	// table of 2,000 columns with a page of a megabyte each would otherwise
	// take two gigabytes per reader. Smaller pages take less than a stream does.
	streamFrom = 256 << 10
	// Pages of PLAIN text are so from streamTexts times this size on, in any row
	// group: some writers put all rows of one into a page.
	streamTexts = 8
	// snappyWindow is how far back the copies of Snappy's encoders reach.
	snappyWindow = 64 << 10
	// streamStep bounds what is asked of the raw bytes at once.
	streamStep = 16 << 10
	// textWindow is about how much text is decompressed at once.
	textWindow = 48 << 10
)

// errFarCopy is for Snappy copies that reach back beyond snappyWindow, which
// the format allows. The page is then decompressed as a whole.
var errFarCopy = errors.New("copy from too far back")

// pageStream decompresses a page piece by piece. Snappy's format is described
// in format_description.txt of its project.
type pageStream struct {
	raw     *rawChunk
	srcLeft int // compressed bytes not taken yet
	left    int // bytes not produced yet
	snappy  bool
	check   bool // compare the checksum at the end
	want    uint32
	sum     uint32

	literal  int // bytes left of a literal
	copyLeft int // bytes left of a copy
	copyOff  int

	buf   []byte // history, and bytes produced
	r, w  int    // buf[r:w] is produced and not taken
	taken int
}

// begin starts on a page body of srcLen bytes that lies next in raw and that
// has size bytes decompressed.
func (s *pageStream) begin(raw *rawChunk, srcLen, size int, compressed bool, h *pageHeader) error {
	*s = pageStream{raw: raw, srcLeft: srcLen, left: size, snappy: compressed, check: h.hasCRC, want: h.crc, sum: s.sum, buf: s.buf}
	if !compressed {
		s.literal = srcLen
		if srcLen != size {
			return errPageSize
		}
		return nil
	}
	b, err := s.peek(binary.MaxVarintLen32)
	if err != nil {
		return err
	}
	n, k := binary.Uvarint(b)
	if k <= 0 || n != uint64(size) {
		return errPageSize
	}
	s.discard(k)
	return nil
}

func (s *pageStream) peek(n int) ([]byte, error) {
	b, err := s.raw.peek(min(n, s.srcLeft))
	if err == nil && len(b) == 0 {
		err = errPageSize
	}
	return b, err
}

// discard passes over bytes that peek has returned.
func (s *pageStream) discard(n int) {
	if s.check {
		at := int(s.raw.pos - s.raw.bufPos)
		s.sum = crc32.Update(s.sum, crc32.IEEETable, s.raw.buf[at:at+n])
	}
	s.raw.skip(n)
	s.srcLeft -= n
}

// take returns the next n bytes, which stay valid until the next call.
func (s *pageStream) take(n int) ([]byte, error) {
	b, err := s.window(n, n)
	if err != nil {
		return nil, err
	}
	return b[:n], s.advance(n)
}

// window returns at least n bytes that were not taken, and about most if these have to be
// produced. They stay valid until the next call.
func (s *pageStream) window(n, most int) ([]byte, error) {
	have := s.w - s.r
	if n > s.left+have {
		return nil, errValuesShort
	}
	if n > have {
		need := max(n-have, min(most-have, s.left))
		s.room(need)
		if err := s.produce(need); err != nil {
			return nil, err
		}
	}
	return s.buf[s.r:s.w], nil
}

// advance takes n bytes of the window.
func (s *pageStream) advance(n int) error {
	s.r += n
	s.taken += n
	if s.left > 0 || s.r < s.w {
		return nil
	}
	if s.srcLeft > 0 || s.copyLeft > 0 {
		return errPageSize
	}
	if s.check && s.sum != s.want {
		return errChecksum
	}
	return nil
}

// room makes place for n more bytes, and a little more, and keeps the history.
func (s *pageStream) room(n int) {
	n += snappy.Slack
	if s.w+n <= len(s.buf) {
		return
	}
	keep := max(0, min(s.r, s.w-snappyWindow))
	held := s.buf[keep:s.w]
	if want := len(held) + n; want > len(s.buf) {
		old := s.buf
		s.buf = scan.Buffers.Get(max(want+streamStep, 2*snappyWindow-scan.Pad))
		copy(s.buf, held)
		scan.Buffers.Put(old)
	} else {
		copy(s.buf, held)
	}
	s.r -= keep
	s.w -= keep
}

// produce decompresses n more bytes, or a few more.
func (s *pageStream) produce(n int) error {
	from := s.w
	defer func() { s.left -= s.w - from }()
	for end := s.w + n; s.w < end; {
		switch {
		case s.literal > 0:
			b, err := s.peek(min(s.literal, end-s.w, streamStep))
			if err != nil {
				return err
			}
			s.w += copy(s.buf[s.w:end], b)
			s.literal -= len(b)
			s.discard(len(b))
		case s.copyLeft > 0:
			if s.copyOff > s.w || s.copyOff == 0 {
				return errFarCopy
			}
			k := min(s.copyLeft, end-s.w)
			// The source may overlap what is being written, and then repeats.
			for from := s.w - s.copyOff; k > 0; {
				m := copy(s.buf[s.w:s.w+k], s.buf[from:s.w])
				s.w, k, s.copyLeft = s.w+m, k-m, s.copyLeft-m
			}
		default:
			if err := s.elements(end, from+s.left); err != nil {
				return err
			}
		}
	}
	return nil
}

// elements decompresses whole elements up to about end, and up to most at the latest, or
// else reads the beginning of one.
func (s *pageStream) elements(end, most int) error {
	b, err := s.raw.ready(snappy.Slack, min(streamStep, s.srcLeft))
	if err != nil {
		return err
	}
	w, used := snappy.Elements(s.buf, s.w, end, b[:min(len(b), s.srcLeft)])
	if used == 0 {
		return s.tag()
	}
	if w > most {
		return errPageSize
	}
	s.w = w
	s.discard(used)
	return nil
}

// tag reads the beginning of a literal or copy.
func (s *pageStream) tag() error {
	b, err := s.peek(5)
	if err != nil {
		return err
	}
	var wide [8]byte
	copy(wide[:], b)
	n, size := int(wide[0]>>2), 1
	switch wide[0] & 3 {
	case 0:
		if n >= 60 {
			size = n - 58 // the length follows, in one to four bytes
			n = int(binary.LittleEndian.Uint32(wide[1:]) & (1<<(8*(size-1)) - 1))
		}
		s.literal = n + 1
	case 1:
		size = 2
		s.copyLeft, s.copyOff = 4+n&7, n>>3<<8|int(wide[1])
	case 2:
		size = 3
		s.copyLeft, s.copyOff = n+1, int(binary.LittleEndian.Uint16(wide[1:]))
	case 3:
		size = 5
		s.copyLeft, s.copyOff = n+1, int(binary.LittleEndian.Uint32(wide[1:]))
	}
	if size > len(b) {
		return errPageSize
	}
	s.discard(size)
	return nil
}

func (s *pageStream) release() {
	scan.Buffers.Put(s.buf)
	*s = pageStream{}
}

// streams says whether to decompress a data page piece by piece.
func (c *chunkReader) streams(h *pageHeader) bool {
	switch {
	case c.nested || h.encoding != format.Plain || h.uncompressed < c.streamFrom:
		return false
	case c.leaf.conv == convBytes && h.uncompressed < streamTexts*c.streamFrom, c.leaf.conv != convBytes && c.raw.window == 0:
		return false
	case c.codec != format.Snappy && c.codec != format.Uncompressed:
		return false
	}
	if h.kind == format.DataPage && c.leaf.maxDef > 0 && h.defEncoding != format.RLE {
		return false
	}
	return c.leaf.conv == convBytes || c.leaf.width > 0 && c.leaf.plainSize() > 0
}

// beginStream begins a data page that streams allows.
func (c *chunkReader) beginStream(h *pageHeader) error {
	p := &c.page
	*p = page{left: h.values, streamed: true, header: *h, body: c.raw.pos}
	s := &c.stream
	s.sum = 0
	if h.kind == format.DataPageV2 {
		levels := h.repBytes + h.defBytes
		if levels > h.compressed || levels > h.uncompressed {
			return fmt.Errorf("%w: levels longer than the page", errHeader)
		}
		b, err := c.raw.peek(levels)
		if err != nil {
			return err
		}
		s.sum = crc32.ChecksumIEEE(b)
		c.streamDefs = append(append(c.streamDefs[:0], b[h.repBytes:]...), make([]byte, scan.Pad)...)
		c.raw.skip(levels)
		p.def.reset(c.streamDefs[:h.defBytes], 1)
		compressed := c.codec == format.Snappy && !h.plainBody
		return s.begin(&c.raw, h.compressed-levels, h.uncompressed-levels, compressed, h)
	}
	if err := s.begin(&c.raw, h.compressed, h.uncompressed, c.codec == format.Snappy, h); err != nil {
		return err
	}
	if c.leaf.maxDef == 0 {
		return nil
	}
	b, err := s.take(4)
	if err != nil {
		return err
	}
	n := binary.LittleEndian.Uint32(b)
	if uint64(n) > uint64(h.uncompressed) {
		return fmt.Errorf("%w: levels longer than the page", errHeader)
	}
	if b, err = s.take(int(n)); err != nil {
		return err
	}
	c.streamDefs = append(append(c.streamDefs[:0], b...), make([]byte, scan.Pad)...)
	p.def.reset(c.streamDefs[:n], 1)
	return nil
}

// plainBytes takes the next n bytes of PLAIN values of the page. They stay
// valid until the next call.
func (c *chunkReader) plainBytes(n int) ([]byte, error) {
	p := &c.page
	if p.streamed {
		b, err := c.stream.take(n)
		if !errors.Is(err, errFarCopy) {
			return b, err
		}
		if err := c.endStream(); err != nil {
			return nil, err
		}
	}
	if n > len(p.data) {
		return nil, errValuesShort
	}
	b := p.data[:n]
	p.data = p.data[n:]
	return b, nil
}

// streamedTexts appends some of the next k values of PLAIN text of the page, and returns
// how many.
func (c *chunkReader) streamedTexts(k int, add func(b []byte, k int) ([]byte, error)) (int, error) {
	b, err := c.stream.window(4, textWindow)
	if err != nil {
		return 0, err
	}
	if n := 4 + int(binary.LittleEndian.Uint32(b)); n > len(b) {
		if b, err = c.stream.window(n, textWindow); err != nil {
			return 0, err
		}
	}
	size, n := 0, 0
	for n < k && len(b)-size >= 4 {
		next := size + 4 + int(binary.LittleEndian.Uint32(b[size:]))
		if next > len(b) {
			break
		}
		size, n = next, n+1
	}
	if _, err := add(b[:size], n); err != nil {
		return 0, err
	}
	return n, c.stream.advance(size)
}

// endStream decompresses the page that is being streamed as a whole.
func (c *chunkReader) endStream() error {
	p, h := &c.page, &c.page.header
	taken := c.stream.taken
	c.stream.release()
	c.raw.pos = p.body
	src, err := c.readBody(h)
	if err != nil {
		return err
	}
	size := h.uncompressed
	if h.kind == format.DataPageV2 {
		levels := h.repBytes + h.defBytes
		src, size = src[levels:], size-levels
	}
	body, err := c.pageBody(src, size)
	if err == nil {
		p.streamed, p.data = false, body[taken:]
	}
	return err
}
