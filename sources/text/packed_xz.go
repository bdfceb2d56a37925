package text

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// mostXZWindow is the most memory that an xz file may ask for. xz -9 asks for 64 MiB.
const mostXZWindow = 256 << 20

func openXZ(in *bufio.Reader) (io.Reader, func(), error) {
	if size, ok := xzWindow(in); ok && size > mostXZWindow {
		return nil, nil, fmt.Errorf("asks for a window of %d MiB, want at most %d; compress it again, as xz -9 does", size>>20, mostXZWindow>>20)
	}
	file := &xzFile{in: in}
	z, err := xz.NewReader(file)
	return &xzText{z, file}, func() {}, err
}

// xzWindow returns how much memory the first block of an xz file asks for.
func xzWindow(in *bufio.Reader) (int64, bool) {
	const header, fixed = 12, 2 // of the stream, and of a block before its filters
	head, err := in.Peek(header + fixed)
	if err != nil || head[header] == 0 {
		return 0, false
	}
	size := (int(head[header]) + 1) * 4
	flags := head[header+1]
	if head, err = in.Peek(header + size); err != nil {
		return 0, false
	}
	filters := head[header+fixed:]
	for _, flag := range []byte{0x40, 0x80} { // sizes that may stand before the filters
		for flags&flag != 0 {
			if len(filters) == 0 {
				return 0, false
			}
			more := filters[0] >= 0x80
			filters = filters[1:]
			if !more {
				break
			}
		}
	}
	const lzma2 = 0x21
	if len(filters) < 3 || filters[0] != lzma2 {
		return 0, false
	}
	window, err := lzma.DecodeDictCap(filters[2])
	return window, err == nil
}

const xzFooter = 12

// xzFile remembers the end of what was read, but for the zeros that may follow it:
// the library takes a file that is cut behind a block for a whole one.
type xzFile struct {
	in    *bufio.Reader
	end   [xzFooter]byte // byte i of the file is in i % xzFooter
	size  int
	zeros int // not in end yet
}

func (x *xzFile) keep(c byte) {
	if c == 0 {
		x.zeros++
		return
	}
	for range min(x.zeros, xzFooter) {
		x.end[x.size%xzFooter] = 0
		x.size++
	}
	x.zeros = 0
	x.end[x.size%xzFooter] = c
	x.size++
}

func (x *xzFile) Read(b []byte) (int, error) {
	n, err := x.in.Read(b)
	for _, c := range b[:n] {
		x.keep(c)
	}
	return n, err
}

func (x *xzFile) ReadByte() (byte, error) {
	c, err := x.in.ReadByte()
	if err == nil {
		x.keep(c)
	}
	return c, err
}

// isWhole reports whether a footer was the last that was read.
func (x *xzFile) isWhole() bool {
	at := x.size % xzFooter
	footer := slices.Concat(x.end[at:], x.end[:at])
	return x.size >= xzFooter && string(footer[10:]) == "YZ" &&
		crc32.ChecksumIEEE(footer[4:10]) == binary.LittleEndian.Uint32(footer)
}

// xzText is what an xz file holds.
type xzText struct {
	io.Reader
	file *xzFile
}

func (x *xzText) Read(b []byte) (int, error) {
	n, err := x.Reader.Read(b)
	if err == io.EOF && !x.file.isWhole() {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
