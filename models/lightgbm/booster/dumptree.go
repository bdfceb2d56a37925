package booster

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// dumpTree is a tree of a dump.
type dumpTree struct {
	Leaves *int      `json:"num_leaves"`
	Root   *dumpNode `json:"tree_structure"`
}

// dumpNode is a split, or a leaf if it has no children.
type dumpNode struct {
	Split     *int32          `json:"split_index"`
	Feature   int32           `json:"split_feature"`
	Threshold json.RawMessage `json:"threshold"`
	Decision  string          `json:"decision_type"`
	Default   bool            `json:"default_left"`
	Missing   string          `json:"missing_type"`
	Left      *dumpNode       `json:"left_child"`
	Right     *dumpNode       `json:"right_child"`

	Leaf     int32     `json:"leaf_index"`
	Value    *float64  `json:"leaf_value"`
	LeafRows int32     `json:"leaf_count"`
	Constant *float64  `json:"leaf_const"`
	Features []int32   `json:"leaf_features"`
	Factors  []float64 `json:"leaf_coeff"`
}

// dumpTreeReader reads a tree of a dump.
type dumpTreeReader struct {
	*dumpReader
	t    *treeData
	seen []bool // splits, then leaves
}

func (r *dumpTreeReader) tree(text json.RawMessage) (*treeData, error) {
	if len(text) > maxDumpTree {
		return nil, fmt.Errorf("the JSON of a tree is longer than %d MB: save the model as text (save_model)", maxDumpTree>>20)
	}
	var d dumpTree
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, dumpError(err)
	}
	if d.Leaves == nil || d.Root == nil || *d.Leaves < 1 || *d.Leaves > len(text) {
		return nil, errors.New("there is no tree_structure, or num_leaves is not the number of its leaves")
	}
	n := *d.Leaves
	r.t = &treeData{leaves: n, value: make([]float64, n), feature: make([]int32, n-1), threshold: make([]float64, n-1),
		decision: make([]int32, n-1), left: make([]int32, n-1), right: make([]int32, n-1)}
	r.t.counts = make([]int32, n)
	r.seen = make([]bool, 2*n-1)
	if d.Root.Left != nil && (d.Root.Split == nil || *d.Root.Split != 0) {
		return nil, errors.New("the first split has not split_index 0")
	}
	if _, err := r.add(d.Root); err != nil {
		return nil, err
	}
	for i, seen := range r.seen {
		if !seen {
			return nil, fmt.Errorf("num_leaves is %d, and split or leaf %d is missing", n, i)
		}
	}
	return r.t, r.t.check(r.head.MaxFeature + 1)
}

// add puts a node and those below it into the tree and returns its number as a child.
// encoding/json bounds how deep it goes.
func (r *dumpTreeReader) add(n *dumpNode) (int32, error) {
	if n.Left == nil && n.Right == nil {
		return r.addLeaf(n)
	}
	splits := len(r.t.feature)
	if n.Left == nil || n.Right == nil || n.Split == nil || *n.Split < 0 || int(*n.Split) >= splits || r.seen[*n.Split] {
		return 0, fmt.Errorf("a split needs two children and a split_index of its own, from 0 to %d", splits-1)
	}
	i := *n.Split
	r.seen[i] = true
	if err := r.addSplit(int(i), n); err != nil {
		return 0, fmt.Errorf("split %d: %w", i, err)
	}
	var err error
	if r.t.left[i], err = r.add(n.Left); err != nil {
		return 0, err
	}
	r.t.right[i], err = r.add(n.Right)
	return i, err
}

func (r *dumpTreeReader) addLeaf(n *dumpNode) (int32, error) {
	t, i := r.t, n.Leaf
	if n.Value == nil || i < 0 || int(i) >= t.leaves || r.seen[t.leaves-1+int(i)] {
		return 0, fmt.Errorf("a leaf needs a leaf_value, and a leaf_index of its own, from 0 to %d", t.leaves-1)
	}
	r.seen[t.leaves-1+int(i)] = true
	t.value[i], t.counts[i] = *n.Value, n.LeafRows
	if n.Constant == nil {
		return ^i, nil
	}
	if len(n.Features) != len(n.Factors) {
		return 0, fmt.Errorf("leaf %d has %d leaf_features and %d leaf_coeff", i, len(n.Features), len(n.Factors))
	}
	if t.linear == nil {
		t.linear = make([]linearLeaf, t.leaves)
	}
	t.linear[i] = linearLeaf{*n.Constant, n.Features, n.Factors}
	return ^i, nil
}

func (r *dumpTreeReader) addSplit(i int, n *dumpNode) error {
	t := r.t
	t.feature[i] = n.Feature
	missing, ok := map[string]int32{"None": missingNone, "Zero": missingZero, "NaN": missingNaN}[n.Missing]
	if !ok {
		return fmt.Errorf("missing_type is %s, want None, Zero or NaN", quote([]byte(n.Missing)))
	}
	t.decision[i] = missing * decisionMissing
	if n.Default {
		t.decision[i] |= decisionDefaultLeft
	}
	switch n.Decision {
	case "<=":
		x, err := r.threshold(n)
		t.threshold[i] = x
		return err
	case "==":
		set, err := r.categories(n.Threshold)
		t.decision[i] |= decisionCategorical
		t.threshold[i] = float64(len(t.sets))
		t.sets = append(t.sets, set)
		return err
	}
	return fmt.Errorf("decision_type is %s, want <= or ==", quote([]byte(n.Decision)))
}

// greatest is the number that dumps have instead of infinity, and of all above it.
const greatest = 1e300

// threshold returns the threshold of a numerical split. One that separates missing values
// from all others is infinite; dumps have 1e300 there. It can be told from a real one if
// the training data had no values of that size.
func (r *dumpTreeReader) threshold(n *dumpNode) (float64, error) {
	var x float64
	if err := json.Unmarshal(n.Threshold, &x); err != nil {
		return 0, fmt.Errorf("threshold is %s, want a number", quote(n.Threshold))
	}
	if math.Abs(x) < greatest {
		return x, nil
	}
	info, known := r.info(n.Feature)
	if x > 0 && known && math.Abs(info.Max) < greatest/10 && math.Abs(info.Min) < greatest/10 {
		return math.Inf(1), nil
	}
	return 0, errors.New("threshold is 1e300, which a dump has for infinity and for every number beyond it: save the model as text (save_model)")
}

func (r *dumpTreeReader) info(feature int32) (dumpInfo, bool) {
	if feature < 0 || int(feature) >= len(r.head.Names) {
		return dumpInfo{}, false
	}
	info, ok := r.head.Infos[r.head.Names[feature]]
	return info, ok
}

// categories reads a set such as 0||3||17.
func (r *dumpTreeReader) categories(text json.RawMessage) ([]uint64, error) {
	var list string
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("threshold is %s, want categories such as 0||3", quote(text))
	}
	set := make([]uint64, 1)
	if list == "" {
		return set, nil
	}
	for word := range strings.SplitSeq(list, "||") {
		c, err := strconv.ParseInt(word, 10, 32)
		if err != nil || c < 0 {
			return nil, fmt.Errorf("threshold has category %s, want a whole number from 0 to %d", quote([]byte(word)), math.MaxInt32)
		}
		if more := int(c/64) + 1 - len(set); more > 0 {
			if r.words.Add(-int64(more)) < 0 {
				return nil, errors.New("the sets of categories are too large for a dump of this length: save the model as text (save_model)")
			}
			set = append(set, make([]uint64, more)...)
		}
		set[c/64] |= 1 << (c % 64)
	}
	return set, nil
}
