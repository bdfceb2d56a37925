// Package booster reads the models that LightGBM saves, as text or as its JSON dump,
// and computes what LightGBM's predict computes, to the bit.
//
// LightGBM compares and adds doubles. A value of at most 1e-35 (as a float32) in size
// is 0 before any tree sees it; thresholds are moved at loading so that trees need not
// change their input for that (layout.go). Sums are in the order of the trees, and
// functions are those of the C library (internal/libm).
package booster
