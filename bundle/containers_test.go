package bundle_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
)

// small is a bundle of one binarizer.
func small() bundletest.Bundle {
	return bundletest.Bundle{Name: "small", Root: bundletest.Node{
		Name: "b", Inputs: bundletest.Sockets("input", "x"), Outputs: bundletest.Sockets("output", "y"),
		Model: bundletest.Model{Op: "binarizer", Attrs: map[string]bundle.Value{"threshold": bundletest.Double(1.5)}},
	}}
}

// entry is a file of a zip or a tar.
type entry struct{ name, content string }

// entries are the files of the small bundle, with names as rename makes them.
func entries(rename func(string) string) (list []entry) {
	for name, data := range small().Files() {
		list = append(list, entry{rename(name), string(data)})
	}
	return list
}

func zipEntries(t *testing.T, comment string, list ...entry) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, e := range list {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: zip.Deflate})
		if err == nil {
			_, err = io.WriteString(w, e.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.SetComment(comment), z.Close()); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func tarEntries(t testing.TB, list ...entry) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, e := range list {
		err := w.WriteHeader(&tar.Header{Name: e.name, Size: int64(len(e.content)), Mode: 0o644, Typeflag: tar.TypeReg})
		if err == nil {
			_, err = io.WriteString(w, e.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func gzipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// opens checks that a path leads to the small bundle.
func opens(t *testing.T, path string) {
	t.Helper()
	b, err := bundle.Open(path, bundle.Limits{})
	if err != nil {
		t.Errorf("open %s: %v, want the bundle", filepath.Base(path), err)
		return
	}
	defer b.Close()
	if b.Name != "small" || b.Root.Model.Op != "binarizer" || len(b.SHA256) != 64 {
		t.Errorf("open %s: bundle %q with op %q and hash %q, want small, binarizer and a hash", filepath.Base(path), b.Name, b.Root.Model.Op, b.SHA256)
	}
	if x := b.Root.Model.Attrs.Double("threshold"); x != 1.5 {
		t.Errorf("open %s: threshold %v, want 1.5", filepath.Base(path), x)
	}
	if _, err := b.Root.Model.Files.ReadFile("model.json"); err != nil {
		t.Errorf("read a payload of %s: %v", filepath.Base(path), err)
	}
}

func same(name string) string { return name }

func under(dir string) func(string) string { return func(name string) string { return dir + name } }

func TestZipNamesAreTakenAsJavaTakesThem(t *testing.T) {
	whole := entries(same)
	old := entry{"root/model.json", strings.ReplaceAll(whole[0].content, "1.5", "9")}
	for name, data := range map[string][]byte{
		"slash.zip":     zipEntries(t, "", entries(under("/"))...),
		"dot.zip":       zipEntries(t, "", append(entries(under("./")), entry{"./", ""})...),
		"root.zip":      zipEntries(t, "", append(whole, entry{"/", ""})...),
		"drive.zip":     zipEntries(t, "", append(whole, entry{"C:/notes", "x"})...),
		"twice.zip":     zipEntries(t, "", append([]entry{old, {"/root/node.json", "{"}}, whole...)...),
		"comment.zip":   zipEntries(t, "by hand", whole...),
		"signature.zip": zipEntries(t, "a comment PK\x05\x06 with the mark of the end, and PK\x05\x06"+strings.Repeat("\xff", 30), whole...),
		"last.zip":      zipEntries(t, "PK\x05\x06", whole...),
		"long.zip":      zipEntries(t, strings.Repeat("PK\x05\x06", 16000), whole...),
	} {
		opens(t, writeFile(t, name, data))
	}
}

// The last of two entries counts, be it a folder.
func TestLastOfTwoZipEntriesCounts(t *testing.T) {
	whole := entries(same)
	for _, last := range []entry{{"/bundle.json", "{"}, {"bundle.json/", ""}} {
		err := openZip(t, zipEntries(t, "", append(whole, last)...), bundle.Limits{})
		wantError(t, err, "bundle.json: ")
	}
}

func TestTarsOfBundlesAreOpened(t *testing.T) {
	inner := entry{"model.zip", string(small().Zip())}
	for name, data := range map[string][]byte{
		"model.tar.gz":      gzipped(t, tarEntries(t, entries(same)...)),
		"model.tar":         tarEntries(t, entries(same)...),
		"dot.tar.gz":        gzipped(t, tarEntries(t, entries(under("./"))...)),
		"slash.tar.gz":      gzipped(t, tarEntries(t, entries(under("/"))...)),
		"folder.tar.gz":     gzipped(t, tarEntries(t, append(entries(under("export/model/")), entry{"code/inference.py", "pass"})...)),
		"zip.tar.gz":        gzipped(t, tarEntries(t, inner)),
		"mac.tar.gz":        gzipped(t, tarEntries(t, entry{"._model.zip", "x"}, inner)),
		"named anyhow.data": gzipped(t, tarEntries(t, entry{"./1/model.ZIP", inner.content})),
	} {
		opens(t, writeFile(t, name, data))
	}
}

func TestHostileTarsAreRefused(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	whole := gzipped(t, tarEntries(t, entries(same)...))
	bomb := gzipped(t, tarEntries(t, entry{"root/a", strings.Repeat("x", 70<<20)}))
	var link bytes.Buffer
	w := tar.NewWriter(&link)
	if err := errors.Join(w.WriteHeader(&tar.Header{Name: "bundle.json", Linkname: "/etc/passwd", Typeflag: tar.TypeSymlink}), w.Close()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		data []byte
		want string
	}{
		{gzipped(t, tarEntries(t, entry{"../evil", "x"})), "../evil: tar entry: name leaves its folder"},
		{gzipped(t, tarEntries(t, entry{"/../evil", "x"})), "tar entry: name leaves its folder"},
		{link.Bytes(), "bundle.json: a link or a device in a tar"},
		{whole[:len(whole)/2], "the tar ends early"},
		{gzipped(t, []byte("text")), "a gzip file that holds no tar"},
		{gzipped(t, bytes.Repeat([]byte("text"), 1000)), "a gzip file that holds no tar"},
		{bomb, "unpacks to 73400320 or more (limit); --max-model-size 70MiB reads it"},
		{gzipped(t, tarEntries(t, entry{"a.zip", "x"}, entry{"b.zip", "y"})), "bundle.json: not in the bundle"},
		{gzipped(t, tarEntries(t, entry{"a.zip", "no zip"})), "a.zip: neither a directory nor a zip file"},
	} {
		_, err := bundle.Open(writeFile(t, "m.tar.gz", c.data), bundle.Limits{})
		wantError(t, err, "m.tar.gz: ", c.want)
	}
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "leapscore-model-*")); err != nil || len(left) > 0 {
		t.Errorf("left in the temporary folder: %v, %v", left, err)
	}
}

// writeFolder writes files into a new folder.
func writeFolder(t *testing.T, list ...entry) string {
	t.Helper()
	dir := t.TempDir()
	for _, e := range list {
		path := filepath.Join(dir, e.name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(e.content), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestBundlesFurtherDownAreFound(t *testing.T) {
	flavor := entry{"MLmodel", "flavors:\n  mleap:\n    mleap_version: 0.8.1\n    model_data: mleap/model\n  spark:\n    model_data: sparkml\n"}
	spark := entry{"sparkml/metadata/part-00000", "{}"}
	mlflow := append(entries(under("mleap/model/")), flavor, spark)
	opens(t, writeFolder(t, mlflow...))
	opens(t, filepath.Join(writeFolder(t, mlflow...), "mleap"))
	opens(t, writeFile(t, "mlflow.zip", zipEntries(t, "", mlflow...)))
	opens(t, writeFile(t, "mlflow.tar.gz", gzipped(t, tarEntries(t, mlflow...))))
	opens(t, writeFolder(t, entries(under("my_model/"))...))
	opens(t, writeFile(t, "wrapped.zip", zipEntries(t, "", append(entries(under("my model/")), entry{"__MACOSX/my model/bundle.json", "x"})...)))

	two := append(entries(under("a/")), entries(under("b/"))...)
	_, err := bundle.Open(writeFolder(t, two...), bundle.Limits{})
	wantError(t, err, "bundle.json: not in the bundle", "bundles are in a, b: name one of them")
	_, err = bundle.Open(writeFile(t, "two.zip", zipEntries(t, "", two...)), bundle.Limits{})
	wantError(t, err, "bundles are in a, b: name one of them")
	_, err = bundle.Open(writeFolder(t, entry{"notes.txt", "x"}), bundle.Limits{})
	wantError(t, err, "want a bundle: a folder, a zip, or a tar.gz of one")
}

func TestOtherModelsAreRecognized(t *testing.T) {
	for _, c := range []struct {
		files []entry
		want  string
	}{
		{[]entry{{"MLmodel", "flavors:\n  python_function:\n    loader_module: mlflow.spark\n  spark:\n    model_data: sparkml\n"}},
			`an MLflow model without the flavor mleap; its flavors are python_function, spark: load it with mlflow.spark.load_model and export it with MLeap: model.serializeToBundle("jar:file:/tmp/model.zip"`},
		{[]entry{{"MLmodel", "flavors:\n  sklearn: {pickled_model: model.pkl}\n"}}, "its flavors are sklearn: load it with mlflow.sklearn.load_model and export the pipeline with mleap.sklearn"},
		{[]entry{{"MLmodel", "flavors:\n  xgboost: {}\n"}}, "its flavors are xgboost: export a bundle with MLeap where the model was trained"},
		{[]entry{{"MLmodel", "flavors:\n  xgboost: {data: model.ubj, model_format: ubj}\n"}, {"model.ubj", "{"}}, "an MLflow model of xgboost: give its file, which is model.ubj in this folder"},
		{[]entry{{"model.ini", "[info]"}, {"trees/t00_000.bin", ""}}, "a MOJO of H2O and not an MLeap bundle"},
		{[]entry{{"archive/data.pkl", "x"}, {"archive/version", "3"}}, "a model of PyTorch and not an MLeap bundle"},
		{[]entry{{"saved_model.pb", "x"}}, "a SavedModel of TensorFlow and not an MLeap bundle"},
		{[]entry{{"MLmodel", "flavors: ["}}, "MLmodel: yaml: "},
		{[]entry{{"MLmodel", "flavors:\n  mleap: {model_data: ../../etc}\n"}}, "name leaves its folder"},
		{[]entry{{"metadata/part-00000", `{"class":"org.apache.spark.ml.PipelineModel","sparkVersion":"3.5.1"}`}, {"stages/0_a/metadata/part-00000", "{}"}},
			"a model of Spark ML (org.apache.spark.ml.PipelineModel, written by Spark 3.5.1) and not an MLeap bundle: load it in Spark and export it with MLeap"},
		{[]entry{{"metadata/_SUCCESS", ""}, {"data/part-0.parquet", ""}}, "a model of Spark ML and not an MLeap bundle"},
	} {
		_, err := bundle.Open(writeFolder(t, c.files...), bundle.Limits{})
		wantError(t, err, c.want)
		_, err = bundle.Open(writeFile(t, "m.zip", zipEntries(t, "", c.files...)), bundle.Limits{})
		wantError(t, err, c.want)
	}
}

func TestLimitsSayWhatLiftsThem(t *testing.T) {
	bomb := writeFile(t, "bomb.zip", zipEntries(t, "", append(entries(same), entry{"root/zeros", strings.Repeat("0", 65<<20)})...))
	_, err := bundle.Open(bomb, bundle.Limits{})
	wantError(t, err, "(limit); --max-model-size 66MiB reads it")
	if !errors.Is(err, bundle.ErrLimit) {
		t.Errorf("%v is not a limit", err)
	}
	b, err := bundle.Open(bomb, bundle.Sized(66<<20))
	if err != nil {
		t.Fatalf("open with the size that the error named: %v", err)
	}
	b.Close()
	_, err = bundle.Open(bomb, bundle.Sized(65<<20))
	wantError(t, err, "more than 68157440 bytes unpacked (limit); --max-model-size 66MiB reads it")

	folder := writeFolder(t, entries(same)...)
	for want, lim := range map[string]bundle.Limits{
		"too many values (limit); --max-model-size 1MiB reads it": {Values: 10},
		"bundle.json: ": {FileBytes: 20},
		"bundle of more than 100 bytes (limit); --max-model-size 1MiB reads it": {Bytes: 100},
	} {
		_, err := bundle.Open(folder, lim)
		wantError(t, err, want, "--max-model-size 1MiB reads it")
	}
}
