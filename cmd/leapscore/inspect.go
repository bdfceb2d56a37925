package main

import (
	"github.com/spf13/cobra"

	"leapscore/job"
	"leapscore/models/kinds"
)

func newInspect(out *output) *cobra.Command {
	var spec job.Spec
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "inspect (MODEL | NAME=MODEL...)",
		Short: "Show a bundle: identity, nodes, inputs, outputs, unsupported ops, and the query it needs; or several, and what they are together",
		Example: `leapscore inspect model.zip
# two models, and what they read and add together
leapscore inspect champion=model.zip challenger=s3://models/next.zip`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, a := range args {
				if err := spec.Set("model", a); err != nil {
					return usageError{err}
				}
			}
			opening, err := spec.Opening()
			if err != nil {
				return usageError{err}
			}
			opening.Stores = out.stores.options()
			switch {
			case len(spec.Models) == 0:
				return usageError{errNoModel}
			case spec.Models[0].Name != "":
				return inspectAll(cmd.Context(), out, spec, opening, asJSON)
			}
			m, loadErr := kinds.OpenThen(cmd.Context(), spec.Models[0].Path, spec.Then(""), opening)
			if m == nil {
				return modelError{loadErr}
			}
			defer m.Close() // it is only read from: nothing can be lost
			i := inspect(m, loadErr)
			if asJSON {
				err = out.json(i)
			} else {
				err = i.print(out.stdout)
			}
			if err == nil && loadErr != nil {
				err = modelError{loadErr}
			}
			return err
		},
	}
	register(cmd, &spec, "model", "then", "features", "iterations", "threshold", "xgboost-predictor", "max-model-size")
	cmd.Flags().Lookup("model").Usage = "the same as an argument"
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}
