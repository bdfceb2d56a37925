package clustering

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
	"leapscore/ops/internal/javamath"
)

// BisectingKMeans predicts a cluster by descending a tree of centres.
var BisectingKMeans = &ops.Op{
	Name:   "bisecting_k_means",
	Doc:    "Predicts the number of a cluster by descending a tree of centres, each time to the nearest child.",
	Attrs:  []string{"tree.json or tree.pb: the centres with their norms, leaves with the number of the cluster, inner nodes with a negative one"},
	Ports:  []string{"in features: tensor<double>[n]", "out prediction: int"},
	Source: "BisectingKMeansModel.scala, LinalgUtils.scala",
	Load:   loadBisectingKMeans,
}

type bisectingKMeans struct {
	nodes []clusterNode // the root first
	// even says that all centres have one size, large enough for rows to go down
	// together, and norms that are numbers: a dense row of that size, and no NaN, is
	// comparable with all of them.
	even bool
}

type clusterNode struct {
	point
	index    int32
	children []int32
	centers  [][]float64 // of the children
}

func loadBisectingKMeans(n *ops.Node) (ops.Kernel, error) {
	tree, err := n.Files.ClusterTree()
	if err != nil {
		return nil, err
	}
	k := &bisectingKMeans{}
	for i, t := range tree {
		switch leaf := len(t.Children) == 0; {
		case leaf && t.Index < 0:
			return nil, fmt.Errorf("tree: node %d is a leaf with index %d, want 0 or more", i, t.Index)
		case !leaf && t.Index >= 0:
			return nil, fmt.Errorf("tree: node %d has children and index %d, want a negative one", i, t.Index)
		}
		k.nodes = append(k.nodes, clusterNode{point{t.Center, t.Norm}, t.Index, t.Children, nil})
	}
	if len(k.nodes) == 0 {
		return nil, fmt.Errorf("tree: no node, want at least one")
	}
	k.even = len(k.nodes[0].values) >= descentSize
	for i := range k.nodes {
		at := &k.nodes[i]
		k.even = k.even && len(at.values) == len(k.nodes[0].values) && at.norm >= 0
		for _, c := range at.children {
			at.centers = append(at.centers, k.nodes[c].values)
		}
	}
	return k, n.Attrs.Err()
}

func (k *bisectingKMeans) Inputs() []ops.Port {
	return []ops.Port{{Name: "features", Type: bundle.Tensor(bundle.Double, len(k.nodes[0].values))}}
}
func (k *bisectingKMeans) Outputs() []ops.Port { return predictionPort() }

func (k *bisectingKMeans) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	vs, out := column.ViewVectors(in[0]), column.NewInts(b.Mem, b.Len)
	d := descent{tree: k, b: b, xs: blas.Rows{Values: vs.Stored()}, out: out.Values}
	eachVector(b, &vs, func(row int, v column.Vector) {
		if !d.add(row, v, vs.At(row)) {
			out.Values[row] = k.predict(b, row, v)
		}
	})
	d.finish()
	return []arrow.Array{out.Array()}, nil
}

func (k *bisectingKMeans) predict(b *ops.Batch, row int, v column.Vector) int32 {
	norm := blas.Norm2(v.Values)
	at := &k.nodes[0]
	if !at.comparable(b, row, v, norm) {
		return 0
	}
	for len(at.children) > 0 {
		var nearest *clusterNode
		var best float64
		for _, c := range at.children {
			child := &k.nodes[c]
			if !child.comparable(b, row, v, norm) {
				return 0
			}
			// Java's order of doubles: NaN is farthest.
			if d := child.distance(v, norm); nearest == nil || javamath.Compare(d, best) < 0 {
				nearest, best = child, d
			}
		}
		at = nearest
	}
	return at.index
}

// comparable rejects the row if fastSquaredDistance refuses it at this node:
// norms are taken from the tree as they are, and may be anything.
func (n *clusterNode) comparable(b *ops.Batch, row int, v column.Vector, norm float64) bool {
	switch {
	case v.Size != len(n.values):
		b.Reject(row, 0, ops.Size, "vector of size %d, the centre has %d", v.Size, len(n.values))
	case !(norm >= 0):
		b.Reject(row, 0, ops.NaN, "NaN in the vector")
	case !(n.norm >= 0):
		b.Reject(row, 0, ops.Invalid, "the centre's norm is %v, want 0 or more", n.norm)
	default:
		return true
	}
	return false
}
