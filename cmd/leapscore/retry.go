package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"leapscore/engine"
	"leapscore/sources"
)

// retryFlags are what retry-rejects has besides the flags of score.
type retryFlags struct {
	provenance bool
}

func newRetry(out *output) *cobra.Command {
	f := &scoreFlags{retry: &retryFlags{}}
	f.params = newPairs("")
	cmd := &cobra.Command{
		Use:   "retry-rejects REJECTS --model BUNDLE --output TABLE [--rejects NEW]",
		Short: "Score rejected rows again, by another model or other rules, and append them to a table",
		Long: `Score the rows of a table of rejects again, by another model or other rules
such as --cast, and append those that pass to a table. The columns that say why
rows were rejected are left out; rows that are rejected again go to a table of
their own, --rejects, and still name the file and row that they first came from.
REJECTS stays as it is: once the run is committed, the rows in it are either in
the table or in the new rejects.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.input = args
			if !onCommandLine(cmd.Flags(), "mode") {
				f.mode = "append" // what is configured is how tables are made anew
			}
			if f.rejects != "" && !cmd.Flags().Changed("on-error") {
				f.onError = "reject"
			}
			if err := f.apartFrom(cmd.Context(), args); err != nil {
				return usageError{err}
			}
			return f.watched(cmd.Context(), out, f.output, func() error { return f.run(cmd.Context(), out) })
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.format, "input-format", "", strings.Join(inputFormats, ", ")+" (default: by name)")
	fs.BoolVar(&f.retry.provenance, "provenance", false, "keep the columns that say why rows were rejected, and where they came from")
	f.register(cmd)
	mode := fs.Lookup("mode")
	mode.DefValue = "append"
	f.mode = mode.DefValue
	fs.Lookup("on-error").Usage += " (default with --rejects: reject)"
	return cmd
}

// onCommandLine reports whether a flag was given there, and not by a
// configuration.
func onCommandLine(fs *pflag.FlagSet, name string) bool {
	given := false
	fs.Visit(func(f *pflag.Flag) { given = given || f.Name == name })
	return given
}

// apartFrom checks that what is read is not written to.
func (f *scoreFlags) apartFrom(ctx context.Context, inputs []string) error {
	for flag, table := range map[string]string{"output": f.output, "rejects": f.rejects} {
		for _, in := range inputs {
			if table == "" || in == "-" || table == "-" {
				continue
			}
			if same, err := overlap(ctx, in, table); err != nil {
				return err
			} else if same {
				return fmt.Errorf("--%s %s is, or lies in, the rejects %s that are scored: choose another place", flag, table, in)
			}
		}
	}
	return nil
}

// narrow returns the rows of src that are to be scored. Closing src closes them.
func (f *scoreFlags) narrow(src sources.Source) (sources.Source, error) {
	if f.retry != nil {
		var err error
		if src, err = engine.Rejected(src, f.retry.provenance); err != nil {
			return nil, err
		}
	}
	return f.pick(src)
}
