package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// limitMemory makes the Go runtime collect early enough that its heap, beside
// DuckDB's quarter of the ceiling and what is not on the heap, stays below it.
//
// Batches reuse their memory, so that there is little to collect: doing it at
// half the usual growth costs nothing that can be measured, and long runs take
// about as much memory as short ones.
func limitMemory(mem int64) {
	debug.SetMemoryLimit(mem / 2)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(40)
	}
}

const minMemory = 64 << 20

// units of parseBytes. A letter alone means powers of 1024, as in java -Xmx2g.
var units = map[string]float64{
	"": 1, "B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40,
	"KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40,
}

// parseBytes reads sizes such as 512MiB or 2GB.
func parseBytes(s string) (int64, error) {
	digits := strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	scale, known := units[strings.ToUpper(s[len(digits):])]
	n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	switch bytes := n * scale; {
	case err != nil || !known:
		return 0, fmt.Errorf("memory %q: want a size such as 2GiB", s)
	case bytes < minMemory:
		return 0, fmt.Errorf("memory %q: want at least 64MiB", s)
	case bytes > 1<<60:
		return 0, fmt.Errorf("memory %q: want a size such as 2GiB", s)
	default:
		return int64(bytes), nil
	}
}
