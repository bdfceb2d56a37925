package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"leapscore/compare"
	"leapscore/engine/store"
	"leapscore/internal/clean"
	"leapscore/sinks"
	"leapscore/sources"
)

// compareFlags are those of compare.
type compareFlags struct {
	sourceFlags
	pickFlags
	withFlags
	pairs    []string
	prefixes []string
	memory   string
	json     bool
}

func newCompare(out *output) *cobra.Command {
	f := &compareFlags{}
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
			f.input = append(f.input, args...)
			return f.run(cmd.Context(), out)
		},
	}
	fs := cmd.Flags()
	f.sourceFlags.register(fs)
	f.pickFlags.register(fs)
	f.withFlags.register(fs)
	fs.StringArrayVar(&f.pairs, "pair", nil, "two columns A,B to compare, A being the reference; may be given again (default: all columns of one name under two prefixes)")
	fs.StringSliceVar(&f.prefixes, "prefix", nil, "names of the models, the reference first (default: as the table's manifest says, else what stands before an underscore)")
	fs.StringVar(&f.memory, "memory", "256MiB", "what may be sorted in memory")
	fs.BoolVar(&f.json, "json", false, "print one JSON object")
	complete(cmd, "input-format", inputFormats...)
	return cmd
}

func (f *compareFlags) run(ctx context.Context, out *output) error {
	var opt compare.Options
	var err error
	switch opt.Memory, err = parseBytes(f.memory); {
	case err != nil:
		return usageError{err}
	case len(f.pairs) > 0 && len(f.prefixes) > 0:
		return usageError{errors.New("--pair and --prefix exclude each other")}
	case len(f.prefixes) == 1:
		return usageError{errors.New("--prefix needs two names or more, such as --prefix a,b")}
	}
	if err := errors.Join(f.sourceFlags.check(), f.pickFlags.check()); err != nil {
		return err
	}
	if err := f.withFlags.check(f); err != nil {
		return usageError{err}
	}
	if f.other != "" {
		return f.runWith(ctx, out, opt)
	}
	src, err := f.openUntyped(ctx)
	if err != nil {
		return err
	}
	defer src.Close()
	if src, err = f.pick(src); err != nil {
		return err
	}
	pairs, err := f.choose(ctx, src)
	if err != nil {
		return err
	}
	report, err := compare.Table(ctx, src, pairs, opt)
	if wrong := (*compare.PairError)(nil); errors.As(err, &wrong) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	if f.json {
		return out.json(report)
	}
	return printReport(out.stdout, report)
}

// choose returns the pairs to compare.
func (f *compareFlags) choose(ctx context.Context, src sources.Source) ([]compare.Pair, error) {
	pairs, err := parsePairs(f.pairs)
	if err != nil || pairs != nil {
		return pairs, err
	}
	prefixes := f.prefixes
	if prefixes == nil {
		prefixes = f.labels(ctx)
	}
	if pairs = compare.Pairs(src.Schema(), prefixes); pairs == nil {
		return nil, usageError{fmt.Errorf("no column stands under two prefixes; name them with --pair A,B; there are %s", names(src))}
	}
	return pairs, nil
}

// parsePairs reads --pair.
func parsePairs(texts []string) (pairs []compare.Pair, err error) {
	for _, text := range texts {
		a, b, ok := strings.Cut(text, ",")
		if !ok || a == "" || b == "" || strings.Contains(b, ",") {
			return nil, usageError{fmt.Errorf("pair %q: want two columns, A,B", text)}
		}
		pairs = append(pairs, compare.Pair{A: a, B: b})
	}
	return pairs, nil
}

// labels returns the names of the models that the table's manifest has.
func (f *compareFlags) labels(ctx context.Context) []string {
	if len(f.input) != 1 {
		return nil
	}
	st, name, err := store.Open(ctx, f.input[0])
	if err != nil {
		return nil
	}
	m, err := sinks.ReadManifest(ctx, st, name)
	if err != nil {
		return nil
	}
	var labels []string
	for _, model := range m.Models {
		labels = append(labels, model.Label)
	}
	return labels
}

func names(src sources.Source) string {
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
