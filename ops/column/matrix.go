package column

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
