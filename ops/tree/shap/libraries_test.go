package shap

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leapscore/ops/tree"
)

// fixture is an ensemble that a library made, rows, and the library's contributions
// (integration/trees/contributions/fixtures.py).
type fixture struct {
	Columns, Outputs, Dims int
	Base                   []float64
	Trees                  []struct {
		Nodes  [][6]json.RawMessage
		Cover  []float64
		Values []float64
		Output int
		Weight float64
	}
	Rows, Want [][]*float64
}

// node reads [left, right, column, threshold, missing goes left, categories that go right].
func node(t *testing.T, raw [6]json.RawMessage) (n tree.Node) {
	var missing bool
	var categories []int
	for i, to := range []any{&n.Left, &n.Right, &n.Feature, &n.Threshold, &missing, &categories} {
		if err := json.Unmarshal(raw[i], to); err != nil {
			t.Fatal(err)
		}
	}
	if missing {
		n.Missing = tree.MissingLeft
	}
	for _, c := range categories {
		for len(n.Categories) <= c/64 {
			n.Categories = append(n.Categories, 0)
		}
		n.Categories[c/64] |= 1 << (c % 64)
	}
	return n
}

func numbers(row []*float64) []float64 {
	out := make([]float64, len(row))
	for i, v := range row {
		out[i] = math.NaN()
		if v != nil {
			out[i] = *v
		}
	}
	return out
}

func readFixture(t *testing.T, file string) (f fixture, m *Model) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	m = &Model{Columns: f.Columns, Outputs: f.Outputs, Dims: f.Dims, Base: f.Base}
	for _, in := range f.Trees {
		out := Tree{Cover: in.Cover, Output: in.Output}
		for _, n := range in.Nodes {
			out.Nodes = append(out.Nodes, node(t, n))
		}
		for _, v := range in.Values {
			out.Values = append(out.Values, v*in.Weight)
		}
		m.Trees = append(m.Trees, out)
	}
	return f, m
}

func fixtures(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/" + pattern + ".json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	return files
}

func TestValuesAreTheLibraries(t *testing.T) {
	for _, file := range fixtures(t, "*") {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			f, m := readFixture(t, file)
			cols := make([][]float64, f.Columns)
			for _, row := range f.Rows {
				for c, v := range numbers(row) {
					cols[c] = append(cols[c], v)
				}
			}
			e, out := explain(t, m, cols, len(f.Rows))
			worst := 0.0
			for row := range f.Rows {
				for i, want := range numbers(f.Want[row]) {
					o, feature := i/(f.Columns+1), i%(f.Columns+1)
					got := e.Bias()[o]
					if feature < f.Columns {
						got = value(e, out, o, feature, row)
					}
					worst = max(worst, math.Abs(got-want))
				}
			}
			limit := 1e-12
			if strings.HasPrefix(filepath.Base(file), "xgboost") {
				limit = 1e-6 // which the library's float32 is off
			}
			if !(worst < limit) {
				t.Errorf("values differ by up to %v, want at most %v", worst, limit)
			}
			t.Logf("values differ by up to %v", worst)
		})
	}
}

func TestXGBoostHasTheBitsOfTheLibrary(t *testing.T) {
	for _, file := range fixtures(t, "xgboost_*") {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			f, m := readFixture(t, file)
			x := &XGBoost{Features: f.Columns, Groups: f.Outputs, Base: narrow(f.Base)}
			for i, in := range f.Trees {
				x.Trees = append(x.Trees, XGBoostTree{Nodes: m.Trees[i].Nodes, Cover: narrow(in.Cover), Values: narrow(in.Values),
					Group: in.Output, Weight: float32(in.Weight)})
			}
			if err := x.Check(); err != nil {
				t.Fatal(err)
			}
			out := make([]float32, f.Outputs*(f.Columns+1))
			for row := range f.Rows {
				x.Row(numbers(f.Rows[row]), out)
				for i, want := range narrow(numbers(f.Want[row])) {
					if math.Float32bits(out[i]) != math.Float32bits(want) {
						t.Errorf("row %d, value %d is %v, want %v", row, i, out[i], want)
					}
				}
			}
		})
	}
}

func TestXGBoostRefusesWhatIsNoTree(t *testing.T) {
	deep := chain(600)
	for want, x := range map[string]XGBoost{
		"1 base scores, want 2":                            {Groups: 2, Base: []float32{1}},
		"tree 0: covers of 0 nodes, want 1":                {Groups: 1, Base: []float32{1}, Trees: []XGBoostTree{{Nodes: make([]tree.Node, 1)}}},
		"tree 0: a way to a leaf has more than 512 splits": {Features: 1, Groups: 1, Base: []float32{1}, Trees: []XGBoostTree{{Nodes: deep.Nodes, Cover: narrow(deep.Cover), Values: narrow(deep.Values)}}},
	} {
		if err := x.Check(); fmt.Sprint(err) != want {
			t.Errorf("Check says %v, want %s", err, want)
		}
	}
}

func narrow(in []float64) []float32 {
	out := make([]float32, len(in))
	for i, v := range in {
		out[i] = float32(v)
	}
	return out
}
