package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"leapscore/job"
)

// heading is what head is asked for.
type heading struct {
	spec   job.Spec
	rows   int64
	format string
}

func newHead(out *output) *cobra.Command {
	c := &heading{}
	cmd := &cobra.Command{
		Use:   "head (TABLE... | --sql QUERY)",
		Short: "Show the first rows of files, tables, URLs or a query",
		Long: `Show the first rows as a table. TABLE is a file, a folder, a glob or a URL of
Parquet, CSV, JSON lines, Arrow, Avro or leap frames, a table that leapscore wrote, a
Delta or Iceberg table, or - for stdin. Long lists and nested values are shown in short;
on a terminal, columns for which there is no room are named below the table.
--output-format csv or json writes whole values, for programs.`,
		Example: `leapscore head predictions/
leapscore head 's3://bucket/day=*/*.parquet' -n 3
leapscore head --sql "SELECT city, count(*) FROM 'listings/*.csv' GROUP BY city"
leapscore head predictions/ --output-format json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			c.spec.Input.Files = append(c.spec.Input.Files, args...)
			return c.run(cmd.Context(), out)
		},
	}
	fs := cmd.Flags()
	fs.Int64VarP(&c.rows, "rows", "n", 10, "how many rows")
	fs.StringVar(&c.format, "output-format", "table", "`WORD` for the format: table, csv, json (lines) or jsonl")
	complete(cmd, "output-format", "table", "csv", "json", "jsonl")
	register(cmd, &c.spec, sourceKeys...)
	register(cmd, &c.spec, "sample", "sample-key")
	register(cmd, &c.spec, catalogKeys...)
	return cmd
}

func (c *heading) run(ctx context.Context, out *output) error {
	in := c.spec.Input
	switch {
	case len(in.Files) == 0 && in.SQL == "" && in.SQLFile == "":
		return usagef("nothing to show: name a file, a folder, a table or a URL, or give --sql QUERY")
	case c.rows < 1:
		return usagef("-n %d: want at least 1", c.rows)
	}
	out.hide(c.spec)
	out.noteStdin(c.spec)
	switch c.format {
	case "csv", "json":
		return out.host().CopyHead(ctx, c.spec, c.rows, c.format)
	case "jsonl":
		return out.host().CopyHead(ctx, c.spec, c.rows, "json")
	case "table":
	default:
		return usagef("output-format %q: want table, csv, json or jsonl", c.format)
	}
	t, err := out.host().Head(ctx, c.spec, c.rows)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(out.stdout, grid(t, out))
	return err
}
