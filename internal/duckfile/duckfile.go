// Package duckfile reads the header of a database file of DuckDB.
package duckfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Header says which DuckDB can read a file.
type Header struct {
	Storage uint64 // the version of the format
	Writer  string // the DuckDB that has written the file, such as v2.0.1, or empty
}

// Of a file there are a checksum, four letters, the version of the format, flags, and the
// version of the program.
const (
	magicAt, versionAt, writerAt = 8, 12, 52
	writerBytes, headerBytes     = 32, 84
)

// ErrOther is a file that DuckDB has not written.
var ErrOther = errors.New("is no DuckDB database")

// Read reads the header of a file. The error says what the file is instead, and how a
// query reads it.
func Read(path string) (h Header, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return h, err
	}
	if info.IsDir() {
		return h, fmt.Errorf("%s %w but a folder; a query reads its files by name: FROM '%s/*.parquet'", path, ErrOther, filepath.ToSlash(path))
	}
	f, err := os.Open(path)
	if err != nil {
		return h, err
	}
	defer f.Close()
	data := make([]byte, headerBytes)
	n, err := io.ReadFull(f, data)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return h, fmt.Errorf("%s: %w", path, err)
	}
	if n < headerBytes || string(data[magicAt:versionAt]) != "DUCK" {
		return h, other(path, data[:n])
	}
	h.Storage = binary.LittleEndian.Uint64(data[versionAt:])
	h.Writer = string(bytes.TrimRight(data[writerAt:writerAt+writerBytes], "\x00"))
	return h, nil
}

// other says what a file is that is no database.
func other(path string, data []byte) error {
	switch {
	case len(data) == 0:
		return fmt.Errorf("%s %w: it is empty", path, ErrOther)
	case bytes.HasPrefix(data, []byte("SQLite format 3")):
		return fmt.Errorf("%s %w but one of SQLite, which leapscore does not read; write the table to Parquet or CSV", path, ErrOther)
	}
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv", ".tsv", ".parquet", ".json", ".jsonl", ".ndjson", ".avro", ".arrow", ".gz", ".zst":
		return fmt.Errorf("%s %w; leave out --db: a query reads files by name, as in --sql \"FROM '%s'\"", path, ErrOther, filepath.ToSlash(path))
	}
	return fmt.Errorf("%s %w", path, ErrOther)
}
