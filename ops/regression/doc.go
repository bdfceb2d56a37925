// Package regression holds the ops that predict a number: one file an op, named
// by its wire name, with its cases in testdata. Loops over trees are in
// ops/tree.
package regression
