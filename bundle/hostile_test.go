package bundle_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
)

// zipOf makes a zip of entries: name, content, name, content.
func zipOf(t *testing.T, entries ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for i := 0; i < len(entries); i += 2 {
		w, err := z.Create(entries[i])
		if err == nil {
			_, err = w.Write([]byte(entries[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func openZip(t *testing.T, data []byte, lim bundle.Limits) error {
	t.Helper()
	b, err := bundle.Open(writeFile(t, "model.zip", data), lim)
	if err == nil {
		b.Close()
	}
	return err
}

func TestZipEntriesThatLeaveTheRootAreRefused(t *testing.T) {
	for name, want := range map[string]string{
		"../evil":               "../evil: zip entry: name leaves its folder",
		"root/../../evil":       "root/../../evil: zip entry: name leaves its folder",
		"root/a/../model.json":  "name leaves its folder",
		"/../evil":              "/../evil: zip entry: name leaves its folder",
		"..":                    "..: zip entry: name leaves its folder",
		`root\model.json`:       "backslash or zero byte in a name",
		`..\evil`:               "backslash or zero byte in a name",
		"root/model.json\x00.x": "backslash or zero byte in a name",
	} {
		wantError(t, openZip(t, zipOf(t, "bundle.json", "{}", name, "x"), bundle.Limits{}), "model.zip: ", want)
	}
}

func TestZipBombsAreRefused(t *testing.T) {
	bomb := zipOf(t, "bundle.json", strings.Repeat(" ", 65<<20))
	if len(bomb) > 100_000 {
		t.Fatalf("the bomb has %d bytes", len(bomb))
	}
	err := openZip(t, bomb, bundle.Limits{})
	wantError(t, err, "model.zip: zip of ", " bytes says that it unpacks to 68157440")
	if !errors.Is(err, bundle.ErrLimit) {
		t.Errorf("%v is not a limit", err)
	}
	for want, lim := range map[string]bundle.Limits{
		"bundle.json: 68157440 bytes, want at most 67108864": {Bytes: 64 << 20},
		"bundle.json: 68157440 bytes, want at most 1048576":  {FileBytes: 1 << 20, Ratio: 10_000},
	} {
		err := openZip(t, bomb, lim)
		wantError(t, err, want)
		if !errors.Is(err, bundle.ErrLimit) {
			t.Errorf("%v is not a limit", err)
		}
	}
	many := bundletest.Files{}
	for i := range 70 {
		many[fmt.Sprint("root/", i)] = make([]byte, 1<<20)
	}
	zipped := many.Zip()
	wantError(t, openZip(t, zipped, bundle.Limits{}), "says that it unpacks to")
	wantError(t, openZip(t, zipped, bundle.Limits{Bytes: 50 << 20}), "more than 52428800 bytes unpacked")
	wantError(t, openZip(t, zipped, bundle.Limits{Files: 50}), "71 entries, want at most 50")
}

func TestHugeZipDirectoriesAreRefused(t *testing.T) {
	var entries []string
	for i := range 5_000 {
		entries = append(entries, fmt.Sprint(strings.Repeat("long", 100), i), "")
	}
	wantError(t, openZip(t, zipOf(t, entries...), bundle.Limits{Files: 10}), "directory of the zip is too large")
}

func TestZipSizesThatLie(t *testing.T) {
	good := pipelineBundle("").Files()
	lie := func(size uint64) []byte {
		var buf bytes.Buffer
		z := zip.NewWriter(&buf)
		h := &zip.FileHeader{Name: "bundle.json", Method: zip.Store, CompressedSize64: uint64(len(good["bundle.json"])), UncompressedSize64: size}
		w, err := z.CreateRaw(h)
		if err == nil {
			_, err = w.Write(good["bundle.json"])
		}
		if err = errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
		return buf.Bytes()
	}
	for size, want := range map[uint64]string{
		10:             "bundle.json: is damaged",
		1 << 20:        "bundle.json: ",
		1 << 30:        "says that it unpacks to 1073741824",
		math.MaxUint64: "want at most 2147483648",
	} {
		wantError(t, openZip(t, lie(size), bundle.Limits{}), want)
	}
}

func TestFilesThatAreNoZip(t *testing.T) {
	whole := pipelineBundle("").Zip()
	for _, n := range []int{0, 1, 4, 22, 100, len(whole) / 2, len(whole) - 23, len(whole) - 1} {
		wantError(t, openZip(t, whole[:n], bundle.Limits{}), "model.zip: ")
	}
	wantError(t, openZip(t, []byte("{}"), bundle.Limits{}), "neither a directory nor a zip file")
	wantError(t, openZip(t, zipOf(t, "root/bundle.txt", "{}"), bundle.Limits{}), `bundle.json: not in the bundle`)
	flipped := bytes.Clone(whole)
	flipped[bytes.Index(whole, []byte("bundle.json"))+20] ^= 0x55
	wantError(t, openZip(t, flipped, bundle.Limits{}), "bundle.json: ")
}

func TestSymbolicLinksMustStayInside(t *testing.T) {
	dir := t.TempDir()
	outside := writeFile(t, "secret.json", []byte(`{"op":"secret","attributes":{}}`))
	if err := pipelineBundle("").Files().Write(dir); err != nil {
		t.Fatal(err)
	}
	model := filepath.Join(dir, "root", "first.node", "model.json")
	if err := os.Remove(model); err != nil {
		t.Fatal(err)
	}
	link := func(target string) error {
		os.Remove(model)
		if err := os.Symlink(target, model); err != nil {
			t.Fatal(err)
		}
		b, err := bundle.Open(dir, bundle.Limits{})
		if err == nil {
			b.Close()
		}
		return err
	}
	relative, err := filepath.Rel(filepath.Dir(model), outside)
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{outside, relative} {
		wantError(t, link(target), "root/first.node/model.json: path escapes")
	}
	wantError(t, link("model.json"), "root/first.node/model.json: ")
	if err := link("../läßt.node/model.json"); err != nil {
		t.Errorf("link to a file inside: %v", err)
	}
}

func TestPipelinesThatContainThemselves(t *testing.T) {
	dir := t.TempDir()
	files := bundletest.Bundle{Root: bundletest.Pipeline("p", bundletest.Node{Name: "a"})}.Files()
	delete(files, "root/a.node/model.json")
	delete(files, "root/a.node/node.json")
	if err := files.Write(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(".", filepath.Join(dir, "root", "a.node")); err != nil {
		t.Fatal(err)
	}
	_, err := bundle.Open(dir, bundle.Limits{Nesting: 5})
	wantError(t, err, "root/a.node/", "pipelines nested deeper than 5 (limit)")
	_, err = bundle.Open(dir, bundle.Limits{})
	wantError(t, err, "root/a.node/")
}

func TestNodesAreBounded(t *testing.T) {
	deep := bundletest.Pipeline("p")
	for range 300 {
		deep = bundletest.Pipeline("p", deep)
	}
	_, err := bundle.OpenFS(bundletest.Bundle{Root: deep}.FS(), bundle.Limits{})
	wantError(t, err, "pipelines nested deeper than 100 (limit)")
	if _, err := bundle.OpenFS(bundletest.Bundle{Root: deep}.FS(), bundle.Limits{Nesting: 300}); err != nil {
		t.Errorf("300 levels where 300 are allowed: %v", err)
	}
	var stages []bundletest.Node
	for i := range 20 {
		stages = append(stages, bundletest.Pipeline(fmt.Sprint("s", i)))
	}
	_, err = bundle.OpenFS(bundletest.Bundle{Root: bundletest.Pipeline("p", stages...)}.FS(), bundle.Limits{Nodes: 20})
	wantError(t, err, "root/s19.node: more nodes than allowed (limit)")
}

func TestStageNamesAreChecked(t *testing.T) {
	for want, names := range map[string][]string{
		`root/model.json: attributes.nodes: stage "a" is listed twice`:                 {"a", "b", "a"},
		`root/model.json: attributes.nodes: stage "./a" is listed twice`:               {"a", "./a"},
		`root/model.json: attributes.nodes: stage "../a": name leaves its folder`:      {"../a"},
		`root/model.json: attributes.nodes: stage "x/../../a": name leaves its folder`: {"x/../../a"},
		`root/model.json: attributes.nodes: stage "a\\b": backslash or zero byte`:      {`a\b`},
		`root/none.node/node.json: not in the bundle`:                                  {"a", "none"},
	} {
		b := bundletest.Bundle{Root: bundletest.Pipeline("p", bundletest.Pipeline("a"), bundletest.Pipeline("b"))}
		b.Root.Attrs = map[string]bundle.Value{"nodes": bundletest.Strings(names...)}
		_, err := bundle.OpenFS(b.FS(), bundle.Limits{})
		wantError(t, err, want)
	}
	b := bundletest.Bundle{Root: bundletest.Pipeline("p")}
	b.Root.Attrs = map[string]bundle.Value{"nodes": bundletest.Longs(1)}
	_, err := bundle.OpenFS(b.FS(), bundle.Limits{})
	wantError(t, err, "root/model.json: attributes.nodes: list<long>, want list<string>")
	files := b.Files()
	files["root/model.json"] = []byte(`{"op":"pipeline","attributes":{}}`)
	_, err = bundle.OpenFS(files.FS(), bundle.Limits{})
	wantError(t, err, "root/model.json: attributes.nodes: missing")
}

func TestDirDoesNotLeaveItsFolder(t *testing.T) {
	b := open(t, "testdata/cases/random_forest_classifier/bundle.zip")
	d := b.Root.Model.Files
	for _, name := range []string{"..", "../..", "a/../../b", `..\x`, "", "/"} {
		if _, err := d.Sub(name).Model(); err == nil || !contains(err.Error(), "root: folder ") {
			t.Errorf("folder %q: %v", name, err)
		}
		if _, err := d.Sub(name).Tree(); err == nil {
			t.Errorf("tree in folder %q: no error", name)
		}
		if _, err := d.ReadFile(name); err == nil || !contains(err.Error(), "root: file ") {
			t.Errorf("file %q: %v", name, err)
		}
	}
	if _, err := d.Sub("none").Tree(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing tree: %v", err)
	}
	if data, err := d.ReadFile("model.json"); err != nil || len(data) == 0 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}

func TestFoldersAreNotFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "bundle.json"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := bundle.Open(dir, bundle.Limits{})
	wantError(t, err, "bundle.json: not a regular file")
	wantError(t, openZip(t, zipOf(t, "bundle.json/", ""), bundle.Limits{}), "bundle.json: not in the bundle")
}

// TestWhatFilesDeclareIsNotBelieved reads small files that declare much and
// bounds what reading them may allocate.
func TestWhatFilesDeclareIsNotBelieved(t *testing.T) {
	for name, read := range map[string]func() error{
		"tree.pb length": func() error {
			_, err := bundle.ParseTreeProto(join(bigEndian(math.MaxUint32), make([]byte, 100)), defaults)
			return err
		},
		"cluster children": func() error {
			_, err := bundle.ParseClusterJSON([]byte(`{"index":0,"norm":1,"values":[],"numChildren":2147483647}`), defaults)
			return err
		},
		"tensor string length": func() error {
			_, err := protoAttribute(t, field(3, varintField(1, 100), field(3, []byte("\x7f\xff\xff\xffa"))))
			return err
		},
		"message length": func() error {
			_, err := bundle.ParseModelProto([]byte{0x12, 0xff, 0xff, 0xff, 0xff, 0x0f, 1}, defaults)
			return err
		},
		"tensor sizes": func() error {
			v := bundletest.Matrix([]int{math.MaxInt32, math.MaxInt32, math.MaxInt32}, 1)
			a := bundle.NewAttrs(map[string]bundle.Value{"x": v})
			a.Tensor("x")
			return a.Err()
		},
		"commas": func() error {
			_, err := bundle.ParseModelJSON([]byte(`{"op":"a","attributes":{"x":{"double":[1`+strings.Repeat(",", 100_000)), defaults)
			return err
		},
		"open arrays": func() error {
			_, err := bundle.ParseModelJSON([]byte(strings.Repeat("[", 1_000_000)), defaults)
			return err
		},
		"open objects": func() error {
			_, err := bundle.ParseModelJSON([]byte(strings.Repeat(`{"attributes":`, 100_000)), defaults)
			return err
		},
		"bundle.json of one byte": func() error {
			return openZip(t, zipOf(t, "bundle.json", `{`), bundle.Limits{})
		},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := read()
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 {
			t.Errorf("%s: %d bytes allocated", name, used)
		}
	}
}

func TestModelsAndTreesAreBoundedTogether(t *testing.T) {
	leaf := bundletest.Model{Op: "decision_tree_regression", Tree: []bundle.TreeNode{bundletest.Leaf(1)}}
	forest := bundletest.Bundle{Root: bundletest.Node{Model: bundletest.Model{
		Op: "rf", Subs: map[string]bundletest.Model{"a": leaf, "b": leaf, "c": leaf},
	}}}
	b, err := bundle.OpenFS(forest.FS(), bundle.Limits{TreeNodes: 3})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "b", "a", "b", "a"} {
		if _, err := b.Root.Model.Files.Sub(name).Tree(); err != nil {
			t.Fatalf("the trees fit, however often they are read: %v", err)
		}
	}
	_, err = b.Root.Model.Files.Sub("c").Tree()
	wantError(t, err, "root/c/tree.json: too many values (limit)")

	var stages []bundletest.Node
	for i := range 10 {
		stages = append(stages, bundletest.Node{Name: fmt.Sprint(i), Model: bundletest.Model{
			Op: "op", Attrs: map[string]bundle.Value{"x": bundletest.Doubles(make([]float64, 100)...)},
		}})
	}
	for _, format := range []string{bundle.FormatJSON, bundle.FormatProtobuf} {
		many := bundletest.Bundle{Format: format, Root: bundletest.Pipeline("p", stages...)}
		if _, err := bundle.OpenFS(many.FS(), bundle.Limits{Values: 2000}); err != nil {
			t.Errorf("%s: %v", format, err)
		}
		_, err = bundle.OpenFS(many.FS(), bundle.Limits{Values: 1000})
		wantError(t, err, "root/", "too many values (limit)")
	}
}
