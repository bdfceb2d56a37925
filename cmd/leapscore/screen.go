package main

import (
	"os"
	"slices"

	"leapscore/cmd/leapscore/internal/terminal"
	"leapscore/job"
)

// checkTerminal refuses to write bytes to a terminal that are no text.
func (o *output) checkTerminal(spec job.Spec) error {
	if spec.Output.Path != "-" || !terminal.Is(o.stdout) {
		return nil
	}
	text := slices.Contains([]string{"csv", "json", "jsonl"}, spec.Output.Format)
	packed := !slices.Contains([]string{"", "none", "uncompressed"}, spec.Output.Compression)
	switch {
	case text && packed:
		return usagef("--compression %s would fill the terminal with binary data: leave it out, or write to a file, as in --output predictions.csv.gz", spec.Output.Compression)
	case !text:
		return usagef("--output - would fill the terminal with binary data: add --output-format csv or json, or write to a file, as in --output predictions.parquet")
	}
	return nil
}

// noteStdin says that rows are expected from the keyboard, where nothing else shows it.
func (o *output) noteStdin(spec job.Spec) {
	if slices.Contains(slices.Concat(spec.Input.Files, spec.Input.Retry), "-") && terminal.Is(os.Stdin) {
		o.log.Info("waiting for rows on stdin, which is this terminal: paste them and press Ctrl-D, or press Ctrl-C and name a file")
	}
}
