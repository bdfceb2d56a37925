package booster

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
)

// Booster is a model. It is immutable.
type Booster struct {
	Objective string // the loss, such as Logloss; may be ""
	Labels    Labels
	Oblivious bool // all nodes of a level have the same split

	features []feature
	columns  []column
	combos   []combo
	trees    []grown
	// path has the splits of oblivious trees, and the nodes of others.
	path []node

	leaves  []float64 // dims numbers a leaf
	weights []float64 // of the rows of the training that ended in each leaf; nil if the file has none
	dims    int
	walk    walk

	scale  float64
	bias   []float64 // nil if the model is a range that does not begin with the first tree
	answer answer
	// external is which output each of dims is, and outputs how many there are:
	// classes that the training did not meet have an output too.
	external []int
	outputs  int
	used     []bool // columns that trees compare with
	work     *sync.Pool
}

// grown is a tree: where its path and its leaves begin.
type grown struct {
	path, depth, leaf int
}

// node is a split: a column greater than a border. Nodes of trees that are not
// oblivious have children, counted from the first node of path; leaf is the first of
// the values of the node's own leaf, where a child is -1.
type node struct {
	border      float64
	column      int32
	left, right int32
	leaf        int32
}

// feature is something that a row has: a number, or a category.
type feature struct {
	name     string
	category bool
	used     bool
}

// Limits bounds what a file may ask for; a field that is 0 has a usual value.
type Limits struct {
	Features, Outputs, Trees int
}

func (l Limits) features() int { return or(l.Features, 1<<24) }
func (l Limits) outputs() int  { return or(l.Outputs, 1<<16) }
func (l Limits) trees() int    { return or(l.Trees, 1<<24) }

func or(n, usual int) int {
	if n > 0 {
		return n
	}
	return usual
}

var errForeign = errors.New("the file is no model of CatBoost: want cbm, which begins with CBM1, or JSON that has oblivious_trees or trees; CatBoost writes them by save_model(\"model.cbm\") and save_model(\"model.json\", format=\"json\")")

// Parse reads a model in either format.
func Parse(data []byte, lim Limits) (*Booster, error) {
	c, err := read(data)
	if err != nil {
		return nil, err
	}
	return link(c, lim)
}

func read(data []byte) (*content, error) {
	if bytes.HasPrefix(data, []byte(magicCBM)) {
		return readCBM(data)
	}
	if bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{")) {
		return readJSON(data)
	}
	return nil, errForeign
}

// Names are the features, in the order of the training.
func (b *Booster) Names() []string {
	out := make([]string, len(b.features))
	for i := range out {
		out[i] = b.features[i].name
	}
	return out
}

// Category reports whether a feature is a category. Its numbers, for Predict, are
// CategoryHash of its texts.
func (b *Booster) Category(feature int) bool { return b.features[feature].category }

// Used reports whether any tree depends on a feature.
func (b *Booster) Used(feature int) bool { return b.features[feature].used }

// Rounds is the number of trees: one a round.
func (b *Booster) Rounds() int { return len(b.trees) }

// Outputs is the number of values of raw.
func (b *Booster) Outputs() int { return b.outputs }

// Predictions is the number of values of the prediction.
func (b *Booster) Predictions() int {
	if b.answer == answerBinary {
		return 2
	}
	return b.outputs
}

// Slice is the model of the trees from one up to another. As in CatBoost, the bias
// belongs to the first tree.
func (b *Booster) Slice(from, to int) (*Booster, error) {
	if from < 0 || to > len(b.trees) || from >= to {
		return nil, fmt.Errorf("trees %d up to %d: the model has %d", from, to, len(b.trees))
	}
	part := *b
	part.trees = b.trees[from:to]
	if from > 0 {
		part.bias = nil
	}
	return &part, part.finish()
}
