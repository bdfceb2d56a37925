package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"math"
)

// treeLines reads a tree.json, one object per line.
type treeLines struct {
	r       jsonReader
	scratch []float64
	arena   arena
}

func newTreeLines(data []byte, lim Limits) *treeLines {
	return &treeLines{r: jsonReader{data: data, values: treeBudget(lim)}}
}

// line passes over the spaces before a node and reports whether there is one.
// Lines end as BufferedReader.readLine says: "\n", "\r" or "\r\n".
func (t *treeLines) line() bool {
	r := &t.r
	for r.pos < len(r.data) && (r.data[r.pos] == ' ' || r.data[r.pos] == '\t') {
		r.pos++
	}
	return r.pos < len(r.data)
}

// begin starts a node on a line that has something.
func (t *treeLines) begin() (start int, ok bool) {
	if c := t.r.data[t.r.pos]; c == '\n' || c == '\r' {
		t.r.unexpected("a node")
		return 0, false
	}
	return t.r.pos, t.r.charge(treeCost)
}

// endLine checks that the node that began at start ends its line.
func (t *treeLines) endLine(start int) {
	r := &t.r
	if r.err != nil {
		return
	}
	if line := r.data[start:r.pos]; bytes.IndexByte(line, '\n') >= 0 || bytes.IndexByte(line, '\r') >= 0 {
		r.pos = start
		r.fail("a node over several lines, want one line")
		return
	}
	switch more := t.line(); {
	case !more:
	case r.data[r.pos] == '\r':
		if r.pos++; r.pos < len(r.data) && r.data[r.pos] == '\n' {
			r.pos++
		}
	case r.data[r.pos] == '\n':
		r.pos++
	default:
		r.unexpected("the end of the line")
	}
}

// lines is how many nodes the file has, if it is well formed.
func (t *treeLines) lines() int {
	n := bytes.Count(t.r.data, []byte{'\n'}) + 1
	return min(n, t.r.values/treeCost+1, len(t.r.data)/minTreeLine+1)
}

// minTreeLine is the length of the shortest node.
const minTreeLine = len(`{"type":"leaf","values":[]}`)

// parseTreeJSON reads the tree.json of a decision tree.
func parseTreeJSON(data []byte, lim Limits) ([]TreeNode, error) {
	t := newTreeLines(data, lim)
	nodes := make([]TreeNode, 0, t.lines())
	var shape treeShape
	for t.line() {
		if shape.done {
			if t.r.peek() == 0 && t.r.pos == len(data) {
				break // empty lines at the end
			}
			return nil, trailing(len(nodes))
		}
		start, ok := t.begin()
		if !ok {
			return nil, t.r.err
		}
		nodes = append(nodes, TreeNode{})
		var err error
		if n := &nodes[len(nodes)-1]; !t.usual(n) {
			err = t.node(n)
		}
		if t.endLine(start); t.r.err != nil {
			return nil, t.r.err
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", len(nodes), err)
		}
		if len(nodes) > math.MaxInt32-2 {
			return nil, tooLarge(limitTrees, "more than %d nodes", len(nodes))
		}
		shape.add(nodes)
	}
	if !shape.done {
		return nil, shape.early(len(nodes))
	}
	return nodes, nil
}

// Required members of the objects of a tree file, as bits of members.
const (
	hasType = iota
	hasSplit
	hasValues
)

const (
	hasFeature = iota + 1
	hasThreshold
	hasIsLeft
	hasNumCategories
	hasCategories
)

// node reads one node. Its type may come last, so both forms are read and the
// errors of the other one are dropped.
func (t *treeLines) node(n *TreeNode) error {
	r := &t.r
	var need members
	var typ treeType
	var typeErr, splitErr, valuesErr error
	err := r.object(func(key []byte) error {
		switch string(key) {
		case "type":
			need.see(hasType)
			typ, typeErr = t.typeName()
		case "split":
			need.see(hasSplit)
			splitErr = t.split(n)
		case "values":
			need.see(hasValues)
			t.scratch, valuesErr = r.appendDoubles(t.scratch[:0])
			n.Values = t.arena.keep(t.scratch)
		default:
			r.skip()
		}
		return nil
	})
	switch {
	case err != nil || r.err != nil:
		return err
	case typeErr != nil:
		return &pathError{"type", typeErr}
	case typ == typeLeaf && valuesErr != nil:
		return &pathError{"values", valuesErr}
	case typ == typeLeaf:
		*n = TreeNode{Leaf: true, Values: n.Values}
		return (need | 1<<hasSplit).orMissing(nil, "type", "split", "values")
	case typ == typeInternal && splitErr != nil:
		return &pathError{"split", splitErr}
	case typ == typeInternal:
		n.Values = nil
		return (need | 1<<hasValues).orMissing(nil, "type", "split", "values")
	case need&(1<<hasType) == 0:
		return &pathError{"type", errMissing}
	}
	return &pathError{"type", errors.New("want internal or leaf")}
}

// treeType is the member "type" of a node or split.
type treeType uint8

const (
	typeOther treeType = iota
	typeLeaf
	typeInternal
	typeContinuous
	typeCategorical
)

func (t *treeLines) typeName() (treeType, error) {
	r := &t.r
	if r.next() != '"' {
		return typeOther, r.wrong("a string")
	}
	switch string(r.rawString()) {
	case "leaf":
		return typeLeaf, nil
	case "internal":
		return typeInternal, nil
	case "continuous":
		return typeContinuous, nil
	case "categorical":
		return typeCategorical, nil
	}
	return typeOther, nil
}

// split reads a split. Like node it reads all members and keeps those that the
// type wants.
func (t *treeLines) split(n *TreeNode) error {
	r := &t.r
	*n = TreeNode{Values: n.Values}
	var need members
	var typ treeType
	var errs [hasCategories + 1]error
	err := r.object(func(key []byte) error {
		var i int
		var v int64
		var err error
		switch string(key) {
		case "type":
			i = hasType
			typ, err = t.typeName()
		case "featureIndex":
			i = hasFeature
			v, err = r.integer(32)
			n.Feature = int32(v)
		case "threshold":
			i = hasThreshold
			n.Threshold, err = r.double()
		case "isLeft":
			i = hasIsLeft
			n.IsLeft, err = r.bool()
		case "numCategories":
			i = hasNumCategories
			v, err = r.integer(32)
			n.NumCategories = int32(v)
		case "categories":
			i = hasCategories
			t.scratch, err = r.appendDoubles(t.scratch[:0])
			n.Categories = t.arena.keep(t.scratch)
		default:
			r.skip()
			return nil
		}
		need.see(i)
		errs[i] = err
		return nil
	})
	if err != nil || r.err != nil {
		return err
	}
	return splitOf(n, typ, need, errs[:])
}

// splitNames are the members of a split by their bits.
var splitNames = []string{"type", "featureIndex", "threshold", "isLeft", "numCategories", "categories"}

// splitOf checks the members that the type of split wants and clears the rest.
func splitOf(n *TreeNode, typ treeType, need members, errs []error) error {
	var want members = 1<<hasType | 1<<hasFeature
	switch {
	case errs[hasType] != nil:
		return &pathError{"type", errs[hasType]}
	case need&(1<<hasType) == 0:
		return &pathError{"type", errMissing}
	case typ == typeContinuous:
		want |= 1 << hasThreshold
		*n = TreeNode{Feature: n.Feature, Threshold: n.Threshold, Values: n.Values}
	case typ == typeCategorical:
		want |= 1<<hasIsLeft | 1<<hasNumCategories | 1<<hasCategories
		n.Categorical, n.Threshold = true, 0
	default:
		return &pathError{"type", errors.New("want continuous or categorical")}
	}
	for i, err := range errs {
		if err != nil && want&(1<<i) != 0 {
			return &pathError{splitNames[i], err}
		}
	}
	return (need | ^want).orMissing(nil, splitNames...)
}

// appendDoubles reads an array of doubles after those in out.
func (r *jsonReader) appendDoubles(out []float64) ([]float64, error) {
	err := r.array(func(int) error {
		if !r.charge(1) {
			return nil
		}
		x, err := r.double()
		out = append(out, x)
		return err
	})
	return out, err
}

// parseClusterJSON reads the tree.json of a cluster tree.
func parseClusterJSON(data []byte, lim Limits) ([]ClusterNode, error) {
	t := newTreeLines(data, lim)
	var nodes []ClusterNode
	var shape clusterShape
	for t.line() {
		if shape.done {
			if t.r.peek() == 0 && t.r.pos == len(data) {
				break
			}
			return nil, trailing(len(nodes))
		}
		start, ok := t.begin()
		if !ok {
			return nil, t.r.err
		}
		n, children, err := t.cluster()
		if t.endLine(start); t.r.err != nil {
			return nil, t.r.err
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", len(nodes)+1, err)
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

// cluster reads one node of a cluster tree and how many children follow it.
func (t *treeLines) cluster() (n ClusterNode, children int32, err error) {
	r := &t.r
	var need members
	var v int64
	err = r.object(func(key []byte) (err error) {
		switch string(key) {
		case "index":
			need.see(0)
			v, err = r.integer(32)
			n.Index = int32(v)
		case "norm":
			need.see(1)
			n.Norm, err = r.double()
		case "values":
			need.see(2)
			t.scratch, err = r.appendDoubles(t.scratch[:0])
			n.Center = t.arena.keep(t.scratch)
		case "numChildren":
			need.see(3)
			v, err = r.integer(32)
			children = int32(v)
		default:
			r.skip()
		}
		return err
	})
	return n, children, need.orMissing(err, "index", "norm", "values", "numChildren")
}
