package bundle

import (
	"encoding/binary"
	"math"
)

// This file reads the nodes of trees that look exactly as MLeap and its
// Python exporters write them, which is nearly all. Nodes that differ in
// anything (order, spaces, members) are left to the node methods, which give the
// same result for these.

// usual reads the node that starts here if it is written in a usual way.
// Otherwise it reads nothing and returns false.
func (t *treeLines) usual(n *TreeNode) bool {
	r := &t.r
	pos, values := r.pos, r.values
	var ok bool
	switch {
	case r.eat(`{"type":"leaf","values":[`):
		ok = t.usualDoubles() && r.eat("}")
		n.Leaf = true
	case r.eat(`{"split":{"featureIndex":`):
		ok = t.usualContinuous(n) && r.eat(`,"type":"continuous"},"type":"internal"}`)
	case r.eat(`{"type":"internal","split":{"type":"continuous","featureIndex":`):
		ok = t.usualContinuous(n) && r.eat("}}")
	case r.eat(`{"split":{"categories":[`):
		n.Categorical = true
		ok = t.usualDoubles() && r.eat(`,"featureIndex":`) && t.usualCategorical(n) &&
			r.eat(`,"type":"categorical"},"type":"internal"}`)
	}
	if !ok || r.err != nil {
		r.pos, r.values, r.err = pos, values, nil
		*n = TreeNode{}
		return false
	}
	if n.Leaf {
		n.Values = t.arena.keep(t.scratch)
	} else if n.Categorical {
		n.Categories = t.arena.keep(t.scratch)
	}
	return true
}

func (t *treeLines) usualContinuous(n *TreeNode) (ok bool) {
	r := &t.r
	if n.Feature, ok = r.usualInt(); !ok || !r.eat(`,"threshold":`) {
		return false
	}
	n.Threshold, ok = r.usualDouble()
	return ok
}

func (t *treeLines) usualCategorical(n *TreeNode) (ok bool) {
	r := &t.r
	if n.Feature, ok = r.usualInt(); !ok {
		return false
	}
	switch {
	case r.eat(`,"isLeft":true,"numCategories":`):
		n.IsLeft = true
	case r.eat(`,"isLeft":false,"numCategories":`):
	default:
		return false
	}
	n.NumCategories, ok = r.usualInt()
	return ok
}

// usualDoubles reads the rest of an array of doubles into scratch.
func (t *treeLines) usualDoubles() bool {
	r := &t.r
	t.scratch = t.scratch[:0]
	if r.eat("]") {
		return true
	}
	for {
		x, ok := r.usualDouble()
		if !ok || !r.charge(1) {
			return false
		}
		t.scratch = append(t.scratch, x)
		if !r.eat(",") {
			return r.eat("]")
		}
	}
}

// eat passes over s if it comes next.
func (r *jsonReader) eat(s string) bool {
	if len(r.data)-r.pos < len(s) || string(r.data[r.pos:r.pos+len(s)]) != s {
		return false
	}
	r.pos += len(s)
	return true
}

// usualDouble reads a number that comes next.
func (r *jsonReader) usualDouble() (float64, bool) {
	if r.pos == len(r.data) || (r.data[r.pos] != '-' && r.data[r.pos]-'0' > 9) {
		return 0, false
	}
	x, err := r.float(64)
	return x, err == nil && r.err == nil
}

// usualInt reads a small whole number without a sign that comes next.
func (r *jsonReader) usualInt() (int32, bool) {
	end := digits(r.data, r.pos)
	if n := end - r.pos; n == 0 || n > 9 || (n > 1 && r.data[r.pos] == '0') {
		return 0, false
	}
	var x int32
	for _, c := range r.data[r.pos:end] {
		x = x*10 + int32(c-'0')
	}
	r.pos = end
	return x, true
}

// usual reads a leaf or continuous split if it is encoded in the usual way:
// fields in order, each once, and lengths in one byte. Otherwise it reads
// nothing and returns false.
func (t *treeMessages) usual(m []byte, n *TreeNode) bool {
	if values, ok := single(m, 0x12); ok {
		doubles, ok := single(values, 0x0a)
		if !ok || len(doubles)%8 != 0 || t.budget.charge(len(doubles)/8) != nil {
			return false
		}
		t.scratch = t.scratch[:0]
		for ; len(doubles) > 0; doubles = doubles[8:] {
			t.scratch = append(t.scratch, math.Float64frombits(binary.LittleEndian.Uint64(doubles)))
		}
		n.Leaf, n.Values = true, t.arena.keep(t.scratch)
		return true
	}
	m, ok1 := single(m, 0x0a)
	m, ok2 := single(m, 0x0a)
	m, ok3 := single(m, 0x12)
	if !ok1 || !ok2 || !ok3 {
		return false
	}
	var feature uint64
	if len(m) > 0 && m[0] == 0x08 {
		var size int
		if feature, size = binary.Uvarint(m[1:]); size <= 0 {
			return false
		}
		m = m[1+size:]
	}
	switch {
	case len(m) == 0:
		n.Feature, n.Threshold = int32(feature), 0
	case len(m) == 9 && m[0] == 0x11:
		n.Feature, n.Threshold = int32(feature), math.Float64frombits(binary.LittleEndian.Uint64(m[1:]))
	default:
		return false
	}
	return true
}

// single returns the content of a message that has one field of that tag and a
// length of one byte.
func single(m []byte, tag byte) ([]byte, bool) {
	if len(m) < 2 || m[0] != tag || m[1] >= 0x80 || int(m[1]) != len(m)-2 {
		return nil, false
	}
	return m[2:], true
}
