package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"leapscore/cmd/leapscore/internal/help"
	"leapscore/job"
)

// specFlag is the value of a flag that sets a key of a job.
type specFlag struct {
	spec *job.Spec
	key  job.Key
}

func (f specFlag) Set(s string) error         { return f.spec.Set(f.key.Name, s) }
func (f specFlag) SetYAML(v *yaml.Node) error { return f.spec.SetYAML(f.key.Name, v) }

// Type is a word for the value, which the help shows.
func (f specFlag) Type() string {
	switch {
	case f.key.Value != "":
		return f.key.Value
	case len(f.key.Words) > 0 && f.key.Type == "string":
		return "WORD"
	}
	return f.key.Type
}

func (f specFlag) String() string {
	if f.spec == nil || !slices.Contains(f.spec.Given(), f.key.Name) {
		return f.key.Default
	}
	return f.spec.Text(f.key.Name)
}

// switchFlag is a specFlag that needs no value.
type switchFlag struct{ specFlag }

func (switchFlag) IsBoolFlag() bool { return true }

// The keys that commands share.
var (
	sourceKeys = []string{"sql", "sql-file", "db", "param", "timezone", "input", "input-format", "as-files", "require-success",
		"csv-delimiter", "csv-quote", "csv-escape", "csv-header", "csv-null", "csv-encoding"}
	// catalogKeys name the catalog of an Iceberg table.
	catalogKeys = []string{"iceberg-catalog", "iceberg-catalog-name", "iceberg-table"}
	pickKeys    = []string{"limit", "sample", "sample-key"}
)

// scoreKeys are the keys that are flags of score. The rejects to retry are arguments
// of retry-rejects, and io-timeout is a flag of all commands.
func scoreKeys() []string { return keysBut("retry-rejects", "provenance", "io-timeout") }

// retryKeys are the keys that are flags of retry-rejects: the table knows which rejects
// were retried, so that none is incremental.
func retryKeys() []string {
	return keysBut("retry-rejects", "io-timeout", "sql", "sql-file", "db", "param", "timezone", "input", "incremental", "skip-exit-code")
}

func keysBut(others ...string) (names []string) {
	for _, k := range job.Keys() {
		if !slices.Contains(others, k.Name) {
			names = append(names, k.Name)
		}
	}
	return names
}

// register makes flags of keys of a job. Shells complete their words.
func register(cmd *cobra.Command, spec *job.Spec, names ...string) {
	cmd.Flags().SortFlags = false
	for _, name := range names {
		key, ok := job.KeyOf(name)
		if !ok {
			panic("no key of a job: " + name) // a mistake in this program
		}
		value := specFlag{spec, key}
		var flag *pflag.Flag
		if key.Type == "bool" {
			flag = cmd.Flags().VarPF(switchFlag{value}, name, "", key.Help)
			flag.NoOptDefVal = "true"
		} else {
			flag = cmd.Flags().VarPF(value, name, "", key.Help)
		}
		flag.DefValue = key.Default
		help.Group(flag, key.Group)
		if len(key.Words) > 0 {
			complete(cmd, name, key.Words...)
		}
	}
}

// complete offers words for a flag in shells.
func complete(cmd *cobra.Command, flag string, words ...string) {
	offer := cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc(flag, offer); err != nil {
		panic(err) // no such flag: a mistake in this program
	}
}

// addInputs takes arguments that are no flags for further inputs: what a shell makes of
// --input *.parquet.
func addInputs(spec *job.Spec, args []string) error {
	for _, a := range args {
		if strings.HasPrefix(a, "\u2014") || strings.HasPrefix(a, "\u2013") {
			return usagef("unexpected argument %q: it begins with a long dash, and flags with two short ones, --", a)
		}
	}
	if len(args) > 0 && len(spec.Input.Files) == 0 {
		return usagef("unexpected argument %q: give models with --model, files with --input and the table with --output", args[0])
	}
	spec.Input.Files = append(spec.Input.Files, args...)
	return nil
}
