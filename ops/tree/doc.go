// Package tree holds decision trees and finds the leaves that rows reach in
// them. Trees are flat: all nodes of an ensemble lie in one array, in the order
// of the bundle, and a leaf is a number.
//
// What a leaf means (a prediction, counts of classes) is for the ops, as is all
// that follows from it: the package knows no op, no class and no weight but
// those of Regression, whose sums two families share.
package tree
