package bundle

import (
	"fmt"
	"strings"
)

// Dir is one folder of a bundle, as the loader of an op sees it. It reads on
// demand and keeps nothing. Its methods may be called concurrently.
type Dir struct {
	files  *fileSet
	path   string
	format string
	err    error // of a name that no folder can have
}

// Path returns the slash-separated path of the folder in the bundle, for
// example "root/rf.node/tree0".
func (d *Dir) Path() string { return d.path }

// Format returns the format of the bundle, FormatJSON or FormatProtobuf.
func (d *Dir) Format() string { return d.format }

// Sub returns the folder of that name in d, which need not exist: reading from
// it then fails. A name that leaves d fails there, too.
func (d *Dir) Sub(name string) *Dir {
	sub := *d
	clean, err := cleanName(name)
	if err != nil {
		sub.err = inFile(d.path, fmt.Errorf("folder %q: %w", name, err))
		return &sub
	}
	sub.path = d.path + "/" + clean
	return &sub
}

// stage returns the folder of a pipeline's stage. Stage names are not escaped:
// a name with a slash is a folder further down.
func (d *Dir) stage(name string) (*Dir, error) {
	clean, err := cleanName(name + ".node")
	if err != nil {
		return nil, fmt.Errorf("attributes.nodes: stage %q: %w", name, err)
	}
	sub := *d
	sub.path = d.path + "/" + clean
	return &sub, nil
}

// ReadFile returns the content of a file in the folder.
func (d *Dir) ReadFile(name string) ([]byte, error) {
	clean, err := cleanName(name)
	switch {
	case d.err != nil:
		return nil, d.err
	case err != nil:
		return nil, inFile(d.path, fmt.Errorf("file %q: %w", name, err))
	}
	return d.files.read(d.path + "/" + clean)
}

// extension is how the names of node, model and tree files end.
func (d *Dir) extension() string {
	if d.format == FormatProtobuf {
		return ".pb"
	}
	return ".json"
}

func (d *Dir) modelFile() string { return d.path + "/model" + d.extension() }
func (d *Dir) nodeFile() string  { return d.path + "/node" + d.extension() }

// Model reads the model of the folder. Every call reads it anew, so that each
// caller has its own error in Attrs.
func (d *Dir) Model() (*Model, error) {
	data, err := d.ReadFile("model" + d.extension())
	if err != nil {
		return nil, err
	}
	parse := parseModelJSON
	if d.format == FormatProtobuf {
		parse = parseModelProto
	}
	lim := d.files.lim
	lim.Values = d.files.values.open(d.modelFile())
	m, err := parse(data, lim)
	if err == nil {
		err = d.files.values.spend(d.modelFile(), m.cost)
	}
	if err != nil {
		return nil, d.files.inFile(d.modelFile(), err)
	}
	m.Files = d
	return &m, nil
}

// node reads the node file of the folder.
func (d *Dir) node() (nodeFile, error) {
	data, err := d.ReadFile("node" + d.extension())
	if err != nil {
		return nodeFile{}, err
	}
	parse := parseNodeJSON
	if d.format == FormatProtobuf {
		parse = parseNodeProto
	}
	n, err := parse(data, d.files.lim)
	return n, d.files.inFile(d.nodeFile(), err)
}

// Tree reads the decision tree of the folder, tree.json or tree.pb: all nodes
// in the order of the file, which is node, left subtree, right subtree. The
// first is the root.
func (d *Dir) Tree() ([]TreeNode, error) {
	return readTree(d, parseTreeJSON, parseTreeProto, func(n *TreeNode) int { return len(n.Values) + len(n.Categories) })
}

// ClusterTree reads the cluster tree of the folder, tree.json or tree.pb: all
// nodes in the order of the file, which is node, then the subtrees of its
// children. The first is the root.
func (d *Dir) ClusterTree() ([]ClusterNode, error) {
	return readTree(d, parseClusterJSON, parseClusterProto, func(n *ClusterNode) int { return len(n.Center) })
}

// readTree reads the tree of a folder with the parser for its format. values is
// the number of doubles of a node.
func readTree[N any](d *Dir, json, proto func([]byte, Limits) ([]N, error), values func(*N) int) ([]N, error) {
	data, err := d.ReadFile("tree" + d.extension())
	if err != nil {
		return nil, err
	}
	parse := json
	if d.format == FormatProtobuf {
		parse = proto
	}
	name := d.path + "/tree" + d.extension()
	lim := d.files.lim
	lim.TreeNodes = (d.files.treeCost.open(name) + treeCost - 1) / treeCost
	nodes, err := parse(data, lim)
	if err == nil {
		cost := treeCost * len(nodes)
		for i := range nodes {
			cost += values(&nodes[i])
		}
		err = d.files.treeCost.spend(name, cost)
	}
	if err != nil {
		return nil, d.files.inFile(name, err)
	}
	return nodes, nil
}

// cleanName returns a slash-separated name without empty and "." elements, or
// an error if it would leave the folder that it is relative to.
func cleanName(name string) (string, error) {
	if strings.ContainsAny(name, "\\\x00") {
		return "", fmt.Errorf("backslash or zero byte in a name")
	}
	var out []string
	for _, e := range strings.Split(name, "/") {
		switch e {
		case "", ".":
		case "..":
			return "", fmt.Errorf("name leaves its folder")
		default:
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		return "", fmt.Errorf("empty name")
	}
	return strings.Join(out, "/"), nil
}
