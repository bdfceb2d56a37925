package main

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newRetry(out *output) *cobra.Command {
	c := &scoring{}
	cmd := &cobra.Command{
		Use:   "retry-rejects REJECTS --model BUNDLE --output TABLE [--rejects NEW]",
		Short: "Score rejected rows again, by another model or other rules, and append them to a table",
		Long: `Score the rows of a table of rejects again, by another model or other rules
such as --cast, and append those that pass to a table. The columns that say why
rows were rejected are left out; rows that are rejected again go to a table of
their own, --rejects, and still name the file and row that they first came from.
REJECTS stays as it is: once the run is committed, the rows in it are either in
the table or in the new rejects. The table remembers which files of rejects were
retried: the same again does nothing, with exit code 0, and adds only rejects that
are new; by another model or other rules it is refused, as rows would double.`,
		Example: `leapscore retry-rejects rejects/ --model newer.zip --output predictions/
# rows that are rejected again go to a table of their own
leapscore retry-rejects rejects/ --model model.zip --cast mleap --output predictions/ --rejects again/`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("no table of rejects: give it as an argument, REJECTS")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			c.spec.Input.Retry = args
			if !onCommandLine(cmd.Flags(), "mode") {
				c.spec.Unset("mode") // what is configured is how tables are made anew
			}
			return c.run(cmd.Context(), out)
		},
	}
	c.register(cmd, retryKeys())
	cmd.Flags().Lookup("mode").DefValue = "append"
	cmd.Flags().Lookup("on-error").Usage += " (default with --rejects: reject)"
	return cmd
}

// onCommandLine reports whether a flag was given there, and not by a
// configuration.
func onCommandLine(fs *pflag.FlagSet, name string) bool {
	given := false
	fs.Visit(func(f *pflag.Flag) { given = given || f.Name == name })
	return given
}
