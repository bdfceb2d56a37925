package sinks

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/internal/hive"
	"leapscore/sinks/internal/format"
	"leapscore/sinks/internal/partition"
	"leapscore/sinks/internal/unwritable"
)

// Format is what the files of a table are.
type Format = format.Format

// The formats.
const (
	FormatParquet     = format.Parquet
	FormatCSV         = format.CSV         // RFC 4180 with a header line
	FormatJSON        = format.JSON        // one object per line
	FormatArrow       = format.Arrow       // Arrow IPC, the file format
	FormatArrowStream = format.ArrowStream // Arrow IPC, the stream format
)

// ParseFormat is the inverse of Format.String.
func ParseFormat(s string) (Format, error) { return format.Parse(s) }

// NameFormat returns the format and the compression of the whole file that the
// extension of a name means, as in x.csv.gz. ok is false for a name without such an
// extension, such as that of a folder.
func NameFormat(name string) (f Format, c Compression, ok bool) { return format.ByName(name) }

// Compression is how pages of Parquet, buffers of Arrow IPC, or files of text are
// compressed.
type Compression = format.Compression

// The codecs. By default Parquet has Snappy, which every reader has, and the
// other formats have none.
const (
	CompressionDefault = format.CompressionDefault
	CompressionSnappy  = format.CompressionSnappy
	CompressionNone    = format.CompressionNone
	CompressionGzip    = format.CompressionGzip
	CompressionZstd    = format.CompressionZstd
	CompressionLZ4Raw  = format.CompressionLZ4Raw
	CompressionBrotli  = format.CompressionBrotli
)

// ParseCompression is the inverse of Compression.String. It also knows
// "uncompressed" and "lz4"; the empty string is CompressionDefault.
func ParseCompression(s string) (Compression, error) { return format.ParseCompression(s) }

// TextOf returns the first text in a row that is not UTF-8, or "".
func TextOf(arr arrow.Array, row int) string { return unwritable.TextOf(arr, row) }

// CheckText returns a *ValueError for the first column with text that is not UTF-8.
func CheckText(rec arrow.Record) error { return new(unwritable.TextCheck).Check(rec) }

// HoldText reports whether columns of a schema may hold text, at any depth.
func HoldText(s *arrow.Schema) bool { return unwritable.HasText(arrow.StructOf(s.Fields()...)) }

// CheckNames refuses columns whose names are not UTF-8, at any depth.
func CheckNames(fields []arrow.Field) error { return unwritable.CheckNames(fields) }

// NullPartition is the name of the folder's value for nulls and empty strings.
const NullPartition = hive.Null

// PartitionValue is a value of a column that a table is partitioned by. Nil is
// null.
type PartitionValue = partition.Value
