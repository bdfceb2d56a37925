package booster

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Files say in which order the categorical columns of the DataFrame were, and not which
// features they are. Columns of ordered categories are trained as numbers, and columns of
// numbers may be declared categorical, so that the two lists of features may differ.

// candidate says whether a feature can have been a column of categories.
type candidate struct {
	declared bool // the training took its values for categories
	most     int  // its greatest code; -1 if it had just one value
	possible bool
}

// place returns the feature of each list of categories, if there is just one way to give
// the lists to features.
func (p pandas) place(f *file) ([]int, bool) {
	cands := f.candidates()
	declared := 0
	for _, c := range cands {
		if c.declared {
			declared++
		}
	}
	if declared > len(p) {
		return nil, false
	}
	return p.search(cands, declared)
}

// search finds the ways to give the lists, in order, to features: every declared one, and
// others that can have been ordered categories.
func (p pandas) search(cands []candidate, declared int) ([]int, bool) {
	// ways[i][j] counts, up to 2, the ways to give the lists from j to the features from i.
	n, k := len(cands), len(p)
	if n*k > 1<<22 {
		return nil, false
	}
	ways := make([][]uint8, n+1)
	for i := range ways {
		ways[i] = make([]uint8, k+1)
	}
	ways[n][k] = 1
	take := func(i, j int) bool {
		return j < k && (cands[i].declared || cands[i].possible && declared < k) && cands[i].most < len(p[j])
	}
	for i := n - 1; i >= 0; i-- {
		for j := range k + 1 {
			if take(i, j) {
				ways[i][j] = ways[i+1][j+1]
			}
			if !cands[i].declared {
				ways[i][j] = min(2, ways[i][j]+ways[i+1][j])
			}
		}
	}
	if ways[0][0] != 1 {
		return nil, false
	}
	out := make([]int, 0, k)
	for i := range n {
		if j := len(out); take(i, j) && ways[i+1][j+1] == 1 {
			out = append(out, i)
		}
	}
	return out, len(out) == k
}

// candidates tells what the ranges of the features say, and the parameters of the training.
func (f *file) candidates() []candidate {
	out := make([]candidate, f.features)
	for i := range out {
		info := ""
		if i < len(f.infos) {
			info = f.infos[i]
		}
		out[i] = newCandidate(info)
	}
	for word := range strings.SplitSeq(f.params["categorical_feature"], ",") {
		if i, err := strconv.Atoi(word); err == nil && i >= 0 && i < len(out) {
			out[i].declared = true
		}
	}
	return out
}

// newCandidate reads a range such as [0:3], which numbers have, or a list of categories
// such as -1:0:2.
func newCandidate(info string) candidate {
	if info == "none" {
		return candidate{most: -1, possible: true}
	}
	list, isRange := strings.CutPrefix(info, "[")
	values := strings.Split(strings.TrimSuffix(list, "]"), ":")
	most := -1.0
	for _, v := range values {
		x, err := strconv.ParseFloat(v, 64)
		if err != nil || x < -1 || isRange && x < 0 || x != math.Trunc(x) || x > math.MaxInt32 {
			return candidate{most: math.MaxInt32}
		}
		most = max(most, x)
	}
	return candidate{declared: !isRange, most: int(most), possible: true}
}

// isNumeric reports whether some list of categories has numbers, which a column of codes
// could be confused with.
func (p pandas) isNumeric() bool {
	return slices.ContainsFunc(p, func(list []category) bool {
		return slices.ContainsFunc(list, func(c category) bool { return !c.isText })
	})
}
