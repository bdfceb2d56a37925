package main

import (
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"leapscore/benchmarks/peers/oracle/jvm"
	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/ops/builtin"
	"leapscore/ops/opstest/casefile"
)

// otherRuntime are the ops of MLeap's extension for XGBoost: the runtime that answers here
// does not have it. XGBoost itself answers for its trees in integration/trees.
var otherRuntime = []string{"xgboost.classifier", "xgboost.regression"}

func TestEveryOpHasAGenerator(t *testing.T) {
	got := slices.Sorted(maps.Keys(generators))
	var want []string
	for _, op := range builtin.Table() {
		if !slices.Contains(otherRuntime, op.Name) {
			want = append(want, op.Name)
		}
	}
	slices.Sort(want)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("generators and table differ (-table +generators):\n%s", d)
	}
}

func TestASeedMakesOneSubject(t *testing.T) {
	names := slices.Sorted(maps.Keys(generators))
	for seed := range uint64(2 * len(names)) {
		op := names[seed%uint64(len(names))]
		for _, pair := range [][2]*subject{
			{single(op, seed, 5), single(op, seed, 5)},
			{pipelineOf(names, seed, 5), pipelineOf(names, seed, 5)},
		} {
			a, b := pair[0], pair[1]
			if d := cmp.Diff(a.files(), b.files()); d != "" {
				t.Fatalf("seed %d: two bundles:\n%s", seed, d)
			}
			if d := cmp.Diff(a.rows, b.rows, cmpopts.EquateNaNs()); d != "" {
				t.Fatalf("seed %d: two sets of rows:\n%s", seed, d)
			}
		}
	}
}

// TestMostModelsLoad keeps the generators from making models that nothing
// takes, which compare nothing.
func TestMostModelsLoad(t *testing.T) {
	for op := range generators {
		if op == "categorical_drilldown" { // MLeap loads none
			continue
		}
		loaded := 0
		const all = 30
		for seed := range uint64(all) {
			if m, err := load(single(op, seed, 0).files().FS(), builtin.Registry()); err == nil && len(m.Outputs) > 0 {
				loaded++
			} else if isPanic(err) {
				t.Errorf("%s, seed %d: %v", op, seed, err)
			}
		}
		if loaded < all*3/4 {
			t.Errorf("%s: %d of %d models load, want most", op, loaded, all)
		}
	}
}

func TestAllWaysToRunGiveTheSame(t *testing.T) {
	names := slices.Sorted(maps.Keys(generators))
	compared := 0
	for seed := range uint64(150) {
		s := pipelineOf(names, seed, 12)
		m, err := load(s.files().FS(), builtin.Registry())
		if err != nil {
			continue
		}
		ws := ways(newRandom(seed))
		want, err := run(m, s.in, s.rows, ws[0])
		if err != nil {
			continue
		}
		for _, w := range ws[1:] {
			got, err := run(m, s.in, s.rows, w)
			if err != nil {
				t.Fatalf("seed %d (%v): %v", seed, w, err)
			}
			for i := range got {
				if w.some != 0 && want[i].values == nil {
					continue // refused by a stage that is not needed, perhaps
				}
				if got[i].drop != want[i].drop || (got[i].reject == "") != (want[i].reject == "") {
					t.Errorf("seed %d (%v): row %d: %s, plainly %s", seed, w, i+1, describe(got[i]), describe(want[i]))
				}
				for name, v := range got[i].values {
					compared++
					if !casefile.Equal(v, want[i].values[name]) {
						t.Errorf("seed %d (%v): row %d, column %s: %#v, plainly %#v", seed, w, i+1, name, v, want[i].values[name])
					}
				}
			}
		}
	}
	if compared < 1000 {
		t.Errorf("%d values compared, want many", compared)
	}
}

func TestTensorsCompareAsLeapscoreKeepsThem(t *testing.T) {
	texts := casefile.Type{Kind: casefile.Tensor, Base: casefile.String}
	for _, tt := range []struct {
		t          casefile.Type
		text, want string
	}{
		{vector, "(8 0:1 5:2 4:3)", "(8 0:1 4:3 5:2)"},
		{vector, "[2x1: 1 2]", "[1 2]"},
		{vector, "[]", "[]"},
		{texts, `(3 1:"a")`, `[null "a" null]`},
	} {
		v, err := casefile.ParseValue(tt.text, tt.t)
		if err != nil {
			t.Fatal(err)
		}
		if got := casefile.FormatValue(comparable(v, tt.t), tt.t); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.text, got, tt.want)
		}
	}
}

func TestRowsThatMLeapDropsOrRefusesAreNotAnswered(t *testing.T) {
	refused, dropped, answered := jvm.Outcome{Err: &jvm.Exception{}}, jvm.Outcome{Drop: true}, jvm.Outcome{}
	tests := []struct {
		rows []jvm.Outcome
		want bool
	}{
		{[]jvm.Outcome{refused, refused}, true},
		{[]jvm.Outcome{dropped, refused, dropped}, true},
		{[]jvm.Outcome{refused, answered}, false},
		{nil, false},
	}
	for i, tt := range tests {
		if got := answersNone(&jvm.Result{Rows: tt.rows}); got != tt.want {
			t.Errorf("case %d: %v, want %v", i, got, tt.want)
		}
	}
}

func TestOneStageIsUnwrappedWithItsPortsAsColumns(t *testing.T) {
	stage := bundletest.Node{
		Name: "sum", Inputs: bundletest.Sockets("input_a", "x", "input_b", "y"), Outputs: bundletest.Sockets("output", "z"),
		Model: bundletest.Model{Op: "math_binary", Attrs: map[string]bundle.Value{"operation": bundletest.String("add")}},
	}
	s := &subject{
		name: "pipeline", root: bundletest.Pipeline("p", bundletest.Pipeline("inner", stage)),
		in:   []casefile.Column{{Name: "y", Type: double}, {Name: "unused", Type: text}, {Name: "x", Type: double}},
		rows: [][]casefile.Value{{1.0, "a", 2.0}, {3.0, nil, math.Inf(1)}},
	}
	s.root.Nodes = flatten(s.root.Nodes)
	got := (&shrinker{}).unwrap(s.usedColumns())
	if got == nil || got.name != "math_binary" || got.in[0].Name != "input_a" || got.in[1].Name != "input_b" {
		t.Fatalf("got %+v", got)
	}
	if d := cmp.Diff([][]casefile.Value{{2.0, 1.0}, {math.Inf(1), 3.0}}, got.rows); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(bundletest.Sockets("output", "output"), got.root.Outputs); d != "" {
		t.Error(d)
	}
}

func TestSimplerValuesGetSmallerUntilTheyAreDone(t *testing.T) {
	var v casefile.Value = &casefile.Array{Dims: []int{2}, Values: []casefile.Value{123.456, math.NaN()}}
	for steps := 0; ; steps++ {
		vs := simpler(v)
		if len(vs) == 0 {
			break
		}
		if v = vs[0]; steps > 100 {
			t.Fatalf("no end at %#v", v)
		}
	}
	if got := v.(*casefile.Array).Doubles(); !slices.Equal(got, []float64{0, 0}) {
		t.Errorf("ends at %v, want zeros", got)
	}
	if vs := simpler("aé"); !slices.Equal(vs, []casefile.Value{"é", "a"}) {
		t.Errorf("simpler than %q: %q", "aé", vs)
	}
}
