package compare

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"leapscore/internal/arrays"
	"leapscore/internal/fault"
	"leapscore/internal/limits"
	"leapscore/internal/rows"
	"leapscore/sources"
)

// Rows says which rows are compared: those of files or of a query, all of them or some.
type Rows = rows.Input

// Request says what is compared: columns of one table two by two, or, with With,
// columns of two tables in the rows that Keys name in both.
type Request struct {
	Rows Rows
	With string   // a second table: then Rows are those of one table, all of them
	Keys []string // columns that name a row, with With in both

	// Pairs are columns A,B to compare. By default they are all of one name, be it under
	// two Prefixes or in two tables.
	Pairs []string
	// Prefixes are names of models, the reference first. By default ModelNames tells
	// them, else what stands before an underscore.
	Prefixes []string
	// Options say how to compare. Queries take memory besides.
	Options

	// ModelNames returns the names of the models that have written a table, or none. It
	// may be left out.
	ModelNames func(ctx context.Context, table string) []string
	// Warn takes what is doubtful about tables. It may be left out.
	Warn func(msg string)
}

// Comparison is what Run found.
type Comparison struct {
	*Unmatched // nil if it is of one table
	*Report
}

// Unmatched counts the rows of two tables without a partner.
type Unmatched struct {
	OnlyFirst  int64 `json:"only_first"`
	OnlySecond int64 `json:"only_second"`
}

// Run compares.
func (r Request) Run(ctx context.Context) (*Comparison, error) {
	if err := r.check(); err != nil {
		return nil, fault.Usage(err)
	}
	pairs, err := parsePairs(r.Pairs)
	if err != nil {
		return nil, fault.Usage(err)
	}
	run := r.runTable
	if r.With != "" {
		run = r.runJoin
	}
	c, err := run(ctx, pairs)
	if err != nil {
		if is[*PairError](err) {
			err = fault.Usage(err)
		}
		return nil, err
	}
	return c, nil
}

// check refuses options that do not go together.
func (r Request) check() error {
	switch {
	case len(r.Pairs) > 0 && len(r.Prefixes) > 0:
		return errors.New("--pair and --prefix exclude each other")
	case len(r.Prefixes) == 1:
		return errors.New("--prefix needs two names or more, such as --prefix a,b")
	}
	if wrong := r.Rows.Check(); wrong != nil {
		return &fault.CheckError{Mistakes: wrong}
	}
	switch {
	case r.With == "":
		return nil
	case len(r.Keys) == 0:
		return errors.New("--with and --key go together: a second table, and the columns that name a row in both")
	case len(r.Rows.Files) != 1 || r.Rows.Format != "":
		return errors.New("--with compares one table with another, by their names")
	case r.Rows.Limit != nil || r.Rows.Sample != "" || len(r.Prefixes) > 0:
		return errors.New("--limit, --sample and --prefix do not go with --with")
	}
	return nil
}

// parsePairs reads pairs of columns, A,B.
func parsePairs(texts []string) (pairs []Pair, err error) {
	for _, text := range texts {
		a, b, ok := strings.Cut(text, ",")
		if !ok || a == "" || b == "" || strings.Contains(b, ",") {
			return nil, fmt.Errorf("pair %q: want two columns, A,B", text)
		}
		pairs = append(pairs, Pair{A: a, B: b})
	}
	return pairs, nil
}

// runJoin compares two tables by key.
func (r Request) runJoin(ctx context.Context, pairs []Pair) (*Comparison, error) {
	j, err := openJoin(ctx, r)
	defer j.close()
	if err != nil {
		return nil, err
	}
	return j.run(ctx, pairs)
}

// runTable compares columns of one table.
func (r Request) runTable(ctx context.Context, pairs []Pair) (*Comparison, error) {
	here := limits.Here()
	src, err := openUntyped(ctx, r.Rows, rows.Options{Stores: r.Stores, Threads: here.Workers(), Memory: here.Bytes() / 2, Warn: r.Warn})
	if err != nil {
		return nil, err
	}
	defer src.Close()
	picked, err := r.Rows.Pick(src.Source)
	if err != nil {
		return nil, err
	}
	if pairs == nil {
		if pairs, err = r.pairsOf(ctx, picked); err != nil {
			return nil, err
		}
	}
	opt := r.Options
	for _, k := range r.Keys {
		opt.NamedBy = append(opt.NamedBy, NameColumn{Column: k, Name: k})
	}
	report, err := Table(ctx, picked, pairs, opt)
	return &Comparison{Report: report}, err
}

// pairsOf returns the pairs to compare if none are named.
func (r Request) pairsOf(ctx context.Context, src sources.Source) ([]Pair, error) {
	prefixes := r.Prefixes
	if prefixes == nil && len(r.Rows.Files) == 1 && r.ModelNames != nil {
		prefixes = r.ModelNames(ctx, r.Rows.Files[0])
	}
	pairs := Pairs(src.Schema(), prefixes)
	if pairs == nil {
		return nil, fault.Usagef("no column stands under two prefixes; name them with --pair A,B; there are %s", strings.Join(arrays.FieldNames(src.Schema()), ", "))
	}
	return pairs, nil
}
