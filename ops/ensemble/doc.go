// Package ensemble holds the ops that choose between models: one file an op,
// named by its wire name, with its cases in testdata. Ensembles whose members
// all vote, such as forests, are in the families of what they predict.
package ensemble
