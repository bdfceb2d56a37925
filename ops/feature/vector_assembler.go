package feature

import (
	"fmt"

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
	cols := make([]assembled, len(in))
	for i, arr := range in {
		cols[i].nulls = arr.NullN() > 0
		cols[i].arr = arr
		if k.in[i].Type.Kind == bundle.ScalarKind {
			cols[i].scalars = column.Doubles(arr)
		} else {
			cols[i].vectors = column.ViewVectors(arr)
		}
	}
	out := column.NewVectorBuilder(b.Mem, b.Len, k.size)
	var indices []int32
	var values []float64
	for row := range b.Len {
		indices, values = indices[:0], values[:0]
		size := int32(0)
		for i := range cols {
			c := &cols[i]
			switch {
			case c.nulls && c.arr.IsNull(row):
				b.Reject(row, i, ops.Null, "null, and a vector has no nulls")
				size++
			case c.scalars != nil:
				// What is zero, -0.0 too, is not stored and comes back as 0.0.
				if x := c.scalars[row]; x != 0 {
					indices, values = append(indices, size), append(values, x)
				}
				size++
			default:
				v := c.vectors.Row(row)
				for j, x := range v.Values {
					if x == 0 {
						continue
					}
					at := int32(j)
					if !v.Dense {
						at = v.Indices[j]
					}
					indices, values = append(indices, size+at), append(values, x)
				}
				size += int32(v.Size)
			}
		}
		out.AppendCompressed(int(size), indices, values)
	}
	return []arrow.Array{out.Array()}, nil
}

// assembled is one input, of numbers or of vectors.
type assembled struct {
	arr     arrow.Array
	nulls   bool
	scalars []float64
	vectors column.Vectors
}

// Assembles implements ops.Assembler.
func (*vectorAssembler) Assembles() bool { return true }
