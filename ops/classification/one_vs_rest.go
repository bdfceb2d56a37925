package classification

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
	"leapscore/ops/internal/javamath"
)

// OneVsRest predicts the class whose model has the greatest score. It gives that
// score as the probability. The scores of linear_svc are 0 and 1, so that the
// first model with 1 wins.
var OneVsRest = &ops.Op{
	Name: "one_vs_rest",
	Doc:  "Has one model for each class, of that class against all others, and predicts the class with the greatest score.",
	Attrs: []string{
		"num_classes: long", "num_features: long",
		"folders model0, model1, ...: one classifier for each class",
	},
	Ports: []string{
		"in features: tensor<double>[num_features]",
		"out probability: double, the winner's score", "out raw_prediction: tensor<double>[num_classes]", "out prediction: double",
	},
	Source: "OneVsRestModel.scala",
	Load:   loadOneVsRest,
}

type oneVsRest struct {
	features int
	models   []member
	raw      bool // whether raw_prediction is connected

	// lines are the coefficients of all models, if these are linear ones of one
	// size: then a block is multiplied with all of them at once.
	lines [][]float64
}

// member is a model of one class: its score for each row of a block, and what
// of it goes to the raw prediction.
type member interface {
	width() int
	// score returns both for a raw prediction, which it may change. ok is
	// false if the raw prediction is too short.
	score(raw []float64) (raw1, score float64, ok bool)
	predictRaw(k *block)
}

func loadOneVsRest(n *ops.Node) (ops.Kernel, error) {
	k := &oneVsRest{features: int(javamath.L2I(n.Attrs.Long("num_features"))), raw: n.Wired("raw_prediction")}
	classes := javamath.L2I(n.Attrs.Long("num_classes"))
	if err := n.Attrs.Err(); err != nil {
		return nil, err
	}
	for i := range classes {
		dir := fmt.Sprintf("model%d", i)
		sub, err := n.Sub(dir, "raw_prediction", "probability")
		if err != nil {
			return nil, err
		}
		m, ok := sub.(member)
		if !ok {
			return nil, fmt.Errorf("%s: not a classifier", dir)
		}
		k.models = append(k.models, m)
	}
	k.lines = linesOf(k.models)
	return k, nil
}

// linesOf returns the coefficients of linear models of one size that is not small, nil
// of others.
func linesOf(models []member) [][]float64 {
	var lines [][]float64
	for _, m := range models {
		l, ok := m.(lineMember)
		if !ok || len(l.Coefficients()) < togetherSize || len(lines) > 0 && len(l.Coefficients()) != len(lines[0]) {
			return nil
		}
		lines = append(lines, l.Coefficients())
	}
	return lines
}

// lineMember is a linear model of one class.
type lineMember interface {
	member
	Coefficients() []float64
	predictFrom(k *block, dots []float64, c, stride int)
}

func (k *oneVsRest) Inputs() []ops.Port { return featuresPort(k.features) }
func (k *oneVsRest) Outputs() []ops.Port {
	return []ops.Port{
		{Name: "probability", Type: bundle.Scalar(bundle.Double)},
		{Name: "raw_prediction", Type: bundle.Tensor(bundle.Double, len(k.models))},
		{Name: "prediction", Type: bundle.Scalar(bundle.Double)},
	}
}

// score implements member.
func (k *probabilistic) score(raw []float64) (raw1, score float64, ok bool) {
	if len(raw) < 2 {
		return 0, 0, false
	}
	raw1 = raw[1]
	k.convert(raw, len(raw))
	return raw1, raw[1], true
}

// score implements member: a linear_svc has no probability.
func (k *linearSVC) score(raw []float64) (raw1, score float64, ok bool) {
	class := k.class(raw)
	return class, class, true
}

func (k *oneVsRest) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	classes := len(k.models)
	raw := make([]float64, classes*min(b.Len, blockRows))
	width := 0
	for _, m := range k.models {
		width = max(width, m.width())
	}
	var rawOut *column.VectorBuilder
	if k.raw {
		rawOut = column.NewVectorBuilder(b.Mem, b.Len, classes)
	}
	probability, prediction := column.NewDoubles(b.Mem, b.Len), column.NewDoubles(b.Mem, b.Len)
	vs := column.ViewVectors(in[0])
	eachBlock(b, &vs, width, func(bl *block) {
		k.block(bl, raw, probability.Values[bl.from:], prediction.Values[bl.from:])
		for i := 0; i < bl.n && k.raw; i++ {
			rawOut.AppendDense(raw[i*classes : (i+1)*classes])
		}
	})
	out := []arrow.Array{probability.Array(), nil, prediction.Array()}
	if k.raw {
		out[1] = rawOut.Array()
	}
	return out, nil
}

// block takes a block through all models.
func (k *oneVsRest) block(bl *block, raw, best, winner []float64) {
	whole := bl.raw
	var dots []float64
	if k.lines != nil {
		dots = bl.dots(k.lines)
	}
	for c, m := range k.models {
		width := m.width()
		for i := range bl.n {
			if bl.raw[i] != nil {
				bl.raw[i] = whole[i][:width:width]
				clear(bl.raw[i])
			}
		}
		if k.lines != nil {
			m.(lineMember).predictFrom(bl, dots, c, blas.DotStride(len(k.lines)))
		} else {
			m.predictRaw(bl)
		}
		for i, r := range bl.raw[:bl.n] {
			if r == nil {
				continue
			}
			raw1, score, ok := m.score(r)
			if !ok {
				bl.refuse(i, ops.Size, "model%d gives %d raw predictions, want at least 2", c, len(r))
				continue
			}
			raw[i*len(k.models)+c] = raw1
			// NaN is the greatest score, and 0.0 is greater than -0.0.
			if c == 0 || javamath.Compare(score, best[i]) > 0 {
				best[i], winner[i] = score, float64(c)
			}
		}
	}
	for i := 0; i < bl.n && len(k.models) == 0; i++ {
		bl.refuse(i, ops.Invalid, "no class to choose from")
	}
}
