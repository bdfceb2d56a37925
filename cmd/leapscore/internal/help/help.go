// Package help shows what commands are for, and their flags in groups.
package help

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"leapscore/cmd/leapscore/internal/terminal"
)

const (
	annotation = "group"        // of a flag
	everywhere = "All commands" // the group of flags that all commands have
	mostWidth  = 100            // longer lines are hard to read
)

// Group puts a flag into a group.
func Group(f *pflag.Flag, name string) {
	if f.Annotations == nil {
		f.Annotations = map[string][]string{}
	}
	f.Annotations[annotation] = []string{name}
}

// Text is the help of a command in lines of up to width columns. Its flags are in the
// order of groups, flags without a group in the first one.
func Text(cmd *cobra.Command, groups []string, width int) string {
	width = min(width, mostWidth)
	about := cmd.Long
	if about == "" {
		about = cmd.Short
	}
	var b strings.Builder
	b.WriteString(terminal.Paragraphs(about, width))
	if cmd.Example != "" {
		fmt.Fprintf(&b, "\nExamples:\n%s", examples(cmd.Example, width))
	}
	b.WriteString(Usage(cmd, groups, width))
	return b.String()
}

// Usage is Text without what the command is about.
func Usage(cmd *cobra.Command, groups []string, width int) string {
	var b strings.Builder
	b.WriteString("\nUsage:\n")
	if cmd.Runnable() && cmd.HasParent() {
		b.WriteString(hanging(cmd.UseLine(), width))
	}
	if cmd.HasAvailableSubCommands() {
		b.WriteString(hanging(cmd.CommandPath()+" COMMAND [flags]", width))
		b.WriteString("\nCommands:\n" + commands(cmd, width))
	}
	b.WriteString(flags(cmd, groups, width))
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\n" + terminal.Paragraphs(cmd.CommandPath()+" COMMAND --help shows the flags of a command, and examples.", width))
	}
	return b.String()
}

// examples are lines that begin with # and explain, and commands. Commands are broken
// between words so that they can be pasted.
func examples(s string, width int) string {
	var b strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimSpace(line)
		if comment, ok := strings.CutPrefix(line, "# "); ok {
			b.WriteString("  # " + strings.Join(terminal.Wrap(comment, max(width-4, 1)), "\n  # ") + "\n")
			continue
		}
		parts := wrapCommand(joinQuoted(line), width-8) // beside the indent and a backslash
		b.WriteString("  " + strings.ReplaceAll(strings.Join(parts, " \\\n      "), solid, " ") + "\n")
	}
	return b.String()
}

// wrapCommand breaks a command between words only: a text between quotes that is cut
// is another one.
func wrapCommand(command string, width int) (lines []string) {
	for _, word := range strings.Fields(command) {
		last := len(lines) - 1
		if last >= 0 && terminal.Columns(lines[last])+1+terminal.Columns(word) <= width {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

const solid = "\ue000" // stands for a space that is no place to break a line

// joinQuoted makes the spaces within quotes solid: a shell reads them as they are.
func joinQuoted(command string) string {
	quote := rune(0)
	var b strings.Builder
	for _, r := range command {
		switch {
		case r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		case quote != 0 && r == ' ':
			b.WriteString(solid)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func hanging(s string, width int) string {
	return "  " + terminal.Indent(terminal.Wrap(s, max(width-6, 1)), 6) + "\n"
}

func commands(cmd *cobra.Command, width int) string {
	var all []terminal.Definition
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() || sub.Name() == "help" {
			all = append(all, terminal.Definition{Term: sub.Name(), Text: sub.Short})
		}
	}
	return terminal.Define(all, terminal.TermWidth(all, width), width)
}

// flags shows the flags of a command, a list each group.
func flags(cmd *cobra.Command, groups []string, width int) string {
	by, all := grouped(cmd, groups[0])
	terms := terminal.TermWidth(all, width)
	var b strings.Builder
	for _, g := range append(slices.Clone(groups), everywhere) {
		if list := by[g]; len(list) > 0 {
			fmt.Fprintf(&b, "\n%s:\n%s", title(g, groups, by), terminal.Define(list, terms, width))
		}
	}
	return b.String()
}

// grouped returns the flags of a command by group, and all of them.
func grouped(cmd *cobra.Command, first string) (by map[string][]terminal.Definition, all []terminal.Definition) {
	by = map[string][]terminal.Definition{}
	inherited := cmd.InheritedFlags()
	add := func(f *pflag.Flag) {
		group := first
		switch named := f.Annotations[annotation]; {
		case f.Hidden:
			return
		case len(named) > 0:
			group = named[0]
		case f.Name == "help", inherited.Lookup(f.Name) != nil, cmd.PersistentFlags().Lookup(f.Name) != nil:
			group = everywhere
		}
		by[group] = append(by[group], define(f))
		all = append(all, define(f))
	}
	cmd.Flags().SortFlags = false // the order in which they were made
	cmd.Flags().VisitAll(add)
	inherited.VisitAll(func(f *pflag.Flag) {
		if cmd.Flags().Lookup(f.Name) == nil {
			add(f)
		}
	})
	return by, all
}

// title is the name of a group, where it is one of several.
func title(group string, groups []string, by map[string][]terminal.Definition) string {
	others := slices.ContainsFunc(groups[1:], func(g string) bool { return len(by[g]) > 0 })
	if group == groups[0] && !others {
		return "Flags"
	}
	return group
}

// values are words for the kinds of values that flags have.
var values = map[string]string{
	"bool": "", "string": "TEXT", "int": "N", "int64": "N", "float64": "X", "duration": "TIME", "stringSlice": "A,B", "stringArray": "TEXT",
}

// define shows a flag, its default and its help.
func define(f *pflag.Flag) terminal.Definition {
	value, usage := pflag.UnquoteUsage(f)
	if word, ok := values[f.Value.Type()]; ok && !strings.Contains(f.Usage, "`") {
		value = word
	}
	term := "--" + f.Name
	if f.Shorthand != "" {
		term = "-" + f.Shorthand + ", " + term
	}
	if value != "" {
		term += " " + value
	}
	switch d := strings.Trim(f.DefValue, "[]"); {
	case d == "", d == "false", d == "0", strings.Contains(usage, "(default"):
	default:
		usage += " (default " + d + ")"
	}
	return terminal.Definition{Term: term, Text: usage}
}
