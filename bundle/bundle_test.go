package bundle_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
)

func contains(s, sub string) bool { return strings.Contains(s, sub) }

// caseBundles lists the bundles in a folder of cases made by MLeap: those of
// LEAPSCORE_PARITY if it is set, else the ones beside this test.
func caseBundles(t testing.TB) []string {
	t.Helper()
	dir := os.Getenv("LEAPSCORE_PARITY")
	if dir == "" {
		dir = filepath.Join("testdata", "cases")
	}
	var found []string
	for _, name := range []string{"bundle.zip", "bundle.pb.zip", "bundle"} {
		m, err := filepath.Glob(filepath.Join(dir, "*", name))
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, m...)
	}
	if len(found) < 13 {
		t.Fatalf("%s has %d bundles, want at least 13", dir, len(found))
	}
	return found
}

func open(t testing.TB, path string) *bundle.Bundle {
	t.Helper()
	b, err := bundle.Open(path, bundle.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// content is everything that a node and what hangs on it hold.
type content struct {
	Node    bundle.Node
	Tree    []bundle.TreeNode
	Cluster []bundle.ClusterNode
	Subs    []content
}

func read(t testing.TB, n *bundle.Node) content {
	t.Helper()
	c := content{Node: bundle.Node{Name: n.Name, Path: n.Path, Inputs: n.Inputs, Outputs: n.Outputs, Model: n.Model}}
	var subs []string
	var err error
	switch op := n.Model.Op; {
	case strings.HasPrefix(op, "decision_tree"):
		c.Tree, err = n.Model.Files.Tree()
	case op == "bisecting_k_means":
		c.Cluster, err = n.Model.Files.ClusterTree()
	case strings.HasPrefix(op, "random_forest"), strings.HasPrefix(op, "gbt_"):
		if subs = n.Model.Attrs.Strings("trees"); len(subs) == 0 {
			err = errors.New("no trees")
		}
	case op == "one_vs_rest":
		subs = []string{"model0", "model1"}
	}
	if err != nil {
		t.Fatalf("%s: %v", n.Path, err)
	}
	for _, sub := range subs {
		d := n.Model.Files.Sub(sub)
		m, err := d.Model()
		if err != nil {
			t.Fatal(err)
		}
		c.Subs = append(c.Subs, read(t, &bundle.Node{Path: d.Path(), Model: m}))
	}
	for _, s := range n.Nodes {
		c.Subs = append(c.Subs, read(t, s))
	}
	return c
}

func TestReadsEveryBundleThatMLeapWrote(t *testing.T) {
	for _, path := range caseBundles(t) {
		t.Run(filepath.Base(filepath.Dir(path))+"/"+filepath.Base(path), func(t *testing.T) {
			b := open(t, path)
			if want := contains(path, ".pb."); (b.Format == bundle.FormatProtobuf) != want {
				t.Errorf("format %q", b.Format)
			}
			read(t, b.Root)
		})
	}
}

func TestJSONAndProtobufOfOneModelReadTheSame(t *testing.T) {
	pairs := 0
	for _, path := range caseBundles(t) {
		json, isPb := strings.CutSuffix(path, "bundle.pb.zip")
		if json += "bundle.zip"; !isPb {
			continue
		}
		if _, err := os.Stat(json); err != nil {
			continue
		}
		pairs++
		a, b := open(t, json), open(t, path)
		if diff := cmp.Diff(read(t, a.Root), read(t, b.Root), throughJSON); diff != "" {
			t.Errorf("%s: JSON and protobuf differ (-json +protobuf):\n%s", path, diff)
		}
	}
	if pairs < 4 {
		t.Errorf("%d pairs, want at least 4", pairs)
	}
}

func TestDirectoryAndZipOfOneModelReadTheSame(t *testing.T) {
	pairs := 0
	for _, path := range caseBundles(t) {
		if filepath.Base(path) != "bundle" {
			continue
		}
		pairs++
		a, b := open(t, path), open(t, path+".zip")
		if diff := cmp.Diff(read(t, a.Root), read(t, b.Root), exact); diff != "" {
			t.Errorf("%s: directory and zip differ:\n%s", path, diff)
		}
		c, err := bundle.OpenFS(os.DirFS(path), bundle.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if c.SHA256 != a.SHA256 {
			t.Errorf("%s: hash %s through fs.FS, %s through its path", path, c.SHA256, a.SHA256)
		}
	}
	if pairs == 0 {
		t.Error("no directory among the cases")
	}
}

func TestConvertedBundlesReadTheSame(t *testing.T) {
	for _, path := range caseBundles(t) {
		if filepath.Base(path) != "bundle.zip" {
			continue
		}
		a := open(t, path)
		there, err := bundletest.Convert(unzip(t, path).FS(), bundle.FormatProtobuf)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		back, err := bundletest.Convert(there.FS(), bundle.FormatJSON)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for _, files := range []bundletest.Files{there, back} {
			b, err := bundle.OpenFS(files.FS(), bundle.Limits{})
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			if diff := cmp.Diff(read(t, a.Root), read(t, b.Root), throughJSON); diff != "" {
				t.Errorf("%s: converted to %s:\n%s", path, b.Format, diff)
			}
		}
	}
}

func TestReadsIdentity(t *testing.T) {
	b := open(t, "testdata/cases/single_node_bundle/bundle")
	got := []string{b.UID, b.Name, b.Version, b.Format, b.Timestamp}
	want := []string{
		"cbc4f27a-b0bf-4946-8583-2abc965cf53e", "vecAssembler_eaa805e97013", "0.25.2", "json", "2026-11-21T03:21:03.768095375",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func pipelineBundle(format string) bundletest.Bundle {
	lr := func(name, in, out string) bundletest.Node {
		return bundletest.Node{
			Name: name, Inputs: bundletest.Sockets("features", in), Outputs: bundletest.Sockets("prediction", out),
			Model: bundletest.Model{Op: "linear_regression", Attrs: map[string]bundle.Value{
				"coefficients": bundletest.Vector(1, 2, 3), "intercept": bundletest.Double(0),
			}},
		}
	}
	return bundletest.Bundle{Format: format, Root: bundletest.Pipeline("p",
		lr("first", "f", "a"),
		bundletest.Pipeline("inner", lr("a stage with spaces", "f", "b"), lr("slash/ed", "f", "c")),
		lr("läßt", "f", "d"),
	)}
}

func TestReadsNestedPipelinesInOrder(t *testing.T) {
	for _, format := range []string{bundle.FormatJSON, bundle.FormatProtobuf} {
		b, err := bundle.OpenFS(pipelineBundle(format).FS(), bundle.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		var walk func(n *bundle.Node)
		walk = func(n *bundle.Node) {
			got = append(got, n.Path+" = "+n.Name)
			for _, s := range n.Nodes {
				walk(s)
			}
		}
		walk(b.Root)
		want := []string{
			"root = p",
			"root/first.node = first",
			"root/inner.node = inner",
			"root/inner.node/a stage with spaces.node = a stage with spaces",
			"root/inner.node/slash/ed.node = slash/ed",
			"root/läßt.node = läßt",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", format, diff)
		}
		last := b.Root.Nodes[2]
		if diff := cmp.Diff([]bundle.Socket{{Port: "features", Name: "f"}}, last.Inputs); diff != "" {
			t.Error(diff)
		}
		if x := last.Model.Attrs.Tensor("coefficients"); x.Doubles[2] != 3 || last.Model.Attrs.Err() != nil {
			t.Errorf("coefficients %v, %v", x, last.Model.Attrs.Err())
		}
	}
}

func TestHashOfZipIsThatOfItsBytes(t *testing.T) {
	b := open(t, "testdata/cases/single_node_bundle/bundle.zip")
	if want := sha256File(t, "testdata/cases/single_node_bundle/bundle.zip"); b.SHA256 != want {
		t.Errorf("hash %s, want %s", b.SHA256, want)
	}
}

func TestHashOfDirectoryCoversNamesAndContents(t *testing.T) {
	hash := func(change func(bundletest.Files)) string {
		files := pipelineBundle("").Files()
		change(files)
		b, err := bundle.OpenFS(files.FS(), bundle.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		return b.SHA256
	}
	same := hash(func(bundletest.Files) {})
	seen := map[string]string{same: "unchanged"}
	if again := hash(func(bundletest.Files) {}); again != same {
		t.Errorf("two hashes of one bundle: %s, %s", same, again)
	}
	for name, change := range map[string]func(bundletest.Files){
		"content": func(f bundletest.Files) { f["root/first.node/extra"] = []byte("1") },
		"name":    func(f bundletest.Files) { f["root/first.node/extrb"] = []byte("1") },
		"border":  func(f bundletest.Files) { f["root/first.node/extr"] = []byte("b1") },
		"space":   func(f bundletest.Files) { f["root/model.json"] = append(f["root/model.json"], '\n') },
	} {
		h := hash(change)
		if other, dup := seen[h]; dup {
			t.Errorf("%s has the hash of %s", name, other)
		}
		seen[h] = name
	}

	files := pipelineBundle("").Files()
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%s\x00", name)
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(files[name]))))
		h.Write(files[name])
	}
	if want := hex.EncodeToString(h.Sum(nil)); same != want {
		t.Errorf("hash %s, want %s", same, want)
	}
}

func TestDirIsSafeForConcurrentUse(t *testing.T) {
	b := open(t, "testdata/cases/random_forest_classifier/bundle.zip")
	forest := b.Root.Nodes[len(b.Root.Nodes)-1]
	var wg sync.WaitGroup
	for range 4 {
		for _, name := range forest.Model.Attrs.Strings("trees") {
			wg.Go(func() {
				d := forest.Model.Files.Sub(name)
				if _, err := d.Model(); err != nil {
					t.Error(err)
				}
				if nodes, err := d.Tree(); err != nil || len(nodes) == 0 {
					t.Errorf("%d nodes, %v", len(nodes), err)
				}
			})
		}
	}
	wg.Wait()
}

func TestMissingFilesAreNamed(t *testing.T) {
	for _, name := range []string{
		"bundle.json", "root/node.json", "root/model.json", "root/inner.node/slash/ed.node/model.json", "root/läßt.node/node.json",
	} {
		files := pipelineBundle("").Files()
		delete(files, name)
		_, err := bundle.OpenFS(files.FS(), bundle.Limits{})
		wantError(t, err, name+": not in the bundle")
		var in *bundle.Error
		if !errors.Is(err, fs.ErrNotExist) || !errors.As(err, &in) || in.File != name {
			t.Errorf("%s: error %#v", name, err)
		}
	}
	_, err := bundle.Open(filepath.Join(t.TempDir(), "none.zip"), bundle.Limits{})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no bundle at all: %v", err)
	}
}
