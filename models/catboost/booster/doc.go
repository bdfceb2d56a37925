// Package booster reads the model files of CatBoost, cbm and JSON, and computes
// CatBoost's answers: the bits of its predict on x86-64 with AVX2.
//
// A file of either format becomes a content (content.go). A content is linked into a
// Booster (link.go): features, which are what the table has, become columns of the
// trees, which are floats, equalities of categories, and statistics of categories
// (CTRs, ctr.go). Trees compare columns with borders. A sum goes through scale, bias
// and the prediction of the loss (predict.go).
//
// JSON is read with all its digits and gives the answers of the model that was saved.
// CatBoost's own reader of JSON loses last digits of leaf values, and fractions of the
// statistics of mean targets.
package booster
