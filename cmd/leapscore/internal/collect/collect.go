// Package collect sets up the heap: when garbage is collected, and the size of its
// pages. It is imported for this effect alone, and imports next to nothing, so that
// it is initialized before the packages that take megabytes for their tables.
package collect

import (
	"os"
	"runtime"
	"runtime/debug"
)

// How much the heap may grow before it is collected, in percent. Batches reuse
// their memory, so that there is little to collect: doing it at half the usual
// growth costs nothing that can be measured, and long runs take about as much
// memory as short ones. Only the first collection waits: while a program starts
// and a run takes the memory that it will keep, a collection at every few
// megabytes finds nothing.
const (
	firstGrowth = 1600 // of the 4 MB that the runtime starts with
	growth      = 40
)

// hugeHeap is how much of the heap is of huge pages: somewhat more than what it
// grows to before the first collection.
const hugeHeap = 96 << 20

var hugeFrom, hugeTo uintptr

func init() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(-1) // until the range is given back
	hugeFrom, hugeTo = hugePages(hugeHeap)
	debug.SetGCPercent(firstGrowth)
	mark := new([64]byte) // lives until the first collection
	runtime.AddCleanup(mark, func(percent int) { debug.SetGCPercent(percent) }, growth)
}

// Soon lets the heap be collected before it has grown for the first time, as after it: a
// query has DuckDB take memory beside it. The environment's GOGC wins.
func Soon() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(growth)
	}
}

// Spare lets the heap of a small program grow by more before it is collected, until the
// returned function is called: it holds memory that it never touches, which the system
// does not give. A program that answers small requests collects less often so.
func Spare(bytes int) (release func()) {
	held := make([]byte, bytes)
	return func() { runtime.KeepAlive(held) }
}
