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
// The plain way to the leaves (eval.go, build.go, oblivious.go) goes row by row and node
// by node, and is the reference for all others, which give the same leaves and the same
// bits of sums:
//
//   - A plan (plan.go, kernel.go) lays trees of bundles out anew and takes eight rows down
//     a tree side by side, without branches. Where the processor has AVX-512 or AVX2, trees
//     of up to 64 leaves are not gone down at all (bits.go). It costs little to make.
//   - A plan by ranks (segment.go, ranker.go, rankwalk.go) first turns every value into the
//     number of thresholds that it is not above (ranks.go), for many trees at once, so
//     that nodes compare small integers. Missing values, zeros that count as missing and
//     categories are ranks as well, found once instead of at each split. With AVX2, trees
//     of up to 256 leaves are scored from the leaves up, 64 rows at once (mux.go), and
//     oblivious trees level by level (levels.go), both over ranks of a byte; other trees
//     go down by nodes of 4 or 8 bytes over ranks of 16 bits (rankwords.go). Sparse rows
//     are ranked by what they store (ranksparse.go), and sums of 16 trees are added in
//     registers (sum.go). Forests of bundles go this way once many rows have come, if it
//     is clearly faster for them (cost.go).
//
// The build tag purego leaves vector code out. See BenchmarkTrees, BenchmarkBoosters, and
// BenchmarkBushy of package benchmarks.
package tree
