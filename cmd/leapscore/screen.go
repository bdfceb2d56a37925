package main

import (
	"context"
	"fmt"
	"os"
	"slices"

	"leapscore/cmd/leapscore/internal/terminal"
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

// previewRows is how many rows of a new table a terminal shows.
const previewRows = 5

// summary says what a run has done, for people.
func summary(res *job.Result, place string) string {
	m := res.Manifest
	text := fmt.Sprintf("%s rows written to %s in %.2f s", terminal.Count(m.RowsOut), place, res.Seconds)
	if m.RowsIn != m.RowsOut {
		text += fmt.Sprintf(", of %s rows read", terminal.Count(m.RowsIn))
	}
	if m.Skipped > 0 {
		text += fmt.Sprintf("; %s skipped by the model", terminal.Count(m.Skipped))
	}
	if m.Rejected > 0 {
		text += fmt.Sprintf("; %s rejected", terminal.Count(m.Rejected))
	}
	if r := res.Record.Rejects; r != nil && r.Rows > 0 {
		text += fmt.Sprintf(" to %s: %s", r.Path, runs.DescribeCauses(r.Causes, maxCauses))
	}
	return text
}

// preview shows the first rows that a run has written, if people look at stdout. It is
// no more than a look: a table that cannot be read by this way is not shown.
func (c *scoring) preview(ctx context.Context, out *output, res *job.Result) {
	if out.quiet || c.json || c.spec.Output.Path == "-" || !terminal.Is(out.stdout) {
		return
	}
	if t, err := out.host().Written(ctx, c.spec, res.Manifest, previewRows); err == nil && len(t.Cells) > 0 {
		fmt.Fprint(out.stdout, grid(t, out))
	}
}
