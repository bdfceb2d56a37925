package xgboost_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"leapscore/models"
	"leapscore/models/modeltest"
	"leapscore/models/xgboost"
)

const cases = "booster/testdata/3.2/"

func open(path string, opt models.Options) (*models.Model, error) {
	return modeltest.Open(xgboost.Kind, path, opt)
}

// mustOpen opens the model of a case, whichever form it has.
func mustOpen(t *testing.T, dir string, opt models.Options) *models.Model {
	t.Helper()
	paths, err := filepath.Glob(dir + "/model.*")
	if err != nil || len(paths) != 1 {
		t.Fatalf("%v, %v", paths, err)
	}
	return modeltest.MustOpen(t, xgboost.Kind, paths[0], opt)
}

// score returns the outputs of a model for rows in JSON, as text; rows that were
// refused as the reason.
func score(t *testing.T, m *models.Model, rows string, outputs ...string) []string {
	t.Helper()
	out, r := modeltest.Score(t, m, nil, rows, outputs...)
	for row := range out {
		if why, refused := r.Rejected(row); refused {
			out[row] = why.Msg
		}
	}
	return out
}

func TestModelsAreRecognizedByContent(t *testing.T) {
	paths, err := filepath.Glob("booster/testdata/*/*/model.*")
	if err != nil || len(paths) < 60 {
		t.Fatalf("%d models, %v", len(paths), err)
	}
	dir := t.TempDir()
	for i, text := range []string{"", "{}", `{"name":"tree","version":"v4"}`, `{"learners":{}}`, "PK\x03\x04", "tree\nversion=v4\n", "CBM1", "{L\x00", strings.Repeat("binf", 99)} {
		path := filepath.Join(dir, fmt.Sprintf("model%d.ubj", i))
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	for _, path := range paths {
		f, err := models.Fetch(context.Background(), path, models.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := xgboost.Kind.Recognize(f), !strings.HasPrefix(path, dir); got != want {
			t.Errorf("%s is recognized: %v, want %v", path, got, want)
		}
	}
}

const row = `[{"f0": 1.5, "f1": -3, "f2": 2, "f3": null}]`

func TestIterationsAndNamesAreOptions(t *testing.T) {
	dir := cases + "xgb_exact"
	whole := score(t, mustOpen(t, dir, models.Options{}), row, "leaf")
	named := strings.NewReplacer("f0", "a", "f1", "b", "f2", "c", "f3", "d").Replace(row)
	part := score(t, mustOpen(t, dir, models.Options{Iterations: models.Iterations{First: 1, End: 3, Given: true}, Features: []string{"a", "b", "c", "d"}}), named, "leaf")
	if want := "[" + whole[0][strings.Index(whole[0], ",")+1:]; part[0] != want {
		t.Errorf("leaves of iterations 1:3 are %s, want %s of %s", part[0], want, whole[0])
	}
	for _, bad := range []models.Options{{Iterations: models.Iterations{First: 2, End: 9, Given: true}}, {Features: []string{"a"}}} {
		if _, err := open(dir+"/model.ubj", bad); err == nil {
			t.Errorf("%+v gives no error", bad)
		}
	}
}

// TestTrainingThatStoppedEarlyCountsToItsBestRound compares with the rounds chosen.
func TestTrainingThatStoppedEarlyCountsToItsBestRound(t *testing.T) {
	dir := "booster/testdata/1.7/xgb_early"
	best := mustOpen(t, dir, models.Options{})
	var counted string
	for _, f := range best.About.Facts {
		if f.Name == "iterations" {
			counted = f.Value
		}
	}
	var n, of int
	if _, err := fmt.Sscanf(counted, "%d of %d", &n, &of); err != nil || n >= of {
		t.Fatalf("iterations are %q, want fewer than there are", counted)
	}
	chosen := mustOpen(t, dir, models.Options{Iterations: models.Iterations{End: n, Given: true}})
	all := mustOpen(t, dir, models.Options{Iterations: models.Iterations{End: of, Given: true}})
	if a, b := score(t, best, row, "raw", "leaf"), score(t, chosen, row, "raw", "leaf"); a[0] != b[0] {
		t.Errorf("the best rounds give %s, and the same rounds chosen %s", a, b)
	}
	if a, b := score(t, best, row, "leaf"), score(t, all, row, "leaf"); len(a[0]) >= len(b[0]) {
		t.Errorf("the best rounds give the leaves %s, and all rounds %s", a, b)
	}
}

func TestThresholdGivesLabels(t *testing.T) {
	dir := cases + "xgb_binary"
	rows := `[{"f0": 4.5, "f1": -3, "f2": 2, "f3": null}, {"f0": -4.5, "f1": 13, "f2": 2, "f3": 1}]`
	for _, threshold := range []float64{0, 0.4, 0.5, 0.6, 1} {
		m := mustOpen(t, dir, models.Options{Threshold: &threshold})
		for i, row := range score(t, m, rows, "prediction", "label") {
			var p float64
			var label, want int
			if _, err := fmt.Sscan(row, &p, &label); err != nil {
				t.Fatal(err)
			}
			if p > threshold {
				want = 1
			}
			if label != want {
				t.Errorf("row %d: the label of %v with threshold %v is %d, want %d", i, p, threshold, label, want)
			}
		}
	}
	half := 0.5
	if _, err := open("booster/testdata/1.7/xgb_gamma/model.deprecated", models.Options{Threshold: &half}); err == nil || !strings.Contains(err.Error(), "binary:logistic") {
		t.Errorf("a threshold for a regression gives %v, want an error that names the objective", err)
	}
}

// TestLabelsOfScikitLearn writes what its classifiers of versions before 2.0 note.
func TestLabelsOfScikitLearn(t *testing.T) {
	data, err := os.ReadFile(cases + "xgb_softmax/model.json")
	if err != nil {
		t.Fatal(err)
	}
	for classes, want := range map[string]string{`[\"a\", \"b\", \"c\", \"d\"]`: "abcd", `[7, 5, 3, 1]`: "7531"} {
		path := filepath.Join(t.TempDir(), "model.json")
		noted := strings.Replace(string(data), `"attributes":{`, `"attributes":{"scikit_learn":"{\"missing\": NaN, \"classes_\": `+classes+`, \"n_jobs\": Infinity}"`, 1)
		if err := os.WriteFile(path, []byte(noted), 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := open(path, models.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var class float64
		var label string
		if _, err := fmt.Sscan(score(t, m, row, "prediction", "label")[0], &class, &label); err != nil {
			t.Fatal(err)
		}
		if label != want[int(class):int(class)+1] {
			t.Errorf("class %v of %s has the label %s", class, classes, label)
		}
	}
}

func TestNumberForMissingIsWarnedAbout(t *testing.T) {
	data, err := os.ReadFile(cases + "xgb_softmax/model.json")
	if err != nil {
		t.Fatal(err)
	}
	for missing, want := range map[string]int{"-999.0": 1, "NaN": 0, "null": 0} {
		path := filepath.Join(t.TempDir(), "model.json")
		noted := strings.Replace(string(data), `"attributes":{`, `"attributes":{"scikit_learn":"{\"missing\": `+missing+`, \"n_jobs\": 1}"`, 1)
		if err := os.WriteFile(path, []byte(noted), 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := open(path, models.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Warnings) != want || want == 1 && !strings.Contains(m.Warnings[0].Detail, "missing=-999:") {
			t.Errorf("missing=%s gives the warnings %v, want %d", missing, m.Warnings, want)
		}
		behind, err := m.Behind("features")
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(behind.Warnings, m.Warnings) {
			t.Errorf("missing=%s gives the warnings %v behind a vector, want %v", missing, behind.Warnings, m.Warnings)
		}
	}
}

// TestCategoriesByName compares with the answers of XGBoost to a data frame.
func TestCategoriesByName(t *testing.T) {
	m, err := open("../../examples/trees/xgboost.ubj", models.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows := `[{"age": 22, "balance": 2284.84, "plan": "basic", "visits": 2}, {"age": 66, "balance": 1509.83, "plan": "family", "visits": 5},
		{"age": 22, "balance": 2284.84, "plan": "gold", "visits": 2}, {"age": 66, "balance": null, "plan": null, "visits": 5}]`
	got := score(t, m, rows, "prediction")
	for i, want := range []string{"0.124185994", "0.9499593", `feature "plan" has a category that the model was not trained with`, "0.9286751"} {
		if got[i] != want {
			t.Errorf("row %d gives %s, want %s", i, got[i], want)
		}
	}
}

func TestInfinitiesAreRefused(t *testing.T) {
	m := mustOpen(t, cases+"xgb_binary", models.Options{})
	got := score(t, m, `[{"f0": 1e39, "f1": -3, "f2": 2, "f3": null}, {"f0": 3.4e38, "f1": -3, "f2": 2, "f3": null}]`, "prediction")
	if !strings.Contains(got[0], "feature 0 is 1e+39, which is infinite") {
		t.Errorf("1e39 gives %s", got[0])
	}
	var p float64
	if _, err := fmt.Sscan(got[1], &p); err != nil || math.IsNaN(p) {
		t.Errorf("3.4e38 gives %s, want a prediction", got[1])
	}
}
