package builtin

import (
	"leapscore/ops"
	"leapscore/ops/classification"
	"leapscore/ops/feature"
	"leapscore/ops/regression"
)

// Table lists every op, sorted within its family.
func Table() []*ops.Op {
	return []*ops.Op{
		// classification
		classification.LogisticRegression,

		// feature
		feature.OneHotEncoder,
		feature.StandardScaler,
		feature.StringIndexer,
		feature.VectorAssembler,

		// regression
		regression.DecisionTreeRegression,
		regression.GBTRegression,
		regression.LinearRegression,
		regression.RandomForestRegression,
	}
}
