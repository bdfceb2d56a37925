package feature

import (
	"slices"

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
		"handle_invalid: string, error or keep; if absent in an old bundle, keep with drop_last and error without",
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
		if s < 0 {
			a.Failf("category_sizes", "%d, want at least 0", s)
		}
	}
	if a.Err() != nil {
		return nil, a.Err()
	}
	wired := make([]bool, len(k.sizes))
	for i, p := range k.Outputs() {
		wired[i] = n.Wired(p.Name)
	}
	if slices.Contains(wired, false) {
		return &shiftedOneHotEncoder{k, wired}, nil
	}
	return k, nil
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
			at, ok := k.Position(i, label)
			if !ok {
				k.refuse(b, row, i, label)
			}
			if at < 0 {
				v.Sparse(k.Width(i), 0)
				continue
			}
			indices, values := v.Sparse(k.Width(i), 1)
			indices[0], values[0] = int32(at), 1
		}
		out[i] = v.Array()
	}
	return out, nil
}

// Width and Position implement ops.Encoder.
func (k *oneHotEncoder) Width(col int) int { return max(k.widths[col], 0) }

// Position takes an invalid number that is kept for the slot after the last
// category, if there is one.
func (k *oneHotEncoder) Position(col int, label float64) (at int, ok bool) {
	size := k.sizes[col]
	n := javamath.D2I(label)
	switch {
	case float64(n) != label: // NaN too, even with keep
		return -1, false
	case n >= 0 && n < size:
	case k.invalid == invalidKeep:
		n = size
	default:
		return -1, false
	}
	if int(n) >= k.widths[col] {
		return -1, true
	}
	return int(n), true
}

func (k *oneHotEncoder) refuse(b *ops.Batch, row, col int, label float64) {
	switch {
	case label != label:
		b.Reject(row, col, ops.NaN, "NaN is not a whole number")
	case float64(javamath.D2I(label)) != label:
		b.Reject(row, col, ops.Invalid, "%v is not a whole number", label)
	case label < 0:
		b.Reject(row, col, ops.OutOfRange, "category %v is below 0, and handle_invalid is error", label)
	default:
		b.Reject(row, col, ops.Unseen, "category %v is not in [0, %d), and handle_invalid is error", label, k.sizes[col])
	}
}

// shiftedOneHotEncoder is an encoder of which not all outputs are connected.
// MLeap gives the vector of the first input to the first output that is, and so
// on, whatever their numbers.
type shiftedOneHotEncoder struct {
	plain *oneHotEncoder
	wired []bool // per output
}

func (k *shiftedOneHotEncoder) Inputs() []ops.Port  { return k.plain.Inputs() }
func (k *shiftedOneHotEncoder) Outputs() []ops.Port { return k.plain.Outputs() }

func (k *shiftedOneHotEncoder) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	vectors, err := k.plain.Eval(b, in)
	if err != nil {
		return nil, err
	}
	out := make([]arrow.Array, len(vectors))
	for i, wired := range k.wired {
		if wired {
			out[i], vectors = vectors[0], vectors[1:]
		}
	}
	for _, v := range vectors {
		v.Release()
	}
	return out, nil
}
