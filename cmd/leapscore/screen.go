package main

import (
	"fmt"
	"os"
	"slices"

	"leapscore/cmd/leapscore/internal/terminal"
	"leapscore/internal/clean"
	"leapscore/internal/thousands"
	"leapscore/job"
	"leapscore/runs"
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

// maxCauses is how many causes of rejected rows the last line names.
const maxCauses = 5

// summary says what a run has done, for people.
func summary(res *job.Result, place string) string {
	m := res.Manifest
	text := fmt.Sprintf("%s rows written to %s in %.2f s", thousands.Text(m.RowsOut), place, res.Seconds)
	if m.RowsIn != m.RowsOut {
		text += fmt.Sprintf(", of %s rows read", thousands.Text(m.RowsIn))
	}
	if m.Skipped > 0 {
		text += fmt.Sprintf("; %s skipped by the model", thousands.Text(m.Skipped))
	}
	if m.Rejected > 0 {
		text += fmt.Sprintf("; %s rejected", thousands.Text(m.Rejected))
	}
	if r := res.Record.Rejects; r != nil && r.Rows > 0 {
		text += fmt.Sprintf(" to %s: %s", r.Path, runs.DescribeCauses(r.Causes, maxCauses))
	}
	return text
}

// grid lays rows out for stdout.
func grid(t *job.Table, out *output) string {
	names := make([]string, len(t.Names))
	for i, name := range t.Names {
		names[i] = clean.Line(name)
	}
	g := terminal.Grid{Names: names, Types: t.Types, Right: t.Numbers, Cells: t.Cells}
	return g.Text(terminal.Limit(out.stdout), terminal.Colours(out.stdout))
}
