package kinds_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/enginetest"
	"leapscore/engine/pipeline"
	"leapscore/models"
	"leapscore/models/kinds"
	"leapscore/ops/column"
)

// stumps is a model of LightGBM of two trees over some features: one looks at the last
// feature and one at the one before.
func stumps(t *testing.T, features int, names string) string {
	t.Helper()
	if names == "" {
		var list []string
		for i := range features {
			list = append(list, fmt.Sprintf("Column_%d", i))
		}
		names = strings.Join(list, " ")
	}
	text := fmt.Sprintf("tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=%d\nobjective=regression\nfeature_names=%s\nfeature_infos=%s\n\n",
		features-1, names, strings.TrimSpace(strings.Repeat("none ", features)))
	for i, threshold := range []float64{0.1, -0.2} {
		text += fmt.Sprintf("Tree=%d\nnum_leaves=2\nnum_cat=0\nsplit_feature=%d\nsplit_gain=1\nthreshold=%v\ndecision_type=2\nleft_child=-1\nright_child=-2\nleaf_value=%d %d\n"+
			"leaf_weight=1 1\nleaf_count=1 1\ninternal_value=0\ninternal_weight=0\ninternal_count=2\nis_linear=0\nshrinkage=1\n\n\n", i, features-1-i, threshold, 1+2*i, 10+20*i)
	}
	path := filepath.Join(t.TempDir(), "stumps")
	if err := os.WriteFile(path, []byte(text+"end of trees\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func homes(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "homes.zip")
	if err := os.WriteFile(path, enginetest.Linear("keep").Files().Zip(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func width(t *testing.T, where, output string) int {
	t.Helper()
	m, err := kinds.Open(t.Context(), where, models.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	o, ok := m.Output(output)
	if !ok {
		t.Fatalf("no output %s", output)
	}
	return o.Width
}

// A booster behind a bundle predicts what it predicts for the vectors of the bundle.
func TestABoosterReadsTheVectorOfABundle(t *testing.T) {
	front := homes(t)
	n := width(t, front, "features")
	m, err := kinds.OpenThen(t.Context(), front, stumps(t, n, ""), models.Options{Features: []string{"features"}})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	rec := enginetest.Record(memory.DefaultAllocator, enginetest.Homes(1, 600, 7))
	defer rec.Release()
	got := run(t, m, rec, "features", "prediction")
	vectors := column.ViewVectors(got.Columns[0])
	predicted := got.Columns[1].(*array.Float64)
	scored := 0
	for row := range int(rec.NumRows()) {
		if _, refused := got.Rejected(row); refused {
			continue
		}
		v := vectors.Row(row)
		want := 1.0
		if v.At(n-1) > 0.1 {
			want = 10
		}
		if v.At(n-2) > -0.2 {
			want += 30
		} else {
			want += 3
		}
		if predicted.Value(row) != want {
			t.Fatalf("row %d: %v, want %v", row, predicted.Value(row), want)
		}
		scored++
	}
	if scored == 0 {
		t.Error("no row was scored")
	}
	if names := strings.Join(m.FinalOutputs(), ","); names != "price,prediction" {
		t.Errorf("final outputs %s, want those of the bundle and the booster", names)
	}
}

// A booster whose features the bundle makes reads those, and others from the source.
func TestABoosterReadsColumnsOfABundle(t *testing.T) {
	m, err := kinds.OpenThen(t.Context(), homes(t), stumps(t, 2, "rooms price"), models.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	rec := enginetest.Record(memory.DefaultAllocator, enginetest.Homes(1, 50, 3))
	defer rec.Release()
	got := run(t, m, rec, "price", "prediction")
	for row := range int(rec.NumRows()) {
		if _, refused := got.Rejected(row); refused {
			continue
		}
		want := 31.0
		if got.Columns[0].(*array.Float64).Value(row) > 0.1 {
			want = 40
		}
		if x := got.Columns[1].(*array.Float64).Value(row); x != want && !math.IsNaN(x) {
			t.Fatalf("row %d: %v, want %v", row, x, want)
		}
	}
}

// A bundle that holds the file of a booster is the same as the two.
func TestABundleHoldsItsBooster(t *testing.T) {
	booster, err := os.ReadFile(stumps(t, 2, "rooms price"))
	if err != nil {
		t.Fatal(err)
	}
	files := enginetest.Linear("keep").Files()
	files["README.md"] = []byte("notes")
	files["booster.txt"] = booster
	folder, zip := filepath.Join(t.TempDir(), "both"), filepath.Join(t.TempDir(), "both.zip")
	if err := files.Write(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(zip, files.Zip(), 0o600); err != nil {
		t.Fatal(err)
	}
	rec := enginetest.Record(memory.DefaultAllocator, enginetest.Homes(1, 50, 0))
	defer rec.Release()
	for _, where := range []string{folder, zip} {
		m, err := kinds.OpenThen(t.Context(), where, "", models.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		if got := run(t, m, rec, "prediction").Columns[0].(*array.Float64).Value(0); got != 31 && got != 40 {
			t.Errorf("%s: prediction %v, want 31 or 40", where, got)
		}
	}
	files["other.txt"] = booster
	if err := files.Write(folder); err != nil {
		t.Fatal(err)
	}
	if _, err := kinds.OpenThen(t.Context(), folder, "", models.Options{}); err == nil || !strings.Contains(err.Error(), "two boosters lie in the bundle") {
		t.Errorf("%v, want an error about two boosters", err)
	}
	named, err := kinds.OpenThen(t.Context(), folder, stumps(t, 2, "rooms price"), models.Options{})
	if err != nil {
		t.Fatalf("two boosters in the bundle, of which none is asked for: %v", err)
	}
	defer named.Close()
}

func run(t *testing.T, m *models.Model, rec arrow.Record, outputs ...string) *pipeline.Result {
	t.Helper()
	p, err := m.Bind(rec.Schema(), pipeline.Options{Outputs: outputs})
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.RunRecord(memory.DefaultAllocator, rec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Release)
	return r
}

func TestModelsThatDoNotGoTogether(t *testing.T) {
	front := homes(t)
	n := width(t, front, "features")
	for _, c := range []struct {
		then     string
		features []string
		want     string
	}{
		{stumps(t, n+1, ""), []string{"features"}, fmt.Sprintf(`the vector "features" has %d values, and the booster has %d features`, n, n+1)},
		{stumps(t, n, ""), nil, "the first makes none of the booster's features and no vector of them; it makes price; if they are in a vector that it makes on the way, name it, as in --features features"},
		{front, nil, "the second is no booster but MLeap bundle; a pipeline of several stages is one bundle"},
		{stumps(t, 2, "price prediction"), nil, `feature "prediction" has the name of an output`},
	} {
		_, err := kinds.OpenThen(t.Context(), front, c.then, models.Options{Features: c.features})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}
