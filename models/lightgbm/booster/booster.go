package booster

import (
	"errors"
	"fmt"
	"slices"

	"leapscore/ops/tree"
)

// file is a model as its file has it.
type file struct {
	header
	trees  []*treeData
	params map[string]string
	pandas pandas
}

// Booster is a model of LightGBM. It is immutable.
type Booster struct {
	about   About
	names   []string
	outputs int // trees of a round
	average bool
	object  objective

	ensemble *tree.Ensemble
	values   []float64     // of the leaves
	linear   []*linearLeaf // by leaf; nil if no tree is linear
	first    []int32       // the first leaf of each tree, and the end of the last one's
	groups   []int32       // the output of each tree
	counts   []int32       // of the rows of the training, by leaf; nil if the file lacks some

	categories []*Categories // by feature; nil for numbers
}

// About says of a model what its file says.
type About struct {
	Version    string // of the format, such as v4
	Format     string // text or JSON dump
	Objective  string // as the file has it; "" if it has none
	Trees      int
	Leaves     int
	Average    bool // predictions are averages, as those of random forests
	Linear     bool
	Parameters map[string]string // of the training, if the file has them
	Infos      []string          // ranges of the features in the training data, if the file has them
	Warnings   []string
}

// Parse reads a model in any format that LightGBM saves.
func Parse(data []byte, lim Limits) (*Booster, error) {
	switch {
	case isText(data):
		f, err := parseText(data, lim)
		return build(f, "text", err)
	case isDump(data):
		f, err := parseDump(data, lim)
		return build(f, "JSON dump", err)
	}
	return nil, errors.New("this is no model of LightGBM, neither as text (save_model) nor as JSON (dump_model)")
}

// IsModel reports whether a file that begins with head is one that Parse reads.
func IsModel(head []byte) bool { return isText(head) || isDump(head) }

// build lays the trees of a file out.
func build(f *file, format string, err error) (*Booster, error) {
	if err != nil {
		return nil, err
	}
	if len(f.trees)%f.perRound != 0 {
		return nil, fmt.Errorf("%d trees, want a multiple of %d (num_tree_per_iteration)", len(f.trees), f.perRound)
	}
	b := &Booster{names: f.names, outputs: f.perRound, average: f.average}
	if f.hasObjective {
		if b.object, err = parseObjective(f.objective, f.perRound); err != nil {
			return nil, err
		}
	}
	b.about = About{Version: f.version, Format: format, Objective: f.objective, Trees: len(f.trees), Average: f.average, Parameters: f.params, Infos: f.infos}
	if err := b.layOut(f.trees); err != nil {
		return nil, err
	}
	b.about.Leaves, b.about.Linear = len(b.values), b.linear != nil
	return b, b.findCategories(f)
}

// layOut joins the trees, which it frees one by one.
func (b *Booster) layOut(trees []*treeData) error {
	b.first = make([]int32, 1, len(trees)+1)
	total := 0
	for i, t := range trees {
		if total += t.leaves; total > 1<<30 {
			return fmt.Errorf("tree %d: more than %d leaves", i, 1<<30)
		}
		b.first, b.groups = append(b.first, int32(total)), append(b.groups, int32(i%b.outputs))
	}
	b.values, b.counts = make([]float64, 0, total), make([]int32, 0, total)
	nodes := make([][]tree.Node, len(trees))
	for i, t := range trees {
		b.values = append(b.values, t.value...)
		b.addCounts(t)
		if t.linear != nil {
			b.addLinear(t, int(b.first[i]), total)
		}
		nodes[i], trees[i] = t.nodes, nil
	}
	var err error
	b.ensemble, err = tree.Build(nodes)
	return err
}

// addCounts keeps the counts of a tree. The counts of a tree of one leaf do not matter,
// and counts that are all 0 say nothing.
func (b *Booster) addCounts(t *treeData) {
	switch {
	case b.counts == nil:
	case t.leaves == 1:
		b.counts = append(b.counts, 1)
	case !slices.ContainsFunc(t.counts, func(n int32) bool { return n != 0 }):
		b.counts = nil
	default:
		b.counts = append(b.counts, t.counts...)
	}
}

func (b *Booster) addLinear(t *treeData, first, total int) {
	if b.linear == nil {
		b.linear = make([]*linearLeaf, total)
	}
	for i := range t.linear {
		b.linear[first+i] = &t.linear[i]
	}
}

// Names are the features, in order.
func (b *Booster) Names() []string { return b.names }

// Outputs is how many values a raw score and a prediction have.
func (b *Booster) Outputs() int { return b.outputs }

// Rounds is the number of iterations of the training.
func (b *Booster) Rounds() int { return b.Trees() / b.outputs }

// Trees is the number of trees.
func (b *Booster) Trees() int { return len(b.first) - 1 }

// IsBinary reports whether predictions are probabilities of the second of two classes.
func (b *Booster) IsBinary() bool { return b.object.name == "binary" }

// About says of the model what its file says.
func (b *Booster) About() About { return b.about }

// Slice returns the model of the rounds from one to before another. Averages are those of
// these rounds.
func (b *Booster) Slice(from, to int) (*Booster, error) {
	if from < 0 || to > b.Rounds() || from > to {
		return nil, fmt.Errorf("iterations %d:%d, and the model has %d", from, to, b.Rounds())
	}
	if from == 0 && to == b.Rounds() {
		return b, nil
	}
	out := *b
	first, end := from*b.outputs, to*b.outputs
	out.ensemble = b.ensemble.Slice(first, end) // leaves keep their numbers
	out.first, out.groups = b.first[first:end+1], b.groups[first:end]
	out.about.Trees, out.about.Leaves = end-first, int(b.first[end]-b.first[first])
	return &out, nil
}
