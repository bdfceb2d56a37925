package main

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"leapscore/engine"
)

// plan is what check prints with --json.
type plan struct {
	Read    []string   `json:"columns_read"`
	Steps   []planStep `json:"steps"`
	Pruned  []string   `json:"pruned_nodes,omitempty"`
	Columns []planCol  `json:"output_columns"`
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

func newCheck(out *output) *cobra.Command {
	var (
		model         modelFlags
		source        sourceFlags
		outputs, keep []string
		rename        map[string]string
		asJSON        bool
	)
	cmd := &cobra.Command{
		Use:   "check MODEL (--sql QUERY | --input GLOB...)",
		Short: "Check a source against a model and show the plan, without scoring",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				model.path = args[0]
			}
			if err := required(cmd, "model"); err != nil && len(args) == 0 {
				return err
			}
			if err := source.check(); err != nil {
				return err
			}
			cast, err := model.castMode()
			if err != nil {
				return err
			}
			m, err := loadModel(model.path)
			if err != nil {
				return err
			}
			src, err := source.open(cmd.Context(), m, model.maps, runtime.NumCPU(), 0)
			if err != nil {
				return err
			}
			defer src.Close()
			p, err := engine.Job{Model: m, Source: src, Outputs: outputs, Keep: keep, Map: model.maps, Rename: rename, Cast: cast}.Plan()
			if err != nil {
				return err
			}
			shown := newPlan(p)
			if asJSON {
				return out.json(shown)
			}
			_, err = fmt.Fprint(out.stdout, shown.text())
			return err
		},
	}
	fs := cmd.Flags()
	model.register(fs)
	source.register(fs)
	fs.StringSliceVar(&outputs, "outputs", []string{"final"}, "final, all, or names of columns that the pipeline adds")
	fs.StringSliceVar(&keep, "keep", []string{"extra"}, "extra, all, none, or names of source columns")
	fs.StringToStringVar(&rename, "rename", nil, "from=to: another name for a column of the output table")
	fs.BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

func newPlan(p *engine.Plan) plan {
	shown := plan{Read: p.Read, Pruned: p.Pipeline.Pruned()}
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
	fmt.Fprintf(&b, "read     %s\n", strings.Join(p.Read, ", "))
	for _, s := range p.Steps {
		fmt.Fprintf(&b, "step     %s: %s -> %s\n", s.Op, strings.Join(s.Reads, ", "), strings.Join(s.Adds, ", "))
	}
	for _, n := range p.Pruned {
		fmt.Fprintf(&b, "pruned   %s\n", n)
	}
	for _, c := range p.Columns {
		fmt.Fprintf(&b, "column   %s %s\n", c.Name, c.Type)
	}
	return b.String()
}
