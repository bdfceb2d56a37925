package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// errPageSize is for pages that do not decompress to the size they declare.
var errPageSize = errors.New("page size differs from its header")

var (
	zstdPages  sync.Pool
	gzipPages  sync.Pool
	brotliPage sync.Pool
)

// decompress fills dst, which has the declared length, from src. No codec
// writes more than len(dst), whatever src claims.
func decompress(codec format.CompressionCodec, dst, src []byte) error {
	switch codec {
	case format.Uncompressed:
		if len(src) != len(dst) {
			return errPageSize
		}
		copy(dst, src)
		return nil
	case format.Snappy:
		return unsnappy(dst, src)
	case format.Zstd:
		return unzstd(dst, src)
	case format.Gzip:
		return ungzip(dst, src)
	case format.Brotli:
		r, _ := brotliPage.Get().(*brotli.Reader)
		if r == nil {
			r = brotli.NewReader(nil)
		}
		defer brotliPage.Put(r)
		if err := r.Reset(bytes.NewReader(src)); err != nil {
			return err
		}
		return readPage(r, dst)
	case format.Lz4Raw:
		return unlz4(dst, src)
	case format.Lz4:
		return unlz4Hadoop(dst, src)
	}
	return fmt.Errorf("compression %v is not supported", codec)
}

func unsnappy(dst, src []byte) error {
	n, err := snappy.DecodedLen(src)
	if err != nil {
		return err
	}
	if n != len(dst) {
		return errPageSize
	}
	_, err = snappy.Decode(dst, src)
	return err
}

func unzstd(dst, src []byte) error {
	d, _ := zstdPages.Get().(*zstd.Decoder)
	if d == nil {
		var err error
		d, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true))
		if err != nil {
			return err
		}
	}
	defer zstdPages.Put(d)
	out, err := d.DecodeAll(src, dst[:0:len(dst)])
	if err == nil && len(out) != len(dst) {
		err = errPageSize
	}
	return err
}

func ungzip(dst, src []byte) error {
	r, _ := gzipPages.Get().(*gzip.Reader)
	if r == nil {
		r = new(gzip.Reader)
	}
	defer gzipPages.Put(r)
	if err := r.Reset(bytes.NewReader(src)); err != nil {
		return err
	}
	return readPage(r, dst)
}

// readPage reads dst, and the end of r behind it: there r compares its checksum
// and length, if its format has them.
func readPage(r io.Reader, dst []byte) error {
	if _, err := io.ReadFull(r, dst); err != nil {
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return errPageSize
		}
		return err
	}
	var more [1]byte
	switch n, err := io.ReadFull(r, more[:]); {
	case n > 0:
		return errPageSize
	case err != io.EOF:
		return err
	}
	return nil
}

func unlz4(dst, src []byte) error {
	n, err := lz4.UncompressBlock(src, dst)
	if err == nil && n != len(dst) {
		err = errPageSize
	}
	return err
}

// unlz4Hadoop reads the deprecated LZ4 codec, which parquet-mr wrote in
// Hadoop's frames (two big-endian sizes before each block) and others raw.
func unlz4Hadoop(dst, src []byte) error {
	rest, in := dst, src
	for len(in) >= 8 {
		out, size := binary.BigEndian.Uint32(in), binary.BigEndian.Uint32(in[4:])
		if uint64(out) > uint64(len(rest)) || uint64(size) > uint64(len(in)-8) {
			break
		}
		n, err := lz4.UncompressBlock(in[8:8+size], rest[:out])
		if err != nil || n != int(out) {
			break
		}
		rest, in = rest[out:], in[8+size:]
		if len(rest) == 0 && len(in) == 0 {
			return nil
		}
	}
	return unlz4(dst, src)
}
