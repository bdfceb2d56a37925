package column

import (
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// grow is a growing buffer of fixed-width values.
type grow[T Fixed] struct {
	buf  *memory.Buffer
	view func([]byte) []T
	vals []T // the whole capacity
	n    int
}

func newGrow[T Fixed](mem memory.Allocator, width, capacity int, view func([]byte) []T) grow[T] {
	if capacity > maxStored {
		panic(ErrTooLarge)
	}
	buf := memory.NewResizableBuffer(mem)
	buf.Resize(width * capacity)
	return grow[T]{buf: buf, view: view, vals: view(buf.Bytes())}
}

// extend appends k values of unspecified content and returns them.
func (g *grow[T]) extend(k int) []T {
	if g.n+k > len(g.vals) {
		g.reserve(k)
	}
	s := g.vals[g.n : g.n+k : g.n+k]
	g.n += k
	return s
}

// reserve makes room for k more values. It stands apart so that extend
// can be inlined.
func (g *grow[T]) reserve(k int) {
	if g.n+k > maxStored {
		panic(ErrTooLarge)
	}
	var z T
	g.buf.Resize(int(unsafe.Sizeof(z)) * max(g.n+k, 2*len(g.vals), 64))
	g.vals = g.view(g.buf.Bytes())
}

// atLeast makes room for n values in all.
func (g *grow[T]) atLeast(n int) {
	if n > len(g.vals) {
		g.reserve(n - g.n)
	}
}

// done returns the buffer, cut to what was appended.
func (g *grow[T]) done() *memory.Buffer {
	var z T
	g.buf.ResizeNoShrink(int(unsafe.Sizeof(z)) * g.n)
	return g.buf
}

// fixedData takes over buf.
func fixedData(dt arrow.DataType, n int, buf *memory.Buffer) *array.Data {
	d := array.NewData(dt, n, []*memory.Buffer{nil, buf}, nil, 0, 0)
	buf.Release()
	return d
}

// listData takes over offsets and child.
func listData(dt arrow.DataType, n int, offsets *memory.Buffer, child *array.Data) *array.Data {
	d := array.NewData(dt, n, []*memory.Buffer{nil, offsets}, []arrow.ArrayData{child}, 0, 0)
	offsets.Release()
	child.Release()
	return d
}

// structArray takes over valid and the fields.
func structArray(dt arrow.DataType, n int, valid *memory.Buffer, nulls int, fields ...*array.Data) arrow.Array {
	children := make([]arrow.ArrayData, len(fields))
	for i, f := range fields {
		children[i] = f
	}
	d := array.NewData(dt, n, []*memory.Buffer{valid}, children, nulls, 0)
	defer d.Release()
	for _, f := range fields {
		f.Release()
	}
	if valid != nil {
		valid.Release()
	}
	return array.MakeFromData(d)
}

// validity returns the bitmap of n rows of which nulls are null, or nil.
func validity(mem memory.Allocator, n int, nulls []int) *memory.Buffer {
	if len(nulls) == 0 {
		return nil
	}
	buf := memory.NewResizableBuffer(mem)
	buf.Resize(int(bitutil.BytesForBits(int64(n))))
	memory.Set(buf.Bytes(), 0xff)
	for _, i := range nulls {
		bitutil.ClearBit(buf.Bytes(), i)
	}
	return buf
}
