// Package engine runs a scoring job: a bundle is compiled into a pipeline; a
// source is cut into splits; each worker takes a split, runs the pipeline batch
// by batch, and writes a part; one commit makes all parts visible.
//
//	sources.Source --split--> worker: Reader.Next -> pipeline.Run -> Part.Write --ordered--> sinks.Table --Commit--> table
//
// The package decides which columns are read, kept and written, what happens to
// rows that the model refuses, and whether the counts allow a commit. It knows
// no file formats and no ops.
package engine
