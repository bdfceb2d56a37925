package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"leapscore/compare"
	"leapscore/internal/clean"
	"leapscore/internal/memory"
	"leapscore/job"
	"leapscore/report"
)

// comparing is what compare is asked for.
type comparing struct {
	spec    job.Spec // which rows
	request compare.Request
	memory  string
	page    string
	json    bool
}

func newCompare(out *output) *cobra.Command {
	c := &comparing{}
	cmd := &cobra.Command{
		Use:   "compare TABLE...",
		Short: "Compare the columns of several models in a table: equal predictions, differences, ranks, PSI, flips",
		Long: `Compare columns of a table two by two, as those of champion and challenger that
score --model a=... --model b=... wrote: the share of equal predictions, mean and
largest differences, Spearman's rank correlation, the population stability index
with its bins, and which labels change into which. All figures are exact; what
does not fit into --memory is sorted in temporary files.

With --with OTHER --key id, the columns of two tables that have one name are
compared in the rows that the key names in both. Of one table, --key names the row
of the largest difference.`,
		Example: `# two models that scored one table: --model a=... --model b=...
leapscore compare predictions/
# two tables, whose rows have one id
leapscore compare predictions/ --with yesterday/ --key listing_id
# the same as a page
leapscore compare predictions/ --with yesterday/ --key listing_id -o compare.html`,
		RunE: func(cmd *cobra.Command, args []string) error {
			c.spec.Input.Files = append(c.spec.Input.Files, args...)
			return c.run(cmd.Context(), out)
		},
	}
	fs := cmd.Flags()
	register(cmd, &c.spec, sourceKeys...)
	register(cmd, &c.spec, pickKeys...)
	fs.StringVar(&c.request.With, "with", "", "a second table, whose rows are found by --key: its columns are compared with those of the same name")
	fs.StringSliceVar(&c.request.Keys, "key", nil, "columns that name a row, with --with in both tables")
	fs.StringArrayVar(&c.request.Pairs, "pair", nil, "two columns A,B to compare, A being the reference; may be given again (default: all columns of one name under two prefixes)")
	fs.StringSliceVar(&c.request.Prefixes, "prefix", nil, "names of the models, the reference first (default: as the table's manifest says, else what stands before an underscore)")
	fs.StringVar(&c.memory, "memory", "256MiB", "what may be sorted in memory")
	fs.StringVarP(&c.page, "page", "o", "", "write an HTML page to a file or URL instead")
	fs.BoolVar(&c.json, "json", false, "print one JSON object")
	return cmd
}

func (c *comparing) run(ctx context.Context, out *output) error {
	var err error
	if c.request.Memory, err = memory.Parse(c.memory); err != nil {
		return usageError{err}
	}
	out.noteStdin(c.spec)
	c.request.Rows = c.spec.Rows()
	c.request.Stores = out.stores.options()
	c.request.ModelNames = func(ctx context.Context, table string) []string { return job.ModelNames(ctx, table, c.request.Stores) }
	c.request.Warn = func(msg string) { out.log.Warn(msg) }
	found, err := c.compare(ctx, out)
	if err != nil {
		return err
	}
	if c.page != "" {
		if err := c.writePage(ctx, out, found); err != nil || !c.json {
			return err
		}
	}
	if c.json {
		return out.json(found)
	}
	if alone := found.Unmatched; alone != nil {
		if _, err := fmt.Fprintf(out.stdout, "only in the first %d, only in the second %d\n", alone.OnlyFirst, alone.OnlySecond); err != nil {
			return err
		}
	}
	return printReport(out.stdout, found.Report)
}

// compare compares, and shows how far it is.
func (c *comparing) compare(ctx context.Context, out *output) (*compare.Comparison, error) {
	var p job.Progress
	p.Total.Store(-1)
	c.request.Read = func(rows, total int64) {
		p.Total.Store(total)
		p.In.Store(rows)
	}
	defer out.Comparing(&p)()
	return c.request.Run(ctx)
}

// writePage writes the comparison as a page.
func (c *comparing) writePage(ctx context.Context, out *output, found *compare.Comparison) error {
	first := "a query"
	if files := c.request.Rows.Files; len(files) > 0 {
		first = clean.Hide(strings.Join(files, ", "))
	}
	var page bytes.Buffer
	shown := report.Comparison{First: first, Second: clean.Hide(c.request.With), Keys: c.request.Keys, When: time.Now(), Found: found}
	if err := report.WriteComparison(&page, shown); err != nil {
		return err
	}
	if err := job.WriteFile(ctx, c.page, page.Bytes(), c.request.Stores); err != nil {
		return err
	}
	out.log.Info("page written", "page", c.page, "bytes", page.Len())
	return nil
}

// printReport prints a report as text.
func printReport(w io.Writer, r *compare.Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "rows %d\n", r.Rows)
	for i := range r.Pairs {
		p := &r.Pairs[i]
		fmt.Fprintf(&b, "\n%s -> %s\n", clean.Line(p.A), clean.Line(p.B))
		t := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
		printPair(t, p)
		if err := t.Flush(); err != nil {
			return err
		}
		printFlips(&b, p.Flips)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func printPair(w io.Writer, p *compare.Result) {
	line := func(what, format string, args ...any) {
		fmt.Fprintf(w, "  %s\t%s\n", what, fmt.Sprintf(format, args...))
	}
	line("equal", "%s in value, %s to the bit", percent(p.EqualValuesShare), percent(p.EqualBitsShare))
	if p.NullA+p.NullB+p.NullBoth > 0 {
		line("null", "%d in the first only, %d in the second only, %d in both", p.NullA, p.NullB, p.NullBoth)
	}
	if d := p.Difference; d != nil {
		line("difference", "mean %.6g, mean absolute %.6g, largest %.6g", d.Mean, d.MeanAbsolute, d.MaxAbsolute)
		if d.MaxAt != "" {
			line("largest at", "%s", clean.Line(d.MaxAt))
		}
		if d.NotFinite > 0 {
			line("not finite", "%d that differ", d.NotFinite)
		}
	}
	if p.Spearman != nil {
		line("rank correlation", "%.6g", *p.Spearman)
	}
	if p.PSI != nil {
		line("PSI", "%.6g", *p.PSI)
	}
	if v := p.Vector; v != nil {
		line("largest element", "elsewhere in %d rows, %s", v.ArgmaxFlips, percent(v.ArgmaxFlipsShare))
		if v.OtherSize > 0 {
			line("other size", "%d rows", v.OtherSize)
		}
	}
	if p.Flips != nil {
		line("flips", "%d rows, %s", p.Flips.Rows, percent(p.Flips.Share))
	}
}

func printFlips(b *strings.Builder, f *compare.Flips) {
	if f == nil || f.Rows == 0 {
		return
	}
	t := tabwriter.NewWriter(b, 0, 4, 2, ' ', 0)
	for _, x := range f.Table {
		fmt.Fprintf(t, "    %s\t-> %s\t%d\n", clean.Line(x.A), clean.Line(x.B), x.Rows)
	}
	if f.More > 0 {
		fmt.Fprintf(t, "    others\t\t%d\n", f.More)
	}
	_ = t.Flush() // into memory
}

func percent(share *float64) string {
	if share == nil {
		return "no rows"
	}
	return fmt.Sprintf("%.4g %%", 100**share)
}
