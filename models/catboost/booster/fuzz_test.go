package booster

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// fuzz reads what it gets, and scores with it if it is a model.
func fuzz(f *testing.F, pattern string) {
	files, err := filepath.Glob("testdata/cases/*/" + pattern)
	if err != nil || len(files) == 0 {
		f.Fatal("there are no seeds ", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(lean(f, data))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<20 {
			return
		}
		if b, err := Parse(data, Limits{Outputs: 1 << 10}); err == nil {
			answerAny(b)
		}
	})
}

// lean leaves out of JSON what is not read, because the fuzzer takes long to make large
// inputs smaller.
func lean(f *testing.F, data []byte) []byte {
	var m map[string]json.RawMessage
	if data[0] != '{' {
		return data
	}
	if err := json.Unmarshal(data, &m); err != nil {
		f.Fatal(err)
	}
	m["model_info"] = json.RawMessage(`{"params":{"loss_function":{"type":"MultiClass"}}}`)
	out, err := json.Marshal(m) // which is compact
	if err != nil {
		f.Fatal(err)
	}
	return out
}

func FuzzCBM(f *testing.F) {
	f.Add(cbm(number32(0, 1), aFeature, vector32(2, 1), vector32(1, 0), doubles(8, 2)))
	f.Add(cbm(number32(0, 1), aFeature, vector32(2, 1), vector32(3, 0), vector32(1, 0), vector32(10, 0), vector32(11, 0), doubles(8, 2)))
	fuzz(f, "model.cbm")
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"features_info":{"float_features":[{"feature_index":0,"flat_feature_index":0,"borders":[0]}]},"oblivious_trees":[{"leaf_values":[1,2],"splits":[{"split_index":0}]}]}`))
	f.Add([]byte(`{"features_info":{"float_features":[{"feature_index":0,"flat_feature_index":0,"borders":[0]}]},"trees":[{"split":{"split_index":0},"left":{"value":1},"right":{"value":[2]}}]}`))
	fuzz(f, "model.json")
}
