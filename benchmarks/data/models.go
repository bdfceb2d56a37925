package main

import (
	"fmt"
	"os"
	"path/filepath"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
)

// attrs are the attributes of a model.
type attrs = map[string]bundle.Value

// writeModels writes the linear model and the forest.
func writeModels(dir string, trees, depth int) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	lr := pipeline("listings.lr", append(features(true), linear()))
	rf := pipeline("listings.rf", append(features(false), forest(trees, depth)))
	if err := os.WriteFile(filepath.Join(dir, "listings.lr.zip"), lr.Zip(), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "listings.rf.zip"), rf.Zip(), 0o644)
}

func pipeline(name string, nodes []bundletest.Node) bundletest.Bundle {
	return bundletest.Bundle{Name: name, Root: bundletest.Pipeline(name, nodes...)}
}

// features indexes the words, encodes them if asked to, and scales the numbers.
func features(oneHot bool) []bundletest.Node {
	var nodes []bundletest.Node
	var shapes []bundle.DataShape
	var inputs []string
	scalar := bundletest.ScalarShape
	for _, c := range words {
		nodes = append(nodes, bundletest.Node{
			Name: "index_" + c.name,
			Model: bundletest.Model{Op: "string_indexer", Attrs: attrs{
				"labels_length": bundletest.Int(1), "labels_array_0": bundletest.Strings(c.labels...),
				"handle_invalid": bundletest.String("keep"),
			}},
			Inputs: bundletest.Sockets("input0", c.name), Outputs: bundletest.Sockets("output0", c.name+"_index"),
		})
		if !oneHot {
			inputs, shapes = append(inputs, c.name+"_index"), append(shapes, scalar)
			continue
		}
		n := len(c.labels) + 1
		nodes = append(nodes, bundletest.Node{
			Name: "encode_" + c.name,
			Model: bundletest.Model{Op: "one_hot_encoder", Attrs: attrs{
				"category_sizes": bundletest.Ints(int32(n)), "handle_invalid": bundletest.String("error"),
				"drop_last": bundletest.Bool(true),
			}},
			Inputs: bundletest.Sockets("input0", c.name+"_index"), Outputs: bundletest.Sockets("output0", c.name+"_vector"),
		})
		inputs, shapes = append(inputs, c.name+"_vector"), append(shapes, bundletest.VectorShape(n-1))
	}
	nodes = append(nodes, scaled()...)
	inputs, shapes = append(inputs, "scaled"), append(shapes, bundletest.VectorShape(len(numbers)))
	return append(nodes, assembler("features", inputs, shapes))
}

func scaled() []bundletest.Node {
	var names []string
	var shapes []bundle.DataShape
	var mean, std []float64
	for _, c := range numbers {
		names, shapes = append(names, c.name), append(shapes, bundletest.ScalarShape)
		mean, std = append(mean, c.mean), append(std, c.sdev)
	}
	return []bundletest.Node{
		assembler("numbers", names, shapes),
		{
			Name:   "scale_numbers",
			Model:  bundletest.Model{Op: "standard_scaler", Attrs: attrs{"mean": bundletest.Vector(mean...), "std": bundletest.Vector(std...)}},
			Inputs: bundletest.Sockets("input", "numbers"), Outputs: bundletest.Sockets("output", "scaled"),
		},
	}
}

func assembler(output string, inputs []string, shapes []bundle.DataShape) bundletest.Node {
	var pairs []string
	for i, in := range inputs {
		pairs = append(pairs, fmt.Sprintf("input%d", i), in)
	}
	return bundletest.Node{
		Name:   "assemble_" + output,
		Model:  bundletest.Model{Op: "vector_assembler", Attrs: attrs{"input_shapes": bundletest.Shapes(shapes...)}},
		Inputs: bundletest.Sockets(pairs...), Outputs: bundletest.Sockets("output", output),
	}
}

func linear() bundletest.Node {
	var coef []float64
	for w, c := range words {
		for i := range c.labels {
			coef = append(coef, float64(mix(w, i)%4000)/16-125)
		}
	}
	for _, c := range numbers {
		coef = append(coef, c.weight)
	}
	return bundletest.Node{
		Name:   "linear_regression",
		Model:  bundletest.Model{Op: "linear_regression", Attrs: attrs{"coefficients": bundletest.Vector(coef...), "intercept": bundletest.Double(148.5)}},
		Inputs: bundletest.Sockets("features", "features"), Outputs: bundletest.Sockets("prediction", "price_prediction"),
	}
}

// forest makes full trees that split on all features.
func forest(trees, depth int) bundletest.Node {
	width := len(words) + len(numbers)
	n := bundletest.Node{
		Name:   "random_forest",
		Model:  bundletest.Model{Op: "random_forest_regression", Subs: map[string]bundletest.Model{}},
		Inputs: bundletest.Sockets("features", "features"), Outputs: bundletest.Sockets("prediction", "price_prediction"),
	}
	var names []string
	var weights []float64
	for t := range trees {
		name := fmt.Sprintf("tree%d", t)
		names, weights = append(names, name), append(weights, 1)
		var nodes []bundle.TreeNode
		grow(&nodes, t, 1, depth, width)
		n.Subs[name] = bundletest.Model{
			Op: "decision_tree_regression", Attrs: attrs{"num_features": bundletest.Long(int64(width))}, Tree: nodes,
		}
	}
	n.Attrs = attrs{
		"num_features": bundletest.Long(int64(width)), "tree_weights": bundletest.Doubles(weights...), "trees": bundletest.Strings(names...),
	}
	return n
}

// grow appends the subtree at heap position at, in pre-order.
func grow(nodes *[]bundle.TreeNode, tree, at, depth, width int) {
	h := mix(tree*1_000_003+at, 99)
	if depth == 0 {
		*nodes = append(*nodes, bundletest.Leaf(float64(h%60_000)/128))
		return
	}
	f := int32(h % uint64(width))
	threshold := float64(h>>32%64)/16 - 2 // about where scaled numbers are
	if int(f) < len(words) {
		threshold = float64(h >> 32 % uint64(len(words[f].labels)))
	}
	*nodes = append(*nodes, bundletest.Split(f, threshold))
	grow(nodes, tree, 2*at, depth-1, width)
	grow(nodes, tree, 2*at+1, depth-1, width)
}
