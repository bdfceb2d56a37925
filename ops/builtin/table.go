package builtin

import (
	"leapscore/ops"
	"leapscore/ops/feature"
	"leapscore/ops/regression"
)

// Table lists every op, sorted within its family.
func Table() []*ops.Op {
	return []*ops.Op{
		// feature
		feature.OneHotEncoder,
		feature.StandardScaler,
		feature.StringIndexer,
		feature.VectorAssembler,

		// regression
		regression.LinearRegression,
	}
}
