package booster

import (
	"math"
	"path/filepath"
	"strings"
	"testing"
)

func TestContributionsSumToTheMargin(t *testing.T) {
	dirs, err := filepath.Glob("testdata/*/xgb_*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("%d cases, %v", len(dirs), err)
	}
	for _, dir := range dirs {
		t.Run(strings.TrimPrefix(dir, "testdata/"), func(t *testing.T) { checkContributions(t, dir) })
	}
}

func checkContributions(t *testing.T, dir string) {
	b, rows := open(t, dir), rowsOf(t, dir)
	x, err := b.Explainer()
	if b.sum.Dims > 1 {
		if err == nil || !strings.HasPrefix(err.Error(), "leaves of several values") {
			t.Errorf("%v, want a refusal of leaves of several values", err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	exact, err := b.Contributions()
	if err != nil {
		t.Fatal(err)
	}
	r := block(rows, 0)
	out := make([][]float64, x.Outputs()*len(x.Used()))
	for i := range out {
		out[i] = make([]float64, len(rows))
	}
	x.Explain(r.Columns, 0, len(rows), out)
	features, floats := make([]float64, b.Features), make([]float32, b.Outputs*(b.Features+1))
	for i, row := range rows {
		for f := range features {
			features[f] = float64(float32(row.features[f]))
		}
		exact.Row(features, floats)
		for o, want := range row.raw {
			sum := x.Bias()[o]
			near(t, "bias", float64(floats[o*(b.Features+1)+b.Features]), sum)
			for k, f := range x.Used() {
				v := out[o*len(x.Used())+k][i]
				near(t, "value", float64(floats[o*(b.Features+1)+int(f)]), v)
				sum += v
			}
			near(t, "sum", sum, want)
		}
	}
}

// near compares with what is computed in floats.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 2e-5*max(1, math.Abs(want))) {
		t.Fatalf("%s is %v, want %v", what, got, want)
	}
}
