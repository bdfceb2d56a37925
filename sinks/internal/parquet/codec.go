package parquet

import (
	"fmt"

	"github.com/klauspost/compress/s2"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/compress/brotli"
	"github.com/parquet-go/parquet-go/compress/gzip"
	"github.com/parquet-go/parquet-go/compress/lz4"
	"github.com/parquet-go/parquet-go/compress/snappy"
	"github.com/parquet-go/parquet-go/compress/uncompressed"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// Codec compresses pages. It is safe for concurrent use.
type Codec struct {
	codec compress.Codec
}

// NewCodec returns the codec of that name: none, snappy, gzip, zstd, lz4_raw or
// brotli.
func NewCodec(name string) (Codec, error) {
	switch name {
	case "none":
		return Codec{new(uncompressed.Codec)}, nil
	case "snappy":
		return Codec{new(fastSnappy)}, nil
	case "gzip":
		return Codec{&gzip.Codec{Level: gzip.DefaultCompression}}, nil
	case "zstd":
		return Codec{&zstd.Codec{Level: zstd.SpeedFastest}}, nil
	case "lz4_raw":
		return Codec{&lz4.Codec{Level: lz4.Fastest}}, nil
	case "brotli":
		return Codec{&brotli.Codec{Quality: 4, LGWin: 20}}, nil
	}
	return Codec{}, fmt.Errorf("no codec %q", name)
}

// fastSnappy is parquet-go's codec with the faster of klauspost's encoders.
type fastSnappy struct{ snappy.Codec }

func (*fastSnappy) Encode(dst, src []byte) ([]byte, error) { return s2.EncodeSnappy(dst, src), nil }
