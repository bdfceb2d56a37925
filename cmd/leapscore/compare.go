package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"leapscore/bundle"
	"leapscore/compare"
	"leapscore/internal/clean"
	"leapscore/job"
)

// comparison is what compare is asked for.
type comparison struct {
	spec     job.Spec
	with     string // a second table, whose rows are found by keys
	keys     []string
	pairs    []string
	prefixes []string
	memory   string
	json     bool
}

func newCompare(out *output) *cobra.Command {
	c := &comparison{}
	cmd := &cobra.Command{
		Use:   "compare TABLE...",
		Short: "Compare the columns of several models in a table: equal predictions, differences, ranks, PSI, flips",
		Long: `Compare columns of a table two by two, as those of champion and challenger that
score --model a=... --model b=... wrote: the share of equal predictions, mean and
largest differences, Spearman's rank correlation, the population stability index
with its bins, and which labels change into which. All figures are exact; what
does not fit into --memory is sorted in temporary files.

With --with OTHER --key id, the columns of two tables that have one name are
compared in the rows that the key names in both.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			c.spec.Input.Files = append(c.spec.Input.Files, args...)
			return c.run(cmd.Context(), out)
		},
	}
	fs := cmd.Flags()
	register(cmd, &c.spec, sourceKeys...)
	register(cmd, &c.spec, pickKeys...)
	fs.StringVar(&c.with, "with", "", "a second table, whose rows are found by --key: its columns are compared with those of the same name")
	fs.StringSliceVar(&c.keys, "key", nil, "columns that name a row in both tables")
	fs.StringArrayVar(&c.pairs, "pair", nil, "two columns A,B to compare, A being the reference; may be given again (default: all columns of one name under two prefixes)")
	fs.StringSliceVar(&c.prefixes, "prefix", nil, "names of the models, the reference first (default: as the table's manifest says, else what stands before an underscore)")
	fs.StringVar(&c.memory, "memory", "256MiB", "what may be sorted in memory")
	fs.BoolVar(&c.json, "json", false, "print one JSON object")
	return cmd
}

// check says what is wrong with the flags.
func (c *comparison) check() error {
	in := c.spec.Input
	switch {
	case len(c.pairs) > 0 && len(c.prefixes) > 0:
		return errors.New("--pair and --prefix exclude each other")
	case len(c.prefixes) == 1:
		return errors.New("--prefix needs two names or more, such as --prefix a,b")
	}
	if err := c.spec.CheckInput(); err != nil {
		return err
	}
	switch {
	case c.with == "" && len(c.keys) == 0:
		return nil
	case c.with == "" || len(c.keys) == 0:
		return errors.New("--with and --key go together: a second table, and the columns that name a row in both")
	case len(in.Files) != 1 || in.Format != "":
		return errors.New("--with compares one table with another, by their names")
	case in.Limit > 0 || in.Sample != "" || len(c.prefixes) > 0:
		return errors.New("--limit, --sample and --prefix do not go with --with")
	}
	return nil
}

func (c *comparison) run(ctx context.Context, out *output) error {
	var opt compare.Options
	var err error
	if opt.Memory, err = job.ParseBytes(c.memory); err != nil {
		return usageError{err}
	}
	if err := c.check(); err != nil {
		return usageError{err}
	}
	pairs, err := parsePairs(c.pairs)
	if err != nil {
		return usageError{err}
	}
	if c.with != "" {
		return c.join(ctx, out, pairs, opt)
	}
	open := func(types []bundle.Field) (compare.Source, error) { return out.host().OpenRows(ctx, c.spec, types) }
	src, err := compare.OpenUntyped(ctx, c.spec.Input.Files, c.spec.Input.Format, open)
	if err != nil {
		return err
	}
	defer src.Close()
	picked, err := job.Pick(c.spec, src)
	if err != nil {
		return err
	}
	if pairs == nil {
		if pairs, err = c.choose(ctx, picked); err != nil {
			return err
		}
	}
	report, err := compare.Table(ctx, picked, pairs, opt)
	if err != nil {
		return asUsage(err)
	}
	if c.json {
		return out.json(report)
	}
	return printReport(out.stdout, report)
}

// join compares two tables by key.
func (c *comparison) join(ctx context.Context, out *output, pairs []compare.Pair, opt compare.Options) error {
	j := compare.Join{First: c.spec.Input.Files[0], Second: c.with, Keys: c.keys, Pairs: pairs}
	j.Rules.AsFiles, j.Rules.RequireSuccess = c.spec.Input.AsFiles, c.spec.Input.RequireSuccess
	j.Rules.Warn = func(msg string) { out.log.Warn(msg) }
	m, err := j.Tables(ctx, opt)
	if err != nil {
		return asUsage(err)
	}
	if c.json {
		return out.json(m)
	}
	if _, err := fmt.Fprintf(out.stdout, "only in the first %d, only in the second %d\n", m.OnlyFirst, m.OnlySecond); err != nil {
		return err
	}
	return printReport(out.stdout, m.Report)
}

// asUsage marks wrong pairs as mistakes on the command line.
func asUsage(err error) error {
	if _, wrong := errors.AsType[*compare.PairError](err); wrong {
		return usageError{err}
	}
	return err
}

// choose returns the pairs to compare.
func (c *comparison) choose(ctx context.Context, src compare.Source) ([]compare.Pair, error) {
	prefixes := c.prefixes
	if prefixes == nil && len(c.spec.Input.Files) == 1 {
		prefixes = job.ModelNames(ctx, c.spec.Input.Files[0])
	}
	pairs := compare.Pairs(src.Schema(), prefixes)
	if pairs == nil {
		return nil, usagef("no column stands under two prefixes; name them with --pair A,B; there are %s", names(src))
	}
	return pairs, nil
}

// parsePairs reads --pair.
func parsePairs(texts []string) (pairs []compare.Pair, err error) {
	for _, text := range texts {
		a, b, ok := strings.Cut(text, ",")
		if !ok || a == "" || b == "" || strings.Contains(b, ",") {
			return nil, fmt.Errorf("pair %q: want two columns, A,B", text)
		}
		pairs = append(pairs, compare.Pair{A: a, B: b})
	}
	return pairs, nil
}

func names(src compare.Source) string {
	var list []string
	for _, f := range src.Schema().Fields() {
		list = append(list, f.Name)
	}
	return strings.Join(list, ", ")
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
