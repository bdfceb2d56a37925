package bundletest

import (
	"encoding/binary"
	"math"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"

	"leapscore/bundle"
)

// Leaf is a leaf of a decision tree.
func Leaf(values ...float64) bundle.TreeNode { return bundle.TreeNode{Leaf: true, Values: values} }

// Split is an inner node that sends values up to the threshold left. Children
// follow from the order of the nodes; the writers do not look at them.
func Split(feature int32, threshold float64) bundle.TreeNode {
	return bundle.TreeNode{Feature: feature, Threshold: threshold}
}

// Categories is an inner node with a categorical split.
func Categories(feature, num int32, isLeft bool, categories ...float64) bundle.TreeNode {
	return bundle.TreeNode{
		Feature: feature, Categorical: true, IsLeft: isLeft, NumCategories: num, Categories: categories,
	}
}

// TreeJSON returns a tree.json with the nodes in that order, keys sorted as
// MLeap sorts them.
func TreeJSON(nodes []bundle.TreeNode) []byte {
	var b []byte
	for _, n := range nodes {
		switch {
		case n.Leaf:
			b = append(b, `{"type":"leaf","values":`...)
			b = append(doubles(b, n.Values), "}\n"...)
		case n.Categorical:
			b = append(b, `{"split":{"categories":`...)
			b = doubles(b, n.Categories)
			b = strconv.AppendInt(append(b, `,"featureIndex":`...), int64(n.Feature), 10)
			b = strconv.AppendBool(append(b, `,"isLeft":`...), n.IsLeft)
			b = strconv.AppendInt(append(b, `,"numCategories":`...), int64(n.NumCategories), 10)
			b = append(b, `,"type":"categorical"},"type":"internal"}`+"\n"...)
		default:
			b = strconv.AppendInt(append(b, `{"split":{"featureIndex":`...), int64(n.Feature), 10)
			b = double(append(b, `,"threshold":`...), n.Threshold)
			b = append(b, `,"type":"continuous"},"type":"internal"}`+"\n"...)
		}
	}
	return b
}

// ClusterJSON returns a tree.json of a cluster tree.
func ClusterJSON(nodes []bundle.ClusterNode) []byte {
	var b []byte
	for _, n := range nodes {
		b = strconv.AppendInt(append(b, `{"index":`...), int64(n.Index), 10)
		b = double(append(b, `,"norm":`...), n.Norm)
		b = strconv.AppendInt(append(b, `,"numChildren":`...), int64(len(n.Children)), 10)
		b = append(doubles(append(b, `,"values":`...), n.Center), "}\n"...)
	}
	return b
}

func doubles(b []byte, list []float64) []byte {
	b = append(b, '[')
	for i, x := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = double(b, x)
	}
	return append(b, ']')
}

func double(b []byte, x float64) []byte {
	if doubleJSON(x) == nil {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, x, 'g', -1, 64)
}

// TreeProto returns a tree.pb with the nodes in that order.
func TreeProto(nodes []bundle.TreeNode) []byte {
	var out []byte
	for _, n := range nodes {
		var content, node message
		if n.Leaf {
			packed(&content, 1, n.Values, fixed64)
			node.message(2, content)
		} else {
			var split message
			num := protowire.Number(2)
			split.varint(1, uint64(uint32(n.Feature)))
			if n.Categorical {
				num = 1
				split.bool(2, n.IsLeft)
				split.varint(3, uint64(uint32(n.NumCategories)))
				packed(&split, 4, n.Categories, fixed64)
			} else {
				split.double(2, n.Threshold)
			}
			var choice message
			choice.message(num, split)
			content.message(1, choice)
			node.message(1, content)
		}
		out = append(binary.BigEndian.AppendUint32(out, uint32(len(node))), node...)
	}
	return out
}

// ClusterProto returns a tree.pb of a cluster tree.
func ClusterProto(nodes []bundle.ClusterNode) []byte {
	var out []byte
	for _, n := range nodes {
		var node message
		node.varint(1, uint64(uint32(n.Index)))
		node.double(2, n.Norm)
		packed(&node, 3, n.Center, fixed64)
		node.varint(4, uint64(min(len(n.Children), math.MaxInt32)))
		out = append(binary.BigEndian.AppendUint32(out, uint32(len(node))), node...)
	}
	return out
}
