package bundle_test

import (
	"math"
	"testing"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
)

func digestOf(t *testing.T, b bundletest.Bundle) [32]byte {
	t.Helper()
	open, err := bundle.OpenFS(b.FS(), bundle.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	sum, err := open.Root.Model.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestDigestIsOfTheModelAloneAndToTheBit(t *testing.T) {
	scaler := func(name, column string, mean float64) bundletest.Bundle {
		return bundletest.Bundle{Name: name, Root: bundletest.Node{
			Name: name, Inputs: bundletest.Sockets("input", column), Outputs: bundletest.Sockets("output", name),
			Model: bundletest.Model{Op: "standard_scaler", Attrs: map[string]bundle.Value{"mean": bundletest.Vector(1, mean)}},
		}}
	}
	tree := func(leaf float64) bundletest.Bundle {
		return bundletest.Bundle{Root: bundletest.Node{
			Name: "tree", Inputs: bundletest.Sockets("features", "f"), Outputs: bundletest.Sockets("prediction", "p"),
			Model: bundletest.Model{
				Op: "decision_tree_regression", Attrs: map[string]bundle.Value{"num_features": bundletest.Long(1)},
				Tree: []bundle.TreeNode{bundletest.Leaf(leaf)},
			},
		}}
	}
	base := digestOf(t, scaler("a", "x", 0))
	if digestOf(t, scaler("b", "y", 0)) != base {
		t.Error("names of nodes and columns are in the digest")
	}
	proto := scaler("b", "y", 0)
	proto.Format = bundle.FormatProtobuf
	if digestOf(t, proto) != base {
		t.Error("the format of the bundle is in the digest")
	}
	for _, mean := range []float64{math.Copysign(0, -1), 5e-324, math.NaN()} {
		other := scaler("a", "x", mean)
		other.Format = bundle.FormatProtobuf // JSON has no -0
		if digestOf(t, other) == base {
			t.Errorf("a mean of %v has the digest of a mean of 0", mean)
		}
	}
	one, again, two := digestOf(t, tree(1)), digestOf(t, tree(1)), digestOf(t, tree(2))
	if one != again {
		t.Error("equal trees have different digests")
	}
	if one == two {
		t.Error("different trees have one digest")
	}
}
