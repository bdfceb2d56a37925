package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"leapscore/internal/similar"
)

// unknownCommand refuses what is no command, with those it may have been.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := similar.HintAs(args[0], commandNames(cmd), func(name string) string { return name })
	if hint == "" {
		hint = "; see leapscore --help"
	}
	return fmt.Errorf("there is no command %q%s", strings.TrimPrefix(cmd.CommandPath()+" ", "leapscore ")+args[0], hint)
}

// oneArgument wants one argument, which is called name.
func oneArgument(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return fmt.Errorf("no table: give one as an argument, %s", name)
		case 1:
			return nil
		}
		return fmt.Errorf("%d arguments, want one, %s: %s", len(args), name, strings.Join(args, ", "))
	}
}

func commandNames(root *cobra.Command) (names []string) {
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return names
}

// newHelp is the command that shows the help of another one.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help for a command",
		Args:  cobra.ArbitraryArgs,
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return commandNames(cmd.Root()), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return usageError{unknownCommand(cmd.Root(), args)}
			}
			about.InitDefaultHelpFlag()
			about.InitDefaultVersionFlag()
			return about.Help()
		},
	}
}

// flagMistakes says what is wrong with the flags of a command line, all at once. err is
// what was found first.
func flagMistakes(cmd *cobra.Command, args []string, err error) error {
	unknown, words := unknownFlags(cmd, args)
	if cmd.Parent() == nil && len(words) > 0 {
		return usageError{unknownCommand(cmd, words)}
	}
	if value, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		err = wrongValue(value)
	} else if none, ok := errors.AsType[*pflag.NotExistError](err); ok && none.GetSpecifiedShortnames() != "" {
		err = fmt.Errorf("%w%s", err, flagHint(cmd, none.GetSpecifiedShortnames()))
	} else if ok {
		err = nil // one of the unknown ones
	}
	for _, name := range unknown {
		err = errors.Join(err, fmt.Errorf("unknown flag: --%s%s", name, flagHint(cmd, name)))
	}
	return usageError{fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
}

// unknownFlags returns the long flags that a command does not have, and the words that
// are neither flags nor values of known flags.
func unknownFlags(cmd *cobra.Command, args []string) (unknown, words []string) {
	for i := 0; i < len(args) && args[i] != "--"; i++ {
		name, long := strings.CutPrefix(args[i], "--")
		if !long {
			if !strings.HasPrefix(args[i], "-") {
				words = append(words, args[i])
			}
			continue
		}
		name, _, whole := strings.Cut(name, "=")
		switch f := cmd.Flags().Lookup(name); {
		case f == nil && !slices.Contains(unknown, name):
			unknown = append(unknown, name)
		case f != nil && !whole && f.NoOptDefVal == "":
			i++ // its value
		}
	}
	return unknown, words
}

// flagHint proposes flags for one that a command does not have.
func flagHint(cmd *cobra.Command, name string) string {
	if cmd.Flags().Lookup(name) != nil {
		return "; did you mean --" + name + "?"
	}
	var others, names []string
	for _, c := range cmd.Root().Commands() {
		if c != cmd && c.Flags().Lookup(name) != nil {
			others = append(others, c.Name())
		}
	}
	if others != nil {
		return "; it is a flag of " + strings.Join(others, ", ")
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return similar.HintAs(name, names, func(name string) string { return "--" + name })
}

// wrongValue says what a flag wants. The value of a parameter may be a secret.
func wrongValue(e *pflag.InvalidValueError) error {
	if e.GetFlag().Name == "param" {
		return errors.New("--param: want name=value, each name once")
	}
	err, value := wanted(e.GetFlag(), e.Unwrap()), strconv.Quote(e.GetValue())
	if rest, ok := strings.CutPrefix(err.Error(), value+": "); ok {
		err = errors.New(rest)
	}
	return fmt.Errorf("--%s %s: %w", e.GetFlag().Name, value, err)
}

// unknownSettings returns the LEAPSCORE_* that are for no flag, and are like one.
func unknownSettings(root *cobra.Command) (list []error) {
	names := append(flagNames(root), "config", "job")
	for _, setting := range os.Environ() {
		setting, value, _ := strings.Cut(setting, "=")
		name, ours := strings.CutPrefix(setting, envName(""))
		if !ours || value == "" || slices.ContainsFunc(names, func(n string) bool { return envName(n) == setting }) {
			continue
		}
		if near := similar.HintAs(strings.ReplaceAll(strings.ToLower(name), "_", "-"), names, envName); near != "" {
			list = append(list, fmt.Errorf("%s in the environment is for no flag%s", setting, near))
		}
	}
	return list
}
