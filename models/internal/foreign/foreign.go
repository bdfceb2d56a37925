// Package foreign recognizes files that are models of a kind that cannot be scored, or
// no models, and says how to export one that can be.
package foreign

import (
	"bytes"
	"encoding/binary"
	"path"
	"strings"
)

// Recognize says, for the beginning of a file and its name, which the file seems to be and
// what to do about it, or "".
func Recognize(head []byte, name string) string {
	if len(head) == 0 {
		return "is empty: was the copy or the export interrupted?"
	}
	for _, k := range kinds {
		if k.is(head, strings.ToLower(path.Ext(name))) {
			return k.text + ": " + k.advice
		}
	}
	return ""
}

// kind is a kind of file.
type kind struct {
	text   string
	advice string
	is     func(head []byte, ext string) bool
}

// How models of other kinds are exported.
const (
	fromPython = "load it where it was trained and save the booster (XGBoost: model.save_model(\"model.ubj\"); LightGBM: model.booster_.save_model(\"model.txt\"); CatBoost: model.save_model(\"model.cbm\")), " +
		"or export a scikit-learn pipeline with mleap.sklearn as an MLeap bundle"
	noNetworks = "neural networks cannot be scored; `leapscore models` lists the kinds that can"
	noData     = "it holds rows and no model: was it meant as --input?"
)

// prefix is a test for how a file begins.
func prefix(texts ...string) func([]byte, string) bool {
	return func(head []byte, _ string) bool {
		for _, t := range texts {
			if bytes.HasPrefix(head, []byte(t)) {
				return true
			}
		}
		return false
	}
}

// mentions is a test for words in a text that begins in one of some ways.
func mentions(starts string, words ...string) func([]byte, string) bool {
	return func(head []byte, _ string) bool {
		text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
		if len(text) == 0 || !strings.ContainsRune(starts, rune(text[0])) {
			return false
		}
		for _, w := range words {
			if bytes.Contains(text, []byte(w)) {
				return true
			}
		}
		return false
	}
}

// kinds are tried in this order.
var kinds = []kind{
	{"a Parquet file", noData, prefix("PAR1")},
	{"an Arrow file", noData, prefix("ARROW1")},
	{"an Avro file", noData, prefix("Obj\x01")},
	{"a pickle of Python, such as joblib and pickle write", "pickles run code when they are read, and leapscore reads none: " + fromPython, isPickle},
	{"a joblib file, compressed", fromPython, func(head []byte, ext string) bool {
		return ext == ".joblib" || prefix("ZF")(head, ext) || prefix("\x78\x9c", "\x78\x01", "\x78\xda", "\xfd7zXZ", "BZh", "\x04\x22\x4d\x18")(head, ext) && (ext == ".pkl" || ext == ".gz" || ext == ".z" || ext == ".pickle")
	}},
	{"a file of HDF5, such as Keras writes", noNetworks, prefix("\x89HDF\r\n\x1a\n")},
	{"a model of TensorFlow Lite", noNetworks, func(head []byte, _ string) bool { return len(head) > 8 && string(head[4:8]) == "TFL3" }},
	{"a GGUF file", noNetworks, prefix("GGUF")},
	{"a safetensors file", noNetworks, isSafetensors},
	{"a PMML document", "PMML cannot be scored: export the pipeline as an MLeap bundle instead, or the booster in its library's own format", mentions("<", "<PMML")},
	{"a model of R", "save the booster with its own library: xgb.save(model, \"model.ubj\"), lgb.save(model, \"model.txt\"), catboost.save_model(model, \"model.cbm\")", prefix("RDX2\n", "RDX3\n", "RDA2\n", "RDA3\n", "X\n\x00\x00\x00\x02", "X\n\x00\x00\x00\x03")},
	{"a text dump of XGBoost's trees", "a dump has rounded thresholds; save the model itself: model.save_model(\"model.ubj\")", prefix("booster[0]:")},
	{"a dump of XGBoost's trees", "a dump has rounded thresholds; save the model itself: model.save_model(\"model.ubj\")", mentions("[", `"nodeid"`)},
	{"a web page", "the address gave a page and not a file: is a login or another address needed?", mentions("<", "<html", "<HTML", "<!DOCTYPE html", "<!doctype html")},
	{"a pointer of Git LFS", "the file itself is elsewhere: run git lfs pull", prefix("version https://git-lfs.github.com/spec/")},
	{"an MLflow description", "give the folder that holds it", mentions("aftm", "\nflavors:", "flavors:\n")},
	{"an ONNX model", "ONNX cannot be scored: save the booster in its library's own format, or export the pipeline as an MLeap bundle", isONNX},
}

// isPickle reports whether a file begins as pickles of protocol 2 and later do, or as
// those of joblib.
func isPickle(head []byte, ext string) bool {
	if len(head) < 3 {
		return false
	}
	return head[0] == 0x80 && head[1] >= 2 && head[1] <= 5 || (ext == ".pkl" || ext == ".pickle") && strings.ContainsRune("c(]}", rune(head[0]))
}

// isSafetensors reports whether a file begins with the length of a header of JSON.
func isSafetensors(head []byte, _ string) bool {
	if len(head) < 10 {
		return false
	}
	n := binary.LittleEndian.Uint64(head)
	return n < 100<<20 && head[8] == '{' && head[9] == '"'
}

// isONNX reports whether a file begins with the version of ONNX's format, in protobuf,
// and the name of the program that wrote it.
func isONNX(head []byte, ext string) bool {
	if len(head) < 4 || head[0] != 0x08 || head[1] > 30 {
		return false
	}
	return head[2] == 0x12 || ext == ".onnx"
}
