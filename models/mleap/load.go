package mleap

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"leapscore/bundle"
	"leapscore/engine/pipeline"
	"leapscore/internal/similar"
	"leapscore/ops"
)

// Runtime is the version of MLeap whose scores are equal to the bit.
const Runtime = "0.25.2"

// hashed are the ops whose width is that of a hash, and costs nothing.
var hashed = map[string]bool{"hashing_term_frequency": true, "feature_hasher": true}

// Load makes the graph of b with the ops of reg. All problems are reported at
// once, in a *pipeline.LoadError. The graph reads from b when it is joined with
// others, and not after.
func Load(b *bundle.Bundle, reg *ops.Registry) (*pipeline.Model, error) {
	l := &loader{reg: reg}
	l.node(b.Root)
	if len(l.problems) > 0 {
		return nil, &pipeline.LoadError{Problems: l.problems}
	}
	m, err := pipeline.New(identity(b), l.nodes)
	if err != nil {
		return nil, err
	}
	m.Warnings = l.warnings
	return m, nil
}

// identity is that of a bundle. The version that a bundle holds is that of MLeap: what
// changes with the model is its content.
func identity(b *bundle.Bundle) pipeline.Identity {
	id := pipeline.Identity{Name: b.Name, Version: b.SHA256[:min(len(b.SHA256), 12)], UID: b.UID, SHA256: b.SHA256}
	if b.Version != "" {
		id.Writer = "MLeap " + b.Version
	}
	return id
}

type loader struct {
	reg      *ops.Registry
	nodes    []pipeline.Node
	problems []pipeline.Problem
	warnings []pipeline.Warning
}

func (l *loader) fail(n *bundle.Node, unknown bool, err error) {
	l.problems = append(l.problems, pipeline.Problem{Path: n.Path, Op: n.Model.Op, Unknown: unknown, Err: err})
}

// elsewhere are the ops of MLeap's extensions, which are not read here.
var elsewhere = map[string]string{
	"tensorflow": "TensorFlow",
}

// meant says what is known of an op that is not there.
func (l *loader) meant(op string) error {
	if of, ok := elsewhere[op]; ok {
		return fmt.Errorf(", which MLeap's extension for %s reads and leapscore does not", of)
	}
	if hint := similar.Hint(op, l.reg.Names()); hint != "" {
		return errors.New(hint)
	}
	return nil
}

func (l *loader) node(n *bundle.Node) {
	if n.Model.Op == "pipeline" {
		for _, sub := range n.Nodes {
			l.node(sub)
		}
		return
	}
	op, ok := l.reg.Lookup(n.Model.Op)
	if !ok {
		l.fail(n, true, l.meant(n.Model.Op))
		return
	}
	wired := func(port string) bool { return connected(n.Inputs, port) != "" || connected(n.Outputs, port) != "" }
	var d damage
	k, err := l.kernel(op, n.Model, wired, &d)
	if err != nil {
		l.fail(n, false, err)
		return
	}
	d.exporter(n)
	l.zeros(n, &d)
	if detail := d.text(); detail != "" {
		l.warnings = append(l.warnings, pipeline.Warning{Node: n.Path, Op: op.Name, Detail: detail})
	}
	node := pipeline.Node{Path: n.Path, Op: op.Name, Kernel: k, Digest: func() ([sha256.Size]byte, error) { return digest(n) }}
	l.inputs(n, &node)
	l.outputs(n, &node)
	l.nodes = append(l.nodes, node)
}

// inputs connects the input ports of node as n does.
func (l *loader) inputs(n *bundle.Node, node *pipeline.Node) {
	ports := node.Kernel.Inputs()
	for _, p := range ports {
		c := connected(n.Inputs, p.Name)
		if c == "" {
			l.fail(n, false, fmt.Errorf("input port %q is not connected", p.Name))
		} else if at := slices.Index(node.Inputs, c); at >= 0 {
			// StructType.scala takes no name twice.
			l.fail(n, false, fmt.Errorf("column %q is connected to the ports %q and %q, want one port for each column", c, ports[at].Name, p.Name))
		}
		node.Inputs = append(node.Inputs, c)
	}
}

// outputs connects the output ports of node as n does.
func (l *loader) outputs(n *bundle.Node, node *pipeline.Node) {
	for i, p := range node.Kernel.Outputs() {
		node.Outputs = append(node.Outputs, connected(n.Outputs, p.Name))
		if w := node.Width(i); w > pipeline.MaxWidth && !hashed[node.Op] {
			l.fail(n, false, fmt.Errorf("output %q has vectors of %d values, want at most %d", p.Name, w, pipeline.MaxWidth))
		}
	}
	if len(node.Outputs) < 2 && !slices.ContainsFunc(node.Outputs, func(c string) bool { return c != "" }) {
		// SimpleTransformer of Transformer.scala asks for the first.
		l.fail(n, false, errors.New("no output port is connected, want one"))
	}
}

// kernel loads a model, and notes in d what may be wrong with it.
func (l *loader) kernel(op *ops.Op, m *bundle.Model, wired func(string) bool, d *damage) (ops.Kernel, error) {
	k, err := op.Load(&ops.Node{
		Attrs: m.Attrs,
		Files: m.Files,
		Wired: wired,
		Sub: func(dir string, outputs ...string) (ops.Kernel, error) {
			sub, err := m.Files.Sub(dir).Model()
			if err != nil {
				return nil, err
			}
			op, ok := l.reg.Lookup(sub.Op)
			if !ok {
				return nil, fmt.Errorf("%s: unknown op %q", dir, sub.Op)
			}
			k, err := l.kernel(op, sub, func(port string) bool { return slices.Contains(outputs, port) }, d)
			if err != nil {
				return nil, fmt.Errorf("%s (%s): %w", dir, sub.Op, err)
			}
			return k, nil
		},
	})
	if err == nil {
		d.model(op.Name, m)
		d.kernel(k)
	}
	return k, err
}

// connected returns the column that a port is connected to, or "". Of several
// sockets for a port the last counts.
func connected(sockets []bundle.Socket, port string) string {
	name := ""
	for _, s := range sockets {
		if s.Port == port {
			name = s.Name
		}
	}
	return name
}

// digest identifies the model of a node and its connected ports, by which ops
// choose between code paths.
func digest(n *bundle.Node) (sum [sha256.Size]byte, err error) {
	model, err := n.Model.Digest()
	if err != nil {
		return sum, err
	}
	h := sha256.New()
	h.Write(model[:])
	for _, p := range ports(n) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		h.Write([]byte(p))
	}
	h.Sum(sum[:0])
	return sum, nil
}

// ports lists the connected ports of a node, sorted.
func ports(n *bundle.Node) []string {
	var list []string
	for kind, sockets := range [][]bundle.Socket{n.Inputs, n.Outputs} {
		for _, s := range sockets {
			if s.Name != "" {
				list = append(list, fmt.Sprint(kind, s.Port))
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
