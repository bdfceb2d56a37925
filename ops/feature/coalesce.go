package feature

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
)

// Coalesce takes the first number that is there.
var Coalesce = &ops.Op{
	Name:   "coalesce",
	Doc:    "Returns the first input that is not null, or null.",
	Attrs:  []string{"nullable_inputs: list<boolean>, whether each input may be null"},
	Ports:  []string{"in input0, input1, ...: double", "out output: double, or null"},
	Source: "CoalesceModel.scala, Coalesce.scala",
	Load:   loadCoalesce,
}

type coalesce struct {
	in []ops.Port
}

func loadCoalesce(n *ops.Node) (ops.Kernel, error) {
	nullable := n.Attrs.Bools("nullable_inputs")
	k := &coalesce{in: numbered("input", len(nullable), bundle.Scalar(bundle.Double))}
	for i, is := range nullable {
		k.in[i].Type.Nullable = is
		k.in[i].Boxed = true
	}
	return k, n.Attrs.Err()
}

func (k *coalesce) Inputs() []ops.Port  { return k.in }
func (k *coalesce) Outputs() []ops.Port { return port("output", bundle.Scalar(bundle.Double)) }

func (k *coalesce) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	out := column.NewDoubles(b.Mem, b.Len)
	// Column by column: values that are still missing are taken from the next
	// one.
	missing := make([]int, b.Len)
	for row := range missing {
		missing[row] = row
	}
	for i, arr := range in {
		xs := column.Doubles(arr)
		if i == 0 && arr.NullN() == 0 {
			copy(out.Values, xs)
			missing = nil
			break
		}
		left := missing[:0]
		for _, row := range missing {
			if arr.IsNull(row) {
				left = append(left, row)
			} else {
				out.Values[row] = xs[row]
			}
		}
		missing = left
	}
	for _, row := range missing {
		out.SetNull(row)
	}
	return []arrow.Array{out.Array()}, nil
}
