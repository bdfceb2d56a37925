package lightgbm_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine/pipeline"
	"leapscore/models"
	"leapscore/models/lightgbm"
	"leapscore/models/modeltest"
)

const cases = "booster/testdata/v4/"

func open(path string, opt models.Options) (*models.Model, error) {
	return modeltest.Open(lightgbm.Kind, path, opt)
}

func mustOpen(t *testing.T, path string, opt models.Options) *models.Model {
	t.Helper()
	return modeltest.MustOpen(t, lightgbm.Kind, path, opt)
}

// score returns the outputs of a model for rows in JSON, as text.
func score(t *testing.T, m *models.Model, rows string, outputs ...string) []string {
	t.Helper()
	return scoreAs(t, m, nil, rows, outputs...)
}

// scoreAs is score for columns of the types of a schema.
func scoreAs(t *testing.T, m *models.Model, schema *arrow.Schema, rows string, outputs ...string) []string {
	t.Helper()
	out, _ := modeltest.Score(t, m, schema, rows, outputs...)
	return out
}

// TestModelsAreRecognizedByContent tries both formats, and files that are neither.
func TestModelsAreRecognizedByContent(t *testing.T) {
	dir := t.TempDir()
	for i, c := range []struct {
		text string
		want bool
	}{
		{"tree\nversion=v3\nnum_class=1\n", true}, {"tree\r\nversion=v4\r\n", true}, {`{"name":"tree","version":"v4","num_class":1,"num_tree_per_iteration":1`, true},
		{"{\n \"average_output\": false, \"feature_infos\": {", true}, {"tree\n", false}, {"trees\nversion=v3\n", false}, {`{"learner":{}}`, false}, {"", false}, {"PK\x03\x04", false},
	} {
		path := filepath.Join(dir, fmt.Sprintf("model%d.zip", i))
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := models.Fetch(context.Background(), path, models.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := lightgbm.Kind.Recognize(f); got != c.want {
			t.Errorf("%q is recognized: %v, want %v", c.text, got, c.want)
		}
	}
}

func TestIterationsAndNamesAreOptions(t *testing.T) {
	path := cases + "lgb_regression/model.txt"
	rows := func(names string) string {
		n := strings.Split(names, ",")
		return fmt.Sprintf(`[{"%s": 1.5, "%s": -3, "%s": 2, "%s": null}]`, n[0], n[1], n[2], n[3])
	}
	whole := score(t, mustOpen(t, path, models.Options{}), rows("Column_0,Column_1,Column_2,Column_3"), "leaf")
	part := score(t, mustOpen(t, path, models.Options{Iterations: models.Iterations{First: 1, End: 3}, Features: []string{"a", "b", "c", "d"}}), rows("a,b,c,d"), "leaf")
	if want := "[" + whole[0][strings.Index(whole[0], ",")+1:]; part[0] != want {
		t.Errorf("leaves of iterations 1:3 are %s, want %s of %s", part[0], want, whole[0])
	}
	for _, bad := range []models.Options{{Iterations: models.Iterations{First: 2, End: 9}}, {Features: []string{"a"}}} {
		if _, err := open(path, bad); err == nil {
			t.Errorf("%+v gives no error", bad)
		}
	}
}

func TestThresholdGivesLabels(t *testing.T) {
	rows := `[{"Column_0": 4.5, "Column_1": -3, "Column_2": 2, "Column_3": null}, {"Column_0": -4.5, "Column_1": 13, "Column_2": 2, "Column_3": 1}]`
	path := cases + "lgb_binary/model.txt"
	for _, threshold := range []float64{0, 0.5, 0.55, 1} {
		m := mustOpen(t, path, models.Options{Threshold: &threshold})
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
		if got := score(t, m, rows, "label"); len(got[0]) != 1 {
			t.Errorf("label alone is %q, want a digit", got[0])
		}
	}
	half := 0.5
	if _, err := open(cases+"lgb_regression/model.txt", models.Options{Threshold: &half}); err == nil || !strings.Contains(err.Error(), "objective binary") {
		t.Errorf("a threshold for a regression gives %v, want an error that names the objective", err)
	}
}

// TestColumnsOfDataFramesGiveTheAnswersOfPredict scores the columns of a DataFrame: categories of
// texts, numbers and booleans, of which some are new, integers beyond 2^53, and small types.
func TestColumnsOfDataFramesGiveTheAnswersOfPredict(t *testing.T) {
	text, err := os.ReadFile(cases + "pandas/rows.json")
	if err != nil {
		t.Fatal(err)
	}
	var answers []struct{ Prediction float64 }
	if err := json.Unmarshal(text, &answers); err != nil {
		t.Fatal(err)
	}
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "city", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "size", Type: arrow.PrimitiveTypes.Int64}, {Name: "flag", Type: arrow.FixedWidthTypes.Boolean},
		{Name: "rate", Type: arrow.PrimitiveTypes.Float64}, {Name: "long", Type: arrow.PrimitiveTypes.Int64}, {Name: "near", Type: arrow.PrimitiveTypes.Int64},
		{Name: "byte", Type: arrow.PrimitiveTypes.Int8}, {Name: "float", Type: arrow.PrimitiveTypes.Float32}, {Name: "double", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		{Name: "bool", Type: arrow.FixedWidthTypes.Boolean},
	}, nil)
	m := mustOpen(t, cases+"pandas/model.txt", models.Options{})
	got := scoreAs(t, m, schema, string(text), "prediction")
	for i, a := range answers {
		if want := fmt.Sprint(a.Prediction); got[i] != want {
			t.Errorf("row %d: %s, want %s", i, got[i], want)
		}
	}
}

// TestCategoriesOfTextTakeNoNumbers refuses codes for categories, which would all be new ones.
func TestCategoriesOfTextTakeNoNumbers(t *testing.T) {
	m := mustOpen(t, cases+"pandas/model.txt", models.Options{})
	fields := m.Schema().Fields()
	for i := range fields {
		if fields[i].Name == "city" {
			fields[i].Type = arrow.PrimitiveTypes.Int64
		}
	}
	_, err := m.Bind(arrow.NewSchema(fields, nil), pipeline.Options{Outputs: []string{"prediction"}})
	if err == nil || !strings.Contains(err.Error(), "city") {
		t.Errorf("a column of numbers for categories of text gives %v, want an error that names it", err)
	}
}

// TestLinearLeavesReadVectors scores a model behind a vector of features.
func TestLinearLeavesReadVectors(t *testing.T) {
	m := mustOpen(t, cases+"lgb_linear_missing/model.txt", models.Options{})
	want := score(t, m, `[{"Column_0": 1.5, "Column_1": -3, "Column_2": 2, "Column_3": 4}, {"Column_0": -1.5, "Column_1": 0, "Column_2": 5, "Column_3": 0}]`, "prediction", "raw", "leaf")
	behind, err := m.Behind("v")
	if err != nil {
		t.Fatal(err)
	}
	got := score(t, &models.Model{Model: behind}, `[{"v": [1.5, -3, 2, 4]}, {"v": [-1.5, 0, 5, 0]}]`, "prediction", "raw", "leaf")
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("behind a vector the answers are %q, want %q", got, want)
	}
}
