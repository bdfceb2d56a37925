package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"leapscore/engine"
	"leapscore/engine/pipeline"
	"leapscore/internal/clean"
	"leapscore/sql"
)

// plan is what check prints with --json: either the plan, or why there is none.
type plan struct {
	OK       bool          `json:"ok"`
	Problems []planProblem `json:"problems,omitempty"`
	Query    *sql.Reading  `json:"query,omitempty"` // nil of --input
	Read     []string      `json:"columns_read,omitempty"`
	Steps    []planStep    `json:"steps,omitempty"`
	Pruned   []string      `json:"pruned_nodes,omitempty"`
	Columns  []planCol     `json:"output_columns,omitempty"`
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
}

type planStep struct {
	Node  string   `json:"node"`
	Op    string   `json:"op"`
	Reads []string `json:"reads"`
	Adds  []string `json:"adds"`
}

type planCol struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// checkFlags are those of check.
type checkFlags struct {
	modelFlags
	sourceFlags
	columnFlags
	json bool
}

func newCheck(out *output) *cobra.Command {
	f := &checkFlags{}
	cmd := &cobra.Command{
		Use:   "check (MODEL | NAME=MODEL...) (--sql QUERY | --input GLOB...)",
		Short: "Check a source against a model and show the plan, without scoring",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("model") {
				var err error
				if args, err = f.models.take(args); err != nil {
					return err
				}
			}
			if err := f.more(args); err != nil {
				return err
			}
			return f.run(cmd, out)
		},
	}
	fs := cmd.Flags()
	f.modelFlags.register(fs)
	f.sourceFlags.register(fs)
	f.columnFlags.register(fs)
	fs.BoolVar(&f.json, "json", false, "print one JSON object")
	completeWords(cmd)
	return cmd
}

func (f *checkFlags) run(cmd *cobra.Command, out *output) error {
	if len(f.models.all) == 0 {
		return usageError{errors.New("no model: give it as an argument or with --model")}
	}
	if err := f.sourceFlags.check(); err != nil {
		return err
	}
	out.hide(f.params.m)
	cast, err := f.castMode()
	if err != nil {
		return err
	}
	m, err := f.models.load(cmd.Context())
	if err != nil {
		return err
	}
	src, err := f.open(cmd.Context(), m, f.maps, runtime.NumCPU(), 0)
	if err != nil {
		return err
	}
	defer src.Close()
	job := engine.Job{Model: m, Source: src, Cast: cast, Map: f.maps.m}
	if err := f.columnFlags.set(&job); err != nil {
		return err
	}
	p, err := job.Plan()
	shown := newPlan(p, err)
	if r, ok := sql.ReadingOf(src); ok {
		shown.Query = &r
	}
	if f.json {
		return errors.Join(err, out.json(shown))
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(out.stdout, shown.text())
	return err
}

// newPlan shows p, or what speaks against it.
func newPlan(p *engine.Plan, err error) plan {
	if err != nil {
		shown := plan{}
		if contract := (*pipeline.ContractError)(nil); errors.As(err, &contract) {
			for _, c := range contract.Problems {
				shown.Problems = append(shown.Problems, planProblem(c))
			}
		}
		return shown
	}
	shown := plan{OK: true, Read: p.Read, Pruned: p.Pipeline.Pruned()}
	for _, s := range p.Pipeline.Steps() {
		shown.Steps = append(shown.Steps, planStep(s))
	}
	for _, f := range p.Schema.Fields() {
		shown.Columns = append(shown.Columns, planCol{f.Name, f.Type.String()})
	}
	return shown
}

func (p plan) text() string {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(clean.Line(fmt.Sprintf(format, args...)) + "\n") }
	if p.Query != nil {
		line("query    %s", p.Query)
	}
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
	return b.String()
}
