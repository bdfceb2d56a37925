// Package pipeline turns a bundle into a program over Arrow batches and runs
// it.
//
// Load reads every model of a bundle into a Model: kernels in the order of the
// bundle, the columns they read and add, and the inputs that remain free. Bind
// holds a Model against the columns of a source and the outputs that are
// wanted and returns a Pipeline: steps with their columns resolved to slots,
// nothing in it that the outputs do not need. Pipeline.Run takes one batch
// through the steps.
//
// The package opens no files and starts no goroutines; a Pipeline is immutable
// and may run on many goroutines at once.
package pipeline
