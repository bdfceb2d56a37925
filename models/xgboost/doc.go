// Package xgboost is the kind of model that XGBoost saves. The formats and the
// arithmetic are in package booster.
package xgboost
