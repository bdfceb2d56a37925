// Package foreign recognizes models that are no MLeap bundles but may hold one, or can
// be exported as one: those of MLflow and of Spark.
package foreign

import (
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
	return "", nil
}

// mlModel is the file MLmodel, as far as it matters here.
type mlModel struct {
	Flavors map[string]struct {
		ModelData string `yaml:"model_data"`
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
