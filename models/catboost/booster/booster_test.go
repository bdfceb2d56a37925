package booster

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"

	vectors "leapscore/ops/column"
	"leapscore/ops/tree"
)

// A case is a folder with the files of a model and rows.txt: features|raw|prediction|leaf
// of one row a line, as the library answered; a feature in quotes is a category.
type caseRows struct {
	columns               [][]float64
	raw, prediction, leaf [][]float64
	n                     int
}

func readCase(t testing.TB, dir string) *caseRows {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "rows.txt"))
	if err != nil {
		t.Fatal(err)
	}
	c := &caseRows{}
	for line := range strings.Lines(string(data)) {
		parts := strings.Split(strings.TrimSpace(line), "|")
		cells := numbers(t, parts[0])
		if c.columns == nil {
			c.columns = make([][]float64, len(cells))
		}
		for i, v := range cells {
			c.columns[i] = append(c.columns[i], v)
		}
		c.raw = append(c.raw, numbers(t, parts[1]))
		c.prediction = append(c.prediction, numbers(t, parts[2]))
		c.leaf = append(c.leaf, numbers(t, parts[3]))
		c.n++
	}
	return c
}

func numbers(t testing.TB, text string) (out []float64) {
	for _, cell := range strings.Fields(text) {
		if cell[0] == '"' {
			var category string
			if err := json.Unmarshal([]byte(cell), &category); err != nil {
				t.Fatal(err)
			}
			out = append(out, float64(CategoryHash(category)))
			continue
		}
		v, err := strconv.ParseFloat(cell, 64)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

func TestAnswersHaveTheBitsOfTheLibrary(t *testing.T) {
	root := "testdata/cases"
	if dir := os.Getenv("CATBOOST_CASES"); dir != "" {
		root = dir
	}
	files, _ := filepath.Glob(root + "/*/model.*")
	if len(files) == 0 {
		t.Fatal("there are no cases")
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file))+filepath.Ext(file), func(t *testing.T) { compareCase(t, file) })
	}
}

func compareCase(t *testing.T, file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Parse(data, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	c := readCase(t, filepath.Dir(file))
	if len(b.Names()) != len(c.columns) {
		t.Fatalf("features %v, want %d", b.Names(), len(c.columns))
	}
	for from := 0; from < c.n; from += tree.Block {
		n := min(tree.Block, c.n-from)
		got := Answers{Raw: make([]float64, n*b.Outputs()), Prediction: make([]float64, n*b.Predictions()), Leaf: make([]int32, n*b.Rounds())}
		b.Score(&tree.Rows{Columns: c.columns, From: from, N: n}, got)
		compareRows(t, "raw", got.Raw, c.raw[from:from+n])
		compareRows(t, "prediction", got.Prediction, c.prediction[from:from+n])
		leaves := make([]float64, len(got.Leaf))
		for i, leaf := range got.Leaf {
			leaves[i] = float64(leaf)
		}
		compareRows(t, "leaf", leaves, c.leaf[from:from+n])
	}
}

func compareRows(t *testing.T, name string, got []float64, want [][]float64) {
	t.Helper()
	width := len(got) / len(want)
	for i, row := range want {
		if len(row) != width {
			t.Fatalf("%s has %d values a row, want %d", name, width, len(row))
		}
		for k, w := range row {
			if g := got[i*width+k]; math.Float64bits(g) != math.Float64bits(w) {
				t.Fatalf("row %d: %s %d is %v, want %v", i, name, k, g, w)
			}
		}
	}
}

// Behind features, rows are vectors: what sparse ones do not store is zero.
func TestVectorsGiveTheAnswersOfColumns(t *testing.T) {
	b, err := Parse(readFile(t, "rmse_scaled/model.cbm"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	build := vectors.NewVectorBuilder(memory.DefaultAllocator, 3, 12)
	copy(build.Dense(4), []float64{1.5, -3, 0, 2})
	copy(build.Dense(4), []float64{-4.5, 12, math.NaN(), 5})
	build.Append(vectors.Vector{Size: 4, Indices: []int32{1, 3}, Values: []float64{-30, 7}})
	arr := build.Array()
	defer arr.Release()
	v := vectors.ViewVectors(arr)
	columns := [][]float64{{1.5, -4.5, 0}, {-3, 12, -30}, {0, math.NaN(), 0}, {2, 5, 7}}
	got, want := make([]float64, 3), make([]float64, 3)
	b.Score(&tree.Rows{Vectors: &v, N: 3}, Answers{Raw: got})
	b.Score(&tree.Rows{Columns: columns, N: 3}, Answers{Raw: want})
	compareRows(t, "raw", got, [][]float64{want[:1], want[1:2], want[2:]})
	if want[0] == want[1] || want[1] == want[2] {
		t.Errorf("the rows %v do not differ, so that the test shows nothing", want)
	}
}

// A range of trees has the bias of the first tree only.
func TestBiasBelongsToTheFirstTree(t *testing.T) {
	b, err := Parse(readFile(t, "rmse_scaled/model.cbm"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	sum := func(from, to int) float64 {
		part, err := b.Slice(from, to)
		if err != nil {
			t.Fatal(err)
		}
		raw := make([]float64, 1)
		part.Score(&tree.Rows{Columns: [][]float64{{1.5}, {-3}, {2}, {1}}, N: 1}, Answers{Raw: raw})
		return raw[0]
	}
	whole, parts := sum(0, 4), sum(0, 1)+sum(1, 2)+sum(2, 4)
	if math.Abs(whole-parts) > 1e-12 {
		t.Errorf("the parts add up to %v, want %v", parts, whole)
	}
	if _, err := b.Slice(2, 9); err == nil {
		t.Error("trees that the model does not have give no error")
	}
}
