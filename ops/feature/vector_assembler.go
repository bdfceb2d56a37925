package feature

import (
	"fmt"
	"math"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
)

// VectorAssembler puts numbers and vectors together into one vector.
var VectorAssembler = &ops.Op{
	Name:   "vector_assembler",
	Doc:    "Concatenates numbers and vectors into one vector, in the order of its inputs.",
	Attrs:  []string{"input_shapes: list<data_shape>, a scalar or a tensor of one dimension per input"},
	Ports:  []string{"in input0, input1, ...: double or tensor<double>[n]", "out output: tensor<double>, sparse where that is smaller"},
	Source: "VectorAssemblerModel.scala",
	Load:   loadVectorAssembler,
}

type vectorAssembler struct {
	in   []ops.Port
	size int // declared
}

func loadVectorAssembler(n *ops.Node) (ops.Kernel, error) {
	k := &vectorAssembler{}
	for i, s := range n.Attrs.Shapes("input_shapes") {
		switch {
		case s.Kind == bundle.ScalarKind:
			k.size++
		case s.Kind == bundle.TensorKind && len(s.Dims) == 1:
			k.size += s.Dims[0]
		default:
			return nil, fmt.Errorf("input_shapes: input %d is neither a scalar nor a tensor of one dimension", i)
		}
		k.in = append(k.in, ops.Port{Name: fmt.Sprintf("input%d", i), Type: s.Type(bundle.Double), Boxed: true, Flat: true})
	}
	return k, n.Attrs.Err()
}

func (k *vectorAssembler) Inputs() []ops.Port { return k.in }
func (k *vectorAssembler) Outputs() []ops.Port {
	return []ops.Port{{Name: "output", Type: bundle.Tensor(bundle.Double, k.size)}}
}

func (k *vectorAssembler) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	cols := viewNumeric(k.in, in)
	scalars, stored := true, 0
	for i := range cols {
		if cols[i].scalars != nil {
			stored++
		} else {
			scalars, stored = false, stored+cols[i].vectors.StoredPerRow()
		}
		for row := range cols[i].nullRows {
			b.Reject(row, i, ops.Null, "null, and a vector has no nulls")
		}
	}
	out := column.NewVectorBuilder(b.Mem, b.Len, stored)
	if scalars {
		assembleNumbers(out, cols, b.Len)
	} else {
		for row := range b.Len {
			assembleRow(out, cols, row)
		}
	}
	return []arrow.Array{out.Array()}, nil
}

// assembleNumbers appends n rows of numbers alone, block by block: a block whose
// rows all become dense is transposed at once.
func assembleNumbers(out *column.VectorBuilder, cols []numeric, n int) {
	const block = 128
	var counts [block]int
	width := len(cols)
	for lo := 0; lo < n; lo += block {
		hi := min(lo+block, n)
		nonZero := counts[:hi-lo]
		clear(nonZero)
		for j := range cols {
			for i, x := range cols[j].scalars[lo:hi] {
				nonZero[i] += isNonZero(x)
			}
		}
		if width == 0 || column.StoredSparse(width, slices.Min(nonZero)) {
			for row := lo; row < hi; row++ {
				store(out, cols, row, width, nonZero[row-lo])
			}
			continue
		}
		dst := out.DenseRows(hi-lo, width)
		for j := range cols {
			at := j
			for _, x := range cols[j].scalars[lo:hi] {
				dst[at] = x + 0 // -0.0 becomes 0.0
				at += width
			}
		}
	}
}

// isNonZero is 1 for numbers that are not zero and NaN, and 0 for 0.0 and -0.0.
func isNonZero(x float64) int {
	magnitude := math.Float64bits(x) << 1
	return int((magnitude | -magnitude) >> 63)
}

// assembleRow appends one row of numbers and vectors. Zeros, -0.0 too, are not
// stored, and come back as 0.0.
func assembleRow(out *column.VectorBuilder, cols []numeric, row int) {
	size, nonZero := 0, 0
	for i := range cols {
		c := &cols[i]
		if c.scalars != nil {
			nonZero += isNonZero(c.scalars[row])
			size++
		} else if !c.isNull(row) {
			v := c.vectors.Row(row)
			for _, x := range v.Values {
				nonZero += isNonZero(x)
			}
			size += v.Size
		}
	}
	store(out, cols, row, size, nonZero)
}

// store appends a row of which size and the number of non-zeros are known.
func store(out *column.VectorBuilder, cols []numeric, row, size, nonZero int) {
	if column.StoredSparse(size, nonZero) {
		indices, values := out.Sparse(size, nonZero)
		storeSparse(indices, values, cols, row)
	} else {
		storeDense(out.Dense(size), cols, row)
	}
}

// storeSparse writes the values that are not zero; indices and values have its
// length.
func storeSparse(indices []int32, values []float64, cols []numeric, row int) {
	at, stored := 0, 0
	for i := range cols {
		if stored == len(indices) {
			return
		}
		c := &cols[i]
		if c.scalars != nil {
			if x := c.scalars[row]; x != 0 {
				indices[stored], values[stored] = int32(at), x
				stored++
			}
			at++
		} else if !c.isNull(row) {
			v := c.vectors.Row(row)
			// Every entry is written where the next one that is not zero stands.
			for j := 0; j < len(v.Values) && stored < len(indices); j++ {
				indices[stored], values[stored] = int32(at+position(v, j)), v.Values[j]
				stored += isNonZero(v.Values[j])
			}
			at += v.Size
		}
	}
}

// storeDense writes the values that are not zero into zeros.
func storeDense(dst []float64, cols []numeric, row int) {
	for i := range cols {
		c := &cols[i]
		if c.scalars != nil {
			dst[0] = c.scalars[row] + 0 // -0.0 becomes 0.0
			dst = dst[1:]
		} else if !c.isNull(row) {
			v := c.vectors.Row(row)
			for j, x := range v.Values {
				dst[position(v, j)] = x + 0
			}
			dst = dst[v.Size:]
		}
	}
}

// Assembles implements ops.Assembler.
func (*vectorAssembler) Assembles() bool { return true }
