package bundletest

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"leapscore/bundle"
)

// FromModelJSON wraps one model into a bundle whose root is that model. files
// are the payload beside model.json, by name in the folder: "tree.json",
// "tree0/model.json". Format is as in Bundle; for protobuf the JSON files are
// converted, other files stay as they are.
func FromModelJSON(modelJSON []byte, files map[string][]byte, inputs, outputs []bundle.Socket, format string) (Files, error) {
	out := Bundle{Root: Node{Name: "model", Inputs: inputs, Outputs: outputs}}.Files()
	out["root/model.json"] = modelJSON
	for name, data := range files {
		out["root/"+name] = data
	}
	if format == bundle.FormatProtobuf {
		return Convert(out.FS(), format)
	}
	return out, nil
}

// Convert writes the bundle in fsys again, in the given format. Files that are
// no node, model or tree are copied.
func Convert(fsys fs.FS, format string) (Files, error) {
	b, err := bundle.OpenFS(fsys, bundle.Limits{})
	if err != nil {
		return nil, err
	}
	c := converter{
		root: b.Root.Model.Files, nodes: map[string]*bundle.Node{},
		from: extension(b.Format), format: format, out: Files{},
	}
	c.index(b.Root)
	c.out["bundle.json"] = Bundle{
		UID: b.UID, Name: b.Name, Version: b.Version, Timestamp: b.Timestamp, Format: format,
	}.Files()["bundle.json"]
	err = fs.WalkDir(fsys, "root", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		return c.file(name)
	})
	return c.out, err
}

func extension(format string) string {
	if format == bundle.FormatProtobuf {
		return ".pb"
	}
	return ".json"
}

type converter struct {
	root   *bundle.Dir
	nodes  map[string]*bundle.Node // by path
	from   string                  // extension
	format string
	out    Files
}

func (c *converter) index(n *bundle.Node) {
	c.nodes[n.Path] = n
	for _, s := range n.Nodes {
		c.index(s)
	}
}

// dir returns the folder of a path in the bundle.
func (c *converter) dir(name string) *bundle.Dir {
	if name == "root" {
		return c.root
	}
	return c.root.Sub(strings.TrimPrefix(name, "root/"))
}

func (c *converter) file(name string) error {
	dir := c.dir(path.Dir(name))
	w := writer{files: c.out, format: c.format}
	to := path.Dir(name) + "/" + strings.TrimSuffix(path.Base(name), c.from) + extension(c.format)
	switch path.Base(name) {
	case "model" + c.from:
		m, err := dir.Model()
		if err != nil {
			return err
		}
		if c.format == bundle.FormatProtobuf {
			w.files[to] = ModelProto(m.Op, m.Attrs)
		} else {
			w.files[to] = ModelJSON(m.Op, m.Attrs)
		}
		return nil
	case "node" + c.from:
		n := c.nodes[path.Dir(name)]
		if n == nil {
			return nil // a node that no pipeline lists
		}
		if c.format == bundle.FormatProtobuf {
			w.files[to] = NodeProto(n.Name, n.Inputs, n.Outputs)
		} else {
			w.files[to] = NodeJSON(n.Name, n.Inputs, n.Outputs)
		}
		return nil
	case "tree" + c.from:
		return c.tree(dir, to)
	}
	data, err := dir.ReadFile(path.Base(name))
	c.out[name] = data
	return err
}

func (c *converter) tree(dir *bundle.Dir, to string) error {
	pb := c.format == bundle.FormatProtobuf
	nodes, treeErr := dir.Tree()
	if treeErr == nil {
		if c.out[to] = TreeJSON(nodes); pb {
			c.out[to] = TreeProto(nodes)
		}
		return nil
	}
	clusters, err := dir.ClusterTree()
	if err != nil {
		return fmt.Errorf("%w (as a cluster tree: %w)", treeErr, err)
	}
	if c.out[to] = ClusterJSON(clusters); pb {
		c.out[to] = ClusterProto(clusters)
	}
	return nil
}
