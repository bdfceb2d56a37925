// Package catboost is the kind of model that CatBoost saves. The formats and the
// arithmetic are in package booster.
package catboost
