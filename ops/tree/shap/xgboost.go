package shap

import (
	"fmt"

	"leapscore/ops/tree"
)

// XGBoost gives the bits of XGBoost's own contributions (pred_contribs, and the port
// contrib_prediction of MLeap's ops), which are sums of float32 in the order of its code. It is
// slower than Trees, by what the classic algorithm costs.
//
// To use it: fill the fields once, call Check, then Row for each row from any number of goroutines.
type XGBoost struct {
	Trees    []XGBoostTree // those that count: a tree limit cuts the list
	Features int           // of the booster
	Groups   int
	Base     []float32 // by group: the base score as a margin
}

// XGBoostTree is a tree of an XGBoost.
type XGBoostTree struct {
	Nodes  []tree.Node // as tree.Build takes them
	Cover  []float32   // sum_hess, by node
	Values []float32   // of the leaves, in the order in which they stand in Nodes
	Group  int
	Weight float32 // weight_drop of dart; 1 for gbtree

	mean  float32
	depth int
	leaf  []float32 // by node
}

// Check reports what is wrong with the trees, and prepares them.
func (x *XGBoost) Check() error {
	if len(x.Base) != x.Groups {
		return fmt.Errorf("%d base scores, want %d", len(x.Base), x.Groups)
	}
	for i := range x.Trees {
		t := &x.Trees[i]
		values := make([]float64, len(t.Values))
		cover := make([]float64, len(t.Cover))
		for j, c := range t.Cover {
			cover[j] = float64(c)
		}
		m := Model{Columns: x.Features, Outputs: x.Groups, Dims: 1}
		plain := Tree{Nodes: t.Nodes, Cover: cover, Values: values, Output: t.Group}
		if err := plain.check(&m); err != nil {
			return fmt.Errorf("tree %d: %w", i, err)
		}
		if err := t.prepare(); err != nil {
			return fmt.Errorf("tree %d: %w", i, err)
		}
	}
	return nil
}

// prepare computes what all rows share.
func (t *XGBoostTree) prepare() error {
	t.leaf = make([]float32, len(t.Nodes))
	leaves := 0
	for i := range t.Nodes {
		if t.Nodes[i].Left < 0 {
			t.leaf[i] = t.Values[leaves]
			leaves++
		}
	}
	seen := 0
	var mean func(node int32, depth int) (float32, error)
	mean = func(node int32, depth int) (float32, error) {
		n := &t.Nodes[node]
		t.depth = max(t.depth, depth)
		if n.Left < 0 {
			return t.leaf[node], nil
		}
		if seen++; seen > len(t.Nodes) || depth > maxPath {
			return 0, fmt.Errorf("a way to a leaf has more than %d splits", maxPath)
		}
		left, err := mean(n.Left, depth+1)
		if err != nil {
			return 0, err
		}
		right, err := mean(n.Right, depth+1)
		if err != nil {
			return 0, err
		}
		return float32(float32(float32(left*t.Cover[n.Left])+float32(right*t.Cover[n.Right])) / t.Cover[node]), nil
	}
	var err error
	t.mean, err = mean(0, 0)
	return err
}

// Row computes the contributions of a row, whose values are float32 widened, or NaN where one is missing:
// for each group Features values and the bias.
func (x *XGBoost) Row(row []float64, out []float32) {
	clear(out)
	w := rowWalk{row: row, phi: make([]float32, x.Features+1)}
	n := x.Features + 1
	for i := range x.Trees {
		w.t = &x.Trees[i]
		clear(w.phi)
		w.phi[x.Features] = w.t.mean
		need := (w.t.depth + 2) * (w.t.depth + 3) / 2
		w.path = grow(w.path, need)
		w.visit(0, 0, w.path, 1, 1, -1)
		sums := out[w.t.Group*n:][:n]
		for f, v := range w.phi {
			sums[f] += float32(v * w.t.Weight)
		}
	}
	for g, b := range x.Base {
		out[g*n+x.Features] += b
	}
}

// rowWalk takes a row down a tree.
type rowWalk struct {
	t    *XGBoostTree
	row  []float64
	phi  []float32
	path []step
}

// step is a feature on the way to a node: its share of the cover, whether the row is on the way (1 or 0), and the
// weight of the sets that hold as many other features as the step's index says.
type step struct {
	feature   int32
	zero, one float32
	weight    float32
}

// visit is the classic recursion. path begins with the steps of the parent.
func (w *rowWalk) visit(node int32, depth int, parent []step, zero, one float32, feature int32) {
	path := parent[depth:]
	copy(path, parent[:depth])
	push(path, depth, zero, one, feature)
	n := &w.t.Nodes[node]
	if n.Left < 0 {
		for i := 1; i <= depth; i++ {
			s := &path[i]
			part := float32(unwoundSum(path, depth, i) * float32(s.one-s.zero))
			w.phi[s.feature] += float32(part * w.t.leaf[node])
		}
		return
	}
	hot, cold := n.Left, n.Right
	if !n.GoesLeft(w.row[n.Feature]) {
		hot, cold = cold, hot
	}
	cover := w.t.Cover[node]
	hotZero, coldZero := w.t.Cover[hot]/cover, w.t.Cover[cold]/cover
	inZero, inOne := float32(1), float32(1)
	for i := range depth + 1 {
		if path[i].feature == n.Feature {
			inZero, inOne = path[i].zero, path[i].one
			pop(path, depth, i)
			depth--
			break
		}
	}
	w.visit(hot, depth+1, path, float32(hotZero*inZero), inOne, n.Feature)
	w.visit(cold, depth+1, path, float32(coldZero*inZero), 0, n.Feature)
}

// push adds a feature to the steps of a path.
func push(path []step, depth int, zero, one float32, feature int32) {
	path[depth] = step{feature: feature, zero: zero, one: one}
	if depth == 0 {
		path[depth].weight = 1
	}
	n := float32(depth + 1)
	for i := depth - 1; i >= 0; i-- {
		path[i+1].weight += float32(float32(float32(one*path[i].weight)*float32(i+1)) / n)
		path[i].weight = float32(float32(float32(zero*path[i].weight)*float32(depth-i)) / n)
	}
}

// pop takes a feature out of the steps of a path.
func pop(path []step, depth, at int) {
	one, zero := path[at].one, path[at].zero
	next := path[depth].weight
	n := float32(depth + 1)
	for i := depth - 1; i >= 0; i-- {
		if one == 0 {
			path[i].weight = float32(path[i].weight*n) / float32(zero*float32(depth-i))
			continue
		}
		was := path[i].weight
		path[i].weight = float32(next*n) / float32(float32(i+1)*one)
		next = was - float32(float32(float32(path[i].weight*zero)*float32(depth-i))/n)
	}
	for i := at; i < depth; i++ {
		path[i].feature, path[i].zero, path[i].one = path[i+1].feature, path[i+1].zero, path[i+1].one
	}
}

// unwoundSum is the sum of the weights that pop would leave.
func unwoundSum(path []step, depth, at int) (total float32) {
	one, zero := path[at].one, path[at].zero
	next := path[depth].weight
	n := float32(depth + 1)
	for i := depth - 1; i >= 0; i-- {
		switch {
		case one != 0:
			part := float32(next*n) / float32(float32(i+1)*one)
			total += part
			next = path[i].weight - float32(float32(part*zero)*float32(float32(depth-i)/n))
		case zero != 0:
			total += float32(path[i].weight/zero) / float32(float32(depth-i)/n)
		}
	}
	return total
}
