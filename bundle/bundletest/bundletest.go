// Package bundletest writes small bundles for tests, from Go values or from a
// model.json, as directories or zips, in JSON or protobuf. It is the inverse of
// package bundle's parsers and writes what MLeap writes: defaults of scalars
// are left out, numbers that JSON lacks become null.
//
// It checks nothing, so that tests can make bundles that no loader accepts. It
// panics on values that the format cannot express at all.
package bundletest

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing/fstest"

	"leapscore/bundle"
)

// Bundle describes a bundle. Fields left empty get fixed values, so that the
// same description gives the same bytes.
type Bundle struct {
	UID, Name, Version, Timestamp string

	Format string // bundle.FormatJSON if empty
	Root   Node
}

// Node is a transformer: a model and its wiring.
type Node struct {
	Name            string
	Inputs, Outputs []bundle.Socket
	Model

	// Nodes are the stages of a pipeline. If there are any, Op defaults to
	// "pipeline" and the attribute "nodes" to their names.
	Nodes []Node
}

// Model is a model with its payload.
type Model struct {
	Op    string
	Attrs map[string]bundle.Value

	Tree    []bundle.TreeNode    // written as tree.json or tree.pb
	Cluster []bundle.ClusterNode // likewise
	Files   map[string][]byte    // other files of the folder, as they are
	Subs    map[string]Model     // models in sub-folders, by name
}

// Sockets makes sockets of pairs: port, column, port, column.
func Sockets(pairs ...string) []bundle.Socket {
	var out []bundle.Socket
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, bundle.Socket{Port: pairs[i], Name: pairs[i+1]})
	}
	return out
}

// Pipeline returns a pipeline of the given stages.
func Pipeline(name string, stages ...Node) Node {
	return Node{Name: name, Model: Model{Op: "pipeline"}, Nodes: stages}
}

// Files is the content of a bundle by slash-separated names.
type Files map[string][]byte

// Files returns the files of the bundle.
func (b Bundle) Files() Files {
	w := writer{files: Files{}, format: or(b.Format, bundle.FormatJSON)}
	w.files["bundle.json"] = indent(map[string]any{
		"uid":       or(b.UID, "7a6d1cc1-54c5-4bd6-9a0c-9d4b8d3f4a10"),
		"name":      or(b.Name, "test"),
		"format":    w.format,
		"version":   or(b.Version, "0.25.2"),
		"timestamp": or(b.Timestamp, "2026-11-21T03:19:42.565"),
	})
	w.node("root", b.Root)
	return w.files
}

// FS returns the bundle as a directory in memory.
func (b Bundle) FS() fs.FS { return b.Files().FS() }

// Zip returns the bundle as a zip file.
func (b Bundle) Zip() []byte { return b.Files().Zip() }

// FS returns the files as a directory in memory.
func (f Files) FS() fs.FS {
	m := make(fstest.MapFS, len(f))
	for name, data := range f {
		m[name] = &fstest.MapFile{Data: data, Mode: 0o644}
	}
	return m
}

// Zip returns the files as a zip, with entries for folders and bundle.json at
// the end as MLeap writes them.
func (f Files) Zip() []byte {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	seen := map[string]bool{}
	var folder func(name string)
	folder = func(name string) {
		if name == "." || name == "/" || seen[name] {
			return
		}
		seen[name] = true
		folder(path.Dir(name))
		must(z.CreateHeader(&zip.FileHeader{Name: name + "/"}))
	}
	names := slices.Sorted(maps.Keys(f))
	if i := slices.Index(names, "bundle.json"); i >= 0 {
		names = append(slices.Delete(names, i, i+1), "bundle.json")
	}
	for _, name := range names {
		folder(path.Dir(name))
		w := must(z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate}))
		must(w.Write(f[name]))
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return buf.Bytes()
}

// Write writes the files below dir.
func (f Files) Write(dir string) error {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, f[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}

// writer writes nodes and models in one format.
type writer struct {
	files  Files
	format string
}

func (w writer) node(dir string, n Node) {
	m := n.Model
	if len(n.Nodes) > 0 || m.Op == "pipeline" {
		m.Op = or(m.Op, "pipeline")
		m.Attrs = maps.Clone(m.Attrs)
		if _, ok := m.Attrs["nodes"]; !ok {
			var names []string
			for _, s := range n.Nodes {
				names = append(names, s.Name)
			}
			if m.Attrs == nil {
				m.Attrs = map[string]bundle.Value{}
			}
			m.Attrs["nodes"] = Strings(names...)
		}
	}
	w.model(dir, m)
	if w.format == bundle.FormatProtobuf {
		w.files[dir+"/node.pb"] = NodeProto(n.Name, n.Inputs, n.Outputs)
	} else {
		w.files[dir+"/node.json"] = NodeJSON(n.Name, n.Inputs, n.Outputs)
	}
	for _, s := range n.Nodes {
		w.node(dir+"/"+s.Name+".node", s)
	}
}

func (w writer) model(dir string, m Model) {
	attrs := bundle.NewAttrs(m.Attrs)
	pb := w.format == bundle.FormatProtobuf
	switch {
	case pb:
		w.files[dir+"/model.pb"] = ModelProto(m.Op, attrs)
	default:
		w.files[dir+"/model.json"] = ModelJSON(m.Op, attrs)
	}
	switch {
	case m.Tree != nil && pb:
		w.files[dir+"/tree.pb"] = TreeProto(m.Tree)
	case m.Tree != nil:
		w.files[dir+"/tree.json"] = TreeJSON(m.Tree)
	case m.Cluster != nil && pb:
		w.files[dir+"/tree.pb"] = ClusterProto(m.Cluster)
	case m.Cluster != nil:
		w.files[dir+"/tree.json"] = ClusterJSON(m.Cluster)
	}
	for name, data := range m.Files {
		w.files[dir+"/"+name] = data
	}
	for name, sub := range m.Subs {
		w.model(dir+"/"+name, sub)
	}
}

func or(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("bundletest: %v", err))
	}
	return x
}

// indent prints a value as MLeap does: keys sorted, two spaces.
func indent(v any) []byte { return must(json.MarshalIndent(v, "", "  ")) }
