package text

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"

	"leapscore/sources"
)

// byteOrderMark may stand at the beginning of a file, and is no part of its text.
var byteOrderMark = []byte("\ufeff")

// utf16Marks are those of UTF-16, the low byte first and the high byte first.
var utf16Marks = [][]byte{{0xff, 0xfe}, {0xfe, 0xff}}

// decoded returns text in an encoding as UTF-8, without its byte order mark. Whatever the
// encoding is to be, such a mark tells it.
func decoded(in *bufio.Reader, encoding string) *bufio.Reader {
	head, _ := in.Peek(4) // what cannot be read is found later
	if bytes.HasPrefix(head, byteOrderMark) {
		in.Discard(len(byteOrderMark))
		return in
	}
	for i, mark := range utf16Marks {
		if bytes.HasPrefix(head, mark) && !bytes.Equal(head[len(mark):], []byte{0, 0}) { // which is UTF-32
			in.Discard(len(mark))
			return transformed(in, &fromUTF16{high: 1 - i})
		}
	}
	switch encoding {
	case sources.UTF16, sources.UTF16LE:
		return transformed(in, &fromUTF16{high: 1})
	case sources.UTF16BE:
		return transformed(in, &fromUTF16{high: 0})
	case sources.Latin1:
		return transformed(in, charmap.ISO8859_1.NewDecoder())
	case sources.Windows1252:
		return transformed(in, fromWindows1252{})
	}
	return in
}

func transformed(in io.Reader, t transform.Transformer) *bufio.Reader {
	return bufio.NewReaderSize(transform.NewReader(in, t), 64<<10)
}

// fromWindows1252 makes UTF-8 of Windows-1252. The bytes that stand for nothing there
// stay as they are, which is not UTF-8, so that their rows are refused. Other decoders
// write U+FFFD for them.
type fromWindows1252 struct{}

func (fromWindows1252) Reset() {}

// Transform decodes as many bytes as there is room for.
func (fromWindows1252) Transform(dst, src []byte, _ bool) (nDst, nSrc int, err error) {
	for ; nSrc < len(src); nSrc++ {
		if len(dst)-nDst < utf8.UTFMax {
			return nDst, nSrc, transform.ErrShortDst
		}
		if r := charmap.Windows1252.DecodeByte(src[nSrc]); r != utf8.RuneError {
			nDst += utf8.EncodeRune(dst[nDst:], r)
		} else {
			dst[nDst] = src[nSrc]
			nDst++
		}
	}
	return nDst, nSrc, nil
}

// fromUTF16 makes UTF-8 of UTF-16. Other decoders write U+FFFD for halves of pairs and of
// units; here these become bytes that are not UTF-8, so that their rows are refused.
type fromUTF16 struct {
	high int // which of the two bytes of a unit is the high one
}

func (*fromUTF16) Reset() {}

// Transform decodes as many units as there is room for.
func (d *fromUTF16) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	unit := func(at int) rune { return rune(src[at+d.high])<<8 | rune(src[at+1-d.high]) }
	for nSrc < len(src) {
		if len(dst)-nDst < utf8.UTFMax {
			return nDst, nSrc, transform.ErrShortDst
		}
		left := len(src) - nSrc
		if left < 4 && !atEOF {
			if left < 2 || utf16.IsSurrogate(unit(nSrc)) {
				return nDst, nSrc, transform.ErrShortSrc
			}
		}
		r, n := rune(-1), min(left, 2)
		if left >= 2 {
			r = unit(nSrc)
		}
		if utf16.IsSurrogate(r) {
			var pair rune = utf8.RuneError
			if left >= 4 {
				pair = utf16.DecodeRune(r, unit(nSrc+2))
			}
			if r, n = pair, 4; pair == utf8.RuneError {
				r, n = -1, 2
			}
		}
		if nSrc += n; r < 0 {
			dst[nDst] = 0xff
			nDst++
			continue
		}
		nDst += utf8.EncodeRune(dst[nDst:], r)
	}
	return nDst, nSrc, nil
}
