package booster

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"leapscore/internal/libm"
)

// transform is how an objective makes a prediction of a raw score.
type transform uint8

const (
	transformNone transform = iota
	transformSquare
	transformSigmoid
	transformSoftmax
	transformExp
	transformLog1pExp
)

// objective is how a model was trained, as far as predictions depend on it.
type objective struct {
	name      string // "" if the model does not say one
	transform transform
	sigmoid   float64
}

// aliases are names that older versions have saved.
var aliases = map[string]string{
	"regression_l2": "regression", "mean_squared_error": "regression", "mse": "regression", "l2": "regression",
	"l2_root": "regression", "root_mean_squared_error": "regression", "rmse": "regression",
	"mean_absolute_error": "regression_l1", "l1": "regression_l1", "mae": "regression_l1",
	"softmax": "multiclass", "multiclass_ova": "multiclassova", "ova": "multiclassova", "ovr": "multiclassova",
	"xentropy": "cross_entropy", "xentlambda": "cross_entropy_lambda", "mean_absolute_percentage_error": "mape",
	"xendcg": "rank_xendcg", "xe_ndcg": "rank_xendcg", "xe_ndcg_mart": "rank_xendcg", "xendcg_mart": "rank_xendcg",
	"none": "custom", "null": "custom", "na": "custom",
}

// transforms has every objective. The ones that transformSquare marks square the score if
// their text says sqrt.
var transforms = map[string]transform{
	"regression": transformSquare, "regression_l1": transformSquare, "fair": transformSquare, "quantile": transformSquare, "mape": transformSquare,
	"huber":   transformNone,
	"poisson": transformExp, "gamma": transformExp, "tweedie": transformExp,
	"binary": transformSigmoid, "multiclassova": transformSigmoid, "cross_entropy": transformSigmoid,
	"cross_entropy_lambda": transformLog1pExp,
	"multiclass":           transformSoftmax,
	"lambdarank":           transformNone, "rank_xendcg": transformNone, "custom": transformNone,
}

// parseObjective reads the text of an objective, such as "binary sigmoid:1".
func parseObjective(text string, outputs int) (objective, error) {
	const most = 100 // words: more are a sign of damage
	words := words([]byte(text), most)
	if len(words) == 0 {
		return objective{}, fmt.Errorf("the objective is empty")
	}
	o := objective{name: words[0], sigmoid: 1}
	if a, ok := aliases[o.name]; ok {
		o.name = a
	}
	var known bool
	if o.transform, known = transforms[o.name]; !known {
		return o, fmt.Errorf("objective %s is not known: this version of leapscore reads models of LightGBM 2 to 4", quote([]byte(o.name)))
	}
	if o.transform == transformSquare && !slices.Contains(words[1:], "sqrt") {
		o.transform = transformNone
	}
	several := o.name == "multiclass" || o.name == "multiclassova"
	if !several && o.name != "custom" && outputs != 1 {
		return o, fmt.Errorf("objective %s has one output, and the model has %d", o.name, outputs)
	}
	return o, o.readParameters(words[1:], several, outputs)
}

// readParameters reads the words that follow the name of an objective.
func (o *objective) readParameters(words []string, several bool, outputs int) error {
	sigmoid, classes := "", ""
	for _, w := range words {
		key, value, _ := strings.Cut(w, ":")
		switch key {
		case "sigmoid":
			sigmoid = value
		case "num_class":
			classes = value
		}
	}
	if several {
		if n, err := strconv.Atoi(classes); err != nil || n != outputs {
			return fmt.Errorf("objective %s has num_class:%s, and the model has %d outputs", o.name, classes, outputs)
		}
	}
	if o.name != "binary" && o.name != "multiclassova" {
		return nil
	}
	var err error
	if o.sigmoid, err = parseLoosely(sigmoid); err != nil || !(o.sigmoid > 0) {
		return fmt.Errorf("objective %s has sigmoid:%s, want a number greater than 0", o.name, sigmoid)
	}
	return nil
}

// apply changes the raw scores of one row, of one output each, into its prediction.
func (o *objective) apply(row []float64) {
	if o.transform == transformSoftmax {
		softmax(row)
		return
	}
	for i, x := range row {
		row[i] = o.convert(x)
	}
}

func (o *objective) convert(x float64) float64 {
	switch o.transform {
	case transformSquare:
		return float64(sign(x)*x) * x
	case transformSigmoid:
		return 1 / (1 + libm.Exp(float64(-o.sigmoid*x)))
	case transformExp:
		return libm.Exp(x)
	case transformLog1pExp:
		return libm.Log1p(libm.Exp(x))
	}
	return x
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

// softmax is LightGBM's, also where a score is NaN.
func softmax(row []float64) {
	most := row[0]
	for _, x := range row[1:] {
		if !(x < most) {
			most = x
		}
	}
	sum := 0.0
	for i, x := range row {
		row[i] = libm.Exp(x - most)
		sum += row[i]
	}
	for i := range row {
		row[i] /= sum
	}
}
