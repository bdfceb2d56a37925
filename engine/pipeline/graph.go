package pipeline

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"leapscore/bundle"
	"leapscore/ops"
)

// Identity says which model a graph is of. The records of runs, and the files
// that they write, carry it.
type Identity struct {
	Name    string
	Version string // of the model: how a job calls it, else the beginning of SHA256
	UID     string
	SHA256  string // of the model's bytes, in hex
	Writer  string // the program that wrote the model, and its version
}

// Node is a kernel whose ports are connected to columns.
type Node struct {
	Path   string // where the node stands in its model, for people
	Op     string
	Kernel ops.Kernel

	// Inputs and Outputs are columns, one for each port of the kernel and in
	// their order. An output that the model does not connect is "".
	Inputs, Outputs []string

	// Aside are outputs that only those get who ask for them: they are not Final,
	// though no node reads them. It is as long as Outputs, or nil.
	Aside []bool

	// Digest identifies what the kernel was made from: nodes of one op that
	// read the same columns and have the same digest compute the same. It is
	// called by Join only; where it is nil the node is like no other.
	Digest func() ([sha256.Size]byte, error)
}

// MaxWidth is how many values the vectors of a node may have. No model that was
// trained has wider ones: they are a sign of damage.
const MaxWidth = 1 << 26

// Width returns how many values the vectors of an output have, or 0 if the
// model does not say so. An encoder declares the number of its categories.
func (n *Node) Width(port int) int {
	t := n.Kernel.Outputs()[port].Type
	if !t.IsVector() || len(t.Dims) == 0 {
		return 0
	}
	if e, ok := n.Kernel.(ops.Encoder); ok {
		return e.Width(port)
	}
	width := 1
	for _, d := range t.Dims {
		if width *= max(d, 0); width > 1<<40 {
			break // more is too wide already, and must not overflow
		}
	}
	return width
}

// Model is a graph of nodes that is not bound to a source yet.
type Model struct {
	Identity Identity

	// Inputs are the free inputs: the columns that a source must have. Where
	// nodes ask for one column under several types, it is the last one's.
	Inputs bundle.Schema

	// Outputs are all columns that the model adds, in the order of its nodes.
	Outputs []Output

	// Warnings tell what may be wrong with the model, by node.
	Warnings []Warning

	// Members are the models that it was joined from, nil for a single one.
	Members []Member

	stages  []*stage
	aliases map[string]string // output of a member -> the one that has the same values
}

// Output is a column that a pipeline adds.
type Output struct {
	bundle.Field
	// Final is set if no later node reads the column, and it does not stand aside.
	Final bool
	// Node is the path of the node that makes it.
	Node string
	Op   string
	// Width is how many values its vectors have, if the model says so, or 0.
	Width int
}

// stage is a node of a Model, with the ports of its kernel.
type stage struct {
	Node
	inPorts, outPorts []ops.Port

	members []string // names of the joined models that have it
}

// Warning says what may be wrong with a node that can be loaded: its predictions may
// differ from those of the program that trained the model.
type Warning struct {
	Model  string `json:"model,omitempty"` // of several, the one that it is in
	Node   string `json:"node"`
	Op     string `json:"op"`
	Detail string `json:"detail"`
}

func (w Warning) String() string {
	node := w.Node
	if w.Model != "" {
		node = w.Model + ": " + node
	}
	return fmt.Sprintf("%s (%s): %s", node, w.Op, w.Detail)
}

// Problem is one node that cannot be loaded.
type Problem struct {
	Path    string // of the node
	Op      string
	Unknown bool  // the op is not in the registry
	Err     error // of an unknown op: what may be meant, or nil
}

func (p Problem) String() string {
	if p.Unknown {
		if p.Err != nil {
			return fmt.Sprintf("%s: unknown op %q%v", p.Path, p.Op, p.Err)
		}
		return fmt.Sprintf("%s: unknown op %q", p.Path, p.Op)
	}
	return fmt.Sprintf("%s (%s): %v", p.Path, p.Op, p.Err)
}

// LoadError lists every node of a model that cannot be loaded.
type LoadError struct {
	Problems []Problem
}

func (e *LoadError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	list := ""
	if slices.ContainsFunc(e.Problems, func(p Problem) bool { return p.Unknown }) {
		list = "leapscore ops lists the ops that can be scored"
	}
	if len(lines) == 1 {
		return strings.TrimSuffix("node "+lines[0]+"; "+list, "; ")
	}
	if list != "" {
		lines = append(lines, list)
	}
	return fmt.Sprintf("%d nodes cannot be loaded:\n  %s", len(e.Problems), strings.Join(lines, "\n  "))
}

// New returns the graph of nodes, which run in the order in which they stand. It
// refuses a column that two nodes make, or that one makes after another has read
// it, all at once in a *LoadError.
func New(id Identity, nodes []Node) (*Model, error) {
	m := &Model{Identity: id}
	w := wiring{m: m, made: map[string]int{}, free: map[string]int{}}
	for _, n := range nodes {
		s := &stage{Node: n, inPorts: n.Kernel.Inputs(), outPorts: n.Kernel.Outputs()}
		if len(s.Inputs) != len(s.inPorts) || len(s.Outputs) != len(s.outPorts) {
			w.fail(s, "%d inputs and %d outputs, want %d and %d", len(s.Inputs), len(s.Outputs), len(s.inPorts), len(s.outPorts))
			continue
		}
		m.stages = append(m.stages, s)
		w.read(s)
		w.add(s)
	}
	if len(w.problems) > 0 {
		return nil, &LoadError{w.problems}
	}
	return m, nil
}

// Then returns a model of the nodes of m and of those of next, which read what those
// of m make.
func (m *Model) Then(id Identity, next *Model) (*Model, error) {
	var nodes []Node
	for _, s := range slices.Concat(m.stages, next.stages) {
		nodes = append(nodes, s.Node)
	}
	both, err := New(id, nodes)
	if err != nil {
		return nil, err
	}
	both.Warnings = slices.Concat(m.Warnings, next.Warnings)
	return both, nil
}

// wiring finds the free inputs and the outputs of a Model.
type wiring struct {
	m        *Model
	made     map[string]int // column -> index in m.Outputs
	free     map[string]int // column -> index in m.Inputs
	problems []Problem
}

func (w *wiring) fail(s *stage, format string, args ...any) {
	w.problems = append(w.problems, Problem{Path: s.Path, Op: s.Op, Err: fmt.Errorf(format, args...)})
}

func (w *wiring) read(s *stage) {
	for i, c := range s.Inputs {
		if o, ok := w.made[c]; ok {
			w.m.Outputs[o].Final = false
			continue
		}
		f := bundle.Field{Name: c, Type: s.inPorts[i].Type}
		if at, seen := w.free[c]; seen {
			w.m.Inputs[at] = f
			continue
		}
		w.free[c] = len(w.m.Inputs)
		w.m.Inputs = append(w.m.Inputs, f)
	}
}

func (w *wiring) add(s *stage) {
	for i, c := range s.Outputs {
		if c == "" {
			continue
		}
		if o, dup := w.made[c]; dup {
			w.fail(s, "output column %q is already made by %s", c, w.m.Outputs[o].Node)
			continue
		}
		if _, read := w.free[c]; read {
			w.fail(s, "output column %q is an input of the pipeline, or is read by an earlier node", c)
			continue
		}
		w.made[c] = len(w.m.Outputs)
		w.m.Outputs = append(w.m.Outputs, Output{
			Field: bundle.Field{Name: c, Type: s.outPorts[i].Type}, Final: s.Aside == nil || !s.Aside[i], Node: s.Path, Op: s.Op, Width: s.Width(i),
		})
	}
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

// Nodes returns the nodes of the model, in the order in which they run.
func (m *Model) Nodes() []Node {
	nodes := make([]Node, len(m.stages))
	for i, s := range m.stages {
		nodes[i] = s.Node
	}
	return nodes
}

// With returns the model with more nodes, which run after all others. It is not for joined models.
func (m *Model) With(more []Node) (*Model, error) {
	out, err := New(m.Identity, append(m.Nodes(), more...))
	if err != nil {
		return nil, err
	}
	out.Warnings = m.Warnings
	return out, nil
}
