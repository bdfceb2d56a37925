package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"leapscore/engine"
	"leapscore/internal/filetype"
	"leapscore/internal/hive"
	"leapscore/sources"
	"leapscore/sources/files"
)

// retryFlags are what retry-rejects has besides the flags of score.
type retryFlags struct {
	provenance bool
	retried
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
the table or in the new rejects. The table remembers which files of rejects were
retried: the same again does nothing, with exit code 0, and adds only rejects that
are new; by another model or other rules it is refused, as rows would double.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.input = args
			if slices.Contains(args, "-") && f.id == "" {
				return usageError{errors.New("rejects from stdin need --run-id: by it the table knows that they were retried before")}
			}
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
	f.tables.register(fs)
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

// fits refuses rows that have other columns than the table that they are to be
// appended to: those of one table have the same.
func (f *scoreFlags) fits(ctx context.Context, schema *arrow.Schema) error {
	if f.retry == nil || f.mode != "append" {
		return nil
	}
	opt := sources.Options{Rules: sources.Rules{AsFiles: f.tables.asFiles}}
	if remote := files.OpenerFor([]string{f.output}); remote != nil {
		opt.Opener, opt.Remote = remote, true
	}
	table, err := files.Open(ctx, []string{f.output}, opt)
	if err != nil {
		return nil // there is none yet, or one that says what it takes itself
	}
	defer table.Close()
	var lacks, more, other []string
	for _, c := range schema.Fields() {
		there, ok := table.Schema().FieldsByName(c.Name)
		if !ok {
			more = append(more, strconv.Quote(c.Name))
		} else if typed(table, c.Name) && there[0].Type.ID() != c.Type.ID() {
			other = append(other, fmt.Sprintf("%q is %s and would be %s", c.Name, there[0].Type, c.Type))
		}
	}
	for _, c := range table.Schema().Fields() {
		if len(schema.FieldIndices(c.Name)) == 0 {
			lacks = append(lacks, strconv.Quote(c.Name))
		}
	}
	var problems []string
	if lacks != nil {
		problems = append(problems, "they lack "+strings.Join(lacks, ", "))
	}
	if more != nil {
		problems = append(problems, "it has no "+strings.Join(more, ", "))
	}
	if problems = append(problems, other...); len(problems) == 0 {
		return nil
	}
	return usageError{fmt.Errorf("the rows do not fit the table %s: %s; choose other columns with --keep, --outputs or --rename, or another table",
		f.output, strings.Join(problems, "; "))}
}

// typed reports whether the files of a table say what type a column has. Text does
// not, nor do the names of folders.
func typed(table sources.Source, column string) bool {
	files, _ := sources.FilesOf(table)
	if len(files) == 0 || slices.ContainsFunc(hive.Of(files[0].Name), func(p hive.Pair) bool { return p.Key == column }) {
		return false
	}
	t, _ := filetype.Of(files[0].Name)
	return t.Name == filetype.Parquet
}
