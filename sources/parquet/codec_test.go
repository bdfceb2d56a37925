package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/klauspost/compress/snappy"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/format"

	"leapscore/internal/testseed"
)

// A page that holds more or less than its header says is damaged, in every codec:
// what is missing would be zeros, and what is more would be lost.
func TestPagesHaveTheSizeOfTheirHeaders(t *testing.T) {
	for codec, writer := range map[format.CompressionCodec]compress.Codec{
		format.Uncompressed: &parquet.Uncompressed, format.Snappy: &parquet.Snappy, format.Gzip: &parquet.Gzip,
		format.Zstd: &parquet.Zstd, format.Brotli: &parquet.Brotli, format.Lz4Raw: &parquet.Lz4Raw,
	} {
		for _, n := range []int{1, 100, 5000} {
			page := []byte(strings.Repeat("leapscore ", n))
			src, err := writer.Encode(nil, page)
			if err != nil {
				t.Fatal(err)
			}
			dst := make([]byte, len(page), len(page)+64)
			if err := decompress(codec, dst, src); err != nil || !bytes.Equal(dst, page) {
				t.Errorf("%v, %d bytes: %v", codec, len(page), err)
			}
			for _, size := range []int{1, len(page) - 1, len(page) + 1, 2 * len(page)} {
				if err := decompress(codec, make([]byte, size, size+64), src); err == nil {
					t.Errorf("%v: %d bytes where the header says %d: no error", codec, len(page), size)
				} else if codec != format.Lz4Raw && codec != format.Zstd && !errors.Is(err, errPageSize) {
					t.Errorf("%v: %d bytes where the header says %d: %v", codec, len(page), size, err)
				}
			}
		}
	}
}

// The same of pages that are decompressed piece by piece.
func TestStreamedPagesHaveTheSizeOfTheirHeaders(t *testing.T) {
	noise := make([]byte, 30_000)
	r := testseed.Rand(t, 1, 2)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	for name, page := range map[string][]byte{
		"ends in a literal": noise,
		"ends in a copy":    bytes.Repeat(noise[:1000], 30),
	} {
		whole := snappy.Encode(nil, page)
		_, k := binary.Uvarint(whole)
		for _, c := range []struct {
			header, own int // sizes, less that of the page: by the header, and by the page's own first bytes
			tail        string
			want        error
		}{
			{0, 0, "", nil},
			{0, 0, "more", errPageSize},
			{-8, -8, "", errPageSize},
			{8, 8, "", errPageSize},
			{8, 0, "", errPageSize},
			{-8, 0, "", errPageSize},
			{0, 8, "", errPageSize},
			{0, -8, "", errPageSize},
		} {
			src := append(binary.AppendUvarint(nil, uint64(len(page)+c.own)), whole[k:]...)
			if err := streamed(append(src, c.tail...), len(page)+c.header); !errors.Is(err, c.want) {
				t.Errorf("page of %d bytes that %s, sizes %+d and %+d, %q behind it: %v, want %v", len(page), name, c.header, c.own, c.tail, err, c.want)
			}
		}
	}
}

// streamed takes all of a page in pieces.
func streamed(src []byte, size int) error {
	raw := &rawChunk{r: bytes.NewReader(src), end: int64(len(src)), window: 1 << 12}
	s := &pageStream{}
	defer s.release()
	if err := s.begin(raw, len(src), size, true, &pageHeader{}); err != nil {
		return err
	}
	for left := size; left > 0; left -= min(left, 1000) {
		if _, err := s.take(min(left, 1000)); err != nil {
			return err
		}
	}
	return nil
}
