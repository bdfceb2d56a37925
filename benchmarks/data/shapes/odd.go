package shapes

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
)

// Text is a table of an id and a text of a dozen words. The linear model hashes
// the words into a sparse vector of dims elements.
func Text(dims int) Shape {
	const vocabulary = 50_000
	return Shape{
		Name: "text", Schema: idAnd(field("text", arrow.BinaryTypes.String)),
		fill: func(row int, cols []array.Builder) {
			appendLong(cols[0], int64(row))
			var sb strings.Builder
			for i := range 12 {
				// of two draws the lesser, so that some words are frequent
				w := min(mix(row, 2*i)%vocabulary, mix(row, 2*i+1)%vocabulary)
				fmt.Fprintf(&sb, "Word%d ", w)
			}
			appendString(cols[1], sb.String())
		},
		Models: func() []bundletest.Bundle {
			return []bundletest.Bundle{stages("text.lr",
				bundletest.Node{
					Name: "tokenizer", Model: bundletest.Model{Op: "tokenizer"},
					Inputs: bundletest.Sockets("input", "text"), Outputs: bundletest.Sockets("output", "words"),
				},
				bundletest.Node{
					Name: "hashing_tf", Model: bundletest.Model{Op: "hashing_term_frequency", Attrs: attrs{
						"num_features": bundletest.Long(int64(dims)), "binary": bundletest.Bool(false), "hashUnsafeBytesVersion": bundletest.Int(2),
					}},
					Inputs: bundletest.Sockets("input", "words"), Outputs: bundletest.Sockets("output", "features"),
				},
				linear("prediction", coefficients(dims), 1))}
		},
	}
}

const classesWidth = 20

// Classes is a table of an id and 20 doubles. The forest of full trees tells
// one of so many classes.
func Classes(classes, trees, depth int) Shape {
	names := labels("x%d", classesWidth)
	var fields []arrow.Field
	for _, name := range names {
		fields = append(fields, field(name, arrow.PrimitiveTypes.Float64))
	}
	g := grower{
		features:  classesWidth,
		threshold: func(_ int, h uint64) float64 { return normal(mix(int(h>>1), 3)) / 2 },
		leaf: func(h uint64) []float64 {
			counts := make([]float64, classes)
			for i := range 4 {
				counts[mix(int(h>>1), i)%uint64(classes)] += float64(1 + h>>(8*i)%100)
			}
			return counts
		},
	}
	return Shape{
		Name: "classes", Schema: idAnd(fields...),
		fill: func(row int, cols []array.Builder) {
			appendLong(cols[0], int64(row))
			for i, b := range cols[1:] {
				appendDouble(b, normal(mix(row, i)))
			}
		},
		Models: func() []bundletest.Bundle {
			member := bundletest.Model{Op: "decision_tree_classifier", Attrs: attrs{
				"num_features": bundletest.Long(classesWidth), "num_classes": bundletest.Long(int64(classes)),
			}}
			grow := func(t int) []bundle.TreeNode { return g.tree(t, depth) }
			return []bundletest.Bundle{stages("classes.rf", scalars(names), forest("random_forest_classifier", member, trees, grow))}
		},
	}
}

// Labels is a table of an id, a string of n distinct values and a number. The
// linear model knows all of the strings.
func Labels(n int) Shape {
	return Shape{
		Name: "labels", Schema: idAnd(field("key", arrow.BinaryTypes.String), field("x", arrow.PrimitiveTypes.Float64)),
		fill: func(row int, cols []array.Builder) {
			appendLong(cols[0], int64(row))
			appendString(cols[1], fmt.Sprintf("key-%07d", mix(row, 1)%uint64(n)))
			appendDouble(cols[2], float64(mix(row, 2)%1000)/8)
		},
		Models: func() []bundletest.Bundle {
			return []bundletest.Bundle{
				stages("labels.lr", indexer("key", labels("key-%07d", n)), scalars([]string{"key_index", "x"}), linear("prediction", []float64{0.0625, 2}, 1)),
			}
		},
	}
}

func idAnd(fields ...arrow.Field) *arrow.Schema {
	id := arrow.Field{Name: "id", Type: arrow.PrimitiveTypes.Int64}
	return arrow.NewSchema(append([]arrow.Field{id}, fields...), nil)
}

// Boosted is a table of an id and 20 doubles. The model is a sum of full
// regression trees over them.
func Boosted(trees, depth int) Shape {
	s := Classes(2, 0, 0)
	s.Name = "boosted"
	s.Models = func() []bundletest.Bundle {
		g := grower{
			features:  classesWidth,
			threshold: func(_ int, h uint64) float64 { return normal(mix(int(h>>1), 3)) / 2 },
			leaf:      func(h uint64) []float64 { return []float64{normal(h)} },
		}
		member := bundletest.Model{Op: "decision_tree_regression", Attrs: attrs{"num_features": bundletest.Long(classesWidth)}}
		grow := func(t int) []bundle.TreeNode { return g.tree(t, depth) }
		return []bundletest.Bundle{stages("boosted.rf", scalars(labels("x%d", classesWidth)), forest("gbt_regression", member, trees, grow))}
	}
	return s
}
