package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime/debug"

	"github.com/spf13/cobra"

	"leapscore/cmd/leapscore/internal/collect"
	"leapscore/cmd/leapscore/internal/process"
	"leapscore/cmd/leapscore/internal/terminal"
	"leapscore/job"
	"leapscore/runs"
)

// scoring is a job that is asked for by flags.
type scoring struct {
	spec job.Spec
	json bool

	files  int // that the manifest lists at most
	record bool
}

func newScore(out *output) *cobra.Command {
	c := &scoring{}
	cmd := &cobra.Command{
		Use:   "score --model BUNDLE (--sql QUERY | --input GLOB...) --output TABLE",
		Short: "Score the rows of a query or of files into a table",
		Example: `# files into a folder of Parquet, which appears whole or not at all
leapscore score --model model.zip --input 'day/*.parquet' --output predictions/
# a query, and rows that the model refuses into a table of their own
leapscore score --model model.zip --sql "SELECT * FROM 'day/*.csv' WHERE ds = '2026-11-28'" --output predictions/ --mode append --on-error reject --rejects rejects/
# a first look: five rows as text
leapscore score --model model.zip --input day/ --limit 5 --output - --output-format csv`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := addInputs(&c.spec, args); err != nil {
				return err
			}
			return c.run(cmd.Context(), out)
		},
	}
	c.register(cmd, scoreKeys())
	registerJob(cmd)
	return cmd
}

func (c *scoring) register(cmd *cobra.Command, keys []string) {
	register(cmd, &c.spec, keys...)
	cmd.Flags().BoolVar(&c.json, "json", false, "print the run's manifest as the last line of stdout")
	cmd.Flags().BoolVar(&c.record, "json-record", false, "with --json: print how the run ended and its whole record too, as outcome, manifest and run")
	cmd.Flags().IntVar(&c.files, "json-files", 100, "with --json: how many files of the table the manifest lists; the others are counted")
}

// run does the job.
func (c *scoring) run(ctx context.Context, out *output) error {
	if c.json && c.spec.Output.Path == "-" {
		return usageError{errors.New("--json and --output - exclude each other: both write to stdout")}
	}
	if c.files < 0 {
		return usagef("json-files %d: want 0 or more", c.files)
	}
	if c.json && process.StdoutClosed() {
		return errClosed // before anything is done
	}
	if err := out.checkTerminal(c.spec); err != nil {
		return err
	}
	out.hide(c.spec)
	out.noteStdin(c.spec)
	if out.waiting = "waiting for the first row"; c.spec.Input.SQL != "" || c.spec.Input.SQLFile != "" {
		out.waiting = "the query runs"
		collect.Soon()
	}
	if heap := c.spec.HeapBytes(); heap > 0 {
		debug.SetMemoryLimit(heap) // above it, what is garbage is collected early
	}
	defer out.heartbeat()()
	j, err := out.host().Open(ctx, c.spec)
	if err != nil {
		return err
	}
	defer j.Close()
	res, err := j.Run(ctx, out)
	if err != nil {
		return err
	}
	if res.Outcome == job.NothingNew {
		out.exit = c.spec.Run.SkipExitCode
	}
	return c.report(ctx, out, res)
}

// report shows what became of the job.
func (c *scoring) report(ctx context.Context, out *output, res *job.Result) error {
	place := c.spec.Output.Path
	switch r := res.Record; res.Outcome {
	case job.Done:
		if r.Resumed != nil {
			out.log.Info("went on with an earlier attempt", "run_id", r.RunID, "files", r.Resumed.Files, "rows", r.Resumed.Rows)
		}
		m := res.Manifest
		line := []any{"rows_in", m.RowsIn, "rows_out", m.RowsOut, "skipped", m.Skipped, "rejected", m.Rejected,
			"files", len(m.Files), "seconds", math.Round(100*res.Seconds) / 100, "output", place}
		if r.Rejects != nil && r.Rejects.Rows > 0 {
			line = append(line, "rejects", r.Rejects.Path, "causes", runs.DescribeCauses(r.Rejects.Causes, maxCauses))
		}
		if out.forPeople() {
			out.log.Info(summary(res, place))
			c.preview(ctx, out, res)
		} else {
			out.log.Info("done", line...)
		}
		if c.json {
			if err := out.json(c.result(res)); err != nil {
				return fmt.Errorf("the table is published, and its manifest is not printed: %w", err)
			}
		}
		return nil
	case job.Staged:
		m := res.Manifest
		out.log.Info("shard staged; leapscore commit publishes the run when all shards are", "run_id", r.RunID, "shard", res.Shard,
			"rows_in", m.RowsIn, "rows_out", m.RowsOut, "skipped", m.Skipped, "rejected", m.Rejected, "files", len(m.Files), "seconds", math.Round(100*res.Seconds)/100, "output", place)
	case job.StagedBefore:
		out.log.Info("the shard is staged already, nothing done", "run_id", r.RunID, "shard", res.Shard, "finished", r.Finished, "output", place)
	case job.Discarded:
		out.log.Info("what was staged of the run is deleted", "output", place)
	case job.FinishedBefore:
		out.log.Info("the run has finished before, nothing done", "run_id", r.RunID, "finished", r.Finished, "output", place)
	case job.RetriedBefore:
		out.log.Info("the rejects were retried into the table before, nothing done", "run_id", r.RunID, "finished", r.Finished, "output", place)
	case job.NothingNew:
		out.log.Info("no new input, nothing done", "known", res.Known, "output", place)
	case job.Ignored:
		out.log.Info("output exists, nothing done", "output", place)
	}
	if !c.json {
		return nil
	}
	return out.json(c.result(res))
}

// result is what --json prints.
func (c *scoring) result(res *job.Result) any {
	if !c.record {
		return res.AtMost(c.files)
	}
	return struct {
		Outcome  job.Outcome  `json:"outcome"`
		Manifest any          `json:"manifest"`
		Run      *runs.Record `json:"run"`
	}{res.Outcome, res.AtMost(c.files), res.Record}
}

// previewRows is how many rows of a new table a terminal shows.
const previewRows = 5

// preview shows the first rows that a run has written, if people look at stdout. It is
// no more than a look: a table that cannot be read by this way is not shown.
func (c *scoring) preview(ctx context.Context, out *output, res *job.Result) {
	if out.quiet || c.json || c.spec.Output.Path == "-" || !terminal.Is(out.stdout) {
		return
	}
	if t, err := out.host().Written(ctx, c.spec, res.Manifest, previewRows); err == nil && len(t.Cells) > 0 {
		fmt.Fprint(out.stdout, grid(t, out))
	}
}
