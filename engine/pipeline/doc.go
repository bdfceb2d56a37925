// Package pipeline turns a graph of kernels into a program over Arrow batches
// and runs it. It knows the types of columns, and nothing of the format that a
// model was stored in: a package below models reads one format and calls New.
//
// A Model holds kernels in the order in which they run, the columns that they
// read and add, and the inputs that remain free. Bind resolves it against the
// columns of a source and the wanted outputs and returns a Pipeline: steps with
// their columns resolved to slots, without nodes that the outputs do not need.
// Pipeline.Run takes one batch through the steps.
//
// The package opens no files and starts no goroutines; a Pipeline is immutable
// and may run on many goroutines at once.
package pipeline
