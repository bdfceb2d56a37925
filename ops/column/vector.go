package column

import (
	"errors"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Vector is one row of a vector column. It aliases the column.
type Vector struct {
	Size  int
	Dense bool
	// Indices are the positions of Values in a sparse row, ascending and
	// distinct; a dense row has Size values and no indices.
	Indices []int32
	Values  []float64
}

// At returns the value at position i; a position that a sparse row does not
// store is 0.
func (v Vector) At(i int) float64 {
	if v.Dense {
		return v.Values[i]
	}
	lo, hi := 0, len(v.Indices)
	for lo < hi {
		if m := int(uint(lo+hi) >> 1); v.Indices[m] < int32(i) {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo < len(v.Indices) && v.Indices[lo] == int32(i) {
		return v.Values[lo]
	}
	return 0
}

// CopyTo writes all Size values to dst.
func (v Vector) CopyTo(dst []float64) {
	if v.Dense {
		copy(dst, v.Values)
		return
	}
	clear(dst[:v.Size])
	for k, i := range v.Indices {
		dst[i] = v.Values[k]
	}
}

// Vectors is a view of a vector column.
type Vectors struct {
	arr     arrow.Array
	n       int
	dense   []int8
	size    []int32
	idxOff  []int32
	valOff  []int32
	indices []int32
	values  []float64
	hasNull bool
}

// ViewVectors returns a view of arr, whose type is VectorType or SparseType.
func ViewVectors(arr arrow.Array) Vectors {
	s := arr.(*array.Struct)
	n := s.Len()
	if s.NumField() == len(SparseType.Fields()) {
		return viewSparse(s)
	}
	idx, val := s.Field(2).(*array.List), s.Field(3).(*array.List)
	v := Vectors{arr: arr, n: n, hasNull: arr.NullN() > 0}
	v.dense = s.Field(0).(*array.Int8).Int8Values()
	v.size = s.Field(1).(*array.Int32).Int32Values()
	v.idxOff = listOffsets(idx)
	v.valOff = listOffsets(val)
	v.indices = idx.ListValues().(*array.Int32).Int32Values()
	v.values = val.ListValues().(*array.Float64).Float64Values()
	return v
}

func listOffsets(l *array.List) []int32 {
	o := l.Offsets()
	off := l.Data().Offset()
	if len(o) == 0 { // an empty list array may have no offsets buffer
		return []int32{0}
	}
	return o[off : off+l.Len()+1]
}

// Len is the number of rows.
func (v *Vectors) Len() int { return v.n }

// IsNull reports whether row is null.
func (v *Vectors) IsNull(row int) bool { return v.hasNull && v.arr.IsNull(row) }

// Row returns the vector of a row that is not null.
func (v *Vectors) Row(row int) Vector {
	return Vector{
		Size:    int(v.size[row]),
		Dense:   v.dense[row] == 1,
		Indices: v.indices[v.idxOff[row]:v.idxOff[row+1]],
		Values:  v.values[v.valOff[row]:v.valOff[row+1]],
	}
}

// Stored are the values of all rows. The values of row i begin at element At(i).
func (v *Vectors) Stored() []float64 { return v.values }

// At returns where the values of a row begin in Stored.
func (v *Vectors) At(row int) int { return int(v.valOff[row]) }

// Matrix returns all values row after row if every row is dense, not null and
// of the same width; ok is false otherwise.
func (v *Vectors) Matrix() (values []float64, width int, ok bool) {
	if v.hasNull || v.n == 0 {
		return nil, 0, false
	}
	width = int(v.size[0])
	for i, d := range v.dense {
		if d != 1 || int(v.size[i]) != width {
			return nil, 0, false
		}
	}
	return v.values[v.valOff[0]:v.valOff[v.n]], width, true
}

// VectorBuilder makes a vector column row by row.
type VectorBuilder struct {
	mem    memory.Allocator
	n      int
	room   int // rows for which there is room, at least
	dense  grow[int8]
	size   grow[int32]
	idxOff grow[int32]
	valOff grow[int32]
	idx    grow[int32]
	val    grow[float64]
	nulls  []int
}

// NewVectorBuilder returns a builder for about rows rows of about width stored
// values each.
func NewVectorBuilder(mem memory.Allocator, rows, width int) *VectorBuilder {
	b := &VectorBuilder{mem: mem, room: rows}
	b.dense = newGrow(mem, 1, rows, arrow.Int8Traits.CastFromBytes)
	b.size = newGrow(mem, 4, rows, arrow.Int32Traits.CastFromBytes)
	b.idxOff = newGrow(mem, 4, rows+1, arrow.Int32Traits.CastFromBytes)
	b.valOff = newGrow(mem, 4, rows+1, arrow.Int32Traits.CastFromBytes)
	b.idx = newGrow(mem, 4, 0, arrow.Int32Traits.CastFromBytes)
	b.val = newGrow(mem, 8, min(rows*width, 1<<20), arrow.Float64Traits.CastFromBytes)
	b.idxOff.extend(1)[0] = 0
	b.valOff.extend(1)[0] = 0
	return b
}

// ErrTooLarge is the panic of a column, or its allocator, when a batch would
// take more memory than there is for it. Fewer rows at a time are the remedy.
var ErrTooLarge = errors.New("the values of a batch take more memory than there is for them")

// maxStored is how many values a column of one batch may hold.
const maxStored = 1 << 26

func (b *VectorBuilder) end(dense int8, size int) {
	n := b.n
	if n >= b.room {
		b.makeRoom()
	}
	b.dense.vals[n], b.size.vals[n] = dense, int32(size)
	b.idxOff.vals[n+1], b.valOff.vals[n+1] = int32(b.idx.n), int32(b.val.n)
	n++
	b.n, b.dense.n, b.size.n, b.idxOff.n, b.valOff.n = n, n, n, n+1, n+1
}

// makeRoom makes room for one more row.
func (b *VectorBuilder) makeRoom() {
	b.dense.atLeast(b.n + 1)
	b.size.atLeast(b.n + 1)
	b.idxOff.atLeast(b.n + 2)
	b.valOff.atLeast(b.n + 2)
	b.room = min(len(b.dense.vals), len(b.size.vals), len(b.idxOff.vals)-1, len(b.valOff.vals)-1)
}

// Dense appends a dense row of the given size, all zeros, and returns its
// values to be filled in before the next call.
func (b *VectorBuilder) Dense(size int) []float64 {
	s := b.val.extend(size)
	clear(s)
	b.end(1, size)
	return s
}

// AppendDense appends a dense row with a copy of values.
func (b *VectorBuilder) AppendDense(values []float64) {
	copy(b.val.extend(len(values)), values)
	b.end(1, len(values))
}

// Sparse appends a sparse row of the given size with nnz stored entries, all
// zero, and returns its indices and values to be filled in, ascending by
// index, before the next call.
func (b *VectorBuilder) Sparse(size, nnz int) (indices []int32, values []float64) {
	if len(b.idx.vals) == 0 { // the other rows may be like this one
		b.idx.atLeast(min(nnz*b.room, len(b.val.vals)))
	}
	indices, values = b.idx.extend(nnz), b.val.extend(nnz)
	clear(indices)
	clear(values)
	b.end(0, size)
	return indices, values
}

// AppendSparse appends a sparse row with copies of indices and values.
func (b *VectorBuilder) AppendSparse(size int, indices []int32, values []float64) {
	copy(b.idx.extend(len(indices)), indices)
	copy(b.val.extend(len(values)), values)
	b.end(0, size)
}

// Append appends a copy of v.
func (b *VectorBuilder) Append(v Vector) {
	if v.Dense {
		b.AppendDense(v.Values)
		return
	}
	b.AppendSparse(v.Size, v.Indices, v.Values)
}

// AppendNull appends a null row.
func (b *VectorBuilder) AppendNull() {
	b.nulls = append(b.nulls, b.n)
	b.end(1, 0)
}

// Len is the number of rows so far.
func (b *VectorBuilder) Len() int { return b.n }

// Array ends the construction; the caller owns the result.
func (b *VectorBuilder) Array() arrow.Array {
	return b.array(fixedData(arrow.PrimitiveTypes.Float64, b.val.n, b.val.done()))
}

// array is Array with the values of all rows, which it takes over.
func (b *VectorBuilder) array(values *array.Data) arrow.Array {
	n := b.n
	f := VectorType.Fields()
	dense := fixedData(f[0].Type, n, b.dense.done())
	size := fixedData(f[1].Type, n, b.size.done())
	idx := listData(f[2].Type, n, b.idxOff.done(), fixedData(arrow.PrimitiveTypes.Int32, b.idx.n, b.idx.done()))
	val := listData(f[3].Type, n, b.valOff.done(), values)
	return structArray(VectorType, n, validity(b.mem, n, b.nulls), len(b.nulls), dense, size, idx, val)
}
