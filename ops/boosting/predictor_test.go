package boosting_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/models/mleap"
	"leapscore/ops/builtin"
	"leapscore/ops/opstest"
)

// TestPredictorHasItsBits runs models in the binary form by MLeap's other implementation.
func TestPredictorHasItsBits(t *testing.T) {
	files, err := filepath.Glob("testdata/predictor/*.txt")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d cases, %v", len(files), err)
	}
	for _, path := range files {
		name := strings.TrimSuffix(path, ".txt")
		t.Run(filepath.Base(name), func(t *testing.T) {
			model, err := os.ReadFile(name + ".model")
			if err != nil {
				t.Fatal(err)
			}
			opstest.RunFileWith(t, builtin.PredictorRegistry(), path, map[string][]byte{"xgboost.model": model})
		})
	}
}

func TestPredictorRefusesModelsThatItDoesNotKnow(t *testing.T) {
	for model, want := range map[string]string{
		"3.2/xgb_softmax/model.json":       "reads the binary form of models, and this one is json",
		"3.2/xgb_binary/model.ubj":         "reads the binary form of models, and this one is ubj",
		"2.1/xgb_tweedie/model.deprecated": "xgboost-predictor does not know the objective survival:cox",
	} {
		data, err := os.ReadFile("../../models/xgboost/booster/testdata/" + model)
		if err != nil {
			t.Fatal(err)
		}
		data = bytes.Replace(data, []byte("\x0b\x00\x00\x00\x00\x00\x00\x00reg:tweedie"), []byte("\x0c\x00\x00\x00\x00\x00\x00\x00survival:cox"), 1)
		b, err := bundle.OpenFS(bundletest.Bundle{Format: bundle.FormatJSON, Root: bundletest.Node{
			Name: "xgb", Inputs: bundletest.Sockets("features", "x"), Outputs: bundletest.Sockets("prediction", "p"),
			Model: bundletest.Model{Op: "xgboost.regression", Attrs: map[string]bundle.Value{"num_features": bundletest.Int(4)}, Files: map[string][]byte{"xgboost.model": data}},
		}}.FS(), bundle.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := mleap.Load(b, builtin.PredictorRegistry()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error is %v, want %q", model, err, want)
		}
	}
}
