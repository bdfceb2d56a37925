package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/spf13/pflag"

	"leapscore/compare"
	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sql"
)

// withFlags name a second table, whose rows are found by a key.
type withFlags struct {
	other string
	by    []string
}

func (f *withFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.other, "with", "", "a second table, whose rows are found by --key: its columns are compared with those of the same name")
	fs.StringSliceVar(&f.by, "key", nil, "columns that name a row in both tables")
}

func (f *withFlags) check(tables *compareFlags) error {
	switch {
	case f.other == "" && len(f.by) == 0:
		return nil
	case f.other == "" || len(f.by) == 0:
		return errors.New("--with and --key go together: a second table, and the columns that name a row in both")
	case len(tables.input) != 1 || tables.format != "":
		return errors.New("--with compares one table with another, by their names")
	case tables.limit > 0 || tables.sample != "" || len(tables.prefixes) > 0:
		return errors.New("--limit, --sample and --prefix do not go with --with")
	}
	return nil
}

// matched is a report of two tables.
type matched struct {
	OnlyFirst  int64 `json:"only_first"` // rows without a partner
	OnlySecond int64 `json:"only_second"`
	*compare.Report
}

// runWith compares two tables by key. DuckDB joins them.
func (f *compareFlags) runWith(ctx context.Context, out *output, opt compare.Options) error {
	j := &joinedTables{f: f, memory: opt.Memory}
	var err error
	for i, where := range []string{f.input[0], f.other} {
		if j.from[i], j.cols[i], j.files[i], err = tableInSQL(ctx, where, f.tables.rules()); err != nil {
			return err
		}
	}
	if err := j.checkKeys(ctx); err != nil {
		return err
	}
	pairs, err := j.pairs()
	if err != nil {
		return err
	}
	var m matched
	for i, n := range []*int64{&m.OnlyFirst, &m.OnlySecond} {
		if *n, err = j.number(ctx, fmt.Sprintf("SELECT count(*)::BIGINT FROM %s AS a ANTI JOIN %s AS b USING (%s)", j.from[i], j.from[1-i], j.keys())); err != nil {
			return err
		}
	}
	src, err := j.open(ctx, j.query(pairs))
	if err != nil {
		return err
	}
	defer src.Close()
	var named []compare.Pair
	for i := range pairs {
		named = append(named, compare.Pair{A: "first." + pairs[i].A, B: "second." + pairs[i].B})
	}
	m.Report, err = compare.Table(ctx, src, named, opt)
	if wrong := (*compare.PairError)(nil); errors.As(err, &wrong) {
		return usageError{err}
	}
	if err := errors.Join(err, files.Unchanged(ctx, j.files[0]), files.Unchanged(ctx, j.files[1])); err != nil {
		return err
	}
	if f.json {
		return out.json(m)
	}
	if _, err := fmt.Fprintf(out.stdout, "only in the first %d, only in the second %d\n", m.OnlyFirst, m.OnlySecond); err != nil {
		return err
	}
	return printReport(out.stdout, m.Report)
}

type joinedTables struct {
	f      *compareFlags
	memory int64
	from   [2]string
	cols   [2][]string
	files  [2]sources.Source // as they were found, closed
}

// tableInSQL returns how a query reads a table, its columns, and its files.
func tableInSQL(ctx context.Context, where string, rules sources.Rules) (from string, cols []string, src sources.Source, err error) {
	opt := sources.Options{Rules: rules}
	if remote := files.OpenerFor([]string{where}); remote != nil {
		opt.Opener, opt.Remote = remote, true
	}
	if src, err = files.Open(ctx, []string{where}, opt); err != nil {
		return "", nil, nil, err
	}
	defer src.Close()
	for _, f := range src.Schema().Fields() {
		cols = append(cols, f.Name)
	}
	files, ok := sources.FilesOf(src)
	if !ok || len(files) == 0 {
		return "", nil, nil, usageError{fmt.Errorf("%s: want files, as of a table", where)}
	}
	var list []string
	for _, o := range files {
		list = append(list, "SELECT * FROM "+quoteText(o.Name))
	}
	return "(" + strings.Join(list, " UNION ALL BY NAME ") + ")", cols, src, nil
}

func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func (j *joinedTables) keys() string {
	var list []string
	for _, k := range j.f.by {
		list = append(list, quoteName(k))
	}
	return strings.Join(list, ", ")
}

// checkKeys refuses keys that are not there, or that name several rows.
func (j *joinedTables) checkKeys(ctx context.Context) error {
	where := []string{j.f.input[0], j.f.other}
	for i, cols := range j.cols {
		for _, k := range j.f.by {
			if !slices.Contains(cols, k) {
				return usageError{fmt.Errorf("%s has no column %q; it has %s", where[i], k, strings.Join(cols, ", "))}
			}
		}
	}
	for i := range j.from {
		twice, err := j.number(ctx, fmt.Sprintf("SELECT count(*)::BIGINT FROM (SELECT 1 FROM %s GROUP BY %s HAVING count(*) > 1)", j.from[i], j.keys()))
		if err != nil {
			return err
		}
		if twice > 0 {
			return usageError{fmt.Errorf("%s: %d values of the key %s name more than one row", where[i], twice, strings.Join(j.f.by, ", "))}
		}
	}
	return nil
}

// pairs returns the columns to compare, of the first table and of the second.
func (j *joinedTables) pairs() ([]compare.Pair, error) {
	pairs, err := parsePairs(j.f.pairs)
	if err != nil || pairs != nil {
		return pairs, err
	}
	for _, c := range j.cols[0] {
		if slices.Contains(j.cols[1], c) && !slices.Contains(j.f.by, c) {
			pairs = append(pairs, compare.Pair{A: c, B: c})
		}
	}
	if pairs == nil {
		return nil, usageError{errors.New("the tables have no column in common besides the key; name some with --pair A,B")}
	}
	return pairs, nil
}

// query joins the rows, in the order of the key, so that sums do not depend on
// threads.
func (j *joinedTables) query(pairs []compare.Pair) string {
	var cols []string
	add := func(table, alias, column string) {
		c := fmt.Sprintf("%s.%s AS %s", table, quoteName(column), quoteName(alias+"."+column))
		if !slices.Contains(cols, c) {
			cols = append(cols, c)
		}
	}
	for _, p := range pairs {
		add("a", "first", p.A)
		add("b", "second", p.B)
	}
	return fmt.Sprintf("SELECT %s FROM %s AS a JOIN %s AS b USING (%s) ORDER BY %s", strings.Join(cols, ", "), j.from[0], j.from[1], j.keys(), j.keys())
}

func (j *joinedTables) open(ctx context.Context, query string) (sources.Source, error) {
	return sql.Open(ctx, query, sql.Options{Threads: runtime.NumCPU(), Memory: max(2*j.memory, minQueryMemory), Files: files.NewOpener(), Rules: sources.Rules{AsFiles: true}})
}

// number returns the one number of a query.
func (j *joinedTables) number(ctx context.Context, query string) (n int64, err error) {
	src, err := j.open(ctx, query)
	if err != nil {
		return 0, err
	}
	defer src.Close()
	err = sources.Each(ctx, src, []string{src.Schema().Field(0).Name}, memory.DefaultAllocator, func(b sources.Batch) error {
		if b.NumRows() > 0 {
			n, _ = strconv.ParseInt(b.Column(0).ValueStr(0), 10, 64)
		}
		return nil
	})
	return n, errors.Join(err, files.Unchanged(ctx, src))
}
