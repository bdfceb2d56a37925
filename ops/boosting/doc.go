// Package boosting holds the ops of MLeap's module for XGBoost: one file an op,
// with its cases in testdata. Files and arithmetic are in models/xgboost/booster;
// what MLeap adds to them is here (XGBoostClassificationModel.scala,
// XGBoostRegressionModel.scala, XgbConverters.scala).
package boosting
