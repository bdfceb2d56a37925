package mleap

import (
	"math"
	"strings"
	"testing"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/ops/builtin"
)

// logistic is a binary model with an intercept.
func logistic(intercept float64, more map[string]bundle.Value) bundletest.Model {
	attrs := map[string]bundle.Value{
		"num_classes": bundletest.Long(2), "coefficients": bundletest.Vector(1, 2), "intercept": bundletest.Double(intercept), "threshold": bundletest.Double(0.5),
	}
	for name, v := range more {
		attrs[name] = v
	}
	return bundletest.Model{Op: "logistic_regression", Attrs: attrs}
}

var classifierPorts = [2][]bundle.Socket{bundletest.Sockets("features", "x"), bundletest.Sockets("prediction", "p", "raw_prediction", "r", "probability", "q")}

// warningsOf loads a bundle of one node and returns its warnings, a line each.
func warningsOf(t *testing.T, format, name string, m bundletest.Model, ports [2][]bundle.Socket) string {
	t.Helper()
	b, err := bundle.OpenFS(bundletest.Bundle{Format: format, Root: bundletest.Node{Name: name, Inputs: ports[0], Outputs: ports[1], Model: m}}.FS(), bundle.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	model, err := Load(b, builtin.Registry())
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, w := range model.Warnings {
		lines = append(lines, w.String())
	}
	return strings.Join(lines, "\n")
}

const uuid = "_1b4e28ba-2fa1-11d2-883f-0016d3cca427"

func TestDamageOfExportersIsNoticed(t *testing.T) {
	scalar := [2][]bundle.Socket{bundletest.Sockets("input", "x"), bundletest.Sockets("output", "y")}
	imputer := func(missing bundle.Value) bundletest.Model {
		return bundletest.Model{Op: "imputer", Attrs: map[string]bundle.Value{
			"surrogate_value": bundletest.Double(3), "missing_value": missing, "strategy": bundletest.String("mean"),
		}}
	}
	scaler := map[string]bundle.Value{"min": bundletest.Vector(0, 0), "max": bundletest.Vector(1, 1)}
	ranged := map[string]bundle.Value{"min": bundletest.Vector(0, 0), "max": bundletest.Vector(1, 1), "minValue": bundletest.Double(-1), "maxValue": bundletest.Double(1)}
	matrix := map[string]bundle.Value{
		"num_classes": bundletest.Long(3), "coefficient_matrix": bundletest.Matrix([]int{3, 2}, 1, 2, 3, 4, 5, 6), "intercept_vector": bundletest.Vector(1, 2, 3),
	}
	one := bundletest.Model{
		Op:    "one_vs_rest",
		Attrs: map[string]bundle.Value{"num_classes": bundletest.Long(2), "num_features": bundletest.Long(2)},
		Subs:  map[string]bundletest.Model{"model0": logistic(math.Inf(-1), nil), "model1": logistic(1, nil)},
	}
	for what, c := range map[string]struct {
		name  string
		model bundletest.Model
		ports [2][]bundle.Socket
		want  string // of the text, "" for no warning
	}{
		"sound":      {"LogisticRegression_4d", logistic(1, nil), classifierPorts, ""},
		"infinite":   {"LogisticRegression_4d", logistic(math.Inf(1), nil), classifierPorts, "root (logistic_regression): intercept is null, which MLeap reads as NaN"},
		"vector":     {"LogisticRegression_4d", logistic(1, map[string]bundle.Value{"coefficients": bundletest.Vector(1, math.NaN())}), classifierPorts, "coefficients[1] is null"},
		"rest":       {"OneVsRest_1", one, classifierPorts, "root (one_vs_rest): model0 intercept is null"},
		"thresholds": {"LogisticRegression_4d", logistic(1, map[string]bundle.Value{"thresholds": bundletest.Doubles(0.3, 0.7)}), classifierPorts, "thresholds is in the bundle, and MLeap does not use it"},
		"imputer":    {"imputer_1", imputer(bundletest.Double(math.NaN())), scalar, ""},
		"missing":    {"imputer_1", imputer(bundletest.Long(-1)), scalar, "missing_value is the long -1, and MLeap reads a double there"},
		"buckets": {"b", bundletest.Model{Op: "bucketizer", Attrs: map[string]bundle.Value{
			"splits": bundletest.Doubles(math.Inf(-1), 0, math.Inf(1)),
		}}, scalar, ""},
		"scikit":        {"logistic_regression" + uuid, bundletest.Model{Op: "logistic_regression", Attrs: matrix}, classifierPorts, "predictions differ from scikit-learn's"},
		"spark":         {"logreg_4d5e", bundletest.Model{Op: "logistic_regression", Attrs: matrix}, classifierPorts, ""},
		"scikit binary": {"logistic_regression" + uuid, logistic(1, nil), classifierPorts, ""},
		"scikit scaler": {"min_max_scaler" + uuid, bundletest.Model{Op: "min_max_scaler", Attrs: scaler}, scalar, "does not write feature_range, and MLeap scales to 0..1"},
		"ranged":        {"minMaxScal_1", bundletest.Model{Op: "min_max_scaler", Attrs: ranged}, scalar, ""},
		"spark scaler":  {"minMaxScal_1", bundletest.Model{Op: "min_max_scaler", Attrs: scaler}, scalar, ""},
	} {
		got := warningsOf(t, bundle.FormatJSON, c.name, c.model, c.ports)
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) || strings.Contains(got, "\n") {
			t.Errorf("%s: warnings %q, want one that says %q", what, got, c.want)
		}
	}
	// Protobuf keeps an infinity.
	if got := warningsOf(t, bundle.FormatProtobuf, "r", one, classifierPorts); got != "" {
		t.Errorf("protobuf: warnings %q, want none", got)
	}
}

func TestAWarningNamesFewFindings(t *testing.T) {
	m := logistic(math.NaN(), map[string]bundle.Value{
		"coefficients": bundletest.Vector(math.NaN(), 1), "threshold": bundletest.Double(math.NaN()), "thresholds": bundletest.Doubles(1, 2), "missing": bundletest.Double(1),
	})
	got := warningsOf(t, bundle.FormatJSON, "r", m, classifierPorts)
	if strings.Count(got, "; ") != 3 || !strings.HasSuffix(got, "; and 2 more such values") {
		t.Errorf("warning %q, want three findings and the number of others", got)
	}
}
