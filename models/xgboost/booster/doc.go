// Package booster reads the models of XGBoost, versions 1.0 to 3.x, and predicts
// with the library's own bits: JSON, UBJ and the legacy binary form; gbtree, dart
// and gblinear; every objective.
//
// The forms and the arithmetic are those of https://github.com/dmlc/xgboost
// (Apache License 2.0): src/learner.cc, src/tree/tree_model.cc, src/gbm and
// src/objective. Files say which.
package booster
