package feature

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
)

// Imputer replaces missing numbers.
var Imputer = &ops.Op{
	Name: "imputer",
	Doc:  "Replaces null, NaN and the missing value by the surrogate.",
	Attrs: []string{
		"surrogate_value: double",
		"missing_value: double, a further value that counts as missing; NaN if absent",
		"strategy: string, how the surrogate was found; not used",
		"nullable_input: boolean, whether null is allowed; true if absent",
	},
	Ports:  []string{"in input: double", "out output: double"},
	Source: "ImputerModel.scala, ImputerOp.scala",
	Load:   loadImputer,
}

type imputer struct {
	surrogate, missing float64
	nullable           bool
}

func loadImputer(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	k := &imputer{
		surrogate: a.Double("surrogate_value"),
		missing:   a.DoubleOr("missing_value", math.NaN()),
		nullable:  a.BoolOr("nullable_input", true),
	}
	_ = a.String("strategy") // must be there
	return k, a.Err()
}

func (k *imputer) Inputs() []ops.Port {
	t := bundle.Scalar(bundle.Double)
	t.Nullable = k.nullable
	return []ops.Port{{Name: "input", Type: t, Boxed: true}}
}
func (k *imputer) Outputs() []ops.Port { return doublePort("output") }

func (k *imputer) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	out := column.NewDoubles(b.Mem, b.Len)
	for i, x := range column.Doubles(in[0]) {
		if x != x || x == k.missing {
			x = k.surrogate
		}
		out.Values[i] = x
	}
	if in[0].NullN() > 0 {
		for i := range out.Values {
			if in[0].IsNull(i) {
				out.Values[i] = k.surrogate
			}
		}
	}
	return []arrow.Array{out.Array()}, nil
}
