package feature

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
)

// MinHashLSH hashes the set of a vector's slots that are not zero.
var MinHashLSH = &ops.Op{
	Name: "min_hash_lsh",
	Doc:  "Returns the smallest hash of the slots that are not zero, for each of the model's hash functions.",
	Attrs: []string{
		"random_coefficients_a: list<long>, truncated to 32 bits",
		"random_coefficients_b: list<long>, truncated to 32 bits; the longer list is cut to the length of the shorter",
		"input_size: int",
	},
	Ports:  []string{"in input: tensor<double>[n]", "out output: tensor<double>, declared as [n, 1]; one value per hash function, dense"},
	Source: "MinHashLSHModel.scala",
	Load:   loadMinHashLSH,
}

type minHashLSH struct {
	a, b []int32
	size int // declared, never checked
}

func loadMinHashLSH(n *ops.Node) (ops.Kernel, error) {
	k := &minHashLSH{
		a:    ints32(n.Attrs.Longs("random_coefficients_a")),
		b:    ints32(n.Attrs.Longs("random_coefficients_b")),
		size: int(n.Attrs.Int("input_size")),
	}
	k.a = k.a[:min(len(k.a), len(k.b))]
	k.b = k.b[:len(k.a)]
	return k, n.Attrs.Err()
}

func (k *minHashLSH) Inputs() []ops.Port { return vectorPort("input", k.size) }
func (k *minHashLSH) Outputs() []ops.Port {
	return port("output", bundle.Tensor(bundle.Double, k.size, 1))
}

func (k *minHashLSH) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	var slots []int32
	return []arrow.Array{column.MapVector(b.Mem, in[0], func(row int, v column.Vector, out *column.VectorBuilder) {
		dst := out.Dense(len(k.a))
		slots = slots[:0]
		for j, x := range v.Values {
			if x != 0 {
				slots = append(slots, int32(position(v, j)))
			}
		}
		if len(slots) == 0 {
			b.Reject(row, 0, ops.Invalid, "no value other than zero, want at least 1")
			return
		}
		for h := range k.a {
			dst[h] = float64(k.least(h, slots))
		}
	}, nullVector(b))}, nil
}

// least returns the least hash by function h. As in MLeap the product wraps
// around at 32 bits, so that hashes may be negative.
func (k *minHashLSH) least(h int, slots []int32) int32 {
	const prime = 2038074743
	least := int32(prime)
	for _, slot := range slots {
		least = min(least, ((1+slot)*k.a[h]+k.b[h])%prime)
	}
	return least
}
