// Package memory divides the memory of a process among what a run needs.
package memory

import (
	"fmt"
	"strconv"
	"strings"
)

// programBytes is what the program itself takes: its code, stacks, what is on no
// heap.
const programBytes = 112 << 20

// Shares returns what DuckDB and the heap may take of a process' memory. The rest is
// for the program itself, chunks of a query that wait for a worker, and what
// allocators waste.
func Shares(mem int64, query bool) (duckdb, heap int64) {
	room := mem - programBytes
	if query {
		return min(mem/2, mem-3*programBytes/2), min(mem/4, room/4)
	}
	return 0, min(mem*5/8, room)
}

// Explain adds to an error what to do about a query that DuckDB has no memory for.
func Explain(err error, mem string) error {
	if err == nil || !strings.Contains(err.Error(), "Out of Memory Error") {
		return err
	}
	return fmt.Errorf("%w\n\nDuckDB has about half of --memory %s: raise it, or lower --workers", err, mem)
}

// A run takes baseBytes whatever it scores, and each worker its buffers and the pages
// of every column. Measured with some room to spare.
const (
	minMemory   = 128 << 20
	MinQuery    = 256 << 20 // of a query
	baseBytes   = 192 << 20
	fileBytes   = 40 << 20 // a worker that reads files
	queryBytes  = 64 << 20 // a worker that takes the rows of a query
	columnBytes = 256 << 10
)

// MostColumns is how many columns vectors may become: each has a block, pages and
// its place in the footer, in every worker.
func MostColumns(mem int64) int { return int(mem / (40 << 10)) }

// BatchBytes is what a batch may take in each of so many workers.
func BatchBytes(mem int64, workers int) int64 { return max(mem/8/int64(workers), 8<<20) }

// Workers returns how many of the wanted workers the memory has room for.
func Workers(mem int64, query bool, columns, wanted int) int {
	room, each := mem-baseBytes, int64(fileBytes)
	if query {
		room, each = mem/2-baseBytes/2, queryBytes
	}
	return int(max(1, min(int64(wanted), room/(each+columnBytes*int64(columns)))))
}

// Cramped reports whether even one worker that reads so many columns may take more
// than there is, and about how much it takes.
func Cramped(mem int64, columns int) (about int64, is bool) {
	about = programBytes + fileBytes + 2*columnBytes*int64(columns)
	return about, about > mem
}

// units of sizes. A letter alone means powers of 1024, as in java -Xmx2g.
var units = map[string]float64{
	"": 1, "B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40,
	"KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40,
}

// Parse reads the memory of a process, such as 512MiB or 2GB.
func Parse(s string) (int64, error) {
	bytes, err := ParseSize(s)
	switch {
	case err != nil:
		return 0, fmt.Errorf("memory %q: want a size such as 2GiB", s)
	case bytes < minMemory:
		return 0, fmt.Errorf("memory %q: want at least 128MiB", s)
	}
	return bytes, nil
}

// ParseSize reads sizes such as 512MiB or 2GB, of a byte or more.
func ParseSize(s string) (int64, error) {
	digits := strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	scale, known := units[strings.ToUpper(s[len(digits):])]
	n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if bytes := n * scale; err == nil && known && bytes >= 1 && bytes <= 1<<60 {
		return int64(bytes), nil
	}
	return 0, fmt.Errorf("%q: want a size such as 2GiB", s)
}
