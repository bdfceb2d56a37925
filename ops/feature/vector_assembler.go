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
	Doc:    "Puts numbers and vectors together into one vector, in the order of its inputs.",
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
		k.in = append(k.in, ops.Port{Name: fmt.Sprintf("input%d", i), Type: s.Type(bundle.Double)})
	}
	return k, n.Attrs.Err()
}

func (k *vectorAssembler) Inputs() []ops.Port { return k.in }
func (k *vectorAssembler) Outputs() []ops.Port {
	return []ops.Port{{Name: "output", Type: bundle.Tensor(bundle.Double, k.size)}}
}

func (k *vectorAssembler) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	cols := viewNumeric(k.in, in)
	scalars := true
	for i := range cols {
		scalars = scalars && cols[i].scalars != nil
		for row := range cols[i].nullRows {
			b.Reject(row, i, ops.Null, "null, and a vector has no nulls")
		}
	}
	out := column.NewVectorBuilder(b.Mem, b.Len, k.size)
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
				assembleRow(out, cols, row)
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

// isNonZero is 1 for what is not zero, NaN too, and 0 for 0.0 and -0.0.
func isNonZero(x float64) int {
	magnitude := math.Float64bits(x) << 1
	return int((magnitude | -magnitude) >> 63)
}

// assembleRow appends one row. What is zero, -0.0 too, is not stored, and comes
// back as 0.0.
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
	var dst, values []float64
	var indices []int32
	sparse := column.StoredSparse(size, nonZero)
	if sparse {
		indices, values = out.Sparse(size, nonZero)
	} else {
		dst = out.Dense(size)
	}
	at, stored := 0, 0
	put := func(i int, x float64) {
		switch {
		case x == 0:
		case sparse:
			indices[stored], values[stored] = int32(i), x
			stored++
		default:
			dst[i] = x
		}
	}
	for i := range cols {
		c := &cols[i]
		if c.scalars != nil {
			put(at, c.scalars[row])
			at++
		} else if !c.isNull(row) {
			v := c.vectors.Row(row)
			for j, x := range v.Values {
				put(at+position(v, j), x)
			}
			at += v.Size
		}
	}
}

// Assembles implements ops.Assembler.
func (*vectorAssembler) Assembles() bool { return true }
