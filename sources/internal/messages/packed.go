package messages

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/arrow/memory"
	flatbuffers "github.com/google/flatbuffers/go"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"leapscore/sources/internal/scan"
)

// packing is how the buffers of a record batch are compressed.
type packing int

const (
	notPacked packing = iota - 1
	packedLZ4         // in the format's numbers
	packedZstd
)

// notSmaller is the length of a buffer that was left as it is, since packing makes it
// no smaller.
const notSmaller = -1

func packingOf(batch flatbuffers.Table) (packing, error) {
	o := flatbuffers.UOffsetT(batch.Offset(fbBatchCompression))
	if o == 0 {
		return notPacked, nil
	}
	t := flatbuffers.Table{Bytes: batch.Bytes, Pos: batch.Indirect(o + batch.Pos)}
	p := packing(t.GetInt8Slot(fbCompressionCodec, 0))
	if method := t.GetInt8Slot(fbCompressionMethod, 0); method != 0 || p != packedLZ4 && p != packedZstd {
		return 0, fmt.Errorf("compression %d by method %d is not supported", p, method)
	}
	return p, nil
}

// buffer reads a buffer of a message into memory of mem.
func (p packing) buffer(r io.ReaderAt, part Part, mem memory.Allocator) (*memory.Buffer, error) {
	if p == notPacked {
		return readBuffer(r, part, mem)
	}
	if part.Size < 8 {
		return nil, errors.New("damaged: a packed buffer without its length")
	}
	src := scan.Buffers.Get(int(part.Size))
	defer scan.Buffers.Put(src)
	if err := readWhole(r, src, part.At); err != nil {
		return nil, err
	}
	size := int64(binary.LittleEndian.Uint64(src))
	if size == notSmaller {
		return readBuffer(r, Part{part.At + 8, part.Size - 8}, mem)
	}
	if size < 0 || size > Limit(part.Size) {
		return nil, fmt.Errorf("damaged: a buffer of %d bytes, want at most %d", size, Limit(part.Size))
	}
	buf := memory.NewResizableBuffer(mem)
	buf.Resize(int(size))
	err := unpackZstd(buf.Bytes(), src[8:])
	if p == packedLZ4 {
		err = unpackLZ4(buf.Bytes(), src[8:])
	}
	if err != nil {
		buf.Release()
		return nil, fmt.Errorf("damaged: %w", err)
	}
	return buf, nil
}

func readBuffer(r io.ReaderAt, part Part, mem memory.Allocator) (*memory.Buffer, error) {
	buf := memory.NewResizableBuffer(mem)
	buf.Resize(int(part.Size))
	if err := readWhole(r, buf.Bytes(), part.At); err != nil {
		buf.Release()
		return nil, err
	}
	return buf, nil
}

func readWhole(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	return noEOF(err)
}

var errUnpacked = errors.New("a packed buffer has another length than it says")

var zstdDecoders = sync.Pool{New: func() any {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		panic(err) // the options are wrong
	}
	return d
}}

func unpackZstd(dst, src []byte) error {
	d := zstdDecoders.Get().(*zstd.Decoder)
	defer zstdDecoders.Put(d)
	out, err := d.DecodeAll(src, dst[:0:len(dst)])
	if err == nil && len(out) != len(dst) {
		err = errUnpacked
	}
	return err
}

// Positions and flags in a frame of LZ4, as its specification has them.
const (
	lz4Magic        = 0x184D2204
	lz4Version      = 0x40
	lz4VersionMask  = 0xC0
	lz4HasSize      = 0x08
	lz4Plain        = lz4Version | 0x20 | lz4HasSize // what fast frames may say: version, independent blocks, size
	lz4HeadBytes    = 4 + 2
	lz4SizeBytes    = 8
	lz4SumBytes     = 1
	lz4StoredBlock  = 1 << 31
	lz4History      = 64 << 10
	lz4BlockHeading = 4
)

// unpackLZ4 decompresses a frame. Frames without checksums and dictionaries, which is what
// all known writers make, are decompressed block by block where they belong.
func unpackLZ4(dst, src []byte) error {
	if len(src) < lz4HeadBytes+lz4SumBytes || binary.LittleEndian.Uint32(src) != lz4Magic {
		return errors.New("no LZ4 frame")
	}
	flags := src[4]
	if flags&lz4VersionMask != lz4Version || flags&^lz4Plain != 0 {
		return unpackAnyLZ4(dst, src)
	}
	rest := src[lz4HeadBytes+lz4SumBytes:]
	if flags&lz4HasSize != 0 {
		if len(rest) < lz4SizeBytes {
			return io.ErrUnexpectedEOF
		}
		rest = rest[lz4SizeBytes:]
	}
	for at := 0; ; {
		if len(rest) < lz4BlockHeading {
			return io.ErrUnexpectedEOF
		}
		head := binary.LittleEndian.Uint32(rest)
		rest = rest[lz4BlockHeading:]
		if head == 0 {
			if at != len(dst) {
				return errUnpacked
			}
			return nil
		}
		size := int(head &^ lz4StoredBlock)
		if size > len(rest) {
			return io.ErrUnexpectedEOF
		}
		n, err := unpackBlock(dst, at, rest[:size], head&lz4StoredBlock != 0)
		if err != nil {
			return err
		}
		at, rest = at+n, rest[size:]
	}
}

func unpackBlock(dst []byte, at int, block []byte, stored bool) (int, error) {
	if !stored {
		return lz4.UncompressBlockWithDict(block, dst[at:], dst[max(0, at-lz4History):at])
	}
	if len(block) > len(dst)-at {
		return 0, errUnpacked
	}
	return copy(dst[at:], block), nil
}

var lz4Readers = sync.Pool{New: func() any { return lz4.NewReader(nil) }}

func unpackAnyLZ4(dst, src []byte) error {
	r := lz4Readers.Get().(*lz4.Reader)
	defer lz4Readers.Put(r)
	r.Reset(bytes.NewReader(src))
	if _, err := io.ReadFull(r, dst); err != nil {
		return err
	}
	var more [1]byte
	if n, err := io.ReadFull(r, more[:]); n > 0 || err != io.EOF {
		return errors.Join(errUnpacked, err)
	}
	return nil
}
