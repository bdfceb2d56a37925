package boosting

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/models/xgboost/booster"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/javamath"
	"leapscore/ops/tree"
)

// MLeap's other implementation of the same ops runs models with
// ai.h2o:xgboost-predictor 0.3.18, which is written in Java: it adds up and rounds in
// its own ways, and gives one output (XGBoostPredictorClassificationModel.scala).

// PredictorClassifier is xgboost.classifier by xgboost-predictor.
var PredictorClassifier = &ops.Op{
	Name: XGBoostClassifier.Name, Doc: XGBoostClassifier.Doc, Attrs: XGBoostClassifier.Attrs, Ports: []string{"in features: tensor<double>", "out probability: tensor<double>"},
	Source: "XGBoostPredictorClassificationModel.scala",
	Load: func(n *ops.Node) (ops.Kernel, error) {
		classes := int(n.Attrs.Int("num_classes"))
		p, err := loadPredictor(n)
		if err != nil {
			return nil, err
		}
		p.out = vectorPort("probability", classes)
		p.sink = func(b *ops.Batch) sink {
			return newVectors(b, p.Predictions(), func(a *booster.Answers, to []float64) { byRow(a.Prediction, to) })
		}
		if classes == 2 {
			p.sink = two()[1].sinkOf(nil)
		}
		return p, nil
	},
}

// PredictorRegression is xgboost.regression by xgboost-predictor.
var PredictorRegression = &ops.Op{
	Name: XGBoostRegression.Name, Doc: XGBoostRegression.Doc, Attrs: XGBoostRegression.Attrs, Ports: []string{"in features: tensor<double>", "out prediction: double"},
	Source: "XGBoostPredictorRegressionModel.scala",
	Load: func(n *ops.Node) (ops.Kernel, error) {
		p, err := loadPredictor(n)
		if err != nil {
			return nil, err
		}
		p.out = predictionOutput.port
		p.sink = predictionOutput.sinkOf(nil)
		return p, nil
	},
}

// sinkOf binds a kernel to what makes a sink.
func (o output) sinkOf(k *kernel) func(b *ops.Batch) sink {
	return func(b *ops.Batch) sink { return o.make(k, b) }
}

// predictor is the kernel of both ops.
type predictor struct {
	*booster.Booster
	features  int
	limit     int // trees of each output; 0 is all
	base      float32
	transform func(values [][]float32)
	refusal   string
	out       ops.Port
	sink      func(b *ops.Batch) sink
}

func loadPredictor(n *ops.Node) (*predictor, error) {
	p := &predictor{features: int(n.Attrs.Int("num_features")), limit: int(n.Attrs.IntOr("tree_limit", 0))}
	if err := n.Attrs.Err(); err != nil {
		return nil, err
	}
	data, err := n.Files.ReadFile(modelFile)
	if err != nil {
		return nil, err
	}
	if booster.Form(data) != "binary" {
		return nil, fmt.Errorf("%s: xgboost-predictor reads the binary form of models, and this one is %s: leave --xgboost-predictor out", modelFile, booster.Form(data))
	}
	if p.Booster, err = booster.Parse(data, booster.Limits{}); err != nil {
		return nil, fmt.Errorf("%s: %w", modelFile, err)
	}
	o, ok := javaObjectives[p.Objective]
	if !ok {
		return nil, fmt.Errorf("%s: xgboost-predictor does not know the objective %s: leave --xgboost-predictor out", modelFile, p.Objective)
	}
	p.base, p.transform = p.StoredBase(), o.transform
	if o.link != nil && p.Since(1, 0) {
		p.base = o.link(p.base)
	}
	p.check(o)
	return p, nil
}

// check looks for what refuses every row.
func (p *predictor) check(o javaObjective) {
	if p.Kind != "gblinear" {
		for k := range p.Booster.Outputs {
			if trees := p.TreesOf(k); p.limit > trees {
				p.refusal = fmt.Sprintf("tree_limit %d, and the model has %d trees of output %d", p.limit, trees, k)
			}
		}
	}
	if o.single && p.Booster.Outputs != 1 {
		p.refusal = fmt.Sprintf("the objective %s is for one output, and the model has %d", p.Objective, p.Booster.Outputs)
	}
}

func (p *predictor) Inputs() []ops.Port {
	return []ops.Port{{Name: "features", Type: bundle.Tensor(bundle.Double, p.features).NonNull()}}
}

// Outputs is the one port. It hides that of the booster.
func (p *predictor) Outputs() []ops.Port { return []ops.Port{p.out} }

func (p *predictor) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	v := column.ViewVectors(in[0])
	if p.refusal != "" {
		for row := range b.Len {
			b.Reject(row, 0, ops.OutOfRange, "%s", p.refusal)
		}
	}
	out := p.sink(b)
	r := &tree.Rows{Vectors: &v, Absent: math.NaN(), Float32: true}
	for ; r.From < b.Len; r.From += tree.Block {
		r.N = min(tree.Block, b.Len-r.From)
		values := p.Sums(r, p.limit)
		for _, column := range values {
			for i := range column {
				column[i] += p.base // last
			}
		}
		if p.transform != nil {
			p.transform(values)
		}
		out.add(r, &booster.Answers{Prediction: values[:p.Predictions()]})
	}
	a, err := out.array()
	return []arrow.Array{a}, err
}

// A javaObjective is one of ObjFunction.java.
type javaObjective struct {
	link      func(p float32) float32
	transform func(values [][]float32)
	single    bool // it is for one output
}

var javaObjectives = map[string]javaObjective{
	"rank:pairwise": {}, "rank:ndcg": {}, "binary:logitraw": {}, "reg:linear": {}, "reg:squarederror": {},
	"binary:logistic": {link: javaLogit, transform: javaSigmoids},
	"reg:logistic":    {link: javaLogit, transform: javaSigmoids},
	"multi:softmax":   {transform: javaClass},
	"multi:softprob":  {transform: javaSoftmax},
	"reg:gamma":       {link: javaLog, transform: javaExps, single: true},
	"reg:tweedie":     {link: javaLog, transform: javaExps, single: true},
	"count:poisson":   {link: javaLog, transform: javaExps, single: true},
}

func javaLog(p float32) float32   { return float32(javamath.Log(float64(p))) }
func javaLogit(p float32) float32 { return float32(-javamath.Log(float64(1/p - 1))) }
func javaExp(x float32) float32   { return float32(javamath.Exp(float64(x))) }

func javaSigmoids(values [][]float32) {
	for _, column := range values {
		for i, x := range column {
			column[i] = 1 / (1 + javaExp(-x))
		}
	}
}

func javaExps(values [][]float32) {
	for i, x := range values[0] {
		values[0][i] = javaExp(x)
	}
}

func javaClass(values [][]float32) {
	for i := range values[0] {
		values[0][i] = float32(firstGreatest(values, i))
	}
}

func javaSoftmax(values [][]float32) {
	for i := range values[0] {
		most := values[0][i]
		for _, column := range values[1:] {
			most = max(column[i], most) // NaN if one is
		}
		sum := 0.0
		for _, column := range values {
			column[i] = javaExp(column[i] - most)
			sum += float64(column[i])
		}
		for _, column := range values {
			column[i] /= float32(sum)
		}
	}
}
