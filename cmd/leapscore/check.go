package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"leapscore/engine/pipeline"
	"leapscore/internal/clean"
	"leapscore/internal/thousands"
	"leapscore/job"
)

// plan is what check prints with --json: either the plan, or why there is none.
type plan struct {
	OK       bool          `json:"ok"`
	Problems []planProblem `json:"problems,omitempty"`
	job.Plan
}

// planProblem is an input of the model that the source does not satisfy.
type planProblem struct {
	Input   string `json:"input"`
	Column  string `json:"column"`
	Found   string `json:"found,omitempty"`
	Wanted  string `json:"wanted"`
	Nearest string `json:"nearest,omitempty"`
	Detail  string `json:"detail,omitempty"`
	Models  string `json:"models,omitempty"`

	NeededFor string `json:"needed_for,omitempty"`      // outputs
	Without   string `json:"outputs_without,omitempty"` // those that need no such input
}

// checking is a job that is planned and not run.
type checking struct {
	spec     job.Spec
	json     bool
	settings bool
}

func newCheck(out *output) *cobra.Command {
	c := &checking{}
	cmd := &cobra.Command{
		Use:   "check (MODEL | NAME=MODEL...) (--sql QUERY | --input GLOB...)",
		Short: "Check a source against a model and show the plan, without scoring",
		Long: `Check a source against a model, and show the plan. Nothing is scored or written. All
flags of score are taken: the word check in place of score shows whether the job could
start now, with the exit codes of score. Counts are shown where they can be had without
reading all rows.`,
		Example: `leapscore check model.zip --input 'day/*.parquet'
leapscore check model.zip --sql "SELECT * FROM 'day/*.csv'" --json
# a whole job, with its output
leapscore check --model model.zip --input 'day/*.parquet' --output predictions/`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("model") {
				var err error
				if args, err = takeModels(&c.spec, args); err != nil {
					return usageError{err}
				}
			}
			if err := addInputs(&c.spec, args); err != nil {
				return err
			}
			if c.settings {
				return out.json(c.spec)
			}
			return c.run(cmd.Context(), out)
		},
	}
	register(cmd, &c.spec, scoreKeys()...)
	registerJob(cmd)
	cmd.Flags().BoolVar(&c.json, "json", false, "print one JSON object")
	cmd.Flags().BoolVar(&c.settings, "settings", false, "print the keys that are set, of flags, environment and files, and open nothing")
	cmd.Flags().Lookup("settings").Hidden = true // for programs that run jobs in another engine
	cmd.Flags().Int("json-files", 0, "of score: it changes nothing here")
	cmd.Flags().Bool("json-record", false, "of score: it changes nothing here")
	for _, name := range []string{"json-files", "json-record"} {
		cmd.Flags().Lookup(name).Hidden = true
	}
	return cmd
}

// takeModels takes the leading arguments that are models, one or several with names,
// and returns the others.
func takeModels(spec *job.Spec, args []string) ([]string, error) {
	for len(args) > 0 && (len(spec.Models) == 0 || spec.Models[0].Name != "" && job.ParseModel(args[0]).Name != "") {
		if err := spec.Set("model", args[0]); err != nil {
			return nil, err
		}
		args = args[1:]
	}
	return args, nil
}

func (c *checking) run(ctx context.Context, out *output) error {
	if len(c.spec.Models) == 0 {
		return usageError{errNoModel}
	}
	out.hide(c.spec)
	out.noteStdin(c.spec)
	p, err := out.host().Explain(ctx, c.spec)
	if _, planned := errors.AsType[*job.PlanError](err); c.json && (err == nil || planned) {
		return errors.Join(err, out.json(newPlan(p, err)))
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(out.stdout, newPlan(p, nil).text())
	return err
}

var errNoModel = errors.New("no model: give it as an argument or with --model")

// newPlan shows p, or what speaks against it.
func newPlan(p job.Plan, err error) plan {
	if err == nil {
		return plan{OK: true, Plan: p}
	}
	shown := plan{Plan: p}
	if contract, ok := errors.AsType[*pipeline.ContractError](err); ok {
		for _, c := range contract.Problems {
			shown.Problems = append(shown.Problems, planProblem(c))
		}
	}
	return shown
}

func (p plan) text() string {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(clean.Line(fmt.Sprintf(format, args...)) + "\n") }
	if p.Query != nil {
		line("query    %s", p.Query)
	}
	line("input    %s", p.counts())
	line("read     %s", strings.Join(p.Read, ", "))
	for _, s := range p.Steps {
		line("step     %s: %s -> %s", s.Op, strings.Join(s.Reads, ", "), strings.Join(s.Adds, ", "))
	}
	for _, n := range p.Pruned {
		line("pruned   %s", n)
	}
	for _, c := range p.Columns {
		line("column   %s %s", c.Name, c.Type)
	}
	if p.Limits != nil {
		line("limits   %s", *p.Limits)
	}
	for _, w := range p.Warnings {
		line("warning  %s", w)
	}
	line("ok")
	return b.String()
}

// counts says how many rows and files there are.
func (p plan) counts() string {
	text := "rows are not counted, which takes reading all of them"
	if p.Rows != nil {
		text = thousands.Text(*p.Rows) + " rows"
	}
	switch {
	case p.Files == nil:
		return text
	case *p.Files == 1:
		return text + ", 1 file"
	}
	return fmt.Sprintf("%s, %d files", text, *p.Files)
}
