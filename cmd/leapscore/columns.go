package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"leapscore/engine"
	"leapscore/sinks"
)

// columnFlags say which columns the output table has.
type columnFlags struct {
	outputs []string
	keep    []string
	rename  *pairs
	vectors string
}

func (f *columnFlags) register(fs *pflag.FlagSet) {
	fs.StringSliceVar(&f.outputs, "outputs", []string{"final"}, "final, all, or names of columns that the pipeline adds")
	fs.StringSliceVar(&f.keep, "keep", []string{"extra"}, "extra (source columns that the model does not read), all, none, or names")
	f.rename = newPairs("from=to")
	fs.Var(f.rename, "rename", "another name for a column of the output table; may be given again")
	fs.StringVar(&f.vectors, "vectors", "list", "vectors that the pipeline adds: list, columns (NAME_0, NAME_1, ...), udt (Spark's vectors) or sparse (size, indices, values)")
}

func (f *columnFlags) set(job *engine.Job) (err error) {
	job.Outputs, job.Keep, job.Rename = f.outputs, f.keep, f.rename.m
	job.Vectors, err = engine.ParseVectors(f.vectors)
	return err
}

// completeWords offers the words of the flags that score and check share.
func completeWords(cmd *cobra.Command) {
	complete(cmd, "cast", "widen", "mleap")
	complete(cmd, "input-format", inputFormats...)
	complete(cmd, "outputs", "final", "all")
	complete(cmd, "vectors", words(engine.VectorList, engine.VectorColumns, engine.VectorUDT, engine.VectorSparse)...)
	complete(cmd, "keep", "extra", "all", "none")
}

// completeScore offers the words of the flags of score alone.
func completeScore(cmd *cobra.Command) {
	completeWords(cmd)
	complete(cmd, "on-error", "fail", "reject")
	complete(cmd, "on-file-error", "fail", "reject")
	complete(cmd, "mode", words(sinks.Error, sinks.Overwrite, sinks.Append, sinks.Ignore, sinks.OverwritePartitions)...)
	complete(cmd, "output-format", words(sinks.Parquet, sinks.CSV, sinks.JSON, sinks.Arrow, sinks.ArrowStream)...)
	complete(cmd, "compression", words(sinks.Snappy, sinks.None, sinks.Gzip, sinks.Zstd, sinks.LZ4Raw, sinks.Brotli)...)
}

func words[T interface{ String() string }](of ...T) []string {
	var names []string
	for _, w := range of {
		names = append(names, w.String())
	}
	return names
}
