package pipeline_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/engine/pipeline"
	"leapscore/internal/testseed"
	"leapscore/models/mleap"
	"leapscore/ops/builtin"
	"leapscore/ops/opstest"
)

type attrs = map[string]bundle.Value

// randomModel makes a pipeline of indexers, encoders, assemblers and a scaler
// in front of a head.
type randomModel struct {
	r      *rand.Rand
	nodes  []bundletest.Node
	fields []arrow.Field
	size   int
}

func (m *randomModel) number(name string) {
	m.fields = append(m.fields, arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Float64, Nullable: true})
}

func (m *randomModel) assemble(out string, inputs []string, shapes []bundle.DataShape) {
	var pairs []string
	for i, in := range inputs {
		pairs = append(pairs, fmt.Sprintf("input%d", i), in)
	}
	m.nodes = append(m.nodes, bundletest.Node{
		Name: "assemble_" + out, Inputs: bundletest.Sockets(pairs...), Outputs: bundletest.Sockets("output", out),
		Model: bundletest.Model{Op: "vector_assembler", Attrs: attrs{"input_shapes": bundletest.Shapes(shapes...)}},
	})
}

func (m *randomModel) floats(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = m.r.NormFloat64()
		if m.r.IntN(6) == 0 {
			x[i] = 0
		}
	}
	return x
}

// numbers adds scaled or plain numbers.
func (m *randomModel) numbers() (string, bundle.DataShape) {
	n := 1 + m.r.IntN(9)
	var names []string
	var shapes []bundle.DataShape
	for i := range n {
		name := fmt.Sprintf("n%d_%d", len(m.nodes), i)
		m.number(name)
		names, shapes = append(names, name), append(shapes, bundletest.ScalarShape)
	}
	out := fmt.Sprintf("numbers%d", len(m.nodes))
	m.assemble(out, names, shapes)
	a := attrs{}
	switch m.r.IntN(4) {
	case 0:
		return out, bundletest.VectorShape(n)
	case 1:
		a["mean"] = bundletest.Vector(m.floats(n)...)
	case 2:
		a["std"] = bundletest.Vector(m.floats(n)...)
	default:
		a["mean"], a["std"] = bundletest.Vector(m.floats(n)...), bundletest.Vector(m.floats(n)...)
	}
	m.nodes = append(m.nodes, bundletest.Node{
		Name: "scale_" + out, Inputs: bundletest.Sockets("input", out), Outputs: bundletest.Sockets("output", "scaled_"+out),
		Model: bundletest.Model{Op: "standard_scaler", Attrs: a},
	})
	return "scaled_" + out, bundletest.VectorShape(n)
}

var vocabulary = []string{"a", "b", "ç", "dd", "e", "f", "unseen"}

// words adds an indexed and perhaps encoded column of words.
func (m *randomModel) words() (string, bundle.DataShape) {
	name := fmt.Sprintf("w%d", len(m.nodes))
	dt := arrow.DataType(arrow.BinaryTypes.String)
	if m.r.IntN(2) == 0 {
		dt = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	}
	m.fields = append(m.fields, arrow.Field{Name: name, Type: dt, Nullable: true})
	labels := vocabulary[:1+m.r.IntN(6)]
	modes := []string{"error", "keep", "skip"}
	mode := modes[m.r.IntN(3)]
	m.nodes = append(m.nodes, bundletest.Node{
		Name: "index_" + name, Inputs: bundletest.Sockets("input0", name), Outputs: bundletest.Sockets("output0", name+"_i"),
		Model: bundletest.Model{Op: "string_indexer", Attrs: attrs{
			"labels_length": bundletest.Int(1), "labels_array_0": bundletest.Strings(labels...), "handle_invalid": bundletest.String(mode),
		}},
	})
	if m.r.IntN(3) == 0 {
		return name + "_i", bundletest.ScalarShape
	}
	n := len(labels) + m.r.IntN(2)
	drop, keep := m.r.IntN(2) == 0, m.r.IntN(2)
	m.nodes = append(m.nodes, bundletest.Node{
		Name: "encode_" + name, Inputs: bundletest.Sockets("input0", name+"_i"), Outputs: bundletest.Sockets("output0", name+"_v"),
		Model: bundletest.Model{Op: "one_hot_encoder", Attrs: attrs{
			"category_sizes": bundletest.Ints(int32(n)), "handle_invalid": bundletest.String(modes[keep]), "drop_last": bundletest.Bool(drop),
		}},
	})
	switch {
	case drop && keep == 0:
		n--
	case !drop && keep == 1:
		n++
	}
	return name + "_v", bundletest.VectorShape(n)
}

func (m *randomModel) build() bundletest.Bundle {
	var inputs []string
	var shapes []bundle.DataShape
	add := func(name string, s bundle.DataShape) {
		inputs, shapes = append(inputs, name), append(shapes, s)
		m.size++
		if s.Kind == bundle.TensorKind {
			m.size += s.Dims[0] - 1
		}
	}
	for range 1 + m.r.IntN(4) {
		switch m.r.IntN(3) {
		case 0:
			add(m.words())
		case 1:
			add(m.numbers())
		default:
			name := fmt.Sprintf("x%d", len(m.fields))
			m.number(name)
			add(name, bundletest.ScalarShape)
		}
	}
	features := inputs[0]
	if len(inputs) > 1 || shapes[0].Kind == bundle.ScalarKind {
		m.assemble("features", inputs, shapes)
		features = "features"
	}
	if m.r.IntN(3) == 0 {
		m.nodes = append(m.nodes, m.forest(features))
		return bundletest.Bundle{Name: "random", Root: bundletest.Pipeline("random", m.nodes...)}
	}
	m.nodes = append(m.nodes, m.linear(features))
	return bundletest.Bundle{Name: "random", Root: bundletest.Pipeline("random", m.nodes...)}
}

func (m *randomModel) linear(features string) bundletest.Node {
	return bundletest.Node{
		Name: "head", Inputs: bundletest.Sockets("features", features), Outputs: bundletest.Sockets("prediction", "prediction"),
		Model: bundletest.Model{Op: "linear_regression", Attrs: attrs{
			"coefficients": bundletest.Vector(m.floats(m.size)...), "intercept": bundletest.Double(m.r.NormFloat64()),
		}},
	}
}

func (m *randomModel) forest(features string) bundletest.Node {
	size := attrs{"num_features": bundletest.Long(int64(m.size))}
	subs := map[string]bundletest.Model{}
	var names []string
	for i := range 5 {
		names = append(names, fmt.Sprintf("tree%d", i))
		x := m.floats(4)
		subs[names[i]] = bundletest.Model{Op: "decision_tree_regression", Attrs: size, Tree: []bundle.TreeNode{
			bundletest.Split(m.r.Int32N(int32(m.size)), x[0]),
			bundletest.Split(m.r.Int32N(int32(m.size)), float64(m.r.IntN(3))), bundletest.Leaf(x[1]), bundletest.Leaf(x[2]),
			bundletest.Leaf(x[3]),
		}}
	}
	return bundletest.Node{
		Name: "head", Inputs: bundletest.Sockets("features", features), Outputs: bundletest.Sockets("prediction", "prediction"),
		Model: bundletest.Model{Op: "random_forest_regression", Subs: subs, Attrs: attrs{
			"num_features": size["num_features"], "trees": bundletest.Strings(names...), "tree_weights": bundletest.Doubles(1, 1, 1, 1, 1),
		}},
	}
}

func (m *randomModel) rows(mem memory.Allocator, n int, clean bool) []arrow.Array {
	special := []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), 5e-324, 1e308, 0, 0, 1}
	var cols []arrow.Array
	for _, f := range m.fields {
		b := array.NewBuilder(mem, f.Type)
		for range n {
			switch b := b.(type) {
			case *array.Float64Builder:
				switch {
				case !clean && m.r.IntN(40) == 0:
					b.AppendNull()
				case m.r.IntN(4) == 0:
					b.Append(special[m.r.IntN(len(special))])
				default:
					b.Append(m.r.NormFloat64())
				}
			case *array.StringBuilder:
				appendWord(m.r, clean, b.AppendNull, b.Append)
			case *array.BinaryDictionaryBuilder:
				appendWord(m.r, clean, b.AppendNull, func(s string) { _ = b.AppendString(s) })
			}
		}
		cols = append(cols, b.NewArray())
		b.Release()
	}
	return cols
}

func appendWord(r *rand.Rand, clean bool, null func(), word func(string)) {
	if !clean && r.IntN(30) == 0 {
		null()
		return
	}
	n := len(vocabulary)
	if clean {
		n = 1
	}
	word(vocabulary[r.IntN(n)])
}

// TestFusedProgramsGiveTheBitsOfPlainOnes compares both on random pipelines:
// values, refused and dropped rows, and the reasons.
func TestFusedProgramsGiveTheBitsOfPlainOnes(t *testing.T) {
	fused := 0
	for seed := range testseed.Seeds(t, 400) {
		m := &randomModel{r: rand.New(rand.NewPCG(seed, 7))}
		b, err := bundle.OpenFS(m.build().FS(), bundle.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		model, err := mleap.Load(b, builtin.Registry())
		if err != nil {
			t.Fatal(err)
		}
		opt := pipeline.Options{Outputs: []string{"prediction"}}
		fast, err := model.Bind(arrow.NewSchema(m.fields, nil), opt)
		if err != nil {
			t.Fatal(err)
		}
		opt.Plain = true
		plain, err := model.Bind(arrow.NewSchema(m.fields, nil), opt)
		if err != nil {
			t.Fatal(err)
		}
		if fast.Fused() {
			fused++
		}
		for _, clean := range []bool{true, false} {
			compare(t, fmt.Sprintf("seed %d, clean %v", seed, clean), m, fast, plain, clean)
		}
		if t.Failed() {
			return
		}
	}
	if fused < 300 {
		t.Errorf("only %d of 400 pipelines were fused", fused)
	}
}

func compare(t *testing.T, what string, m *randomModel, fast, plain *pipeline.Pipeline, clean bool) {
	checked := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer checked.AssertSize(t, 0)
	mem := opstest.Spoil(checked)
	const n = 300
	all := m.rows(mem, n, clean)
	byName := map[string]arrow.Array{}
	for i, f := range m.fields {
		byName[f.Name] = all[i]
	}
	var cols []arrow.Array
	for _, name := range fast.Columns {
		cols = append(cols, byName[name])
	}
	got, err := fast.Run(mem, cols, n)
	if err != nil {
		t.Fatal(what, err)
	}
	want, err := plain.Run(mem, cols, n)
	if err != nil {
		t.Fatal(what, err)
	}
	g, w := got.Columns[0].(*array.Float64), want.Columns[0].(*array.Float64)
	for row := range n {
		a, aBad := got.Rejected(row)
		b, bBad := want.Rejected(row)
		if aBad != bBad || a != b {
			t.Errorf("%s: row %d: rejected as %+v, want %+v", what, row, a, b)
			break
		}
		x, y := g.Value(row), w.Value(row)
		if !aBad && math.Float64bits(x) != math.Float64bits(y) && (x == x || y == y) {
			t.Errorf("%s: row %d: %v, want %v", what, row, x, y)
			break
		}
	}
	got.Release()
	want.Release()
	for _, c := range all {
		c.Release()
	}
}
