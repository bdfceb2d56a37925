package bundle_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
)

// randomTree returns a tree of about n nodes in the order of its file.
func randomTree(rng *rand.Rand, n int) []bundle.TreeNode {
	if n < 3 {
		return []bundle.TreeNode{bundletest.Leaf(rng.NormFloat64() * 100)}
	}
	node := bundletest.Split(rng.Int32N(200), rng.NormFloat64())
	if rng.IntN(10) == 0 {
		node = bundletest.Categories(rng.Int32N(200), 12, true, 0, 3, 7)
	}
	left := 1 + rng.IntN(n-2)
	out := append([]bundle.TreeNode{node}, randomTree(rng, left)...)
	return append(out, randomTree(rng, n-1-left)...)
}

// forest writes a zip with a random forest of the given trees and nodes per
// tree, and returns its path and the size of the trees unpacked.
func forest(b *testing.B, format string, trees, nodes int) (path string, size int64) {
	rng := rand.New(rand.NewPCG(1, 2))
	root := bundletest.Node{Name: "rf", Model: bundletest.Model{Op: "random_forest_regression", Subs: map[string]bundletest.Model{}}}
	for i := range trees {
		root.Subs["tree"+strconv.Itoa(i)] = bundletest.Model{Op: "decision_tree_regression", Tree: randomTree(rng, nodes)}
	}
	files := bundletest.Bundle{Format: format, Root: root}.Files()
	for name, data := range files {
		if filepath.Base(name) == "tree.json" || filepath.Base(name) == "tree.pb" {
			size += int64(len(data))
		}
	}
	path = filepath.Join(b.TempDir(), "forest.zip")
	if err := os.WriteFile(path, files.Zip(), 0o644); err != nil {
		b.Fatal(err)
	}
	return path, size
}

// BenchmarkForest opens a zipped forest of about 100 MB in JSON, the same in
// protobuf, and reads its trees one after the other.
func BenchmarkForest(b *testing.B) {
	const trees, nodes = 100, 10_000
	for _, format := range []string{bundle.FormatJSON, bundle.FormatProtobuf} {
		b.Run(format, func(b *testing.B) {
			path, size := forest(b, format, trees, nodes)
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				opened, err := bundle.Open(path, bundle.Limits{})
				if err != nil {
					b.Fatal(err)
				}
				for i := range trees {
					if _, err := opened.Root.Model.Files.Sub("tree" + strconv.Itoa(i)).Tree(); err != nil {
						b.Fatal(err)
					}
				}
				opened.Close()
			}
		})
	}
}

func BenchmarkTree(b *testing.B) {
	nodes := randomTree(rand.New(rand.NewPCG(1, 2)), 100_000)
	lim := bundle.WithDefaults(bundle.Limits{})
	for _, f := range []struct {
		name  string
		data  []byte
		parse func([]byte, bundle.Limits) ([]bundle.TreeNode, error)
	}{
		{"json", bundletest.TreeJSON(nodes), bundle.ParseTreeJSON},
		{"protobuf", bundletest.TreeProto(nodes), bundle.ParseTreeProto},
	} {
		b.Run(f.name, func(b *testing.B) {
			b.SetBytes(int64(len(f.data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.parse(f.data, lim); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkVector reads a model with a tensor of a million doubles.
func BenchmarkVector(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	x := make([]float64, 1_000_000)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	attrs := bundle.NewAttrs(map[string]bundle.Value{"coefficients": bundletest.Vector(x...)})
	lim := bundle.WithDefaults(bundle.Limits{})
	for _, f := range []struct {
		name  string
		data  []byte
		parse func([]byte, bundle.Limits) (bundle.Model, error)
	}{
		{"json", bundletest.ModelJSON("linear_regression", attrs), bundle.ParseModelJSON},
		{"protobuf", bundletest.ModelProto("linear_regression", attrs), bundle.ParseModelProto},
	} {
		b.Run(f.name, func(b *testing.B) {
			b.SetBytes(int64(len(f.data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.parse(f.data, lim); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
