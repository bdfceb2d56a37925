// Package feature holds the ops that turn columns into features: one file an
// op, named by its wire name, with its cases in testdata. Ops share only what
// stands in shared.go, in vectors.go and in words.go.
package feature
