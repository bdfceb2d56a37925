package format

import (
	"fmt"
	"strings"
)

// Compression is how pages of Parquet, buffers of Arrow IPC, or files of text are
// compressed.
type Compression uint8

// The codecs. By default Parquet has Snappy, which every reader has, and the
// other formats have none.
const (
	CompressionDefault Compression = iota
	CompressionSnappy
	CompressionNone
	CompressionGzip
	CompressionZstd
	CompressionLZ4Raw
	CompressionBrotli
)

var compressionNames = [...]string{"", "snappy", "none", "gzip", "zstd", "lz4_raw", "brotli"}

func (c Compression) String() string { return compressionNames[c] }

// ParseCompression is the inverse of Compression.String. It also knows
// "uncompressed" and "lz4"; the empty string is CompressionDefault.
func ParseCompression(s string) (Compression, error) {
	switch s {
	case "uncompressed":
		return CompressionNone, nil
	case "lz4":
		return CompressionLZ4Raw, nil
	}
	for i, name := range compressionNames {
		if s == name {
			return Compression(i), nil
		}
	}
	return 0, fmt.Errorf("compression %q, want one of %s", s, strings.ReplaceAll(strings.Join(compressionNames[1:], ", "), "lz4_raw", "lz4"))
}
