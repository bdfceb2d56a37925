package main

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"

	"leapscore/job"
	"leapscore/report"
)

func newReport(out *output) *cobra.Command {
	var where string
	cmd := &cobra.Command{
		Use:   "report RECORD -o PAGE.html",
		Short: "Show a run as one HTML page: counts, timings, rejects, columns, drift and the plan",
		Long: "Show a run as one HTML page: counts, timings, rejects, columns, drift and the plan.\n" +
			"RECORD is the file of a run's record, or a table: then it is about the last run into it.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := job.ReadRecord(cmd.Context(), args[0], out.stores.options())
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
			out.log.Info("report written", "run_id", r.RunID, "page", where, "bytes", fmt.Sprint(page.Len()))
			return nil
		},
	}
	cmd.Flags().StringVarP(&where, "page", "o", "-", "file or URL to write to, or - for stdout")
	return cmd
}
