package main

import (
	"context"
	"fmt"
	"path"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"leapscore/internal/clean"
	"leapscore/job"
	"leapscore/runs"
)

func newRuns(out *output) *cobra.Command {
	var spec job.Spec
	var limit int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "runs TABLE",
		Short: "List the runs into a table, the last one first",
		Long: "List the runs that have left a record in a table, the last one first. The state is ok if\n" +
			"the rows of the run are in the table, replaced or partly replaced if later runs have\n" +
			"replaced them. Drift is the largest index (PSI) of a column. TABLE may be the file of\n" +
			"a record too, which is where failed runs are.",
		Example: "  leapscore runs preds/\n  leapscore runs s3://lake/preds --limit 30 --json",
		Args:    oneArgument("TABLE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if limit < 0 {
				return usagef("limit %d: want a number of runs", limit)
			}
			list, err := listRuns(cmd.Context(), history(out, spec, args[0]), limit)
			if err != nil {
				return err
			}
			if asJSON {
				return out.json(struct {
					Table string   `json:"table"`
					Runs  []runRow `json:"runs"`
				}{args[0], list})
			}
			_, err = fmt.Fprint(out.stdout, runsText(list))
			return err
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 0, "only the last N runs (default: all)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	register(cmd, &spec, catalogKeys...)
	return cmd
}

// runRow is a line of the list.
type runRow struct {
	RunID    string       `json:"run_id"`
	State    job.RunState `json:"state"`
	ExitCode int          `json:"exit_code"`
	Started  string       `json:"started"`
	Finished string       `json:"finished"`
	Seconds  float64      `json:"seconds"` // from start to end
	Mode     string       `json:"mode"`
	Models   []runs.Model `json:"models"`
	runs.Counts
	Drift *runDrift `json:"drift,omitempty"`
}

// runDrift is the column of a run that has moved farthest.
type runDrift struct {
	Reference string  `json:"reference"`
	Column    string  `json:"column"`
	PSI       float64 `json:"psi"`
}

func listRuns(ctx context.Context, h job.History, limit int) ([]runRow, error) {
	found, err := h.Runs(ctx)
	if err != nil {
		return nil, usageError{err}
	}
	if limit > 0 && len(found) > limit {
		found = found[:limit]
	}
	list := []runRow{}
	for _, l := range found {
		r := l.Record
		row := runRow{
			RunID: r.RunID, State: l.State, ExitCode: r.ExitCode, Started: r.Started, Finished: r.Finished,
			Mode: r.Output.Mode, Models: r.Models, Counts: r.Counts,
		}
		if took, ok := r.Took(); ok {
			row.Seconds = took.Seconds()
		}
		if r.Drift != nil {
			if worst := r.Drift.Worst(0); len(worst) > 0 {
				row.Drift = &runDrift{r.Drift.Reference, worst[0].Column, worst[0].PSI}
			}
		}
		list = append(list, row)
	}
	return list, nil
}

func runsText(list []runRow) string {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "RUN\tSTARTED (UTC)\tSTATE\tMODEL\tROWS IN\tROWS OUT\tREJECTED\tDRIFT\tSECONDS")
	for _, r := range list {
		drift := "-"
		if r.Drift != nil {
			drift = fmt.Sprintf("%.3f", r.Drift.PSI)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%s\t%.2f\n", clean.Line(r.RunID), shortTime(r.Started), r.State, clean.Line(modelsText(r.Models)),
			r.In, r.Out, r.Rejected, drift, r.Seconds)
	}
	_ = t.Flush() // into memory
	return b.String()
}

// shortTime is a time of a record without fractions of seconds.
func shortTime(text string) string {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return clean.Line(text)
	}
	return t.UTC().Format(time.DateTime)
}

func modelsText(models []runs.Model) string {
	var names []string
	for _, m := range models {
		name := path.Base(strings.TrimSuffix(m.Path, "/"))
		if m.Label != "" {
			name = m.Label + "=" + name
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}
