// Package parquet reads Parquet files: footers, pages and encodings, without a Parquet
// library, into Arrow batches. The format is github.com/apache/parquet-format; where
// writers differ from it, parquet-mr and Arrow C++ decide. docs/decisions/parquet.md
// says why the reader is our own.
//
// A row passes footer.go, schema.go, cut.go (splits), ahead.go (ranges of bytes),
// page.go, leaf.go and reader.go.
package parquet
