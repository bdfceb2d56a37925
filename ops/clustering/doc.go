// Package clustering holds the ops that assign rows to clusters or topics: one
// file an op, named by its wire name, with its cases in testdata. It finds no
// clusters; it only applies those of a model.
package clustering
