package booster

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"leapscore/ops/tree"
)

// Limits bound what a file may ask for. Memory is taken for what was read only.
type Limits struct {
	Features int // 0: 2^26
	Outputs  int // 0: 2^16
}

// Booster is a model of XGBoost. It does not change.
type Booster struct {
	Form      string // json, ubj or binary
	Version   string // of the XGBoost that wrote the file, or ""
	Kind      string // gbtree, dart or gblinear
	Objective string
	Params    map[string]string // of the objective
	Attrs     map[string]string
	Features  int
	Outputs   int      // margins
	Parallel  int      // trees of a round and output, as the file says; 0 stands for 1
	Types     []string // of features, as XGBoost writes them

	names      []string
	categories []dictionary
	objective  objective
	old        bool
	base       []float32
	score      string
	stored     float32 // of the binary form, as it is stored
	number     version

	trees  *tree.Ensemble
	sum    tree.Sum[float32]
	ids    []int32     // of leaves, by number: their numbers in the file
	rounds []int32     // the first tree of each round, and the number of trees
	covers [][]float32 // of the nodes of each tree, as tree.View has them; nil if the file has none
	plain  [][]float32 // of dart: the values of the leaves of each tree, before they are weighted
	drop   []float32   // of dart: the weight of each tree

	linear []float32 // of gblinear
}

// Parse reads a model of any form.
func Parse(data []byte, lim Limits) (*Booster, error) { return Read(bytes.NewReader(data), lim) }

// Read reads a model of any form as a stream.
func Read(src io.Reader, lim Limits) (*Booster, error) {
	in := bufio.NewReaderSize(src, window)
	head, err := in.Peek(64)
	if len(head) == 0 {
		return nil, short(err)
	}
	var d *document
	switch form := Form(head); form {
	case "json":
		d, err = decode(newJSON(in), form)
	case "ubj":
		d, err = decode(newUBJ(in), form)
	default:
		if bytes.HasPrefix(head, []byte("binf")) {
			in.Discard(4)
		}
		d, err = newBinary(in).document()
	}
	if err != nil {
		return nil, err
	}
	return d.finish(lim)
}

// Form tells by the first bytes of a file of XGBoost which form it has: json, ubj or
// binary, which is what has no mark of another.
func Form(head []byte) string {
	if len(head) == 0 || head[0] != '{' {
		return "binary"
	}
	switch rest := bytes.TrimLeft(head[1:], " \t\r\n"); {
	case len(rest) > 0 && (rest[0] == '"' || rest[0] == '}'):
		return "json"
	case len(rest) > 0 && (rest[0] == 'L' || rest[0] == '$' || rest[0] == '#' || sizes[rest[0]] > 0):
		return "ubj"
	}
	return "binary"
}

// finish checks the document as a whole and makes the booster of it.
func (d *document) finish(lim Limits) (*Booster, error) {
	if d.booster == "" {
		return nil, fmt.Errorf("the file has no booster: it is no model of XGBoost")
	}
	if d.form != "binary" && !d.model {
		return nil, errors.New("the booster has no model, but at most a configuration, as save_config writes it: save the model itself: model.save_model(\"model.ubj\")")
	}
	d.dropCutNames()
	o, err := objectiveOf(d)
	if err != nil {
		return nil, err
	}
	b := &Booster{
		Form: d.form, Version: d.versionText(), Kind: d.booster, Objective: d.objective, Params: d.params, Attrs: d.attributes,
		Types: d.types, names: d.names, categories: d.categories, objective: o, old: !d.since(1, 6), Parallel: int(d.parallel),
	}
	if err := b.size(d, lim); err != nil {
		return nil, err
	}
	b.score, b.stored, b.number = d.baseScore, d.baseFloat, d.version
	if d.form == "binary" {
		b.score = strconv.FormatFloat(float64(d.baseFloat), 'g', -1, 32)
	}
	if b.base, err = d.margins(o, b.Outputs); err != nil {
		return nil, err
	}
	switch d.booster {
	case "gblinear":
		b.linear = d.weights
		if want := (b.Features + 1) * b.Outputs; len(b.linear) != want && len(b.linear) != 0 {
			return nil, fmt.Errorf("gblinear has %d weights, want %d: those of %d features and of the bias for %d outputs", len(b.linear), want, b.Features, b.Outputs)
		}
		return b, nil
	case "gbtree", "dart":
		return b, b.plant(d)
	}
	return nil, fmt.Errorf("the booster is %.40q, want gbtree, dart or gblinear", d.booster)
}

// size checks how many features and outputs there are.
func (b *Booster) size(d *document, lim Limits) error {
	if lim.Features == 0 {
		lim.Features = 1 << 26
	}
	if lim.Outputs == 0 {
		lim.Outputs = 1 << 16
	}
	outputs := max(d.numClass, d.numTarget, 1)
	switch {
	case d.numFeature < 0 || d.numFeature > int64(lim.Features):
		return fmt.Errorf("the model has %d features, want at most %d", d.numFeature, lim.Features)
	case d.numClass < 0 || outputs > int64(lim.Outputs):
		return fmt.Errorf("the model has %d classes and %d targets, want at most %d", d.numClass, d.numTarget, lim.Outputs)
	case d.numClass > 1 && d.numTarget > 1:
		return fmt.Errorf("the model has %d classes and %d targets, want one or the other", d.numClass, d.numTarget)
	}
	b.Features, b.Outputs = int(d.numFeature), int(outputs)
	if len(d.names) > 0 && len(d.names) != b.Features {
		return fmt.Errorf("the model has %d names and %d features", len(d.names), b.Features)
	}
	return nil
}

func (d *document) versionText() string {
	if len(d.version) < 2 || d.version[0] == 0 {
		return ""
	}
	s := strconv.Itoa(int(d.version[0])) + "." + strconv.Itoa(int(d.version[1]))
	if d.form != "binary" && len(d.version) > 2 {
		s += "." + strconv.Itoa(int(d.version[2]))
	}
	return s
}

// Names are the names of the features in order, nil if the file has none.
func (b *Booster) Names() []string { return b.names }

// Rounds is the number of rounds of boosting; 0 for gblinear.
func (b *Booster) Rounds() int { return max(len(b.rounds)-1, 0) }

// Trees is the number of trees.
func (b *Booster) Trees() int {
	if b.trees == nil {
		return 0
	}
	return b.trees.Trees()
}

// In20 returns the model as XGBoost 2.0 computes it, whatever version wrote it.
func (b *Booster) In20() *Booster {
	out := *b
	out.old = false
	return &out
}

// Leaves is the number of leaves.
func (b *Booster) Leaves() int { return len(b.ids) }

// Vectors tells whether leaves hold a value for each output.
func (b *Booster) Vectors() bool { return b.sum.Dims > 1 }

// BaseScore is what the file holds as base_score.
func (b *Booster) BaseScore() string { return b.score }

// Best returns the number of rounds up to the best one, if training was stopped early.
func (b *Booster) Best() (rounds int, ok bool) {
	best, err := strconv.Atoi(b.Attrs["best_iteration"])
	if err != nil || best < 0 || best >= b.Rounds() {
		return 0, false
	}
	return best + 1, true
}

// Slice returns the model with the rounds from from to before to.
func (b *Booster) Slice(from, to int) (*Booster, error) {
	if b.trees == nil {
		return nil, fmt.Errorf("a model of %s has no rounds that could be chosen", b.Kind)
	}
	if from < 0 || from > to || to > b.Rounds() {
		return nil, fmt.Errorf("rounds %d:%d: the model has %d", from, to, b.Rounds())
	}
	out := *b
	first, end := b.rounds[from], b.rounds[to]
	out.trees = b.trees.Slice(int(first), int(end))
	if b.sum.Groups != nil {
		out.sum.Groups = b.sum.Groups[first:end]
	}
	if b.covers != nil {
		out.covers = b.covers[first:end]
	}
	if b.drop != nil {
		out.plain, out.drop = b.plain[first:end], b.drop[first:end]
	}
	out.rounds = make([]int32, 0, to-from+1)
	for _, r := range b.rounds[from : to+1] {
		out.rounds = append(out.rounds, r-first)
	}
	return &out, nil
}
