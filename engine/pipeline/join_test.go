package pipeline_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/engine/enginetest"
	"leapscore/engine/pipeline"
	"leapscore/internal/testseed"
	"leapscore/models/mleap"
	"leapscore/ops"
	"leapscore/ops/builtin"
	"leapscore/ops/opstest"
)

func loadWith(t *testing.T, b bundletest.Bundle, reg *ops.Registry) *pipeline.Model {
	t.Helper()
	open, err := bundle.OpenFS(b.FS(), bundle.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := mleap.Load(open, reg)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func join(t *testing.T, models ...*pipeline.Model) *pipeline.Model {
	t.Helper()
	var parts []pipeline.Member
	for i, m := range models {
		parts = append(parts, pipeline.Member{Name: string(rune('a' + i)), Model: m})
	}
	m, err := pipeline.Join(parts)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func bind(t *testing.T, m *pipeline.Model, schema *arrow.Schema, opt pipeline.Options) *pipeline.Pipeline {
	t.Helper()
	p, err := m.Bind(schema, opt)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sibling makes a second model of the same rows: the same one, one with another
// head, one with another node in its middle, one with further nodes, or one that
// has nothing to do with m.
func (m *randomModel) sibling() *randomModel {
	s := &randomModel{r: m.r, nodes: slices.Clone(m.nodes), fields: m.fields, size: m.size}
	head := len(s.nodes) - 1
	switch m.r.IntN(5) {
	case 0:
	case 1:
		features := s.nodes[head].Inputs[0].Name
		s.nodes[head] = s.linear(features)
	case 2:
		s.respell(m.r.IntN(len(s.nodes)))
	case 3:
		second := s.linear(s.nodes[head].Inputs[0].Name)
		second.Name, second.Outputs[0].Name = "second", "second"
		s.nodes = append(s.nodes, second)
	default:
		s = &randomModel{r: m.r, fields: m.fields}
		s.build()
	}
	m.fields = s.fields
	return s
}

// respell changes the model of node i, if it is of a kind with a change that
// leaves all sizes as they are.
func (m *randomModel) respell(i int) {
	n := m.nodes[i]
	n.Attrs = maps.Clone(n.Attrs)
	switch n.Op {
	case "string_indexer":
		labels := slices.Clone(n.Attrs["labels_array_0"].List.Strings)
		slices.Reverse(labels)
		n.Attrs["labels_array_0"] = bundletest.Strings(labels...)
	case "standard_scaler":
		if mean, ok := n.Attrs["mean"]; ok {
			n.Attrs["mean"] = bundletest.Vector(m.floats(len(mean.Tensor.Doubles))...)
		}
	case "linear_regression":
		n.Attrs["intercept"] = bundletest.Double(m.r.NormFloat64())
	}
	m.nodes[i] = n
}

func (m *randomModel) bundle() bundletest.Bundle {
	return bundletest.Bundle{Name: "random", Root: bundletest.Pipeline("random", m.nodes...)}
}

// Joined models give what each gives on its own, fused or not, whichever
// outputs are asked for, and refuse the rows that any of them refuses.
func TestJoinedModelsGiveTheBitsOfEach(t *testing.T) {
	shared := 0
	for seed := range testseed.Seeds(t, 150) {
		m := &randomModel{r: rand.New(rand.NewPCG(seed, 11))}
		m.build()
		other := m.sibling()
		models := []*pipeline.Model{loadWith(t, m.bundle(), builtin.Registry()), loadWith(t, other.bundle(), builtin.Registry())}
		joined := join(t, models...)
		for _, all := range []bool{false, true} {
			for _, plain := range []bool{false, true} {
				c := joinCase{m: m, models: models, joined: joined, all: all, plain: plain}
				shared += c.check(t, fmt.Sprintf("seed %d, all outputs %v, plain %v", seed, all, plain))
			}
		}
		if t.Failed() {
			return
		}
	}
	if shared < 500 {
		t.Errorf("only %d nodes were shared", shared)
	}
}

type joinCase struct {
	m          *randomModel
	models     []*pipeline.Model
	joined     *pipeline.Model
	all, plain bool
}

func (c joinCase) names(m *pipeline.Model) []string {
	if c.all {
		return m.AllOutputs()
	}
	return m.FinalOutputs()
}

// check runs the joined model and each alone on the same rows, and returns how
// many nodes are shared.
func (c joinCase) check(t *testing.T, what string) int {
	t.Helper()
	checked := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer checked.AssertSize(t, 0)
	mem := opstest.Spoil(checked)
	const n = 200
	rows := c.m.rows(mem, n, false)
	defer func() {
		for _, r := range rows {
			r.Release()
		}
	}()
	schema := arrow.NewSchema(c.m.fields, nil)
	run := func(p *pipeline.Pipeline) *pipeline.Result {
		var cols []arrow.Array
		for _, name := range p.Columns {
			cols = append(cols, rows[schema.FieldIndices(name)[0]])
		}
		r, err := p.Run(mem, cols, n)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		return r
	}
	jp := bind(t, c.joined, schema, pipeline.Options{Outputs: c.names(c.joined), Plain: c.plain})
	got := run(jp)
	defer got.Release()
	at, alone := 0, 0
	why := make([]pipeline.Reject, n)
	bad := make([]bool, n)
	for i, m := range c.models {
		p := bind(t, m, schema, pipeline.Options{Outputs: c.names(m), Plain: c.plain})
		alone += len(p.Steps())
		want := run(p)
		for row := range n {
			if x, refused := want.Rejected(row); refused && !bad[row] {
				why[row], bad[row] = x, true
				why[row].Node = string(rune('a'+i)) + ":" + x.Node
			}
		}
		for col, o := range p.Outputs {
			if name := fmt.Sprintf("%c_%s", 'a'+i, o.Name); jp.Outputs[at].Name != name || jp.Outputs[at].Final != o.Final {
				t.Fatalf("%s: output %+v, want %s", what, jp.Outputs[at], name)
			}
			sameRows(t, what+": "+jp.Outputs[at].Name, got, got.Columns[at], want.Columns[col])
			at++
		}
		want.Release()
	}
	for row := range n {
		x, refused := got.Rejected(row)
		if refused != bad[row] || refused && !sameReason(x, why[row]) {
			t.Errorf("%s: row %d: refused %v %+v, want %v %+v", what, row, refused, x, bad[row], why[row])
			break
		}
	}
	return alone - len(jp.Steps())
}

// sameReason compares reasons up to the names of other parts in the node and of
// prefixes in the column.
func sameReason(got, want pipeline.Reject) bool {
	part, path, _ := strings.Cut(want.Node, ":")
	owners, gotPath, _ := strings.Cut(got.Node, ":")
	return slices.Contains(strings.Split(owners, ","), part) && gotPath == path && strings.HasSuffix(got.Column, want.Column) &&
		got.Code == want.Code && got.Drop == want.Drop && got.Op == want.Op && got.Msg == want.Msg
}

// sameRows compares the rows that are not refused, to the bit.
func sameRows(t *testing.T, what string, res *pipeline.Result, got, want arrow.Array) {
	t.Helper()
	for row := range got.Len() {
		if _, bad := res.Rejected(row); bad {
			continue
		}
		if g, w := cell(got, row), cell(want, row); g != w {
			t.Errorf("%s: row %d: %s, want %s", what, row, g, w)
			return
		}
	}
}

// cell writes a value so that different bits, but for those of NaN, give
// different texts.
func cell(arr arrow.Array, row int) string {
	if arr.IsNull(row) {
		return "null"
	}
	switch arr := arr.(type) {
	case *array.Float64:
		if x := arr.Value(row); x == x {
			return fmt.Sprintf("%x", math.Float64bits(x))
		}
		return "nan"
	case *array.List:
		lo, hi := arr.ValueOffsets(row)
		var cells []string
		for i := lo; i < hi; i++ {
			cells = append(cells, cell(arr.ListValues(), int(i)))
		}
		return fmt.Sprint(cells)
	case *array.Struct:
		var cells []string
		for i := range arr.NumField() {
			cells = append(cells, cell(arr.Field(i), row))
		}
		return fmt.Sprint(cells)
	}
	return arr.ValueStr(row)
}

// counted returns a registry whose op of that name counts its evaluations.
func counted(name string, n *atomic.Int64) *ops.Registry {
	var table []*ops.Op
	for _, op := range builtin.Table() {
		if op.Name == name {
			wrapped, load := *op, op.Load
			wrapped.Load = func(node *ops.Node) (ops.Kernel, error) {
				k, err := load(node)
				return countedKernel{k, n}, err
			}
			op = &wrapped
		}
		table = append(table, op)
	}
	return ops.NewRegistry(table...)
}

type countedKernel struct {
	ops.Kernel
	n *atomic.Int64
}

func (k countedKernel) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	k.n.Add(1)
	return k.Kernel.Eval(b, in)
}

// The models of homes have their two indexers in common, and nothing else.
func TestCommonNodesAreComputedOnce(t *testing.T) {
	for _, plain := range []bool{false, true} {
		var evals atomic.Int64
		reg := counted("string_indexer", &evals)
		m := join(t, loadWith(t, enginetest.Linear("error"), reg), loadWith(t, enginetest.Forest("error"), reg))
		p := bind(t, m, enginetest.Schema, pipeline.Options{Outputs: m.FinalOutputs(), Plain: plain})
		runHomes(t, p)
		if got := evals.Load(); got != 2 {
			t.Errorf("plain %v: indexers were evaluated %d times for one batch, want 2", plain, got)
		}
		steps := p.Steps()
		want := pipeline.Step{Node: "a,b:root/index_city.node", Op: "string_indexer", Reads: []string{"city"}, Adds: []string{"a_city_index", "b_city_index"}}
		if diff := cmp.Diff(want, steps[0]); diff != "" {
			t.Errorf("the first step (-want +got):\n%s", diff)
		}
		if len(steps) != 8+4-2 {
			t.Errorf("%d steps, want 10", len(steps))
		}
	}
}

func runHomes(t *testing.T, p *pipeline.Pipeline) {
	t.Helper()
	rec := enginetest.Record(memory.DefaultAllocator, enginetest.Homes(1, 100, 0))
	defer rec.Release()
	var cols []arrow.Array
	for _, name := range p.Columns {
		cols = append(cols, rec.Column(rec.Schema().FieldIndices(name)[0]))
	}
	r, err := p.Run(memory.DefaultAllocator, cols, int(rec.NumRows()))
	if err != nil {
		t.Fatal(err)
	}
	r.Release()
}

// Every head of a joined model stays fused, even where they share what is in
// front of them.
func TestJoinedModelsStayFused(t *testing.T) {
	linear := loadWith(t, enginetest.Linear("keep"), builtin.Registry())
	forest := loadWith(t, enginetest.Forest("keep"), builtin.Registry())
	twin := enginetest.Linear("keep")
	twin.Root.Nodes[len(twin.Root.Nodes)-1].Attrs["intercept"] = bundletest.Double(7)
	for name, models := range map[string][]*pipeline.Model{
		"linear and forest": {linear, forest}, "two linear": {linear, loadWith(t, twin, builtin.Registry())},
		"all of them": {linear, forest, loadWith(t, twin, builtin.Registry())},
	} {
		m := join(t, models...)
		p := bind(t, m, enginetest.Schema, pipeline.Options{Outputs: m.FinalOutputs()})
		if got := p.FusedHeads(); got != len(models) {
			t.Errorf("%s: %d heads are fused, want %d", name, got, len(models))
		}
		// Words are numbered once for all heads, and nothing else is computed.
		if got := pipeline.FastOps(p); len(got) != 2+len(models) || got[0] != "string_indexer" || got[1] != "string_indexer" {
			t.Errorf("%s: %v is run, want two indexers and the heads", name, got)
		}
	}
}

func TestJoinRefusesNamesThatClash(t *testing.T) {
	m := loadWith(t, enginetest.Linear("keep"), builtin.Registry())
	reads := func(column string) *pipeline.Model {
		return loadWith(t, bundletest.Bundle{Root: bundletest.Node{
			Name: "exp", Inputs: bundletest.Sockets("input", column), Outputs: bundletest.Sockets("output", "x_price"),
			Model: bundletest.Model{Op: "math_unary", Attrs: attrs{"operation": bundletest.String("exp")}},
		}}, builtin.Registry())
	}
	for _, c := range []struct {
		parts []pipeline.Member
		want  string
	}{
		{[]pipeline.Member{{Name: "a", Model: m}, {Name: "b", Model: reads("a_price")}}, `input "a_price" of model b`},
		{[]pipeline.Member{{Name: "a", Model: reads("z")}, {Name: "a_x", Model: m}}, `column "a_x_price" would be both the output "x_price" of model a and the output "price" of model a_x`},
	} {
		_, err := pipeline.Join(c.parts)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "give one of the models another name") {
			t.Errorf("got %v, want an error with %q", err, c.want)
		}
	}
}

func TestAllProblemsOfJoinedModelsAreInOneError(t *testing.T) {
	m := join(t, loadWith(t, enginetest.Linear("keep"), builtin.Registry()), loadWith(t, bundletest.Bundle{Root: bundletest.Node{
		Name: "exp", Inputs: bundletest.Sockets("input", "other"), Outputs: bundletest.Sockets("output", "y"),
		Model: bundletest.Model{Op: "math_unary", Attrs: attrs{"operation": bundletest.String("exp")}},
	}}, builtin.Registry()))
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "city", Type: arrow.BinaryTypes.String}, {Name: "kind", Type: arrow.BinaryTypes.String}, {Name: "area", Type: arrow.PrimitiveTypes.Float64},
	}, nil)
	_, err := m.Bind(schema, pipeline.Options{Outputs: m.FinalOutputs()})
	for _, want := range []string{"2 inputs", `"rooms"`, `"other"`, "model a", "model b"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}
