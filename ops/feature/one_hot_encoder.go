package feature

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/javamath"
)

// OneHotEncoder turns category numbers into vectors with a single one.
var OneHotEncoder = &ops.Op{
	Name: "one_hot_encoder",
	Doc:  "Turns each category number into a sparse vector with a one at that position.",
	Attrs: []string{
		"category_sizes: list<int>, the number of categories of each column",
		"size: long, the number of categories of the only column of an old bundle",
		"handle_invalid: string, error or keep; in an old bundle without it keep if drop_last, else error",
		"drop_last: boolean, whether the last category has no slot",
	},
	Ports:  []string{"in input0, input1, ...: double", "out output0, output1, ...: tensor<double>, sparse"},
	Source: "OneHotEncoderModel.scala, OneHotEncoderOp.scala",
	Load:   loadOneHotEncoder,
}

type oneHotEncoder struct {
	sizes   []int32 // categories per column
	widths  []int   // of the vectors
	invalid invalid
}

func loadOneHotEncoder(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	k := &oneHotEncoder{}
	dropLast := a.Bool("drop_last")
	if a.Has("size") {
		k.sizes = []int32{int32(a.Long("size"))}
		def := invalidError
		if dropLast {
			def = invalidKeep
		}
		k.invalid = loadInvalid(a, def, false)
	} else {
		k.sizes = a.Ints("category_sizes")
		if !a.Has("handle_invalid") {
			a.Failf("handle_invalid", "missing")
		}
		k.invalid = loadInvalid(a, invalidError, false)
	}
	for _, s := range k.sizes {
		w := int(s)
		switch {
		case !dropLast && k.invalid == invalidKeep:
			w++ // the invalid ones get a slot
		case dropLast && k.invalid == invalidError:
			w--
		}
		k.widths = append(k.widths, w)
	}
	return k, a.Err()
}

func (k *oneHotEncoder) Inputs() []ops.Port {
	return numbered("input", len(k.sizes), bundle.Scalar(bundle.Double).NonNull())
}

func (k *oneHotEncoder) Outputs() []ops.Port {
	ports := numbered("output", len(k.sizes), bundle.Type{})
	for i, s := range k.sizes {
		ports[i].Type = bundle.Tensor(bundle.Double, int(s))
	}
	return ports
}

func (k *oneHotEncoder) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	out := make([]arrow.Array, len(in))
	for i, arr := range in {
		v := column.NewVectorBuilder(b.Mem, b.Len, 1)
		for row, label := range column.Doubles(arr) {
			at := k.position(b, row, i, label)
			if at < 0 || at >= k.widths[i] {
				v.Sparse(max(k.widths[i], 0), 0)
				continue
			}
			indices, values := v.Sparse(k.widths[i], 1)
			indices[0], values[0] = int32(at), 1
		}
		out[i] = v.Array()
	}
	return out, nil
}

// position returns the category of a label, the number of categories for an
// invalid one that is kept, or -1 for a row that is refused.
func (k *oneHotEncoder) position(b *ops.Batch, row, col int, label float64) int {
	size := k.sizes[col]
	n := javamath.D2I(label)
	switch {
	case float64(n) != label: // NaN too, even with keep
		b.Reject(row, col, ops.Invalid, "%v is not a whole number", label)
		return -1
	case n >= 0 && n < size:
		return int(n)
	case k.invalid == invalidKeep:
		return int(size)
	}
	b.Reject(row, col, ops.Unseen, "category %v is not in [0, %d), and handle_invalid is error", label, size)
	return -1
}
