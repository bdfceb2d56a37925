package feature

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
)

// BucketedRandomProjectionLSH hashes a vector by its projections.
var BucketedRandomProjectionLSH = &ops.Op{
	Name: "bucketed_random_projection_lsh",
	Doc:  "Returns the bucket of a vector's projection on each of the model's directions.",
	Attrs: []string{
		"random_unit_vectors: list<tensor<double>>, the directions",
		"bucket_length: double",
		"input_size: int",
	},
	Ports:  []string{"in input: tensor<double>[n]", "out output: tensor<double>, declared as [n, 1]; one value per direction, dense"},
	Source: "BucketedRandomProjectionLSHModel.scala",
	Load:   loadBucketedRandomProjectionLSH,
}

type bucketedRandomProjectionLSH struct {
	directions [][]float64
	width      float64 // of a bucket
	size       int     // declared, never checked
	short      int     // the size of the shortest and of the longest direction
	long       int
}

func loadBucketedRandomProjectionLSH(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	k := &bucketedRandomProjectionLSH{width: a.Double("bucket_length"), size: int(a.Int("input_size"))}
	for i, t := range a.Tensors("random_unit_vectors") {
		if t.Base != bundle.Double {
			a.Failf("random_unit_vectors", "tensor %d holds %s, want double", i, t.Base)
		}
		k.directions = append(k.directions, t.Doubles)
		if i == 0 {
			k.short, k.long = len(t.Doubles), len(t.Doubles)
		}
		k.short, k.long = min(k.short, len(t.Doubles)), max(k.long, len(t.Doubles))
	}
	return k, a.Err()
}

func (k *bucketedRandomProjectionLSH) Inputs() []ops.Port { return vectorPort("input", k.size) }
func (k *bucketedRandomProjectionLSH) Outputs() []ops.Port {
	return port("output", bundle.Tensor(bundle.Double, k.size, 1))
}

func (k *bucketedRandomProjectionLSH) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	return mapDense(b, in[0], len(k.directions), k.fits, k.hash, func(row int, v column.Vector, dst []float64) {
		if !k.fits(v.Size) {
			b.Reject(row, 0, ops.Size, "vector of size %d, the model's have %d", v.Size, k.long)
			return
		}
		for j, d := range k.directions {
			dst[j] = math.Floor(blas.DotSparse(v.Indices, v.Values, d) / k.width)
		}
	}), nil
}

// hash fills dsts from dense rows.
func (k *bucketedRandomProjectionLSH) hash(dsts, srcs blas.Rows) {
	n := len(k.directions)
	stride := blas.DotStride(n)
	dots := make([]float64, len(srcs.At)*stride)
	blas.DotRows(k.directions, srcs, dots)
	for i := range dsts.At {
		for j, d := range dots[i*stride:][:n] {
			dsts.Row(i, n)[j] = math.Floor(d / k.width)
		}
	}
}

// fits reports whether all directions have the size of a row. Without any, all
// rows do.
func (k *bucketedRandomProjectionLSH) fits(size int) bool {
	return len(k.directions) == 0 || k.short == size && k.long == size
}
