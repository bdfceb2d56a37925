package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

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
			w := tabwriter.NewWriter(out.stdout, 0, 4, 2, ' ', 0)
			for _, op := range builtin.Reference() {
				exact := "identical"
				if op.Inexact != "" {
					exact = op.Inexact
				}
				fmt.Fprintf(w, "%s\t%s\t%s\n", op.Name, exact, op.Doc)
			}
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&markdown, "markdown", false, "print the op reference")
	return cmd
}
