package boosting

import (
	"errors"
	"fmt"
	"math"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/models/xgboost/booster"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/tree"
)

// modelFile is where a bundle has the model of XGBoost.
const modelFile = "xgboost.model"

// kernel is what both ops have in common.
type kernel struct {
	*booster.Booster
	features int // as the bundle declares
	outputs  []output
	wanted   []bool // by output
	refusal  string // why every row is refused, or ""
	contrib  booster.Contributions
}

// output is a port and how it is computed.
type output struct {
	port ops.Port
	want booster.Want
	make func(k *kernel, b *ops.Batch) sink
}

// sink collects the values of an output, block by block.
type sink interface {
	add(r *tree.Rows, a *booster.Answers)
	array() (arrow.Array, error)
}

// load reads what both ops have: the model, its limit of trees, and the outputs.
func load(n *ops.Node, outputs ...output) (*kernel, error) {
	a := n.Attrs
	k := &kernel{features: int(a.Int("num_features")), outputs: outputs}
	limit := a.IntOr("tree_limit", 0)
	if err := a.Err(); err != nil {
		return nil, err
	}
	data, err := n.Files.ReadFile(modelFile)
	if err != nil {
		return nil, err
	}
	b, err := booster.Parse(data, booster.Limits{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", modelFile, err)
	}
	if k.Booster, k.refusal, err = limited(b.In20(), limit); err != nil {
		return nil, err
	}
	for _, o := range outputs {
		k.wanted = append(k.wanted, n.Wired(o.port.Name))
	}
	return k, k.check(n)
}

// limited cuts the trees off behind a limit, which MLeap gives to XGBoost and which
// counts trees of one class (GetIterationFromTreeLimit of src/c_api/c_api_utils.h).
// The text says why every row is refused.
func limited(b *booster.Booster, limit int32) (*booster.Booster, string, error) {
	rounds := int(uint32(limit)) / max(b.Parallel, 1)
	switch {
	case b.Kind == "gblinear" || rounds == 0:
		return b, "", nil
	case rounds > b.Rounds():
		return b, fmt.Sprintf("tree_limit %d is for %d rounds, and the model has %d", limit, rounds, b.Rounds()), nil
	}
	b, err := b.Slice(0, rounds)
	return b, "", err
}

// check looks at the ports that are connected.
func (k *kernel) check(n *ops.Node) error {
	leaf, contrib := n.Wired(leafPort), n.Wired(contribPort)
	if (leaf || contrib) && !n.Wired("prediction") {
		return errors.New("leaf_prediction or contrib_prediction is connected and prediction is not: MLeap then puts the prediction in the place of the first of them; connect prediction as well")
	}
	if leaf && k.Kind == "gblinear" {
		k.refusal = "leaf_prediction is connected, and gblinear has no leaves"
	}
	if !contrib {
		return nil
	}
	c, err := k.Contributions()
	if err != nil {
		return fmt.Errorf("contrib_prediction is connected: %w", err)
	}
	k.contrib = c
	return nil
}

func (k *kernel) Inputs() []ops.Port {
	return []ops.Port{{Name: "features", Type: bundle.Tensor(bundle.Double, k.features).NonNull()}}
}

func (k *kernel) Outputs() []ops.Port {
	ports := make([]ops.Port, len(k.outputs))
	for i, o := range k.outputs {
		ports[i] = o.port
	}
	return ports
}

// selected is the kernel that makes some outputs only.
func (k *kernel) selected(outputs []bool) *kernel {
	out := *k
	out.wanted = make([]bool, len(outputs))
	for i := range outputs {
		out.wanted[i] = outputs[i] && k.wanted[i]
	}
	return &out
}

func (k *kernel) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	v := column.ViewVectors(in[0])
	for row := range b.Len {
		switch {
		case v.IsNull(row): // was refused before
		case k.refusal != "":
			b.Reject(row, 0, ops.OutOfRange, "%s", k.refusal)
		case v.Row(row).Size > k.Features:
			b.Reject(row, 0, ops.Size, "a vector of %d values, and the model has %d features", v.Row(row).Size, k.Features)
		}
	}
	sinks := make([]sink, len(k.outputs))
	var want booster.Want
	for i, o := range k.outputs {
		if k.wanted[i] {
			sinks[i] = o.make(k, b)
			want.Raw, want.Prediction, want.Leaf = want.Raw || o.want.Raw, want.Prediction || o.want.Prediction, want.Leaf || o.want.Leaf
		}
	}
	r := &tree.Rows{Vectors: &v, Absent: math.NaN(), Refuse: func(row int, format string, args ...any) {
		b.Reject(row, 0, ops.Invalid, format, args...)
	}}
	for ; r.From < b.Len; r.From += tree.Block {
		if b.Stopped() {
			release(sinks)
			return nil, ops.ErrStopped
		}
		r.N = min(tree.Block, b.Len-r.From)
		a := k.Predict(r, want)
		for _, s := range sinks {
			if s != nil {
				s.add(r, a)
			}
		}
	}
	return arrays(sinks)
}

// arrays ends the sinks.
func arrays(sinks []sink) ([]arrow.Array, error) {
	out := make([]arrow.Array, len(sinks))
	for i, s := range sinks {
		if s == nil {
			continue
		}
		var err error
		if out[i], err = s.array(); err != nil {
			release(sinks[i+1:])
			return nil, err
		}
	}
	return out, nil
}

func release(sinks []sink) {
	for _, s := range sinks {
		if s != nil {
			if a, err := s.array(); err == nil {
				a.Release()
			}
		}
	}
}
