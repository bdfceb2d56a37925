package ensemble

import (
	"errors"

	"leapscore/ops"
)

// CategoricalDrilldown would apply the transformer that belongs to a label. It
// is in the table to say why no bundle with it can be scored.
var CategoricalDrilldown = &ops.Op{
	Name: "categorical_drilldown",
	Doc:  "Would apply the transformer of a label. MLeap can neither write nor read such bundles, so loading one is an error.",
	Attrs: []string{
		"labels: list<string>",
		"model0, model1, ...: folders, the model of each label",
	},
	Ports: []string{
		"in label: string",
		"in drilldown.<port>: the inputs of the first model",
		"out drilldown.<port>: the outputs of the first model",
	},
	Source: "CategoricalDrilldownOp.scala",
	Load:   loadCategoricalDrilldown,
}

var errNeverLoads = errors.New("MLeap 0.25.2 cannot load this op: it reads model0, model1, ... as models and then takes them for transformers, " +
	"which is a ClassCastException (CategoricalDrilldownOp.scala); give each label a bundle of its own instead")

func loadCategoricalDrilldown(n *ops.Node) (ops.Kernel, error) {
	n.Attrs.Strings("labels")
	if err := n.Attrs.Err(); err != nil {
		return nil, err
	}
	return nil, errNeverLoads
}
