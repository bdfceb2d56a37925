package text

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// packing is a compression of whole files.
type packing struct {
	name       string
	extensions []string
	begins     func(head []byte) bool
	open       func(*bufio.Reader) (io.Reader, func(), error) // what to read, and what to call afterwards
}

var packings = []packing{
	{"gzip", []string{".gz"}, startsWith("\x1f\x8b"), openGzip},
	{"zstd", []string{".zst", ".zstd"}, startsWith("\x28\xb5\x2f\xfd"), openZstd},
	{"bzip2", []string{".bz2"}, isBzip2, openBzip2},
	{"xz", []string{".xz"}, startsWith(xzMagic), openXZ},
}

// skippable is the first byte but three of the frames that zstd files may begin
// with and that hold no data: the lowest four bits of the very first are free.
var skippable = []byte{0x2a, 0x4d, 0x18}

const xzMagic = "\xfd7zX" // its first bytes, which no text has

func startsWith(magic string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(magic)) }
}

// isBzip2 looks behind the magic, which text may begin with, for that of a block
// or of the end of an empty file.
func isBzip2(head []byte) bool {
	if len(head) < 10 || string(head[:3]) != "BZh" || head[3] < '1' || head[3] > '9' {
		return false
	}
	next := string(head[4:10])
	return next == "1AY&SY" || next == "\x17\x72\x45\x38\x50\x90"
}

// headOf returns the bytes by which a packing is told: no more than are needed,
// since a stream may give no others for now.
func headOf(in *bufio.Reader) ([]byte, error) {
	head, err := in.Peek(4)
	if err == nil && bytes.HasPrefix(head, []byte("BZh")) {
		head, err = in.Peek(10)
	}
	if err == io.EOF {
		err = nil
	}
	return head, err
}

// packingOf tells how a file is compressed by its first bytes, which no text in
// UTF-8 begins with. It is nil if it is not.
func packingOf(head []byte) *packing {
	if len(head) >= 4 && head[0]&0xf0 == 0x50 && bytes.Equal(head[1:4], skippable) {
		return &packings[1]
	}
	if i := slices.IndexFunc(packings, func(p packing) bool { return p.begins(head) }); i >= 0 {
		return &packings[i]
	}
	return nil
}

// unpacked returns what a file holds whose name ends in ext, and what to call when
// it was read.
func unpacked(in *bufio.Reader, ext string) (*bufio.Reader, func(), error) {
	head, err := headOf(in)
	if err != nil {
		return nil, nil, err
	}
	p := packingOf(head)
	if p == nil {
		if i := slices.IndexFunc(packings, func(p packing) bool { return slices.Contains(p.extensions, ext) }); i >= 0 && len(head) > 0 {
			return nil, nil, fmt.Errorf("%s: its name ends in %s, but it does not begin as %[1]s does", packings[i].name, ext)
		}
		return in, func() {}, nil
	}
	r, done, err := p.open(in)
	if err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("is cut short")
		}
		return nil, nil, fmt.Errorf("%s: %w", p.name, err)
	}
	return bufio.NewReader(named{p.name, r}), done, nil
}

// named says in errors what was read.
type named struct {
	what string
	io.Reader
}

func (r named) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	switch {
	case err == nil, err == io.EOF:
		return n, err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return n, fmt.Errorf("%s: is cut short", r.what)
	}
	if flate, ok := errors.AsType[flate.CorruptInputError](err); ok {
		return n, fmt.Errorf("%s: is damaged at or before byte %d: copy or write it again", r.what, int64(flate))
	}
	if _, ok := errors.AsType[bzip2.StructuralError](err); ok {
		return n, fmt.Errorf("%s: is damaged or cut short: copy or write it again", r.what)
	}
	return n, fmt.Errorf("%s: %w", r.what, err)
}

func openZstd(in *bufio.Reader) (io.Reader, func(), error) {
	z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, nil, err
	}
	return z, z.Close, nil
}

func openBzip2(in *bufio.Reader) (io.Reader, func(), error) {
	return bzip2.NewReader(in), func() {}, nil
}

func openGzip(in *bufio.Reader) (io.Reader, func(), error) {
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, nil, err
	}
	z.Multistream(false)
	return &gzipMembers{in, z}, func() {}, nil
}

// gzipMembers reads the members of a gzip file. Zeros behind the last, which
// tapes and some writers leave, are passed over as gunzip does.
type gzipMembers struct {
	in *bufio.Reader
	z  *gzip.Reader
}

func (g *gzipMembers) Read(b []byte) (int, error) {
	n, err := g.z.Read(b)
	if err != io.EOF {
		return n, err
	}
	if n > 0 {
		return n, nil
	}
	for zeros := false; ; zeros = true {
		head, err := g.in.Peek(1)
		switch {
		case err != nil:
			return 0, err
		case head[0] == 0:
			g.in.Discard(1)
			continue
		case zeros:
			return 0, errors.New("bytes that are no gzip behind the end")
		}
		if err := g.z.Reset(g.in); err != nil {
			return 0, fmt.Errorf("bytes behind the end that are no gzip: %v", err)
		}
		g.z.Multistream(false)
		return g.Read(b)
	}
}
