package feature

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
)

// MultinomialLabeler lists the labels of large probabilities.
var MultinomialLabeler = &ops.Op{
	Name: "multinomial_labeler",
	Doc:  "Returns the values of a vector that reach a threshold, and their labels, in the order of the vector.",
	Attrs: []string{
		"threshold: double, the smallest value that is returned",
		"labels: list<string>, the label of each position",
	},
	Ports:  []string{"in features: tensor<double>", "out probabilities: list<double>", "out labels: list<string>"},
	Source: "MultinomialLabelerModel.scala",
	Load:   loadMultinomialLabeler,
}

type multinomialLabeler struct {
	threshold float64
	labels    []string
	// labelsOnly is set if the bundle connects the labels alone. MLeap then
	// gives the probabilities in their place, which nothing can read as text.
	labelsOnly bool
}

func loadMultinomialLabeler(n *ops.Node) (ops.Kernel, error) {
	return &multinomialLabeler{
		threshold:  n.Attrs.Double("threshold"),
		labels:     n.Attrs.Strings("labels"),
		labelsOnly: n.Wired("labels") && !n.Wired("probabilities"),
	}, n.Attrs.Err()
}

func (k *multinomialLabeler) Inputs() []ops.Port {
	return []ops.Port{{Name: "features", Type: bundle.Tensor(bundle.Double), Flat: true}}
}
func (k *multinomialLabeler) Outputs() []ops.Port {
	return []ops.Port{
		{Name: "probabilities", Type: bundle.List(bundle.Double)},
		{Name: "labels", Type: bundle.List(bundle.String)},
	}
}

func (k *multinomialLabeler) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	vs := column.ViewVectors(in[0])
	values := array.NewListBuilder(b.Mem, arrow.PrimitiveTypes.Float64)
	defer values.Release()
	numbers := values.ValueBuilder().(*array.Float64Builder)
	labels := column.NewStringListBuilder(b.Mem, b.Len, b.Len, 8*b.Len)
	for row := range b.Len {
		values.Append(true)
		first := numbers.Len()
		if vs.IsNull(row) {
			b.Reject(row, 0, ops.Null, "null vector")
		} else if v := vs.Row(row); v.Dense || k.threshold > 0 {
			for j, x := range v.Values {
				if !k.take(b, row, position(v, j), x, numbers, labels) {
					break
				}
			}
		} else { // the zeros between may be taken as well
			for i := range v.Size {
				if !k.take(b, row, i, v.At(i), numbers, labels) {
					break
				}
			}
		}
		if k.labelsOnly && numbers.Len() > first {
			b.Reject(row, 0, ops.Cast, "MLeap gives probabilities for labels where those alone are connected")
		}
		labels.EndRow()
	}
	words, err := labels.Array()
	if err != nil {
		return nil, err
	}
	return []arrow.Array{values.NewArray(), words}, nil
}

// take adds the value at position i if it is large enough. It returns false if
// the row is refused.
func (k *multinomialLabeler) take(b *ops.Batch, row, i int, x float64, values *array.Float64Builder, labels *column.StringListBuilder) bool {
	switch {
	case !(x >= k.threshold):
	case i >= len(k.labels):
		b.Reject(row, 0, ops.Unseen, "%v at position %d, which has no label", x, i)
		return false
	default:
		values.Append(x)
		labels.Append(k.labels[i])
	}
	return true
}
