package bundle_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
)

// sampleTree has both kinds of splits and a leaf without values.
var sampleTree = []bundle.TreeNode{
	{Feature: 3, Threshold: -17.40577204065449, Left: 1, Right: 4},
	{Feature: 2, Categorical: true, IsLeft: true, NumCategories: 13, Categories: []float64{0, 5, 11}, Left: 2, Right: 3},
	{Leaf: true, Values: []float64{0, 1, 0}},
	{Leaf: true},
	{Feature: 1, Categorical: true, NumCategories: 2, Left: 5, Right: 6},
	{Leaf: true, Values: []float64{1e-7}},
	{Feature: 0, Threshold: 0, Left: 7, Right: 8},
	{Leaf: true, Values: []float64{2}},
	{Leaf: true, Values: []float64{-3}},
}

func TestTreesReadInBothFormats(t *testing.T) {
	for name, read := range map[string]func() ([]bundle.TreeNode, error){
		"json": func() ([]bundle.TreeNode, error) {
			return bundle.ParseTreeJSON(bundletest.TreeJSON(sampleTree), defaults)
		},
		"protobuf": func() ([]bundle.TreeNode, error) {
			return bundle.ParseTreeProto(bundletest.TreeProto(sampleTree), defaults)
		},
	} {
		got, err := read()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(sampleTree, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestTreeOfOneLeaf(t *testing.T) {
	for _, text := range []string{`{"type":"leaf","values":[7]}`, "{\"type\":\"leaf\",\"values\":[7]}\r\n \n\t\n"} {
		got, err := bundle.ParseTreeJSON([]byte(text), defaults)
		if diff := cmp.Diff([]bundle.TreeNode{{Leaf: true, Values: []float64{7}}}, got); diff != "" || err != nil {
			t.Errorf("%q: %s, %v", text, diff, err)
		}
	}
}

// Lines that say the same in other ways: order, spaces, unknown and repeated
// members, number spellings, ends of lines.
func TestOddTreeLinesReadAsTheUsualOnes(t *testing.T) {
	usual := `{"split":{"featureIndex":3,"threshold":1.5,"type":"continuous"},"type":"internal"}` + "\n"
	leaves := `{"type":"leaf","values":[1.0,2.5]}` + "\n" + `{"type":"leaf","values":[]}`
	want, err := bundle.ParseTreeJSON([]byte(usual+leaves), defaults)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`{"type":"internal","split":{"type":"continuous","featureIndex":3,"threshold":1.5}}` + "\n",
		`{"type": "internal", "split": {"type": "continuous", "featureIndex": 3, "threshold": 1.5}}` + "\r\n",
		` { "split" : { "threshold" : 15e-1 , "featureIndex" : 3.0 , "type" : "continuous" } , "type" : "internal" } ` + "\t\r",
		`{"split":{"featureIndex":3,"threshold":1.5,"type":"continuous","categories":"ignored","isLeft":7},"type":"internal"}` + "\n",
		`{"split":{"featureIndex":9,"threshold":"x","type":"continuous","threshold":1.50,"featureIndex":3},"values":"no","type":"internal"}` + "\r",
		`{"split":7,"split":{"gain":[{}],"featureIndex":3,"threshold":1.5,"type":"categorical","type":"continuous"},"type":"internal"}` + "\n",
		`{"values":[1,2],"\u0073plit":{"featureIndex":3e0,"threshold":1.5,"type":"continuous"},"type":"internal"}` + "\n",
	} {
		got, err := bundle.ParseTreeJSON([]byte(line+leaves), defaults)
		if err != nil {
			t.Errorf("%s%v", line, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s%s", line, diff)
		}
	}
	for _, odd := range []string{
		`{"values":[1.0,2.5],"type":"leaf"}` + "\r" + `{"type":"leaf","values":[ ]}`,
		`{"type":"leaf","values":[1.0, 2.5]}` + "\r\n" + `{"type": "leaf","split":null,"values":[]}`,
		`{"type":"leaf","values":[null],"values":[1,25e-1]}` + "\n" + ` {"values":[],"impurity":1,"type":"leaf"}` + "\n\n",
	} {
		got, err := bundle.ParseTreeJSON([]byte(usual+odd), defaults)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %s, %v", odd, diff, err)
		}
	}
}

func TestNullsInTreesAreNaN(t *testing.T) {
	got, err := bundle.ParseTreeJSON([]byte(`{"split":{"featureIndex":0,"threshold":null,"type":"continuous"},"type":"internal"}
{"type":"leaf","values":[null]}
{"type":"leaf","values":[-0.0]}`), defaults)
	if err != nil {
		t.Fatal(err)
	}
	if !math.IsNaN(got[0].Threshold) || !math.IsNaN(got[1].Values[0]) || math.Signbit(got[2].Values[0]) {
		t.Errorf("%v", got)
	}
}

const (
	inner = `{"split":{"featureIndex":0,"threshold":1,"type":"continuous"},"type":"internal"}` + "\n"
	leaf  = `{"type":"leaf","values":[1]}` + "\n"
)

func TestTreesThatAreNotTrees(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "empty, want a tree",
		"\n" + leaf:                            "line 1, column 1: found '\\n', want a node",
		inner:                                  "tree ends early: 1 nodes, 1 right subtrees missing",
		inner + leaf:                           "tree ends early: 2 nodes, 0 right subtrees missing",
		inner + inner + leaf + leaf:            "tree ends early: 4 nodes",
		leaf + leaf:                            "tree is complete after 1 nodes, but more follows",
		inner + leaf + leaf + inner:            "tree is complete after 3 nodes, but more follows",
		leaf + "x":                             "tree is complete after 1 nodes, but more follows",
		inner + leaf + "\n" + leaf:             "line 3, column 1",
		inner + "{\n" + leaf[1:] + leaf:        "line 2, column 1: a node over several lines, want one line",
		inner + strings.TrimSpace(leaf) + leaf: "line 2, column 29: found '{', want the end of the line",
		`{"type":"leaf"}`:                      "line 1: values: missing",
		`{"values":[1]}`:                       "line 1: type: missing",
		`{"type":"twig","values":[1]}`:         "line 1: type: want internal or leaf",
		`{"type":null,"values":[1]}`:           "line 1: type: null, want a string",
		`{"type":"internal"}`:                  "line 1: split: missing",
		`{"type":"internal","split":null}`:     "line 1: split: null, want an object",
		`{"type":"leaf","values":[1,"2"]}`:     "line 1: values[1]: a string, want a number",
		`{"type":"leaf","values":1}`:           "line 1: values: a number, want an array",
		`[]`:                                   "line 1: an array, want an object",
		`{"type":"leaf","values":[1}`:          "line 1, column 27",
		`{"type":"internal","split":{"featureIndex":0,"threshold":1}}`:                                                           "split.type: missing",
		`{"type":"internal","split":{"featureIndex":0,"type":"continuous"}}`:                                                     "split.threshold: missing",
		`{"type":"internal","split":{"threshold":0,"type":"continuous"}}`:                                                        "split.featureIndex: missing",
		`{"type":"internal","split":{"featureIndex":1.5,"threshold":0,"type":"continuous"}}`:                                     "split.featureIndex: 1.5, want a whole number",
		`{"type":"internal","split":{"featureIndex":1,"threshold":0,"type":"fuzzy"}}`:                                            "split.type: want continuous or categorical",
		`{"type":"internal","split":{"featureIndex":1,"isLeft":true,"numCategories":1,"type":"categorical"}}`:                    "split.categories: missing",
		`{"type":"internal","split":{"featureIndex":1,"isLeft":true,"categories":[],"type":"categorical"}}`:                      "split.numCategories: missing",
		`{"type":"internal","split":{"featureIndex":1,"numCategories":1,"categories":[],"type":"categorical"}}`:                  "split.isLeft: missing",
		`{"type":"internal","split":{"featureIndex":1,"isLeft":0,"numCategories":1,"categories":[],"type":"categorical"}}`:       "split.isLeft: a number, want a boolean",
		`{"split":{"categories":[1,x],"featureIndex":1,"isLeft":true,"numCategories":1,"type":"categorical"},"type":"internal"}`: "line 1, column 27: found 'x'",
	} {
		_, err := bundle.ParseTreeJSON([]byte(text), defaults)
		wantError(t, err, want)
	}
}

func TestProtobufTreesThatAreNotTrees(t *testing.T) {
	msg := func(m ...[]byte) []byte { return join(bigEndian(uint32(len(join(m...)))), join(m...)) }
	innerPb := msg(field(1, field(1, field(2))))
	leafPb := msg(field(2))
	for want, data := range map[string][]byte{
		"empty, want a tree":                               nil,
		"tree ends early: 1 nodes":                         innerPb,
		"tree ends early: 2 nodes":                         join(innerPb, leafPb),
		"tree is complete after 1 nodes, but more follows": join(leafPb, leafPb),
		"tree is complete after 3 nodes, but more follows": join(innerPb, leafPb, leafPb, []byte{1}),
		"node 0: 3 bytes left, want a length":              {0, 0, 0},
		"node 0: length 4294967295, but 2 bytes left":      join(bigEndian(math.MaxUint32), []byte{1, 2}),
		"node 1: length 10, but 0 bytes left":              join(innerPb, bigEndian(10)),
		"node 0: neither internal nor leaf":                msg(),
		"node 0: split: missing":                           msg(field(1)),
		"node 0: packed numbers: unexpected EOF":           msg(field(2, field(1, make([]byte, 7)))),
		"node 0: field 2: unexpected EOF":                  msg([]byte{0x12, 0x20, 1}),
	} {
		_, err := bundle.ParseTreeProto(data, defaults)
		wantError(t, err, want)
	}
}

func TestOddTreeMessagesReadAsTheUsualOnes(t *testing.T) {
	msg := func(m ...[]byte) []byte { return join(bigEndian(uint32(len(join(m...)))), join(m...)) }
	double := func(x float64) []byte { return protowire.AppendFixed64(nil, math.Float64bits(x)) }
	got, err := bundle.ParseTreeProto(join(
		// fields out of order, unknown ones, the oneof set twice
		msg(field(2), field(1, varintField(9, 1), field(1, field(1), field(2, fixed64Field(2, 1.5), varintField(1, 3))))),
		// unpacked and packed values
		msg(field(2, fixed64Field(1, 1), field(1, double(2), double(3)))),
		msg(field(1, field(1, field(1, varintField(3, 4), fixed64Field(4, 0), varintField(2, 1), varintField(1, 1<<32-1))))),
		msg(field(2, varintField(5, 5))),
		msg(field(2, field(1, double(4))), field(2, field(1, double(5)))),
	), defaults)
	if err != nil {
		t.Fatal(err)
	}
	want := []bundle.TreeNode{
		{Feature: 3, Threshold: 1.5, Left: 1, Right: 2},
		{Leaf: true, Values: []float64{1, 2, 3}},
		{Feature: -1, Categorical: true, IsLeft: true, NumCategories: 4, Categories: []float64{0}, Left: 3, Right: 4},
		{Leaf: true},
		{Leaf: true, Values: []float64{4, 5}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTreesAreDeepWithoutRecursion(t *testing.T) {
	const depth = 100_000
	tree := make([]bundle.TreeNode, 0, 2*depth+1)
	for range depth { // a left-deep tree: all inner nodes, then all leaves
		tree = append(tree, bundletest.Split(1, 0.5))
	}
	for range depth + 1 {
		tree = append(tree, bundletest.Leaf(1))
	}
	for name, read := range map[string]func() ([]bundle.TreeNode, error){
		"json":     func() ([]bundle.TreeNode, error) { return bundle.ParseTreeJSON(bundletest.TreeJSON(tree), defaults) },
		"protobuf": func() ([]bundle.TreeNode, error) { return bundle.ParseTreeProto(bundletest.TreeProto(tree), defaults) },
	} {
		got, err := read()
		if err != nil || len(got) != len(tree) || got[0].Left != 1 || got[0].Right != 2*depth || got[depth-1].Right != depth+1 {
			t.Errorf("%s: %d nodes, %v", name, len(got), err)
		}
	}
	chain := make([]bundle.ClusterNode, depth)
	for i := range chain[1:] {
		chain[i].Children = []int32{0}
	}
	for name, read := range map[string]func() ([]bundle.ClusterNode, error){
		"json": func() ([]bundle.ClusterNode, error) {
			return bundle.ParseClusterJSON(bundletest.ClusterJSON(chain), defaults)
		},
		"protobuf": func() ([]bundle.ClusterNode, error) {
			return bundle.ParseClusterProto(bundletest.ClusterProto(chain), defaults)
		},
	} {
		got, err := read()
		if err != nil || len(got) != depth || got[depth-2].Children[0] != depth-1 || len(got[depth-1].Children) > 0 {
			t.Errorf("cluster tree, %s: %d nodes, %v", name, len(got), err)
		}
	}
}

func TestTreeNodesAreCounted(t *testing.T) {
	lim := defaults
	lim.TreeNodes = 5
	for name, read := range map[string]func() error{
		"json": func() error { _, err := bundle.ParseTreeJSON(bundletest.TreeJSON(sampleTree), lim); return err },
		"pb":   func() error { _, err := bundle.ParseTreeProto(bundletest.TreeProto(sampleTree), lim); return err },
		"values": func() error {
			_, err := bundle.ParseTreeJSON(bundletest.TreeJSON([]bundle.TreeNode{bundletest.Leaf(make([]float64, 100)...)}), lim)
			return err
		},
		"values pb": func() error {
			_, err := bundle.ParseTreeProto(bundletest.TreeProto([]bundle.TreeNode{bundletest.Leaf(make([]float64, 100)...)}), lim)
			return err
		},
		"clusters": func() error {
			_, err := bundle.ParseClusterJSON(bundletest.ClusterJSON(sampleClusters), lim)
			return err
		},
	} {
		err := read()
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		wantError(t, err, "too many values (limit)")
	}
}

var sampleClusters = []bundle.ClusterNode{
	{Index: -1, Norm: 1.5, Center: []float64{0.1, -2}, Children: []int32{1, 4, 5}},
	{Index: -2, Norm: 0, Center: []float64{0, 0}, Children: []int32{2, 3}},
	{Index: 0, Norm: 1, Center: []float64{1, 0}},
	{Index: 1, Norm: 1, Center: []float64{0, 1}},
	{Index: 2, Norm: 3},
	{Index: -3, Children: []int32{6}},
	{Index: 3, Norm: 1e300, Center: []float64{7}},
}

func TestClusterTreesReadInBothFormats(t *testing.T) {
	for name, read := range map[string]func() ([]bundle.ClusterNode, error){
		"json": func() ([]bundle.ClusterNode, error) {
			return bundle.ParseClusterJSON(bundletest.ClusterJSON(sampleClusters), defaults)
		},
		"protobuf": func() ([]bundle.ClusterNode, error) {
			return bundle.ParseClusterProto(bundletest.ClusterProto(sampleClusters), defaults)
		},
	} {
		got, err := read()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(sampleClusters, got, equateEmpty); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestClusterTreesThatAreNotTrees(t *testing.T) {
	node := func(children string) string {
		return `{"index":0,"norm":1,"values":[],"numChildren":` + children + "}\n"
	}
	for text, want := range map[string]string{
		"":                                     "empty, want a tree",
		node("2147483647"):                     "tree ends early: 1 nodes, node 0 wants 2147483647 more children",
		node("2") + node("0"):                  "tree ends early: 2 nodes, node 0 wants 1 more children",
		node("0") + node("0"):                  "tree is complete after 1 nodes, but more follows",
		node("1") + node("0") + node("1"):      "tree is complete after 2 nodes, but more follows",
		node("2147483648"):                     "line 1: numChildren: 2147483648, want a whole number of 32 bits",
		`{"index":0,"norm":1,"values":[]}`:     "line 1: numChildren: missing",
		`{"index":0,"norm":1,"numChildren":0}`: "line 1: values: missing",
		node("1") + `{"index":"0"}`:            "line 2: index: a string, want a whole number",
	} {
		_, err := bundle.ParseClusterJSON([]byte(text), defaults)
		wantError(t, err, want)
	}
	got, err := bundle.ParseClusterJSON([]byte(node("-1")), defaults)
	if err != nil || len(got) != 1 {
		t.Errorf("a negative number of children is none, as in Scala: %v, %v", got, err)
	}
	_, err = bundle.ParseClusterProto(join(bigEndian(2), []byte{0x20, 0x01}), defaults)
	wantError(t, err, "tree ends early: 1 nodes, node 0 wants 1 more children")
	_, err = bundle.ParseClusterProto(join(bigEndian(1), []byte{0x20}), defaults)
	wantError(t, err, "node 0: field 4: unexpected EOF")
	_, err = bundle.ParseClusterProto(join(bigEndian(0), bigEndian(0)), defaults)
	wantError(t, err, "tree is complete after 1 nodes")
}
