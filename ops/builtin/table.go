package builtin

import (
	"leapscore/ops"
	"leapscore/ops/classification"
	"leapscore/ops/clustering"
	"leapscore/ops/ensemble"
	"leapscore/ops/feature"
	"leapscore/ops/recommendation"
	"leapscore/ops/regression"
)

// Table lists every op, sorted within its family.
func Table() []*ops.Op {
	return []*ops.Op{
		// classification
		classification.DecisionTreeClassifier,
		classification.GBTClassifier,
		classification.LinearSVC,
		classification.LogisticRegression,
		classification.MultiLayerPerceptronClassifier,
		classification.NaiveBayes,
		classification.OneVsRest,
		classification.RandomForestClassifier,
		classification.SupportVectorMachine,

		// clustering
		clustering.BisectingKMeans,
		clustering.GaussianMixture,
		clustering.KMeans,
		clustering.LDALocalModelOp,

		// ensemble
		ensemble.CategoricalDrilldown,

		// feature
		feature.Binarizer,
		feature.BucketedRandomProjectionLSH,
		feature.Bucketizer,
		feature.ChiSqSelector,
		feature.Coalesce,
		feature.DCT,
		feature.ElementwiseProduct,
		feature.IDF,
		feature.Imputer,
		feature.Interaction,
		feature.MathBinary,
		feature.MathUnary,
		feature.MaxAbsScaler,
		feature.MinHashLSH,
		feature.MinMaxScaler,
		feature.Normalizer,
		feature.OneHotEncoder,
		feature.PCA,
		feature.PolynomialExpansion,
		feature.SklearnBinarizer,
		feature.SklearnPolynomialExpansion,
		feature.StandardScaler,
		feature.StringIndexer,
		feature.VectorAssembler,
		feature.VectorIndexer,
		feature.VectorSlicer,

		// recommendation
		recommendation.ALS,

		// regression
		regression.AFTSurvivalRegression,
		regression.DecisionTreeRegression,
		regression.GBTRegression,
		regression.GeneralizedLinearRegression,
		regression.IsotonicRegression,
		regression.LinearRegression,
		regression.RandomForestRegression,
	}
}
