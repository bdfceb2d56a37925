package bundle

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// treeMessages reads a tree.pb: messages, each after its length in four bytes,
// big-endian as DataOutputStream writes it.
type treeMessages struct {
	data    []byte
	n       int // messages so far
	budget  protoBudget
	scratch []float64
	arena   arena
}

func newTreeMessages(data []byte, lim Limits) *treeMessages {
	return &treeMessages{data: data, budget: protoBudget{values: treeBudget(lim)}}
}

// next returns the next message.
func (t *treeMessages) next() ([]byte, error) {
	if len(t.data) < 4 {
		return nil, fmt.Errorf("node %d: %d bytes left, want a length", t.n, len(t.data))
	}
	n := binary.BigEndian.Uint32(t.data)
	t.data = t.data[4:]
	if uint64(n) > uint64(len(t.data)) {
		return nil, fmt.Errorf("node %d: length %d, but %d bytes left", t.n, n, len(t.data))
	}
	m := t.data[:n]
	t.data = t.data[n:]
	t.n++
	if t.n > math.MaxInt32-2 {
		return nil, tooLarge(limitTrees, "more than %d nodes", t.n)
	}
	return m, t.budget.charge(treeCost)
}

// count is how many messages the file has, going by their lengths.
func (t *treeMessages) count() int {
	n := 0
	for b := t.data; len(b) >= 4; n++ {
		size := uint64(binary.BigEndian.Uint32(b)) + 4
		if size > uint64(len(b)) {
			break
		}
		b = b[size:]
	}
	return min(n, t.budget.values/treeCost)
}

// parseTreeProto reads the tree.pb of a decision tree.
func parseTreeProto(data []byte, lim Limits) ([]TreeNode, error) {
	t := newTreeMessages(data, lim)
	nodes := make([]TreeNode, 0, t.count())
	var shape treeShape
	for len(t.data) > 0 {
		if shape.done {
			return nil, trailing(len(nodes))
		}
		m, err := t.next()
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, TreeNode{})
		n := &nodes[len(nodes)-1]
		if t.usual(m, n) {
			shape.add(nodes)
			continue
		}
		if err := t.node(m, n); err != nil {
			return nil, fmt.Errorf("node %d: %w", len(nodes)-1, err)
		}
		shape.add(nodes)
	}
	if !shape.done {
		return nil, shape.early(len(nodes))
	}
	return nodes, nil
}

// node reads one ml.bundle.dtree.Node.
func (t *treeMessages) node(m []byte, n *TreeNode) error {
	f := protoFields{data: m}
	var form protowire.Number
	var content submessage
	for f.next() {
		if f.typ != protowire.BytesType || f.num > 2 {
			continue
		}
		if f.num != form {
			form, content = f.num, submessage{}
		}
		f.err = content.add(&t.budget, f.b)
	}
	switch {
	case f.err != nil:
		return f.err
	case form == 1:
		return t.internal(content.data, n)
	case form == 2:
		n.Leaf = true
		var err error
		n.Values, err = t.doubles(content.data, 1)
		return err
	}
	return errors.New("neither internal nor leaf")
}

// doubles returns a repeated double field of a message, ignoring all others.
func (t *treeMessages) doubles(m []byte, num protowire.Number) ([]float64, error) {
	f := protoFields{data: m}
	t.scratch = t.scratch[:0]
	for f.next() {
		if f.num == num {
			t.addDoubles(&f)
		}
	}
	return t.arena.keep(t.scratch), f.err
}

// addDoubles appends the current field to scratch.
func (t *treeMessages) addDoubles(f *protoFields) {
	var err error
	t.scratch, err = packed(&t.budget, f, t.scratch, protowire.Fixed64Type, math.Float64frombits)
	if f.err == nil {
		f.err = err
	}
}

func (t *treeMessages) internal(m []byte, n *TreeNode) error {
	f := protoFields{data: m}
	var split submessage
	for f.next() {
		if f.is(1, protowire.BytesType) {
			f.err = split.add(&t.budget, f.b)
		}
	}
	if f.err != nil {
		return f.err
	}
	f = protoFields{data: split.data}
	var form protowire.Number
	var content submessage
	for f.next() {
		if f.typ != protowire.BytesType || f.num > 2 {
			continue
		}
		if f.num != form {
			form, content = f.num, submessage{}
		}
		f.err = content.add(&t.budget, f.b)
	}
	switch {
	case f.err != nil:
		return f.err
	case form == 1:
		return t.categorical(content.data, n)
	case form == 2:
		return t.continuous(content.data, n)
	}
	return pathTo("split", errMissing)
}

func (t *treeMessages) continuous(m []byte, n *TreeNode) error {
	f := protoFields{data: m}
	for f.next() {
		switch {
		case f.is(1, protowire.VarintType):
			n.Feature = int32(f.n)
		case f.is(2, protowire.Fixed64Type):
			n.Threshold = math.Float64frombits(f.n)
		}
	}
	return f.err
}

func (t *treeMessages) categorical(m []byte, n *TreeNode) error {
	n.Categorical = true
	f := protoFields{data: m}
	t.scratch = t.scratch[:0]
	for f.next() {
		switch {
		case f.is(1, protowire.VarintType):
			n.Feature = int32(f.n)
		case f.is(2, protowire.VarintType):
			n.IsLeft = f.n != 0
		case f.is(3, protowire.VarintType):
			n.NumCategories = int32(f.n)
		case f.num == 4:
			t.addDoubles(&f)
		}
	}
	n.Categories = t.arena.keep(t.scratch)
	return f.err
}

// parseClusterProto reads the tree.pb of a cluster tree.
func parseClusterProto(data []byte, lim Limits) ([]ClusterNode, error) {
	t := newTreeMessages(data, lim)
	var nodes []ClusterNode
	var shape clusterShape
	for len(t.data) > 0 {
		if shape.done {
			return nil, trailing(len(nodes))
		}
		m, err := t.next()
		if err != nil {
			return nil, err
		}
		n, children, err := t.cluster(m)
		if err != nil {
			return nil, fmt.Errorf("node %d: %w", len(nodes), err)
		}
		nodes = append(nodes, n)
		shape.add(children)
	}
	if !shape.done {
		return nil, shape.early()
	}
	shape.link(nodes)
	return nodes, nil
}

// cluster reads one ml.bundle.ctree.Node.
func (t *treeMessages) cluster(m []byte) (n ClusterNode, children int32, err error) {
	f := protoFields{data: m}
	t.scratch = t.scratch[:0]
	for f.next() {
		switch {
		case f.is(1, protowire.VarintType):
			n.Index = int32(f.n)
		case f.is(2, protowire.Fixed64Type):
			n.Norm = math.Float64frombits(f.n)
		case f.num == 3:
			t.addDoubles(&f)
		case f.is(4, protowire.VarintType):
			children = int32(f.n)
		}
	}
	n.Center = t.arena.keep(t.scratch)
	return n, children, f.err
}
