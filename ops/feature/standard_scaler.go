package feature

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
)

// StandardScaler shifts and scales each slot of a vector.
var StandardScaler = &ops.Op{
	Name:   "standard_scaler",
	Doc:    "Takes the mean of each slot of a vector away, divides by its standard deviation, or both.",
	Attrs:  []string{"mean: tensor<double>, optional", "std: tensor<double>, optional; at least one of both"},
	Ports:  []string{"in input: tensor<double>[n]", "out output: tensor<double>[n]; dense with a mean, else in the input's form"},
	Source: "StandardScalerModel.scala",
	Load:   loadStandardScaler,
}

type standardScaler struct {
	mean  []float64
	scale []float64 // 1/std, 0 where std is 0
	size  int
}

func loadStandardScaler(n *ops.Node) (ops.Kernel, error) {
	k := &standardScaler{}
	if t, ok := n.Attrs.TensorOr("mean"); ok {
		k.mean = t.Doubles
		k.size = len(t.Doubles)
	}
	if t, ok := n.Attrs.TensorOr("std"); ok {
		// The JVM multiplies by the reciprocal; it does not divide.
		k.scale = make([]float64, len(t.Doubles))
		for i, s := range t.Doubles {
			if s != 0 {
				k.scale[i] = 1.0 / s
			}
		}
		k.size = len(t.Doubles)
	}
	if err := n.Attrs.Err(); err != nil {
		return nil, err
	}
	if k.mean == nil && k.scale == nil {
		return nil, fmt.Errorf("neither mean nor std is there, want at least one")
	}
	return k, nil
}

func (k *standardScaler) Inputs() []ops.Port {
	return []ops.Port{{Name: "input", Type: bundle.Tensor(bundle.Double, k.size)}}
}
func (k *standardScaler) Outputs() []ops.Port {
	return []ops.Port{{Name: "output", Type: bundle.Tensor(bundle.Double, k.size)}}
}

func (k *standardScaler) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	return []arrow.Array{column.MapVector(b.Mem, in[0], func(row int, v column.Vector, out *column.VectorBuilder) {
		if k.tooLarge(v) {
			b.Reject(row, 0, ops.Size, "vector of size %d, the model has %d", v.Size, k.size)
			out.AppendNull()
			return
		}
		switch {
		case k.mean == nil && !v.Dense:
			indices, values := out.Sparse(v.Size, len(v.Values))
			copy(indices, v.Indices)
			for j, x := range v.Values {
				values[j] = x * k.scale[v.Indices[j]]
			}
		default:
			k.scaleInto(out.Dense(v.Size), v)
		}
	}, nullVector(b))}, nil
}

func (k *standardScaler) scaleInto(dst []float64, v column.Vector) {
	v.CopyTo(dst)
	for i, x := range dst {
		if k.mean != nil {
			x -= k.mean[i]
		}
		if k.scale != nil {
			if k.scale[i] == 0 && k.mean != nil {
				x = 0 // also for NaN and infinities, unlike without a mean
			} else {
				x *= k.scale[i]
			}
		}
		dst[i] = x
	}
}

// tooLarge reports whether the JVM would read behind the model's arrays.
func (k *standardScaler) tooLarge(v column.Vector) bool {
	if k.mean == nil && !v.Dense {
		return len(v.Indices) > 0 && int(v.Indices[len(v.Indices)-1]) >= k.size
	}
	return v.Size > k.size
}
