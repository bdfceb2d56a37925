package mleap

import (
	"math"
	"os"
	"strings"
	"testing"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
)

// boosted is a node of XGBoost with a model of the tests of package booster.
func boosted(t *testing.T, op, model string, attrs map[string]bundle.Value) bundletest.Model {
	t.Helper()
	data, err := os.ReadFile("../xgboost/booster/testdata/" + model)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bundle.Value{"num_features": bundletest.Int(4)}
	for name, v := range attrs {
		all[name] = v
	}
	return bundletest.Model{Op: op, Attrs: all, Files: map[string][]byte{"xgboost.model": data}}
}

func TestQuirksOfXGBoostAreNoticed(t *testing.T) {
	ports := [2][]bundle.Socket{bundletest.Sockets("features", "x"), bundletest.Sockets("prediction", "p", "probability", "q")}
	number := [2][]bundle.Socket{bundletest.Sockets("features", "x"), bundletest.Sockets("prediction", "p")}
	classes := func(n int32, more ...bundle.Value) map[string]bundle.Value {
		attrs := map[string]bundle.Value{"num_classes": bundletest.Int(n)}
		if len(more) > 0 {
			attrs["missing"] = more[0]
		}
		return attrs
	}
	for _, c := range []struct {
		name  string
		model bundletest.Model
		ports [2][]bundle.Socket
		want  string // "" for no warning
	}{
		{"binary", boosted(t, "xgboost.classifier", "3.2/xgb_binary/model.ubj", classes(2)), ports, ""},
		{"missing is NaN", boosted(t, "xgboost.classifier", "3.2/xgb_binary/model.ubj", classes(2, bundletest.Float(float32(math.NaN())))), ports, ""},
		{"missing is 0", boosted(t, "xgboost.classifier", "3.2/xgb_binary/model.ubj", classes(2, bundletest.Float(0))), ports, "missing is in the bundle, and MLeap does not use it"},
		{"two classes of softprob", boosted(t, "xgboost.classifier", "3.2/xgb_softprob/model.ubj", classes(2)), ports, "the wrong way round"},
		{"softmax", boosted(t, "xgboost.classifier", "3.2/xgb_softmax/model.json", classes(4)), ports, "the model gives one prediction and not 4 probabilities (its objective is multi:softmax): probability has that one value, and prediction is always 0"},
		{"margins", boosted(t, "xgboost.classifier", "3.2/xgb_logitraw/model.ubj", classes(2)), ports, "whose predictions are no probabilities"},
		{"several", boosted(t, "xgboost.regression", "3.2/xgb_targets/model.json", nil), number, "gives 3 predictions, and MLeap uses the first"},
		{"early", boosted(t, "xgboost.classifier", "3.2/xgb_early/model.ubj", classes(2)), ports, "training stopped early"},
		{"limit", boosted(t, "xgboost.regression", "3.2/xgb_exact/model.ubj", map[string]bundle.Value{"tree_limit": bundletest.Int(9)}), number, "every row is refused: tree_limit 9 is for 9 rounds, and the model has 3"},
	} {
		got := warningsOf(t, bundle.FormatJSON, "xgb", c.model, c.ports)
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: warnings %q, want %q", c.name, got, c.want)
		}
	}
}
