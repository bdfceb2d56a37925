package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"leapscore/cmd/leapscore/internal/terminal"
	"leapscore/ops"
)

func newCodes(out *output) *cobra.Command {
	var markdown bool
	cmd := &cobra.Command{
		Use:   "codes",
		Short: "List the codes of rejected rows",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if markdown {
				_, err := fmt.Fprint(out.stdout, ops.CodesMarkdown())
				return err
			}
			var rows [][]string
			for _, d := range ops.CodeDocs() {
				rows = append(rows, []string{string(d.Code), d.Means, d.Remedy})
			}
			_, err := fmt.Fprint(out.stdout, terminal.Prose(rows, terminal.Limit(out.stdout)))
			return err
		},
	}
	cmd.Flags().BoolVar(&markdown, "markdown", false, "print the reference of the codes")
	return cmd
}
