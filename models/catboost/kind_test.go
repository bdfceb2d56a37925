package catboost_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine/pipeline"
	"leapscore/models"
	"leapscore/models/catboost"
	"leapscore/models/modeltest"
)

const cases = "booster/testdata/cases/"

func open(path string, opt models.Options) (*models.Model, error) {
	return modeltest.Open(catboost.Kind, path, opt)
}

func mustOpen(t *testing.T, path string, opt models.Options) *models.Model {
	t.Helper()
	return modeltest.MustOpen(t, catboost.Kind, path, opt)
}

// The answers are CatBoost's for the categories as whole numbers.
func TestCategoriesAreTextsOrWholeNumbers(t *testing.T) {
	m := mustOpen(t, cases+"ctr_whole/model.cbm", models.Options{})
	want := "0.23137074132847682 [2,5,4,6]"
	texts, _ := modeltest.Score(t, m, nil, `[{"f0": "125704", "f1": 4.902946472167969, "f2": 1.1656916775197494, "f3": "30676"}]`, "raw", "leaf")
	if texts[0] != want {
		t.Errorf("texts give %s, want %s", texts[0], want)
	}
	whole := arrow.NewSchema([]arrow.Field{
		{Name: "f0", Type: arrow.PrimitiveTypes.Int64, Nullable: true}, {Name: "f1", Type: arrow.PrimitiveTypes.Float64},
		{Name: "f2", Type: arrow.PrimitiveTypes.Float64}, {Name: "f3", Type: arrow.PrimitiveTypes.Int32},
	}, nil)
	rows := `[{"f0": 125704, "f1": 4.902946472167969, "f2": 1.1656916775197494, "f3": 30676}, {"f0": null, "f1": 1, "f2": 1, "f3": 30676}]`
	numbers, r := modeltest.Score(t, m, whole, rows, "raw", "leaf")
	if numbers[0] != want {
		t.Errorf("whole numbers give %s, want %s", numbers[0], want)
	}
	if x, is := r.Rejected(1); !is || r.Rejects() != 1 || x.Column != "f0" {
		t.Errorf("rejected are %d rows, row 1 by column %q; want row 1 alone, whose f0 is null", r.Rejects(), x.Column)
	}
	broken := arrow.NewSchema([]arrow.Field{
		{Name: "f0", Type: arrow.PrimitiveTypes.Float64}, {Name: "f1", Type: arrow.PrimitiveTypes.Float64},
		{Name: "f2", Type: arrow.PrimitiveTypes.Float64}, {Name: "f3", Type: arrow.BinaryTypes.String},
	}, nil)
	if _, err := m.Bind(broken, pipeline.Options{Outputs: []string{"raw"}}); err == nil || !strings.Contains(err.Error(), `"f0"`) {
		t.Errorf("a category that is a float64 gives %v, want an error that names f0", err)
	}
}

func TestLabelsAreThoseOfTheFile(t *testing.T) {
	m := mustOpen(t, cases+"multiclass_names/model.cbm", models.Options{})
	rows := `[{"f0": 4, "f1": 5, "f2": 1, "f3": 2}, {"f0": -4, "f1": -15, "f2": 1, "f3": 2}]`
	got, _ := modeltest.Score(t, m, nil, rows, "prediction", "label")
	for i, row := range got {
		var p [3]float64
		if _, err := fmt.Sscanf(row, "[%g,%g,%g]", &p[0], &p[1], &p[2]); err != nil {
			t.Fatal(err)
		}
		best := 0
		for k := range p {
			if p[k] > p[best] {
				best = k
			}
		}
		// Classes that are texts are in the order of the alphabet.
		if want := []string{"may be", "no", "yes"}[best]; !strings.HasSuffix(row, "] "+want) {
			t.Errorf("row %d: %s, want the label %s", i, row, want)
		}
	}
	for _, o := range m.Outputs {
		if final := o.Name == "prediction"; o.Final != final {
			t.Errorf("output %s is final: %v, want %v", o.Name, o.Final, final)
		}
	}
}

func TestThresholdGivesLabels(t *testing.T) {
	rows := `[{"f0": 4, "f1": 5, "f2": 1, "f3": null}, {"f0": -4, "f1": -15, "f2": 1, "f3": 2}, {"f0": 0, "f1": 0, "f2": 0, "f3": 0}]`
	path := cases + "binary_missing_max/model.cbm"
	for _, threshold := range []float64{0, 0.3, 0.5, 0.7, 1} {
		m := mustOpen(t, path, models.Options{Threshold: &threshold})
		got, _ := modeltest.Score(t, m, nil, rows, "prediction", "label")
		for i, row := range got {
			var p, q, label, want float64
			if _, err := fmt.Sscanf(row, "[%g,%g] %g", &p, &q, &label); err != nil {
				t.Fatal(row, err)
			}
			if q > threshold {
				want = 1
			}
			if label != want {
				t.Errorf("row %d: the label of %v with threshold %v is %v, want %v", i, q, threshold, label, want)
			}
		}
	}
	half := 0.5
	if _, err := open(cases+"tweedie/model.cbm", models.Options{Threshold: &half}); err == nil || !strings.Contains(err.Error(), "Tweedie") {
		t.Errorf("a threshold for a regression gives %v, want an error that names the loss", err)
	}
}

func TestIterationsAndNamesAreOptions(t *testing.T) {
	path := cases + "rmse_scaled/model.cbm"
	rows := func(names string) string {
		n := strings.Split(names, ",")
		return fmt.Sprintf(`[{"%s": 1.5, "%s": -3, "%s": 2, "%s": 1}]`, n[0], n[1], n[2], n[3])
	}
	whole, _ := modeltest.Score(t, mustOpen(t, path, models.Options{}), nil, rows("f0,f1,f2,f3"), "leaf")
	opt := models.Options{Iterations: models.Iterations{First: 1, End: 3}, Features: []string{"a", "b", "c", "d"}}
	part, _ := modeltest.Score(t, mustOpen(t, path, opt), nil, rows("a,b,c,d"), "leaf")
	leaves := strings.Split(strings.Trim(whole[0], "[]"), ",")
	if want := "[" + strings.Join(leaves[1:3], ",") + "]"; part[0] != want {
		t.Errorf("leaves of iterations 1:3 are %s, want %s of %s", part[0], want, whole[0])
	}
	for _, bad := range []models.Options{{Iterations: models.Iterations{First: 2, End: 9}}, {Features: []string{"a"}}} {
		if _, err := open(path, bad); err == nil {
			t.Errorf("%+v gives no error", bad)
		}
	}
}

// Files are recognized by their content, whatever their names.
func TestModelsAreRecognizedByContent(t *testing.T) {
	dir := t.TempDir()
	for i, c := range []struct {
		text string
		want bool
	}{
		{"CBM1\x00\x00\x00\x00", true}, {"{\n\"features_info\": {", true}, {`{"oblivious_trees":[]}`, true},
		{`{"ctr_data":{"{\"identifier\":[{\"cat_feature_index\":0,\"combination_element\":\"cat_feature_value\"}]`, true},
		{`{"model_info":{"catboost_version_info":""`, true}, {`{"trees":[{"left"`, false}, {`{"learner":{}}`, false}, {`{"name":"tree"`, false}, {"", false},
	} {
		path := filepath.Join(dir, fmt.Sprintf("model%d.zip", i))
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := models.Fetch(context.Background(), path, models.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := catboost.Kind.Recognize(f); got != c.want {
			t.Errorf("%q is recognized: %v, want %v", c.text, got, c.want)
		}
	}
}

func TestAboutSaysWhatTheModelIs(t *testing.T) {
	m := mustOpen(t, cases+"ctr_combined_one_hot/model.json", models.Options{})
	facts := map[string]string{}
	for _, f := range m.About.Facts {
		facts[f.Name] = f.Value
	}
	for name, want := range map[string]string{
		"loss": "MultiClass", "trees": "4 (symmetric) with 32 leaves", "classes": "3: 0, 1, 2", "features": "4: f0, f1, f2, f3", "categories": "f0, f2, f3",
	} {
		if facts[name] != want {
			t.Errorf("%s is %q, want %q", name, facts[name], want)
		}
	}
	if m.About.Format != "JSON" || !strings.HasPrefix(m.About.Version, "1.") {
		t.Errorf("format %q of version %q, want JSON of 1.x", m.About.Format, m.About.Version)
	}
}
