package builtin

import (
	"leapscore/ops"
	"leapscore/ops/boosting"
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
		// boosting
		boosting.XGBoostClassifier,
		boosting.XGBoostRegression,

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
		feature.CountVectorizer,
		feature.DCT,
		feature.ElementwiseProduct,
		feature.FeatureHasher,
		feature.HashingTermFrequency,
		feature.IDF,
		feature.Imputer,
		feature.Interaction,
		feature.MapEntrySelector,
		feature.MathBinary,
		feature.MathUnary,
		feature.MaxAbsScaler,
		feature.MinHashLSH,
		feature.MinMaxScaler,
		feature.MultinomialLabeler,
		feature.NGram,
		feature.Normalizer,
		feature.OneHotEncoder,
		feature.PCA,
		feature.PolynomialExpansion,
		feature.RegexIndexer,
		feature.RegexTokenizer,
		feature.ReverseStringIndexer,
		feature.SklearnBinarizer,
		feature.SklearnPolynomialExpansion,
		feature.StandardScaler,
		feature.StopWordsRemover,
		feature.StringIndexer,
		feature.StringMap,
		feature.Tokenizer,
		feature.VectorAssembler,
		feature.VectorIndexer,
		feature.VectorSlicer,
		feature.WordFilter,
		feature.WordToVector,

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
