// Package lightgbm is the kind of model that LightGBM saves. The formats and the
// arithmetic are in package booster.
package lightgbm
