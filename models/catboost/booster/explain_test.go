package booster

import (
	"math"
	"os"
	"path/filepath"
	"testing"
)

func TestContributionsSumToRaw(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*/model.*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			b, err := Parse(data, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			x, err := b.Explainer()
			if err != nil {
				t.Fatal(err)
			}
			checkSums(t, b, x.(*explainer), readCase(t, filepath.Dir(file)))
		})
	}
}

func checkSums(t *testing.T, b *Booster, x *explainer, c *caseRows) {
	cols := make([][]float64, len(c.columns)) // only those that are needed
	for _, f := range x.Used() {
		cols[f] = c.columns[f]
		if !b.Used(int(f)) {
			t.Errorf("feature %d is not used", f)
		}
	}
	out := make([][]float64, x.Outputs()*len(x.Used()))
	for i := range out {
		out[i] = make([]float64, c.n)
	}
	x.Explain(cols, 0, c.n, out)
	for i, raw := range c.raw {
		for o, want := range raw {
			sum := x.Bias()[o]
			for _, values := range out[o*len(x.Used()):][:len(x.Used())] {
				sum += values[i]
			}
			if sum != want && !(math.Abs(sum-want) <= 1e-10*max(1, math.Abs(want))) {
				t.Fatalf("row %d, output %d: the values sum to %v, want %v", i, o, sum, want)
			}
		}
	}
}
