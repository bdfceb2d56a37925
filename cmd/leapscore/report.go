package main

import (
	"bytes"

	"github.com/spf13/cobra"

	"leapscore/cmd/leapscore/internal/terminal"
	"leapscore/job"
	"leapscore/report"
)

func newReport(out *output) *cobra.Command {
	var where, run string
	var spec job.Spec
	cmd := &cobra.Command{
		Use:   "report (TABLE | RECORD) [--run ID] [-o PAGE.html]",
		Short: "Show a run as one HTML page: counts, timings, rejects, columns, drift and the plan",
		Long: "Show a run as one HTML page: counts, timings, rejects, columns, drift and the plan.\n" +
			"TABLE is a table that leapscore wrote: then it is about the last run into it, or the one\n" +
			"of --run. RECORD is the file of a run's record.",
		Example: "  leapscore report preds/ -o run.html\n  leapscore report preds/ --run nightly-2026-11-28 -o run.html",
		Args:    oneArgument("TABLE or RECORD"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if where == "-" && terminal.Is(out.stdout) {
				return usagef("the page is HTML for a browser, not for a terminal: write it to a file, as in -o run.html")
			}
			r, err := history(out, spec, args[0]).Record(cmd.Context(), run)
			if err != nil {
				return usageError{err}
			}
			var page bytes.Buffer
			if err := report.Write(&page, r); err != nil {
				return err
			}
			if where == "-" {
				_, err := out.stdout.Write(page.Bytes())
				return err
			}
			if err := job.WriteFile(cmd.Context(), where, page.Bytes(), out.stores.options()); err != nil {
				return err
			}
			out.log.Info("report written", "run_id", r.RunID, "page", where, "bytes", page.Len())
			return nil
		},
	}
	cmd.Flags().StringVarP(&where, "page", "o", "-", "file or URL to write to, or - for stdout")
	cmd.Flags().StringVar(&run, "run", "", "id of the run (default: the last one); leapscore runs TABLE lists them")
	register(cmd, &spec, catalogKeys...)
	return cmd
}

// history is where runs into a table are looked for.
func history(out *output, spec job.Spec, where string) job.History {
	return job.History{Where: where, Output: spec.Output, Stores: out.stores.options()}
}
