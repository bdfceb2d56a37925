package column

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// denseOver returns the lists of l as dense vectors that share their elements, which
// are those of child from first on. ok is false if there are nulls among the lists.
func denseOver(mem memory.Allocator, l array.ListLike, child arrow.Array, first int64) (v arrow.Array, ok bool) {
	xs, ok := child.(*array.Float64)
	n := l.Len()
	if !ok || l.NullN() > 0 || n == 0 || xs.Len() > maxStored {
		return nil, false
	}
	b := NewVectorBuilder(mem, n, 0)
	b.n = n
	fill(b.dense.extend(n), 1)
	clear(b.idxOff.extend(n))
	sizes, ends := b.size.extend(n), b.valOff.extend(n)
	for i := range n {
		lo, hi := l.ValueOffsets(i)
		sizes[i], ends[i] = int32(hi-lo), int32(hi-first)
	}
	b.val.done().Release()
	data := xs.Data().(*array.Data)
	data.Retain()
	return b.array(data), true
}

// DenseRows appends n dense rows of one width and returns their values, row
// after row. They hold anything, and are to be filled in before the next call.
func (b *VectorBuilder) DenseRows(n, width int) []float64 {
	fill(b.dense.extend(n), 1)
	fill(b.size.extend(n), int32(width))
	fill(b.idxOff.extend(n), int32(b.idx.n))
	at, ends := b.val.n, b.valOff.extend(n)
	for i := range ends {
		at += width
		ends[i] = int32(at)
	}
	b.n += n
	return b.val.extend(n * width)
}

func fill[T Fixed](dst []T, x T) {
	for i := range dst {
		dst[i] = x
	}
}
