package pipeline

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"leapscore/bundle"
	"leapscore/ops"
)

// Model is a loaded bundle.
type Model struct {
	Bundle *bundle.Bundle

	// Inputs are the free inputs: the columns that a source must have. Where
	// nodes ask for one column under several types, it is the last one's.
	Inputs bundle.Schema

	// Outputs are all columns that the pipeline adds, in the order in which
	// MLeap adds them.
	Outputs []Output

	// Parts are the models that it was joined from, nil for a single one.
	Parts []Part

	stages  []*stage
	aliases map[string]string // output of a part -> the one that has the same values
}

// Output is a column that a pipeline adds.
type Output struct {
	bundle.Field
	// Final is set if no later node reads the column.
	Final bool
	// Node is the path of the node that makes it.
	Node string
	Op   string
	// Width is how many values its vectors have, if the model says so, or 0.
	Width int
}

// stage is one node with its kernel. Ports that the bundle does not connect
// have an empty column name.
type stage struct {
	node    *bundle.Node
	op      *ops.Op
	kernel  ops.Kernel
	inputs  []ops.Port
	outputs []ops.Port
	reads   []string // per input port
	adds    []string // per output port
	parts   []string // names of the joined models that have it
}

// MaxWidth is how many values the vectors of a node may have. Wider ones are no
// model that anyone has trained, but damage.
const MaxWidth = 1 << 26

// hashed are the ops whose width is that of a hash, and costs nothing.
var hashed = map[string]bool{"hashing_term_frequency": true, "feature_hasher": true}

// width returns how many values the vectors of an output have, or 0 if the model
// does not say so. What encoders declare is the number of categories.
func (s *stage) width(port int) int {
	t := s.outputs[port].Type
	if !t.IsVector() || len(t.Dims) == 0 {
		return 0
	}
	if e, ok := s.kernel.(ops.Encoder); ok {
		return e.Width(port)
	}
	n := 1
	for _, d := range t.Dims {
		if n *= max(d, 0); n > 1<<40 {
			break // what is wider is too wide, and must not overflow
		}
	}
	return n
}

// Problem is one node that cannot be loaded.
type Problem struct {
	Path    string // of the node
	Op      string
	Unknown bool // the op is not in the registry
	Err     error
}

func (p Problem) String() string {
	if p.Unknown {
		return fmt.Sprintf("%s: unknown op %q", p.Path, p.Op)
	}
	return fmt.Sprintf("%s (%s): %v", p.Path, p.Op, p.Err)
}

// LoadError lists every node of a bundle that cannot be loaded.
type LoadError struct {
	Problems []Problem
}

func (e *LoadError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	if len(lines) == 1 {
		return "node " + lines[0]
	}
	return fmt.Sprintf("%d nodes cannot be loaded:\n  %s", len(lines), strings.Join(lines, "\n  "))
}

// Load loads every node of b with the ops of reg. All problems are reported at
// once, in a *LoadError.
func Load(b *bundle.Bundle, reg *ops.Registry) (*Model, error) {
	l := &loader{reg: reg}
	l.node(b.Root)
	if len(l.problems) > 0 {
		return nil, &LoadError{l.problems}
	}
	m := &Model{Bundle: b, stages: l.stages}
	if err := m.wire(); err != nil {
		return nil, err
	}
	return m, nil
}

type loader struct {
	reg      *ops.Registry
	stages   []*stage
	problems []Problem
}

func (l *loader) fail(n *bundle.Node, unknown bool, err error) {
	l.problems = append(l.problems, Problem{Path: n.Path, Op: n.Model.Op, Unknown: unknown, Err: err})
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
		l.fail(n, true, nil)
		return
	}
	wired := func(port string) bool { return connected(n.Inputs, port) != "" || connected(n.Outputs, port) != "" }
	k, err := l.kernel(op, n.Model, wired)
	if err != nil {
		l.fail(n, false, err)
		return
	}
	s := &stage{node: n, op: op, kernel: k, inputs: k.Inputs(), outputs: k.Outputs()}
	for _, p := range s.inputs {
		c := connected(n.Inputs, p.Name)
		if c == "" {
			l.fail(n, false, fmt.Errorf("input port %q is not connected", p.Name))
		} else if at := slices.Index(s.reads, c); at >= 0 {
			// StructType.scala takes no name twice.
			l.fail(n, false, fmt.Errorf("column %q is connected to the ports %q and %q, want one port for each column", c, s.inputs[at].Name, p.Name))
		}
		s.reads = append(s.reads, c)
	}
	for i, p := range s.outputs {
		s.adds = append(s.adds, connected(n.Outputs, p.Name))
		if w := s.width(i); w > MaxWidth && !hashed[op.Name] {
			l.fail(n, false, fmt.Errorf("output %q has vectors of %d values, want at most %d", p.Name, w, MaxWidth))
		}
	}
	if len(s.adds) < 2 && !slices.ContainsFunc(s.adds, func(c string) bool { return c != "" }) {
		// SimpleTransformer of Transformer.scala asks for the first.
		l.fail(n, false, errors.New("no output port is connected, want one"))
	}
	l.stages = append(l.stages, s)
}

func (l *loader) kernel(op *ops.Op, m *bundle.Model, wired func(string) bool) (ops.Kernel, error) {
	return op.Load(&ops.Node{
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
			k, err := l.kernel(op, sub, func(port string) bool { return slices.Contains(outputs, port) })
			if err != nil {
				return nil, fmt.Errorf("%s (%s): %w", dir, sub.Op, err)
			}
			return k, nil
		},
	})
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

// wire works out the free inputs and the outputs, and refuses what could never
// run: a column made twice, or read before it is made.
func (m *Model) wire() error {
	made := map[string]int{} // column -> index in m.Outputs
	var problems []Problem
	fail := func(s *stage, format string, args ...any) {
		problems = append(problems, Problem{Path: s.node.Path, Op: s.op.Name, Err: fmt.Errorf(format, args...)})
	}
	free := map[string]int{}
	for _, s := range m.stages {
		for i, c := range s.reads {
			if o, ok := made[c]; ok {
				m.Outputs[o].Final = false
				continue
			}
			f := bundle.Field{Name: c, Type: s.inputs[i].Type}
			if at, seen := free[c]; seen {
				m.Inputs[at] = f
				continue
			}
			free[c] = len(m.Inputs)
			m.Inputs = append(m.Inputs, f)
		}
		for i, c := range s.adds {
			if c == "" {
				continue
			}
			if o, dup := made[c]; dup {
				fail(s, "output column %q is already made by %s", c, m.Outputs[o].Node)
				continue
			}
			if _, read := free[c]; read {
				fail(s, "output column %q is an input of the pipeline, or is read by an earlier node", c)
				continue
			}
			made[c] = len(m.Outputs)
			m.Outputs = append(m.Outputs, Output{Field: bundle.Field{Name: c, Type: s.outputs[i].Type}, Final: true, Node: s.node.Path, Op: s.op.Name, Width: s.width(i)})
		}
	}
	if len(problems) > 0 {
		return &LoadError{problems}
	}
	return nil
}

// Output returns the output column of that name.
func (m *Model) Output(name string) (Output, bool) {
	for _, o := range m.Outputs {
		if o.Name == name {
			return o, true
		}
	}
	return Output{}, false
}
