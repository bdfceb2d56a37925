package main

import (
	"context"

	"github.com/spf13/cobra"

	"leapscore/job"
)

// committing is a run that was scored in shards and is published.
type committing struct {
	scoring
	discard bool
}

func newCommit(out *output) *cobra.Command {
	c := &committing{}
	cmd := &cobra.Command{
		Use:   "commit TABLE --run-id ID",
		Short: "Publish a run that was scored in shards as one table",
		Long: `Publish a run whose shards were scored by score --shard I/N --run-id ID --output TABLE,
each by a process of its own, as one table, whole or not at all. A shard that is missing
or still running is named, and nothing is published (exit code 1). Run again after it
has published, commit does nothing. Gates, such as --min-rows and --drift-max, are those
that the shards were given, and hold for the run as a whole.`,
		Example: `leapscore score --model m.zip --input day/ --output preds/ --run-id 2026-11-30 --shard 0/2
leapscore score --model m.zip --input day/ --output preds/ --run-id 2026-11-30 --shard 1/2
leapscore commit preds/ --run-id 2026-11-30`,
		Args: oneArgument("TABLE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c.spec.Output.Path = args[0]
			return c.commit(cmd.Context(), out)
		},
	}
	c.register(cmd, append([]string{"run-id", "skip-exit-code"}, job.CommitKeys()...))
	cmd.Flags().BoolVar(&c.discard, "discard", false, "delete what is staged of the run, and publish nothing")
	return cmd
}

func (c *committing) commit(ctx context.Context, out *output) error {
	out.hide(c.spec)
	given := c.spec
	for _, key := range []string{"output", "run-id", "skip-exit-code"} {
		given.Unset(key)
	}
	res, err := out.host().Commit(ctx, job.Commit{Table: c.spec.Output.Path, RunID: c.spec.Run.ID, Discard: c.discard, Spec: given})
	if err != nil {
		return err
	}
	if res.Outcome == job.NothingNew {
		out.exit = c.spec.Run.SkipExitCode
	}
	return c.report(ctx, out, res)
}
