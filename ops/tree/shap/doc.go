// Package shap says how much each feature moved the answer of an ensemble of trees: exact
// Shapley values of Lundberg's path-dependent game (TreeSHAP, arXiv 1802.03888), where a
// feature that is not known sends a row down both sides of a split, in the shares in
// which the training rows went there. For each output the values of a row sum, with
// the expected value, to the margin.
//
// A model gives its trees with their covers to New, and gets an Explainer. XGBoost has
// the bits of XGBoost's own float32 arithmetic.
//
// # The algorithm
//
// On the way to a leaf, a feature passes all tests of the way (one) or not (zero), and
// has a share z of the cover of its splits. The leaf is worth v, and its part of a
// feature's value is
//
//	v * integral over t from 0 to 1 of (one - z) * product over other features of (t*one + (1-t)*z)
//
// The integrand is a polynomial, which Gauss-Legendre quadrature with half as many points
// as there are features on the way integrates exactly (quadrature.go). All factors are
// positive, so nothing cancels, which is where the classic algorithm loses digits in deep trees.
// At each point the product is carried down the tree, one multiplication an edge, and the
// sums of the leaves are carried up, so the work for a row is in the number of edges, not
// of leaves times the square of the depth (walk.go). An edge whose feature was tested above replaces
// that test's factor. Rows go down in blocks of 64, whose sides at a split are the bits of a word.
//
// In trees whose levels each have one split, as CatBoost's, a row's leaf says everything:
// their values are in a table by leaf (symmetric.go).
package shap
