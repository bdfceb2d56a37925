package explain_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/engine/pipeline"
	"leapscore/models/explain"
	"leapscore/models/mleap"
	"leapscore/ops/builtin"
)

type attrs = map[string]bundle.Value

func leaf(counts ...float64) bundle.TreeNode { return bundle.TreeNode{Leaf: true, Values: counts} }

// forest is a random forest over the features x, three slots of city, y.
func forest(classes int64, trees ...[]bundle.TreeNode) bundletest.Node {
	m := bundletest.Model{Op: "random_forest_classifier", Attrs: attrs{
		"num_features": bundletest.Long(5), "num_classes": bundletest.Long(classes),
		"trees": bundletest.Strings("t0", "t1"), "tree_weights": bundletest.Doubles(1, 1),
	}, Subs: map[string]bundletest.Model{}}
	for i, t := range trees {
		m.Subs["t"+string(rune('0'+i))] = bundletest.Model{Op: "decision_tree_classifier", Tree: t, Attrs: attrs{
			"num_features": bundletest.Long(5), "num_classes": bundletest.Long(classes),
		}}
	}
	return bundletest.Node{Name: "forest", Model: m, Inputs: bundletest.Sockets("features", "features"),
		Outputs: bundletest.Sockets("probability", "probability", "prediction", "prediction")}
}

func load(t *testing.T, predictor bundletest.Node) *pipeline.Model {
	t.Helper()
	scalar := bundle.DataShape{Kind: bundle.ScalarKind}
	root := bundletest.Pipeline("p",
		bundletest.Node{Name: "index", Inputs: bundletest.Sockets("input", "city"), Outputs: bundletest.Sockets("output", "city_index"),
			Model: bundletest.Model{Op: "string_indexer", Attrs: attrs{"labels": bundletest.Strings("Berlin", "Paris", "Rome"), "handle_invalid": bundletest.String("error")}}},
		bundletest.Node{Name: "encode", Inputs: bundletest.Sockets("input0", "city_index"), Outputs: bundletest.Sockets("output0", "city_slots"),
			Model: bundletest.Model{Op: "one_hot_encoder", Attrs: attrs{"category_sizes": bundletest.Ints(3), "handle_invalid": bundletest.String("error"), "drop_last": bundletest.Bool(false)}}},
		bundletest.Node{Name: "assemble", Inputs: bundletest.Sockets("input0", "x", "input1", "city_slots", "input2", "y"), Outputs: bundletest.Sockets("output", "features"),
			Model: bundletest.Model{Op: "vector_assembler", Attrs: attrs{"input_shapes": bundletest.Shapes(scalar, bundle.DataShape{Kind: bundle.TensorKind, Dims: []int{3}}, scalar)}}},
		predictor)
	b, err := bundle.OpenFS(bundletest.Bundle{Root: root}.FS(), bundle.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := mleap.Load(b, builtin.Registry())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// run returns the columns of three rows.
func run(t *testing.T, m *pipeline.Model, mode string) map[string]arrow.Array {
	t.Helper()
	as, err := explain.ParseMode(mode)
	if err != nil {
		t.Fatal(err)
	}
	if m, err = explain.Add(m, as); err != nil {
		t.Fatal(err)
	}
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "x", Type: arrow.PrimitiveTypes.Float64}, {Name: "city", Type: arrow.BinaryTypes.String}, {Name: "y", Type: arrow.PrimitiveTypes.Float64},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	b.Field(0).(*array.Float64Builder).AppendValues([]float64{1, 3, 3}, nil)
	b.Field(1).(*array.StringBuilder).AppendValues([]string{"Paris", "Berlin", "Rome"}, nil)
	b.Field(2).(*array.Float64Builder).AppendValues([]float64{0, 0, 7}, nil)
	rec := b.NewRecord()
	p, err := m.Bind(schema, pipeline.Options{Outputs: m.AllOutputs()})
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.RunRecord(memory.DefaultAllocator, rec)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]arrow.Array{}
	for i, o := range p.Outputs {
		if strings.HasPrefix(o.Name, "explain") {
			if !o.Final {
				t.Errorf("%s is not final", o.Name)
			}
			out[o.Name] = r.Columns[i]
		}
		if o.Name == "probability" {
			out[o.Name] = r.Columns[i]
		}
	}
	return out
}

// twoTrees split x and Paris, and y.
func twoTrees() [][]bundle.TreeNode {
	return [][]bundle.TreeNode{
		{{Feature: 0, Threshold: 2, Left: 1, Right: 4}, {Feature: 2, Threshold: 0.5, Left: 2, Right: 3}, leaf(10, 20), leaf(0, 10), leaf(50, 10)},
		{{Feature: 4, Threshold: 5, Left: 1, Right: 2}, leaf(30, 30), leaf(0, 40)},
	}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-12 {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func doubles(arr arrow.Array) []float64 { return arr.(*array.Float64).Float64Values() }

// The first tree is x <= 2 (a share of 0.4) and then Paris (a quarter of those), its leaves have 2/3,
// 1 and 1/6 of class 1; the second y <= 5 (0.6), with 1/2 and 1. Each has half a vote.
func TestSumAddsTheSlotsOfAColumn(t *testing.T) {
	out := run(t, load(t, forest(2, twoTrees()...)), "sum")
	if len(out) != 5 {
		t.Fatalf("columns %v", out)
	}
	first := 0.4*(0.75*2/3+0.25) + 0.6/6 // the expectation of the first tree
	near(t, "bias", doubles(out["explain_bias"])[0], (first+0.6*0.5+0.4)/2)
	// Of x and Paris known or not: v(none) = first, v(x) = 0.75, v(Paris) = 0.4 + 0.1, v(both) = 1.
	near(t, "x", doubles(out["explain_x"])[0], ((0.75-first)+(1-0.5))/4)
	near(t, "city", doubles(out["explain_city"])[0], ((0.5-first)+(1-0.75))/4)
	near(t, "y", doubles(out["explain_y"])[0], (0.5-0.7)/2)
	near(t, "y of the last row", doubles(out["explain_y"])[2], (1-0.7)/2)
	checkSums(t, out, "explain_x", "explain_city", "explain_y")
}

// checkSums adds up columns and compares with the probability of class 1.
func checkSums(t *testing.T, out map[string]arrow.Array, columns ...string) {
	t.Helper()
	for row := range 3 {
		sum := doubles(out["explain_bias"])[row]
		for _, c := range columns {
			sum += doubles(out[c])[row]
		}
		near(t, "sum", sum, vector(out["probability"], row)[1])
	}
}

func vector(arr arrow.Array, row int) []float64 {
	if l, ok := arr.(*array.List); ok {
		lo, hi := l.ValueOffsets(row)
		return doubles(l.ListValues())[lo:hi]
	}
	dense := arr.(*array.Struct).Field(3).(*array.List)
	lo, hi := dense.ValueOffsets(row)
	return doubles(dense.ListValues())[lo:hi]
}

func TestAllHasTheSlotsOfTheVector(t *testing.T) {
	m := load(t, forest(2, twoTrees()...))
	sums := run(t, m, "sum")
	out := run(t, m, "all")
	for row := range 3 {
		v := vector(out["explain_features"], row)
		if len(v) != 5 || v[1] != 0 || v[3] != 0 {
			t.Fatalf("row %d: %v, want 5 values, those of unread slots 0", row, v)
		}
		near(t, "x", v[0], doubles(sums["explain_x"])[row])
		near(t, "Paris", v[2], doubles(sums["explain_city"])[row])
		near(t, "y", v[4], doubles(sums["explain_y"])[row])
	}
}

func TestTopNamesTheLargest(t *testing.T) {
	m := load(t, forest(2, twoTrees()...))
	sums := run(t, m, "sum")
	out := run(t, m, "top=2")
	if names := out["explain_top_features"].ValueStr(0); names != `["x","y"]` {
		t.Errorf("names %s", names)
	}
	if names := out["explain_top_features"].ValueStr(2); names != `["y","x"]` {
		t.Errorf("names %s", names)
	}
	v := vector(out["explain_top_values"], 0)
	near(t, "x", v[0], doubles(sums["explain_x"])[0])
	near(t, "y", v[1], doubles(sums["explain_y"])[0])
	if all := run(t, m, "top=9"); all["explain_top_features"].ValueStr(1) != `["x","y","city=Paris"]` {
		t.Errorf("names %s", all["explain_top_features"].ValueStr(1))
	}
}

func TestClassesHaveAValueEach(t *testing.T) {
	trees := [][]bundle.TreeNode{
		{{Feature: 0, Threshold: 2, Left: 1, Right: 2}, leaf(10, 20, 10), leaf(50, 10, 0)},
		{{Feature: 4, Threshold: 5, Left: 1, Right: 2}, leaf(30, 30, 0), leaf(0, 0, 40)},
	}
	m := load(t, forest(3, trees...))
	out, all, top := run(t, m, "sum"), run(t, m, "all"), run(t, m, "top=1")
	for row := range 3 {
		for class, p := range vector(out["probability"], row) {
			bias := vector(out["explain_bias"], row)[class]
			near(t, "sum", bias+vector(out["explain_x"], row)[class]+vector(out["explain_city"], row)[class]+vector(out["explain_y"], row)[class], p)
			slots := vector(all["explain_features_"+string(rune('0'+class))], row)
			near(t, "slot of x", slots[0], vector(out["explain_x"], row)[class])
			near(t, "bias", vector(all["explain_bias"], row)[class], bias)
			largest := vector(top["explain_top_values_"+string(rune('0'+class))], row)[0]
			near(t, "largest", math.Abs(largest), max(math.Abs(slots[0]), math.Abs(slots[4])))
		}
	}
}

func TestAddRefusesByName(t *testing.T) {
	mode, _ := explain.ParseMode("all")
	shares := twoTrees()
	for _, tree := range shares {
		for i := range tree {
			if tree[i].Leaf {
				tree[i].Values = []float64{0.25, 0.75}
			}
		}
	}
	regression := bundletest.Node{Name: "tree", Inputs: bundletest.Sockets("features", "features"), Outputs: bundletest.Sockets("prediction", "p"),
		Model: bundletest.Model{Op: "decision_tree_regression", Attrs: attrs{"num_features": bundletest.Long(5)}, Tree: []bundle.TreeNode{leaf(1)}}}
	linear := bundletest.Node{Name: "line", Inputs: bundletest.Sockets("features", "features"), Outputs: bundletest.Sockets("prediction", "p"),
		Model: bundletest.Model{Op: "linear_regression", Attrs: attrs{"coefficients": bundletest.Vector(1, 2, 3, 4, 5), "intercept": bundletest.Double(0)}}}
	for _, c := range []struct {
		node bundletest.Node
		want string
	}{
		{regression, "explain: node root/tree.node (decision_tree_regression): bundles have no counts of rows in regression trees"},
		{forest(2, shares...), "(random_forest_classifier): its leaves have shares of classes and not counts of rows"},
		{linear, "the model has no trees that can be explained; its nodes are string_indexer, one_hot_encoder, vector_assembler, linear_regression"},
	} {
		if _, err := explain.Add(load(t, c.node), mode); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.node.Op, err, c.want)
		}
	}
}

func TestModes(t *testing.T) {
	for _, bad := range []string{"top", "top=0", "top=-1", "top=x", "some", "top=10001"} {
		if _, err := explain.ParseMode(bad); err == nil {
			t.Errorf("%q is a mode", bad)
		}
	}
	m := load(t, forest(2, twoTrees()...))
	none, err := explain.ParseMode("")
	if err != nil {
		t.Fatal(err)
	}
	same, err := explain.Add(m, none)
	if err != nil || !slices.Equal(same.AllOutputs(), m.AllOutputs()) {
		t.Errorf("outputs %v, %v", same.AllOutputs(), err)
	}
}
