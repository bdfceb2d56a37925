package booster

import (
	"bytes"
	"fmt"

	"leapscore/ops/tree"
)

// treeData is a tree as files have it: splits are numbered from 0, and a child below 0 is
// a leaf, ^child.
type treeData struct {
	leaves      int
	feature     []int32
	left, right []int32
	decision    []int32 // bits; nil is 0 for all
	threshold   []float64
	value       []float64
	counts      []int32    // of the rows of the training in the leaves; nil if the file has none
	sets        [][]uint64 // of categories that go left
	linear      []linearLeaf

	nodes []tree.Node // once laid out, instead of the splits
}

// linearLeaf is the model of a leaf of a linear tree.
type linearLeaf struct {
	constant float64
	features []int32
	factors  []float64
}

// Bits of a decision. The two above say what is missing.
const (
	decisionCategorical = 1 << iota
	decisionDefaultLeft
	decisionMissing
)

// The kinds of missing values of a split.
const (
	missingNone = iota
	missingZero
	missingNaN
	missingUnknown
)

// treeLines are the lines of a tree by key.
type treeLines map[string][]byte

// parseTree reads the text of one tree.
func parseTree(block []byte, features int) (*treeData, error) {
	_, block = cutLine(block) // Tree=number
	lines := make(treeLines, 24)
	for len(block) > 0 {
		var line []byte
		if line, block = cutLine(block); len(line) == 0 {
			break
		}
		key, value, ok := bytes.Cut(line, []byte("="))
		if !ok || len(lines) > 100 {
			return nil, fmt.Errorf("a line is %s, want name=values", quote(line))
		}
		lines[string(key)] = value
	}
	n, err := lines.number("num_leaves")
	if err != nil {
		return nil, err
	}
	if n < 1 || n > maxLeaves {
		return nil, fmt.Errorf("num_leaves is %d, want a number from 1 to %d", n, maxLeaves)
	}
	t := &treeData{leaves: n}
	if err := t.read(lines); err != nil {
		return nil, err
	}
	return t, t.check(features)
}

func (l treeLines) number(key string) (int, error) {
	v, ok := l[key]
	if !ok {
		return 0, fmt.Errorf("there is no line %s=", key)
	}
	n, err := parseInt(bytes.TrimSpace(v))
	if err != nil {
		return 0, fmt.Errorf("%s is %s, want %w", key, quote(v), err)
	}
	return int(n), nil
}

// list reads the list of a line into to. A line that must not be there leaves it nil.
func list[T any](l treeLines, key string, n int, must bool, parse func([]byte) (T, error), to *[]T) error {
	v, ok := l[key]
	if !ok && !must {
		return nil
	}
	if !ok {
		return fmt.Errorf("there is no line %s=", key)
	}
	out, err := parseList(v, n, parse)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	*to = out
	return nil
}

// read fills the tree in.
func (t *treeData) read(l treeLines) error {
	splits := t.leaves - 1
	for _, f := range []struct {
		key  string
		must bool
		to   *[]int32
		n    int
	}{
		{"split_feature", splits > 0, &t.feature, splits}, {"decision_type", false, &t.decision, splits},
		{"left_child", splits > 0, &t.left, splits}, {"right_child", splits > 0, &t.right, splits},
		{"leaf_count", false, &t.counts, t.leaves},
	} {
		if f.key == "leaf_count" && len(bytes.TrimSpace(l[f.key])) == 0 {
			continue // some versions write no count of a tree of one leaf
		}
		if err := list(l, f.key, f.n, f.must, parseInt, f.to); err != nil {
			return err
		}
	}
	if err := list(l, "threshold", splits, splits > 0, parseFloat, &t.threshold); err != nil {
		return err
	}
	if err := list(l, "leaf_value", t.leaves, true, parseFloat, &t.value); err != nil {
		return err
	}
	if err := t.readSets(l); err != nil {
		return err
	}
	return t.readLinear(l)
}

// readSets reads the categories of the splits: words of 32 bits, and where those of each
// set begin.
func (t *treeData) readSets(l treeLines) error {
	if _, ok := l["num_cat"]; !ok {
		return nil
	}
	n, err := l.number("num_cat")
	if err != nil || n == 0 {
		return err
	}
	if n < 0 || n >= t.leaves {
		return fmt.Errorf("num_cat is %d, want a number from 0 to %d (num_leaves - 1)", n, t.leaves-1)
	}
	var bounds []int32
	if err := list(l, "cat_boundaries", n+1, true, parseInt, &bounds); err != nil {
		return err
	}
	for i := range bounds {
		if i == 0 && bounds[i] != 0 || i > 0 && bounds[i] < bounds[i-1] {
			return fmt.Errorf("cat_boundaries: element %d is %d, want numbers from 0 that do not get less", i, bounds[i])
		}
	}
	var words []uint32
	if err := list(l, "cat_threshold", int(bounds[n]), true, parseWord, &words); err != nil {
		return err
	}
	t.sets = make([][]uint64, n)
	for i := range t.sets {
		t.sets[i] = bitSet(words[bounds[i]:bounds[i+1]])
	}
	return nil
}

// bitSet joins words of 32 bits to words of 64.
func bitSet(words []uint32) []uint64 {
	out := make([]uint64, max(1, (len(words)+1)/2))
	for i, w := range words {
		out[i/2] |= uint64(w) << (32 * (i % 2))
	}
	return out
}

// readLinear reads the models of the leaves of a linear tree.
func (t *treeData) readLinear(l treeLines) error {
	if _, ok := l["is_linear"]; !ok {
		return nil
	}
	if n, err := l.number("is_linear"); err != nil || n == 0 {
		return err
	}
	var constants, factors []float64
	var widths, features []int32
	if err := list(l, "leaf_const", t.leaves, true, parseFloat, &constants); err != nil {
		return err
	}
	if err := list(l, "num_features", t.leaves, true, parseInt, &widths); err != nil {
		return err
	}
	total := 0
	for i, w := range widths {
		if total += int(w); w < 0 || total > len(l["leaf_features"]) {
			return fmt.Errorf("num_features: element %d is %d, and leaf_features has fewer elements", i, w)
		}
	}
	if err := list(l, "leaf_features", total, true, parseInt, &features); err != nil {
		return err
	}
	if err := list(l, "leaf_coeff", total, true, parseFloat, &factors); err != nil {
		return err
	}
	t.linear = make([]linearLeaf, t.leaves)
	for i, w := range widths {
		t.linear[i] = linearLeaf{constants[i], features[:w:w], factors[:w:w]}
		features, factors = features[w:], factors[w:]
	}
	return nil
}
