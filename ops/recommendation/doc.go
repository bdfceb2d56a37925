// Package recommendation holds the ops that rate items for users: one file an
// op, named by its wire name, with its cases in testdata. It rates pairs; it
// does not look for the best items.
package recommendation
