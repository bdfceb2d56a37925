package booster

import (
	"bufio"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"leapscore/ops/tree"
)

// oracle is a row with XGBoost's own answers.
type oracle struct {
	features              []float64
	raw, prediction, leaf []float64
}

// rowsOf reads rows.txt of a case.
func rowsOf(t *testing.T, dir string) []oracle {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "rows.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []oracle
	for s := bufio.NewScanner(f); s.Scan(); {
		var lists [4][]float64
		for i, part := range strings.SplitN(s.Text(), "|", 4) {
			for word := range strings.FieldsSeq(part) {
				x, err := strconv.ParseFloat(word, 64)
				if err != nil {
					t.Fatal(err)
				}
				lists[i] = append(lists[i], x)
			}
		}
		out = append(out, oracle{lists[0], lists[1], lists[2], lists[3]})
	}
	return out
}

// block makes rows of a block, with some rows before them that do not count.
func block(rows []oracle, before int) *tree.Rows {
	r := &tree.Rows{Columns: make([][]float64, len(rows[0].features)), From: before, N: len(rows)}
	for k := range r.Columns {
		r.Columns[k] = make([]float64, before+len(rows))
		for i, row := range rows {
			r.Columns[k][before+i] = row.features[k]
		}
	}
	return r
}

// open reads the model of a case, up to its best round.
func open(t *testing.T, dir string) *Booster {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "model.*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	b, err := Parse(data, Limits{})
	if err != nil {
		t.Fatalf("%s: %v", files[0], err)
	}
	if n, stopped := b.Best(); stopped {
		if b, err = b.Slice(0, n); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func TestAnswersHaveTheBitsOfTheLibrary(t *testing.T) {
	dirs, err := filepath.Glob("testdata/*/xgb_*")
	if more := os.Getenv("XGBOOST_CASES"); more != "" {
		dirs, err = filepath.Glob(more)
	}
	if err != nil || len(dirs) == 0 {
		t.Fatalf("%d cases, %v", len(dirs), err)
	}
	for _, dir := range dirs {
		t.Run(strings.TrimPrefix(dir, "testdata/"), func(t *testing.T) { checkCase(t, dir) })
	}
}

func checkCase(t *testing.T, dir string) {
	b, rows := open(t, dir), rowsOf(t, dir)
	for _, size := range []int{1, len(rows)} { // rows alone take other ways than blocks
		for from := 0; from < len(rows); from += size {
			part := rows[from:min(len(rows), from+size)]
			a := b.Predict(block(part, size/2), Want{Raw: true, Prediction: true, Leaf: true})
			for i, row := range part {
				same(t, dir, "raw", from+i, i, a.Raw, row.raw)
				same(t, dir, "prediction", from+i, i, a.Prediction, row.prediction)
				for k := range a.Leaf {
					if k < len(row.leaf) && len(a.Leaf) == len(row.leaf) && a.Leaf[k][i] == int32(row.leaf[k]) {
						continue
					}
					t.Fatalf("row %d: leaf of tree %d of %d is %d, want %v", from+i, k, len(a.Leaf), a.Leaf[k][i], row.leaf)
				}
			}
		}
	}
}

func same(t *testing.T, dir, name string, row, i int, got [][]float32, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %s has %d values, want %d", dir, name, len(got), len(want))
	}
	for k := range want {
		g, w := got[k][i], float32(want[k])
		if math.Float32bits(g) != math.Float32bits(w) && (g == g || w == w) {
			t.Fatalf("%s of row %d: output %d is %v, want %v", name, row, k, g, w)
		}
	}
}

// TestModelsWithoutRounds compares with the margins of XGBoost 3.2 and 2.1: the former
// does not transform a base score that the training did not get to estimate.
func TestModelsWithoutRounds(t *testing.T) {
	const file = `{"learner":{"attributes":{},"gradient_booster":{"model":{"gbtree_model_param":{"num_parallel_tree":"1","num_trees":"0"},"iteration_indptr":[0],"tree_info":[],"trees":[]},"name":"gbtree"},
		"learner_model_param":{"base_score":"[3E-1]","boost_from_average":"1","num_class":"0","num_feature":"3","num_target":"1"},"objective":{"name":"binary:logistic"}},"version":[3,2,0]}`
	for _, c := range []struct {
		replaced []string
		want     float32
	}{
		{nil, 0.3},
		{[]string{`"boost_from_average":"1"`, `"boost_from_average":"0"`}, -0.84729785},
		{[]string{`[3,2,0]`, `[2,1,4]`, `"[3E-1]"`, `"3E-1"`}, -0.84729785},
	} {
		b, err := Parse([]byte(strings.NewReplacer(c.replaced...).Replace(file)), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if b.base[0] != c.want {
			t.Errorf("%v: the margin is %v, want %v", c.replaced, b.base[0], c.want)
		}
	}
}
