package feature

import (
	"sync"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/jtransforms"
)

// DCT is the discrete cosine transform.
var DCT = &ops.Op{
	Name:   "dct",
	Doc:    "Returns the scaled discrete cosine transform of a vector: DCT-II, or DCT-III if inverse.",
	Attrs:  []string{"inverse: boolean", "input_size: int; not used: the transform has the size of the row's vector"},
	Ports:  []string{"in input: tensor<double>[n]", "out output: tensor<double>[n], dense"},
	Source: "DCTModel.scala, DoubleDCT_1D of JTransforms 2.4.0",
	Load:   loadDCT,
}

type dct struct {
	inverse bool
	size    int
	cache   dctCache
}

func loadDCT(n *ops.Node) (ops.Kernel, error) {
	k := &dct{inverse: n.Attrs.Bool("inverse"), size: int(n.Attrs.Int("input_size"))}
	return k, n.Attrs.Err()
}

func (k *dct) Inputs() []ops.Port  { return vectorPort("input", k.size) }
func (k *dct) Outputs() []ops.Port { return vectorPort("output", k.size) }

func (k *dct) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	if m, ok := viewMatrix(in[0]); ok && m.width > 0 {
		out := column.NewVectorBuilder(b.Mem, b.Len, m.width)
		rows := out.DenseRows(b.Len, m.width)
		copy(rows, m.values)
		k.transform(k.cache.get(m.width), rows)
		return []arrow.Array{out.Array()}, nil
	}
	var t *jtransforms.DCT
	return []arrow.Array{column.MapVector(b.Mem, in[0], func(row int, v column.Vector, out *column.VectorBuilder) {
		dst := out.Dense(v.Size)
		if v.Size == 0 {
			b.Reject(row, 0, ops.Invalid, "empty vector, and there is no transform of length 0")
			return
		}
		if t == nil || t.Len() != v.Size {
			t = k.cache.get(v.Size)
		}
		v.CopyTo(dst)
		k.transform(t, dst)
	}, nullVector(b))}, nil
}

func (k *dct) transform(t *jtransforms.DCT, a []float64) {
	if k.inverse {
		t.Inverse(a)
	} else {
		t.Forward(a)
	}
}

// dctCache keeps the transforms of the first few lengths that it sees: mostly
// there is one. It holds no results.
type dctCache struct {
	mu   sync.Mutex
	kept []*jtransforms.DCT
}

// mostKept bounds the transforms that a kernel keeps for rows of many lengths.
const mostKept = 8

func (c *dctCache) get(n int) *jtransforms.DCT {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.kept {
		if t.Len() == n {
			return t
		}
	}
	t := jtransforms.NewDCT(n)
	if len(c.kept) < mostKept {
		c.kept = append(c.kept, t)
	}
	return t
}
