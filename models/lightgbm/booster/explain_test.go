package booster_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leapscore/models/lightgbm/booster"
)

func TestContributionsSumToRaw(t *testing.T) {
	files, err := filepath.Glob("testdata/v*/lgb_*/model.*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			b, err := booster.Parse(data, booster.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			x, err := b.Explainer()
			if b.About().Linear {
				if err == nil || !strings.HasPrefix(err.Error(), "linear trees have no Shapley values") {
					t.Errorf("%v, want a refusal of linear trees", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			rows := readRows(t, filepath.Join(filepath.Dir(file), "rows.txt"))
			out := make([][]float64, x.Outputs()*len(x.Used()))
			for i := range out {
				out[i] = make([]float64, len(rows))
			}
			x.Explain(columns(rows), 0, len(rows), out)
			for i, row := range rows {
				for o, want := range row.raw {
					sum := x.Bias()[o]
					for _, values := range out[o*len(x.Used()):][:len(x.Used())] {
						sum += values[i]
					}
					if !(math.Abs(sum-want) <= 1e-10*max(1, math.Abs(want))) {
						t.Fatalf("row %d, output %d: the values sum to %v, want %v", i, o, sum, want)
					}
				}
			}
		})
	}
}

// TestWithoutCountsNothingIsExplained tries files without counts of rows, and with counts of 0.
func TestWithoutCountsNothingIsExplained(t *testing.T) {
	text := read(t, small+"model.txt")
	for name, file := range map[string]string{"none": without(text, "leaf_count="), "zeros": line(text, "leaf_count", 1, "0 0 0 0 0")} {
		b, err := booster.Parse([]byte(file), booster.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Explainer(); err == nil || !strings.Contains(err.Error(), "leaf_count") {
			t.Errorf("%s: the error is %v, want one that names leaf_count", name, err)
		}
	}
}
