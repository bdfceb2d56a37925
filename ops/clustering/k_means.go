package clustering

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
)

// KMeans predicts the nearest cluster.
var KMeans = &ops.Op{
	Name: "k_means",
	Doc:  "Predicts the number of the cluster whose centre is nearest.",
	Attrs: []string{
		"cluster_centers: list<tensor<double>>",
		"num_features: long, the declared size of the input",
	},
	Ports:  []string{"in features: tensor<double>[n]", "out prediction: int"},
	Source: "KMeansModel.scala, LinalgUtils.scala",
	Load:   loadKMeans,
}

type kMeans struct {
	centers  []point
	declared int
	together *centerBlock // all centres, nil if their sizes differ
}

// point is a vector with its Euclidean norm.
type point struct {
	values []float64
	norm   float64
}

func loadKMeans(n *ops.Node) (ops.Kernel, error) {
	k := &kMeans{declared: int(int32(n.Attrs.Long("num_features")))}
	for i, t := range n.Attrs.Tensors("cluster_centers") {
		if t.Base != bundle.Double {
			n.Attrs.Failf("cluster_centers", "tensor %d is of base %s, want double", i, t.Base)
		}
		k.centers = append(k.centers, point{t.Doubles, blas.Norm2(t.Doubles)})
	}
	k.together = newCenterBlock(k.centers)
	return k, n.Attrs.Err()
}

func (k *kMeans) Inputs() []ops.Port {
	return []ops.Port{{Name: "features", Type: bundle.Tensor(bundle.Double, k.declared)}}
}
func (k *kMeans) Outputs() []ops.Port { return predictionPort() }

func predictionPort() []ops.Port {
	return []ops.Port{{Name: "prediction", Type: bundle.Scalar(bundle.Int).NonNull()}}
}

func (k *kMeans) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	vs, out := column.ViewVectors(in[0]), column.NewInts(b.Mem, b.Len)
	s := search{centers: k.together, xs: blas.Rows{Values: vs.Stored()}, out: out.Values}
	eachVector(b, &vs, func(row int, v column.Vector) {
		if !s.add(row, v, vs.At(row)) {
			out.Values[row] = k.predict(b, row, v)
		}
	})
	s.finish()
	return []arrow.Array{out.Array()}, nil
}

// eachVector calls f for each vector.
func eachVector(b *ops.Batch, vs *column.Vectors, f func(row int, v column.Vector)) {
	for row := range vs.Len() {
		if vs.IsNull(row) {
			b.Reject(row, 0, ops.Null, "null vector")
			continue
		}
		f(row, vs.Row(row))
	}
}

// predict returns the first of the nearest centres. A centre whose norm alone
// shows that it is farther than the best is not looked at, not even at its
// size; so a row with a NaN, or beyond the range of squares, is in cluster 0.
func (k *kMeans) predict(b *ops.Batch, row int, v column.Vector) int32 {
	norm := blas.Norm2(v.Values)
	best, nearest := math.Inf(1), 0
	for i := range k.centers {
		c := &k.centers[i]
		diff := c.norm - norm
		if !(diff*diff < best) {
			continue
		}
		if v.Size != len(c.values) {
			b.Reject(row, 0, ops.Size, "vector of size %d, the centre of cluster %d has %d", v.Size, i, len(c.values))
			return 0
		}
		if d := c.distance(v, norm); d < best {
			best, nearest = d, i
		}
	}
	return int32(nearest)
}

// distance returns the squared distance to a vector of the same size.
func (p *point) distance(v column.Vector, norm float64) float64 {
	if v.Dense {
		return blas.FastSqDist(p.values, p.norm, v.Values, norm)
	}
	return blas.FastSqDistSparse(v.Indices, v.Values, norm, p.values, p.norm)
}
