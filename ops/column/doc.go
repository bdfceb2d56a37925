// Package column is where bundle types meet Arrow: the Arrow form of each
// type, views that kernels read columns through, and builders that own
// validity and allocation.
//
// Every type has one Arrow form (ArrowType). Scalars, lists and maps are
// Arrow's own. A tensor of doubles is a vector: an Arrow struct laid out as
// Spark's VectorUDT, because whether a row is dense or sparse is part of
// MLeap's result. Other tensors are lists.
//
// The package computes nothing of a model; the ops do.
package column
