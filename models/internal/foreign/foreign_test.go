package foreign

import (
	"strings"
	"testing"
)

// The beginnings are those of files that the programs wrote.
func TestFilesThatAreNoModelsSayWhatTheyAre(t *testing.T) {
	for _, c := range []struct{ name, head, want string }{
		{"m.pkl", "\x80\x04\x95\xbd\x02\x00\x00\x00\x00\x00\x00\x8c\x1esklearn.linear_model", "a pickle of Python"},
		{"m.joblib", "\x80\x04\x95\x03\x02\x00\x00\x00\x00\x00\x00\x8c\x1esklearn.lin", "a pickle of Python"},
		{"m.pkl", "ccopy_reg\n_reconstructor", "a pickle of Python"},
		{"m.joblib", "x^}S\xcdj\x14A\x10", "a joblib file, compressed"},
		{"m.pkl", "\xfd7zXZ\x00\x00\x04\xe6\xd6\xb4F", "a joblib file, compressed"},
		{"dump.txt", "booster[0]:\n0:[f0<0.5067", "a text dump of XGBoost's trees"},
		{"dump.json", "[\n  { \"nodeid\": 0, \"depth\"", "a dump of XGBoost's trees"},
		{"m.h5", "\x89HDF\r\n\x1a\n\x00\x00", "a file of HDF5, such as Keras writes"},
		{"m.safetensors", "\x40\x00\x00\x00\x00\x00\x00\x00{\"weight\":{", "a safetensors file"},
		{"m.onnx", "\x08\x09\x12\x08skl2onnx\x1a", "an ONNX model"},
		{"m.pmml", "<?xml version=\"1.0\"?>\n<PMML xmlns=", "a PMML document"},
		{"m.tflite", "\x1c\x00\x00\x00TFL3\x00", "a model of TensorFlow Lite"},
		{"m.rda", "RDX3\nX\n\x00\x00", "a model of R"},
		{"m.ubj", "<!DOCTYPE html><html>", "a web page"},
		{"m.ubj", "version https://git-lfs.github.com/spec/v1\noid", "a pointer of Git LFS"},
		{"part.parquet", "PAR1\x15\x04", "a Parquet file"},
		{"MLmodel", "artifact_path: model\nflavors:\n  python_function:", "an MLflow description"},
		{"m.ubj", "", "is empty"},
	} {
		if got := Recognize([]byte(c.head), c.name); !strings.HasPrefix(got, c.want) || c.head != "" && !strings.Contains(got, ": ") {
			t.Errorf("%s %q: %q, want %q and what to do", c.name, c.head, got, c.want)
		}
	}
	for _, head := range []string{"tree\nversion=v4", `{"learner":{`, "CBM1", "PK\x03\x04", "nothing known"} {
		if got := Recognize([]byte(head), "x"); got != "" {
			t.Errorf("%q: %q, want nothing", head, got)
		}
	}
}
