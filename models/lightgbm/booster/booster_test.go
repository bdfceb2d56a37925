package booster_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"leapscore/models/lightgbm/booster"
	"leapscore/ops/tree"
)

// row is a row of a case with LightGBM's answers.
type row struct {
	features, raw, prediction []float64
	leaf                      []int32
}

// readRows reads rows.txt of a case: features|raw|prediction|leaf.
func readRows(t *testing.T, path string) []row {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for line := range strings.Lines(string(text)) {
		part := strings.Split(strings.TrimSpace(line), "|")
		r := row{features: numbers(t, part[0]), raw: numbers(t, part[1]), prediction: numbers(t, part[2])}
		for _, x := range numbers(t, part[3]) {
			r.leaf = append(r.leaf, int32(x))
		}
		rows = append(rows, r)
	}
	return rows
}

func numbers(t *testing.T, list string) []float64 {
	t.Helper()
	var out []float64
	for _, word := range strings.Fields(list) {
		x, err := strconv.ParseFloat(word, 64)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, x)
	}
	return out
}

// columns turns rows into columns.
func columns(rows []row) [][]float64 {
	out := make([][]float64, len(rows[0].features))
	for i := range out {
		for _, r := range rows {
			out[i] = append(out[i], r.features[i])
		}
	}
	return out
}

// score returns the answers to rows, block by block.
func score(b *booster.Booster, rows []row) booster.Answers {
	n := len(rows)
	a := booster.Answers{Raw: make([]float64, n*b.Outputs()), Prediction: make([]float64, n*b.Outputs()), Leaf: make([]int32, n*b.Trees())}
	cols := columns(rows)
	for from := 0; from < n; from += tree.Block {
		r := &tree.Rows{Columns: cols, From: from, N: min(tree.Block, n-from)}
		to := from + r.N
		b.Score(r, booster.Answers{
			Raw: a.Raw[from*b.Outputs() : to*b.Outputs()], Prediction: a.Prediction[from*b.Outputs() : to*b.Outputs()], Leaf: a.Leaf[from*b.Trees() : to*b.Trees()],
		})
	}
	return a
}

// checkAnswers compares the answers to rows with LightGBM's, bit by bit.
func checkAnswers(t *testing.T, b *booster.Booster, rows []row) {
	t.Helper()
	a := score(b, rows)
	for i, r := range rows {
		for k := range r.raw {
			checkBits(t, fmt.Sprintf("row %d: raw %d", i, k), a.Raw[i*len(r.raw)+k], r.raw[k])
			checkBits(t, fmt.Sprintf("row %d: prediction %d", i, k), a.Prediction[i*len(r.raw)+k], r.prediction[k])
		}
		for k, leaf := range r.leaf {
			if got := a.Leaf[i*b.Trees()+k]; got != leaf {
				t.Errorf("row %d: leaf of tree %d is %d, want %d", i, k, got, leaf)
			}
		}
	}
}

func checkBits(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Float64bits(got) != math.Float64bits(want) && !(math.IsNaN(got) && math.IsNaN(want)) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func parse(t *testing.T, path string) *booster.Booster {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := booster.Parse(data, booster.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return b
}

// cases are the folders of testdata, made by integration/trees/oracle/lightgbm.py.
func cases(t *testing.T, pattern string) []string {
	t.Helper()
	dirs, err := filepath.Glob("testdata/" + pattern)
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no cases %s: %v", pattern, err)
	}
	return dirs
}

func TestAnswersAreThoseOfLightGBM(t *testing.T) {
	for _, dir := range cases(t, "v*/lgb_*") {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			checkAnswers(t, parse(t, dir+"/model.txt"), readRows(t, dir+"/rows.txt"))
		})
	}
}

func TestDumpsGiveTheAnswersOfTheirModels(t *testing.T) {
	for _, path := range cases(t, "v*/lgb_*/dump.json") {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			b := parse(t, path)
			checkAnswers(t, b, readRows(t, filepath.Dir(path)+"/rows.txt"))
			if text := parse(t, filepath.Dir(path)+"/model.txt"); b.About().Leaves != text.About().Leaves || text.About().Objective != b.About().Objective {
				t.Errorf("the dump is %+v, want %+v", b.About(), text.About())
			}
		})
	}
}
