package main

import (
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"leapscore/cmd/leapscore/internal/collect"
	"leapscore/cmd/leapscore/internal/pipes"
	"leapscore/job"
	"leapscore/stream"
)

// spareHeap keeps the heap of a stream from being collected at every few megabytes.
const spareHeap = 64 << 20

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
			defer collect.Spare(spareHeap)()
			in := pipes.NewReader(os.Stdin)
			pipes.Enlarge(os.Stdout)
			s.Spec, s.Host, s.In, s.Ready, s.Out = spec, out.host(), in, in.Ready, out.stdout
			return s.Serve(cmd.Context())
		},
	}
	register(cmd, &spec, append([]string{"model", "then", "features", "iterations", "threshold", "xgboost-predictor", "explain"}, append(stream.Keys(), "model-version", "workers", "memory", "batch-rows", "max-model-size")...)...)
	cmd.Flags().Lookup("model").Usage = "the same as an argument"
	cmd.Flags().StringVar(&s.OnError, "on-error", "column", "bad rows: column (a last column says why, and the outputs are null) or fail (the first ends the command)")
	cmd.Flags().StringVar(&s.ErrorColumn, "error-column", "_error", "`NAME` of the column that says why rows are bad")
	complete(cmd, "on-error", "column", "fail")
	return cmd
}
