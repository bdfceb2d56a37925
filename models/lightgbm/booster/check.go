package booster

import "fmt"

// check finds what is wrong in a tree whose lists have the right lengths, so that its
// nodes can be laid out: every split and leaf but the root is the child of one split.
func (t *treeData) check(features int) error {
	for i := range t.feature {
		if err := t.checkSplit(i, features); err != nil {
			return fmt.Errorf("split %d: %w", i, err)
		}
	}
	for i := range t.linear {
		for _, f := range t.linear[i].features {
			if f < 0 || int(f) >= features {
				return fmt.Errorf("leaf_features of leaf %d has feature %d, want numbers from 0 to %d", i, f, features-1)
			}
		}
	}
	return t.checkShape()
}

func (t *treeData) checkSplit(i, features int) error {
	if f := t.feature[i]; f < 0 || int(f) >= features {
		return fmt.Errorf("split_feature is %d, want a number from 0 to %d", f, features-1)
	}
	d := t.decisionOf(i)
	if d < 0 || d > 15 || d/decisionMissing == missingUnknown {
		return fmt.Errorf("decision_type is %d, which no version of LightGBM from 2 to 4 writes", d)
	}
	if d&decisionCategorical == 0 {
		return nil
	}
	if x := t.threshold[i]; !(x >= 0) || x >= float64(len(t.sets)) {
		return fmt.Errorf("threshold is %v, want the number of one of %d sets of categories", x, len(t.sets))
	}
	return nil
}

func (t *treeData) decisionOf(split int) int32 {
	if t.decision == nil {
		return 0
	}
	return t.decision[split]
}

// checkShape finds children that are nowhere, and splits and leaves that have two parents
// or cannot be reached.
func (t *treeData) checkShape() error {
	splits := t.leaves - 1
	parents := make([]bool, splits+t.leaves)
	for i := range splits {
		for _, child := range [2]int32{t.left[i], t.right[i]} {
			if int(child) >= splits || child < -int32(t.leaves) || child == 0 {
				return fmt.Errorf("split %d has child %d, want a number from 1 to %d, or from -1 to %d for a leaf", i, child, splits-1, -t.leaves)
			}
			at := t.index(child)
			if parents[at] {
				return fmt.Errorf("split %d has child %d, which another split has too", i, child)
			}
			parents[at] = true
		}
	}
	// Now each of them has one parent, but for the root. A circle is apart from the root.
	reached := 0
	for stack := []int32{0}; splits > 0 && len(stack) > 0; reached++ {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, child := range [2]int32{t.left[i], t.right[i]} {
			if child > 0 {
				stack = append(stack, child)
			}
		}
	}
	if reached < splits {
		return fmt.Errorf("%d of %d splits cannot be reached from the first: there is a circle", splits-reached, splits)
	}
	return nil
}

// index is where a child stands when leaves follow splits.
func (t *treeData) index(child int32) int {
	if child < 0 {
		return t.leaves - 1 + int(^child)
	}
	return int(child)
}
