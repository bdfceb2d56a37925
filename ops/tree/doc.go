// Package tree holds decision trees and finds the leaves that rows reach in
// them. Trees are flat: all nodes of an ensemble lie in one array, in the order
// of the bundle, and a leaf is a number.
//
// The ops decide what a leaf means (a prediction, counts of classes) and what
// follows from it: the package knows no op, no class and no weight but those of
// Regression, whose sums two families share.
//
// Trees come from bundles (New, Join), from gradient boosting libraries (Build), or are
// oblivious (NewOblivious). Sum adds up the numbers in the leaves of the last two.
//
// There are two ways to the leaves. The plain one (eval.go) goes row by row and node by
// node, and is the reference for the other. The fast one (plan.go, kernel.go) lays the
// trees out anew and takes eight rows down a tree side by side, without branches; 500
// trees of depth 6 over 20 features take it 6 ns per row and tree, a tenth of the plain
// one's time. Where the processor has AVX-512 or AVX2, trees of up to 64 leaves are not
// gone down at all (bits.go), which takes 4 ns. The build tag purego leaves that out. See
// BenchmarkTrees.
package tree
