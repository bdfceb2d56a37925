package feature

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/javamath"
)

// ReverseStringIndexer replaces numbers by their labels.
var ReverseStringIndexer = &ops.Op{
	Name: "reverse_string_indexer",
	Doc:  "Truncates numbers to integers and replaces them by the labels at these positions; NaN is 0.",
	Attrs: []string{
		"labels: list<string>, the labels",
		"input_shape: data_shape, scalar (default), list or tensor, never null",
	},
	Ports: []string{
		"in input: double, list<double> or tensor<double>, as input_shape says",
		"out output: string in the same shape; slots that a sparse tensor does not store are null",
	},
	Source: "ReverseStringIndexerModel.scala, ReverseStringIndexer.scala",
	Load:   loadReverseStringIndexer,
}

type reverseStringIndexer struct {
	labels  []string
	in, out bundle.Type
}

func loadReverseStringIndexer(n *ops.Node) (ops.Kernel, error) {
	shape := n.Attrs.ShapeOr("input_shape", bundle.DataShape{Kind: bundle.ScalarKind})
	if shape.Nullable {
		n.Attrs.Failf("input_shape", "nullable, want one that is not")
	}
	k := &reverseStringIndexer{labels: n.Attrs.Strings("labels"), in: shape.Type(bundle.Double), out: shape.Type(bundle.String)}
	k.out.Nullable = true
	return k, n.Attrs.Err()
}

func (k *reverseStringIndexer) Inputs() []ops.Port  { return port("input", k.in) }
func (k *reverseStringIndexer) Outputs() []ops.Port { return port("output", k.out) }

func (k *reverseStringIndexer) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	switch k.in.Kind {
	case bundle.ListKind:
		return k.lists(b, in[0].(*array.List))
	case bundle.TensorKind:
		return k.tensors(b, column.ViewVectors(in[0]))
	}
	xs := column.Doubles(in[0])
	out := column.NewStringBuilder(b.Mem, b.Len, 16*b.Len)
	for row, x := range xs {
		if in[0].IsNull(row) {
			out.AppendNull()
			continue
		}
		out.Append(k.label(b, row, x))
	}
	return one(out.Array())
}

// label returns the label at position x.
func (k *reverseStringIndexer) label(b *ops.Batch, row int, x float64) string {
	i := javamath.D2I(x)
	if i < 0 || int(i) >= len(k.labels) {
		b.Reject(row, 0, ops.Unseen, "%v, and there are labels 0 to %d", x, len(k.labels)-1)
		return ""
	}
	return k.labels[i]
}

func (k *reverseStringIndexer) lists(b *ops.Batch, in *array.List) ([]arrow.Array, error) {
	elems := in.ListValues()
	xs := column.Doubles(elems)
	out := column.NewStringListBuilder(b.Mem, b.Len, len(xs), 16*len(xs))
	for row := range b.Len {
		if in.IsValid(row) {
			lo, hi := in.ValueOffsets(row)
			for i := int(lo); i < int(hi); i++ {
				x := xs[i]
				if elems.IsNull(i) {
					x = 0 // a null as a double of the JVM
				}
				out.Append(k.label(b, row, x))
			}
		}
		out.EndRow()
	}
	return one(out.Array())
}

func (k *reverseStringIndexer) tensors(b *ops.Batch, vs column.Vectors) ([]arrow.Array, error) {
	out := column.NewStringListBuilder(b.Mem, b.Len, b.Len*vs.StoredPerRow(), 0)
	for row := range b.Len {
		if !vs.IsNull(row) {
			v := vs.Row(row)
			next := 0
			for j, x := range v.Values {
				for ; next < position(v, j); next++ {
					out.AppendNull()
				}
				out.Append(k.label(b, row, x))
				next++
			}
			for ; next < v.Size; next++ {
				out.AppendNull()
			}
		}
		out.EndRow()
	}
	return one(out.Array())
}
