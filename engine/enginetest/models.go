// Package enginetest has small bundles, and rows for them, that tests of whole
// runs score: prices of homes, by a linear model and by a forest.
//
// It checks nothing, and it has no runs of its own.
package enginetest

import (
	"fmt"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
)

type attrs = map[string]bundle.Value

// Cities and Kinds are the words that the models know.
var (
	Cities = []string{"Oslo", "Rome", "Bern"}
	Kinds  = []string{"flat", "house"}
)

// Linear returns a pipeline of two indexers, two encoders, a scaler and a
// linear regression, with the output "price". handleInvalid is what becomes of
// cities that it does not know: error, keep or skip. With homes of round
// numbers, prices are exact.
func Linear(handleInvalid string) bundletest.Bundle {
	width := len(Cities)
	if handleInvalid == "keep" {
		width++
	}
	nodes := []bundletest.Node{
		index("city", handleInvalid, Cities),
		index("kind", "keep", Kinds),
		encode("city", width),
		encode("kind", len(Kinds)+1),
		assemble("numbers", bundletest.ScalarShape, "rooms", "area"),
		{
			Name: "scale_numbers",
			Model: bundletest.Model{Op: "standard_scaler", Attrs: attrs{
				"mean": bundletest.Vector(3, 100), "std": bundletest.Vector(2, 64),
			}},
			Inputs: bundletest.Sockets("input", "numbers"), Outputs: bundletest.Sockets("output", "scaled"),
		},
		assembleVectors(width-1, len(Kinds)),
	}
	coefficients := make([]float64, width-1, width+3)
	for i := range coefficients {
		coefficients[i] = 10 * float64(i+1)
	}
	coefficients = append(coefficients, 1, 2, 4, 0.5)
	nodes = append(nodes, bundletest.Node{
		Name: "regress",
		Model: bundletest.Model{Op: "linear_regression", Attrs: attrs{
			"coefficients": bundletest.Vector(coefficients...), "intercept": bundletest.Double(100),
		}},
		Inputs: bundletest.Sockets("features", "features"), Outputs: bundletest.Sockets("prediction", "price"),
	})
	return bundletest.Bundle{Name: "homes.lr", Root: bundletest.Pipeline("homes.lr", nodes...)}
}

// Forest returns a pipeline of two indexers and three trees, with the output
// "price".
func Forest(handleInvalid string) bundletest.Bundle {
	forest := bundletest.Node{
		Name: "forest",
		Model: bundletest.Model{Op: "random_forest_regression", Subs: map[string]bundletest.Model{}, Attrs: attrs{
			"num_features": bundletest.Long(4), "tree_weights": bundletest.Doubles(1, 1, 1),
			"trees": bundletest.Strings("tree0", "tree1", "tree2"),
		}},
		Inputs: bundletest.Sockets("features", "features"), Outputs: bundletest.Sockets("prediction", "price"),
	}
	for t := range 3 {
		forest.Subs[fmt.Sprintf("tree%d", t)] = bundletest.Model{
			Op: "decision_tree_regression", Attrs: attrs{"num_features": bundletest.Long(4)},
			Tree: []bundle.TreeNode{
				bundletest.Split(2, 2.5+float64(t)), // rooms
				bundletest.Split(0, 0.5),            // city
				bundletest.Leaf(30 + float64(t)/7), bundletest.Leaf(60 + float64(t)/3),
				bundletest.Split(3, 120-10*float64(t)), // area
				bundletest.Leaf(90), bundletest.Leaf(120 + float64(t)/11),
			},
		}
	}
	return bundletest.Bundle{Name: "homes.rf", Root: bundletest.Pipeline("homes.rf",
		index("city", handleInvalid, Cities),
		index("kind", "keep", Kinds),
		assemble("features", bundletest.ScalarShape, "city_index", "kind_index", "rooms", "area"),
		forest,
	)}
}

// Unknown returns a pipeline with two ops that do not exist, one of them in a
// pipeline inside.
func Unknown() bundletest.Bundle {
	strange := func(name, op, in, out string) bundletest.Node {
		return bundletest.Node{
			Name: name, Model: bundletest.Model{Op: op},
			Inputs: bundletest.Sockets("input", in), Outputs: bundletest.Sockets("output", out),
		}
	}
	return bundletest.Bundle{Name: "strange", Root: bundletest.Pipeline("strange",
		index("city", "error", Cities),
		strange("first", "frobnicate", "city_index", "x"),
		bundletest.Pipeline("inner", strange("second", "transmogrify", "x", "y")),
	)}
}

func index(column, handleInvalid string, labels []string) bundletest.Node {
	return bundletest.Node{
		Name: "index_" + column,
		Model: bundletest.Model{Op: "string_indexer", Attrs: attrs{
			"labels_length": bundletest.Int(1), "labels_array_0": bundletest.Strings(labels...),
			"handle_invalid": bundletest.String(handleInvalid),
		}},
		Inputs: bundletest.Sockets("input0", column), Outputs: bundletest.Sockets("output0", column+"_index"),
	}
}

func encode(column string, n int) bundletest.Node {
	return bundletest.Node{
		Name: "encode_" + column,
		Model: bundletest.Model{Op: "one_hot_encoder", Attrs: attrs{
			"category_sizes": bundletest.Ints(int32(n)), "handle_invalid": bundletest.String("error"),
			"drop_last": bundletest.Bool(true),
		}},
		Inputs: bundletest.Sockets("input0", column+"_index"), Outputs: bundletest.Sockets("output0", column+"_vector"),
	}
}

func assemble(output string, shape bundle.DataShape, inputs ...string) bundletest.Node {
	var pairs []string
	var shapes []bundle.DataShape
	for i, in := range inputs {
		pairs, shapes = append(pairs, fmt.Sprintf("input%d", i), in), append(shapes, shape)
	}
	return bundletest.Node{
		Name:   "assemble_" + output,
		Model:  bundletest.Model{Op: "vector_assembler", Attrs: attrs{"input_shapes": bundletest.Shapes(shapes...)}},
		Inputs: bundletest.Sockets(pairs...), Outputs: bundletest.Sockets("output", output),
	}
}

func assembleVectors(cities, kinds int) bundletest.Node {
	n := assemble("features", bundletest.ScalarShape, "city_vector", "kind_vector", "scaled")
	n.Attrs = attrs{"input_shapes": bundletest.Shapes(
		bundletest.VectorShape(cities), bundletest.VectorShape(kinds), bundletest.VectorShape(2),
	)}
	return n
}
