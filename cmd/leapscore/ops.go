package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"leapscore/cmd/leapscore/internal/terminal"
	"leapscore/ops/builtin"
)

func newOps(out *output) *cobra.Command {
	var markdown bool
	cmd := &cobra.Command{
		Use:   "ops",
		Short: "List the ops that can be scored",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if markdown {
				_, err := fmt.Fprint(out.stdout, builtin.Markdown())
				return err
			}
			var rows [][]string
			for _, op := range builtin.Reference() {
				exact := "identical"
				if op.Inexact != "" {
					exact = op.Inexact
				}
				rows = append(rows, []string{op.Name, exact, op.Doc})
			}
			_, err := fmt.Fprint(out.stdout, terminal.Prose(rows, terminal.Limit(out.stdout)))
			return err
		},
	}
	cmd.Flags().BoolVar(&markdown, "markdown", false, "print the op reference")
	return cmd
}
