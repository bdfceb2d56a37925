// Package classification holds the ops that predict a class: one file an op,
// named by its wire name, with its cases in testdata. The common part of the
// probabilistic ones is in probabilistic.go. Loops over trees are in ops/tree.
package classification
