package main

import (
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"leapscore/job"
	"leapscore/stream"
)

func newStream(out *output) *cobra.Command {
	var spec job.Spec
	s := &stream.Server{}
	cmd := &cobra.Command{
		Use:   "stream (MODEL | NAME=MODEL...)",
		Short: "Score Arrow IPC streams on stdin as they come, for programs in other languages: each record batch is answered at once on stdout",
		Example: `# a program writes Arrow IPC streams, and reads the answers
leapscore stream model.zip --keep id --vectors udt < batches.arrows > answers.arrows`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, a := range args {
				if err := spec.Set("model", a); err != nil {
					return usageError{err}
				}
			}
			if len(spec.Models) == 0 {
				return usageError{errNoModel}
			}
			if heap := spec.HeapBytes(); heap > 0 {
				debug.SetMemoryLimit(heap)
			}
			s.Spec, s.Host, s.In, s.Out = spec, out.host(), os.Stdin, out.stdout
			return s.Serve(cmd.Context())
		},
	}
	register(cmd, &spec, append([]string{"model"}, append(stream.Keys(), "model-version", "workers", "memory", "batch-rows", "max-model-size")...)...)
	cmd.Flags().Lookup("model").Usage = "the same as an argument"
	cmd.Flags().StringVar(&s.OnError, "on-error", "column", "bad rows: column (a last column says why, and the outputs are null) or fail (the first ends the command)")
	cmd.Flags().StringVar(&s.ErrorColumn, "error-column", "_error", "`NAME` of the column that says why rows are bad")
	complete(cmd, "on-error", "column", "fail")
	return cmd
}
