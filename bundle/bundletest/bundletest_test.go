package bundletest_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
)

var tree = []bundle.TreeNode{bundletest.Split(1, 0.5), bundletest.Leaf(1, 2), bundletest.Categories(0, 3, true, 0, 2), bundletest.Leaf(3, 4), bundletest.Leaf(5, 6)}

func forest(format string) bundletest.Bundle {
	one := bundletest.Model{Op: "decision_tree_classifier", Tree: tree, Attrs: map[string]bundle.Value{
		"num_features": bundletest.Long(2), "num_classes": bundletest.Long(2),
	}}
	return bundletest.Bundle{Format: format, Root: bundletest.Pipeline("p", bundletest.Node{
		Name: "rf", Inputs: bundletest.Sockets("features", "f"), Outputs: bundletest.Sockets("prediction", "p"),
		Model: bundletest.Model{
			Op:    "random_forest_classifier",
			Attrs: map[string]bundle.Value{"trees": bundletest.Strings("tree0"), "tree_weights": bundletest.Doubles(1)},
			Files: map[string][]byte{"notes.txt": []byte("hello")},
			Subs:  map[string]bundletest.Model{"tree0": one},
		},
	})}
}

func TestBundleHasTheLayoutOfMLeap(t *testing.T) {
	want := []string{
		"bundle.json", "root/model.pb", "root/node.pb", "root/rf.node/model.pb", "root/rf.node/node.pb", "root/rf.node/notes.txt",
		"root/rf.node/tree0/model.pb", "root/rf.node/tree0/tree.pb",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(forest(bundle.FormatProtobuf).Files()))); diff != "" {
		t.Error(diff)
	}
}

func TestSameDescriptionGivesSameBytes(t *testing.T) {
	for _, format := range []string{bundle.FormatJSON, bundle.FormatProtobuf} {
		if !bytes.Equal(forest(format).Zip(), forest(format).Zip()) {
			t.Errorf("%s: two zips of one bundle differ", format)
		}
	}
}

func TestWrittenBundlesReadBack(t *testing.T) {
	for _, format := range []string{"", bundle.FormatJSON, bundle.FormatProtobuf} {
		b := forest(format)
		dir := t.TempDir()
		if err := b.Files().Write(filepath.Join(dir, "d")); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "z.zip"), b.Zip(), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"d", "z.zip"} {
			got, err := bundle.Open(filepath.Join(dir, name), bundle.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			defer got.Close()
			rf := got.Root.Nodes[0]
			nodes, err := rf.Model.Files.Sub("tree0").Tree()
			if err != nil || len(nodes) != len(tree) || nodes[2].Right != 4 {
				t.Errorf("%s: tree %v, %v", name, nodes, err)
			}
			sub, err := rf.Model.Files.Sub("tree0").Model()
			if err != nil || sub.Attrs.Long("num_classes") != 2 {
				t.Errorf("%s: sub-model %v, %v", name, sub, err)
			}
		}
	}
}

func TestFromModelJSONWrapsAModelInBothFormats(t *testing.T) {
	model := []byte(`{"op":"random_forest_regression","attributes":{"trees":{"type":"list","string":["tree0"]},"x":{"double":-1.5}}}`)
	payload := map[string][]byte{
		"tree0/model.json": []byte(`{"op":"decision_tree_regression","attributes":{"num_features":{"long":3}}}`),
		"tree0/tree.json":  bundletest.TreeJSON(tree),
		"blob":             {1, 2, 3},
	}
	for _, format := range []string{bundle.FormatJSON, bundle.FormatProtobuf} {
		files, err := bundletest.FromModelJSON(model, payload, bundletest.Sockets("features", "f"), bundletest.Sockets("prediction", "p"), format)
		if err != nil {
			t.Fatal(err)
		}
		b, err := bundle.OpenFS(files.FS(), bundle.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if b.Format != format || b.Root.Model.Attrs.Double("x") != -1.5 || b.Root.Inputs[0].Name != "f" || b.Root.Outputs[0].Port != "prediction" {
			t.Errorf("%s: root %+v", format, b.Root)
		}
		sub := b.Root.Model.Files.Sub("tree0")
		m, err := sub.Model()
		if err != nil || m.Attrs.Long("num_features") != 3 {
			t.Errorf("%s: sub-model %v, %v", format, m, err)
		}
		nodes, err := sub.Tree()
		if err != nil || len(nodes) != len(tree) {
			t.Errorf("%s: tree %v, %v", format, nodes, err)
		}
		blob, err := b.Root.Model.Files.ReadFile("blob")
		if err != nil || !bytes.Equal(blob, payload["blob"]) {
			t.Errorf("%s: blob %v, %v", format, blob, err)
		}
	}
	if _, err := bundletest.FromModelJSON([]byte("{"), nil, nil, nil, bundle.FormatProtobuf); err == nil {
		t.Error("a model that is not JSON was converted")
	}
}

func TestConvertTellsClusterTreesFromDecisionTrees(t *testing.T) {
	clusters := []bundle.ClusterNode{{Index: -1, Norm: 1, Center: []float64{1}, Children: []int32{1}}, {Index: 0, Norm: 2, Center: []float64{3}}}
	b := bundletest.Bundle{Root: bundletest.Node{Model: bundletest.Model{Op: "bisecting_k_means", Cluster: clusters}}}
	there, err := bundletest.Convert(b.FS(), bundle.FormatProtobuf)
	if err != nil {
		t.Fatal(err)
	}
	back, err := bundletest.Convert(there.FS(), bundle.FormatJSON)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(b.Files()["root/tree.json"]), string(back["root/tree.json"])); diff != "" {
		t.Error(diff)
	}
}
