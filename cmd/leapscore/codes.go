package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

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
			w := tabwriter.NewWriter(out.stdout, 0, 4, 2, ' ', 0)
			for _, d := range ops.CodeDocs() {
				fmt.Fprintf(w, "%s\t%s\t%s\n", d.Code, d.Means, d.Remedy)
			}
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&markdown, "markdown", false, "print the reference of the codes")
	return cmd
}
