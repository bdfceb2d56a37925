package column

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// VectorToDouble applies f to each row of a vector column. Null rows are
// reported to null and give zero.
func VectorToDouble(mem memory.Allocator, in arrow.Array, f func(row int, v Vector) float64, null func(row int)) arrow.Array {
	vs := ViewVectors(in)
	out := NewDoubles(mem, vs.Len())
	for i := range out.Values {
		if vs.IsNull(i) {
			null(i)
			continue
		}
		out.Values[i] = f(i, vs.Row(i))
	}
	return out.Array()
}

// MapVector applies f to each row of a vector column; f appends exactly one row
// to out. Null rows are reported to null and stay null.
func MapVector(mem memory.Allocator, in arrow.Array, f func(row int, v Vector, out *VectorBuilder), null func(row int)) arrow.Array {
	vs := ViewVectors(in)
	out := NewVectorBuilder(mem, vs.Len(), vs.StoredPerRow())
	for i := range vs.Len() {
		if vs.IsNull(i) {
			null(i)
			out.AppendNull()
			continue
		}
		f(i, vs.Row(i), out)
	}
	return out.Array()
}

// StoredPerRow is about how many values a row stores, for sizing builders.
func (v *Vectors) StoredPerRow() int {
	if v.n == 0 {
		return 0
	}
	return int(v.valOff[v.n]-v.valOff[0])/v.n + 1
}

// StoredSparse reports whether Vector.compressed of Spark's mllib-local 4.1
// keeps a vector of the given size with nnz values other than zero as sparse:
// where that takes fewer bytes, with the overhead of its two arrays. Older
// versions of Spark count other bytes.
func StoredSparse(size, nnz int) bool { return 12*nnz+28 < 8*size+12 }

// AppendCompressed appends the row of the given size whose values other than
// zero are given, sparse or dense as Spark's Vector.compressed chooses.
func (b *VectorBuilder) AppendCompressed(size int, indices []int32, values []float64) {
	if StoredSparse(size, len(values)) {
		b.AppendSparse(size, indices, values)
		return
	}
	row := b.Dense(size)
	for k, i := range indices {
		row[i] = values[k]
	}
}
