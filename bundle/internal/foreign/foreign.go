// Package foreign recognizes models that are no MLeap bundles but may hold one, or can
// be exported as one: those of MLflow and of Spark.
package foreign

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Recognize looks at the files of a folder. It returns where in it the bundle is, for
// an MLflow model that holds one, and an error for a model of another kind, which says
// how to export a bundle. Both are empty for what it does not know.
func Recognize(has func(name string) bool, read func(name string) ([]byte, error)) (dir string, err error) {
	switch {
	case has("MLmodel"):
		return mlflow(read)
	case has("metadata") && (has("stages") || has("metadata/_SUCCESS") || has("metadata/part-00000")):
		return "", spark(read)
	}
	for _, k := range others {
		if has(k.file) {
			return "", fmt.Errorf("%s and not an MLeap bundle: %s", k.text, k.advice)
		}
	}
	return "", nil
}

// others are models that a file of theirs gives away.
var others = []struct{ file, text, advice string }{
	{"model.ini", "a MOJO of H2O", "H2O's models cannot be scored; train the trees with XGBoost itself and save its file, or export the pipeline as a bundle"},
	{"saved_model.pb", "a SavedModel of TensorFlow", noNetworks},
	{"keras_metadata.pb", "a model of Keras", noNetworks},
	{"model.weights.h5", "a model of Keras", noNetworks},
	{"data.pkl", "a model of PyTorch", noNetworks},
	{"archive/data.pkl", "a model of PyTorch", noNetworks},
	{"schema.json", "a model of skops", "export the scikit-learn pipeline with mleap.sklearn, or save the booster in it with its own library"},
	{"xgboost-model", "a model of SageMaker's XGBoost", "unpack the archive and give the file xgboost-model"},
}

const noNetworks = "neural networks cannot be scored"

// mlModel is the file MLmodel, as far as it matters here.
type mlModel struct {
	Flavors map[string]struct {
		ModelData string `yaml:"model_data"`
		Data      string `yaml:"data"`
	} `yaml:"flavors"`
}

func mlflow(read func(name string) ([]byte, error)) (dir string, err error) {
	data, err := read("MLmodel")
	if err != nil {
		return "", err
	}
	var m mlModel
	if err := yaml.Unmarshal(data, &m); err != nil {
		return "", fmt.Errorf("MLmodel: %w", err)
	}
	if mleap, ok := m.Flavors["mleap"]; ok {
		if mleap.ModelData == "" {
			return "mleap/model", nil
		}
		return mleap.ModelData, nil
	}
	for _, library := range []string{"xgboost", "lightgbm", "catboost"} {
		if f, ok := m.Flavors[library]; ok {
			data := cmp.Or(f.Data, f.ModelData)
			if data == "" {
				continue
			}
			return "", fmt.Errorf("an MLflow model of %s: give its file, which is %s in this folder", library, data)
		}
	}
	how := "export a bundle with MLeap where the model was trained"
	if _, is := m.Flavors["spark"]; is {
		how = "load it with mlflow.spark.load_model and " + exportSpark
	} else if _, is := m.Flavors["sklearn"]; is {
		how = "load it with mlflow.sklearn.load_model and export the pipeline with mleap.sklearn: pipeline.serialize_to_bundle(\"/tmp\", \"model\", init=True)"
	}
	return "", fmt.Errorf("an MLflow model without the flavor mleap; its flavors are %s: %s",
		strings.Join(slices.Sorted(maps.Keys(m.Flavors)), ", "), how)
}

const exportSpark = `export it with MLeap: model.serializeToBundle("jar:file:/tmp/model.zip", model.transform(df))`

func spark(read func(name string) ([]byte, error)) error {
	what := "a model of Spark ML"
	if data, err := read("metadata/part-00000"); err == nil {
		var m struct{ Class, SparkVersion string }
		if json.Unmarshal(data, &m) == nil && m.Class != "" {
			what = strings.TrimSpace("a model of Spark ML ("+m.Class+", written by Spark "+m.SparkVersion) + ")"
		}
	}
	return fmt.Errorf("%s and not an MLeap bundle: load it in Spark and %s", what, exportSpark)
}
