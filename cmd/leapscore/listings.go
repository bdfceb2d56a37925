package main

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"

	"leapscore/cmd/leapscore/internal/terminal"
	"leapscore/models/kinds"
	"leapscore/ops"
	"leapscore/ops/builtin"
)

// listing is a command that lists what there is, in short or as a page.
type listing struct {
	name, short, pageOf string
	rows                func() [][]string
	page                func() string
}

// listings are those of the program.
func listings() []listing {
	return []listing{
		{"models", "List the kinds of models that can be scored", "the reference of the kinds", func() (rows [][]string) {
			for _, k := range kinds.All {
				rows = append(rows, []string{k.Name, k.Files, k.Exact})
			}
			return rows
		}, kinds.Markdown},
		{"ops", "List the ops that can be scored", "the op reference", func() (rows [][]string) {
			for _, op := range builtin.Reference() {
				rows = append(rows, []string{op.Name, cmp.Or(op.Inexact, "identical"), op.Doc})
			}
			return rows
		}, builtin.Markdown},
		{"codes", "List the codes of rejected rows", "the reference of the codes", func() (rows [][]string) {
			for _, d := range ops.CodeDocs() {
				rows = append(rows, []string{string(d.Code), d.Means, d.Remedy})
			}
			return rows
		}, ops.CodesMarkdown},
	}
}

func (l listing) command(out *output) *cobra.Command {
	var markdown bool
	cmd := &cobra.Command{
		Use:   l.name,
		Short: l.short,
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			text := l.page()
			if !markdown {
				text = terminal.Prose(l.rows(), terminal.Limit(out.stdout))
			}
			_, err := fmt.Fprint(out.stdout, text)
			return err
		},
	}
	cmd.Flags().BoolVar(&markdown, "markdown", false, "print "+l.pageOf)
	return cmd
}
