package bundle

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// caseBundles lists the bundles in a folder of cases: those of LEAPSCORE_PARITY
// if it is set, else the ones beside this test.
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
	if len(found) < 8 {
		t.Fatalf("%s has %d bundles, want at least 8", dir, len(found))
	}
	return found
}

func TestOpensEveryBundleThatMLeapWrote(t *testing.T) {
	for _, path := range caseBundles(t) {
		b, err := Open(path, Limits{})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if want := strings.Contains(path, ".pb."); (b.Format == FormatProtobuf) != want {
			t.Errorf("%s: format %q", path, b.Format)
		}
		readPayloads(t, path, b.Root)
		if err := b.Close(); err != nil {
			t.Errorf("%s: close: %v", path, err)
		}
	}
}

// readPayloads reads what hangs on a node: trees and sub-models.
func readPayloads(t *testing.T, path string, n *Node) {
	for _, s := range n.Nodes {
		readPayloads(t, path, s)
	}
	var subs []string
	switch op := n.Model.Op; {
	case strings.HasPrefix(op, "decision_tree"):
		if nodes, err := n.Model.Files.Tree(); err != nil || len(nodes) == 0 {
			t.Errorf("%s: %s: %d nodes, %v", path, n.Path, len(nodes), err)
		}
	case op == "bisecting_k_means":
		if nodes, err := n.Model.Files.ClusterTree(); err != nil || len(nodes) == 0 {
			t.Errorf("%s: %s: %d nodes, %v", path, n.Path, len(nodes), err)
		}
	case strings.HasPrefix(op, "random_forest"), strings.HasPrefix(op, "gbt_"):
		subs = n.Model.Attrs.Strings("trees")
		if len(subs) == 0 {
			t.Errorf("%s: %s: no trees", path, n.Path)
		}
	case op == "one_vs_rest":
		subs = []string{"model0", "model1"}
	}
	for _, sub := range subs {
		d := n.Model.Files.Sub(sub)
		m, err := d.Model()
		if err != nil {
			t.Errorf("%s: %s: %v", path, n.Path, err)
			continue
		}
		readPayloads(t, path, &Node{Path: d.Path(), Model: m})
	}
}
