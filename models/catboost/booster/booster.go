package booster

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"sync"
)

// Booster is a model. It is immutable.
type Booster struct {
	Objective string // the loss, such as Logloss; may be ""
	Labels    Labels
	Format    string            // of the file
	Oblivious bool              // all nodes of a level have the same split
	Info      map[string]string // that the file holds, some of it as JSON

	features []feature
	columns  []column
	combos   []combo
	lookups  []lookup
	trees    []grown
	// path has the splits of oblivious trees, and the nodes of others.
	path []node

	leaves  []float64 // dims numbers a leaf
	weights []float64 // of the rows of the training that ended in each leaf; nil if the file has none
	dims    int
	walk    *walk

	scale  float64
	bias   []float64 // nil if the model is a range that does not begin with the first tree
	answer answer
	// external is which output each of dims is, and outputs how many there are:
	// classes that the training did not meet have an output too.
	external []int
	outputs  int
	// border is what raw is above for the second of two classes, and threshold a
	// probability instead of it.
	border    float64
	threshold *float64
	used      []bool // columns that trees compare with
	work      *sync.Pool
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

// maxClasses is how many outputs a model may have: 8 KB for each in a block of rows.
const maxClasses = 1 << 14

func (l Limits) features() int { return or(l.Features, 1<<24) }
func (l Limits) outputs() int  { return or(l.Outputs, maxClasses) }
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
	b, err := link(c, lim)
	if err != nil {
		return nil, err
	}
	b.Format = "JSON"
	if bytes.HasPrefix(data, []byte(magicCBM)) {
		b.Format = "cbm"
	}
	return b, nil
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

// IsModel reports whether the beginning of a file looks like a model of CatBoost.
func IsModel(head []byte) bool {
	if bytes.HasPrefix(head, []byte(magicCBM)) {
		return true
	}
	key := firstKey.FindSubmatch(head)
	if key == nil {
		return false
	}
	switch string(key[1]) {
	case "features_info", "oblivious_trees":
		return true
	case "ctr_data", "model_info", "scale_and_bias", "trees":
		// These names are common, and the next one may be far away.
		return bytes.Contains(head, []byte("combination_element")) || bytes.Contains(head, []byte("float_feature_index")) ||
			bytes.Contains(head, []byte(`"features_info"`)) || bytes.Contains(head, []byte("catboost"))
	}
	return false
}

var firstKey = regexp.MustCompile(`^\s*\{\s*"([a-z_]+)"`)

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

// Leaves is the number of leaves of all trees.
func (b *Booster) Leaves() (n int) {
	if b.walk.oblivious != nil {
		return b.walk.oblivious.LeafCount()
	}
	return len(b.walk.numbers)
}

// Binary reports whether there are two classes, of which a threshold chooses.
func (b *Booster) Binary() bool { return b.answer == answerBinary }

// Classifies reports whether one of several classes is chosen.
func (b *Booster) Classifies() bool {
	return b.answer == answerBinary || b.answer == answerSoftmax || b.Objective == "MultiClassOneVsAll"
}

// WithThreshold is the model that chooses the second of two classes where its
// probability is above a threshold.
func (b *Booster) WithThreshold(p float64) *Booster {
	out := *b
	out.threshold = &p
	return &out
}

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
	if from == 0 && to == len(b.trees) {
		return b, nil
	}
	part := *b
	part.trees = b.trees[from:to]
	if from > 0 {
		part.bias = nil
	}
	return &part, part.finish()
}
