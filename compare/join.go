package compare

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/internal/fault"
	"leapscore/internal/remote"
	"leapscore/sources"
	"leapscore/sql"
)

// Joined is a report of two tables.
type Joined struct {
	OnlyFirst  int64 `json:"only_first"` // rows without a partner
	OnlySecond int64 `json:"only_second"`
	*Report
}

// Join names two tables and the columns that name a row in both.
type Join struct {
	First, Second string
	Keys          []string
	Pairs         []Pair // by default all columns of one name
	Rules         sources.Rules
}

// Tables compares two tables by key. DuckDB joins them.
func (t Join) Tables(ctx context.Context, opt Options) (*Joined, error) {
	j := &join{Join: t, memory: opt.Memory}
	var err error
	for i, where := range []string{t.First, t.Second} {
		if j.from[i], j.cols[i], j.files[i], err = tableInSQL(ctx, where, t.Rules); err != nil {
			return nil, err
		}
	}
	if err := j.checkKeys(ctx); err != nil {
		return nil, err
	}
	pairs, err := j.pairs()
	if err != nil {
		return nil, err
	}
	m := &Joined{}
	for i, n := range []*int64{&m.OnlyFirst, &m.OnlySecond} {
		if *n, err = j.number(ctx, fmt.Sprintf("SELECT count(*)::BIGINT FROM %s AS a ANTI JOIN %s AS b USING (%s)", j.from[i], j.from[1-i], j.keys())); err != nil {
			return nil, err
		}
	}
	if m.Report, err = j.compare(ctx, pairs, opt); is[*PairError](err) {
		return nil, err
	}
	return m, errors.Join(err, sources.Unchanged(ctx, j.files[0]), sources.Unchanged(ctx, j.files[1]))
}

// compare compares the columns of rows that both tables have.
func (j *join) compare(ctx context.Context, pairs []Pair, opt Options) (*Report, error) {
	src, err := j.open(ctx, j.query(pairs))
	if err != nil {
		return nil, err
	}
	defer src.Close()
	var named []Pair
	for i := range pairs {
		named = append(named, Pair{A: "first." + pairs[i].A, B: "second." + pairs[i].B})
	}
	return Table(ctx, src, named, opt)
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// join is a Join whose tables were looked at.
type join struct {
	Join
	memory int64
	from   [2]string
	cols   [2][]string
	files  [2]sources.Source // as they were found, closed
}

// tableInSQL returns how a query reads a table, its columns, and its files.
func tableInSQL(ctx context.Context, where string, rules sources.Rules) (from string, cols []string, src sources.Source, err error) {
	opt := sources.Options{Rules: rules}
	if far := remote.Opener([]string{where}); far != nil {
		opt.Opener, opt.Remote = far, true
	}
	if src, err = sources.OpenFiles(ctx, []string{where}, opt); err != nil {
		return "", nil, nil, err
	}
	defer src.Close()
	for _, f := range src.Schema().Fields() {
		cols = append(cols, f.Name)
	}
	files, ok := sources.FilesOf(src)
	if !ok || len(files) == 0 {
		return "", nil, nil, fault.Usagef("%s: want files, as of a table", where)
	}
	var list []string
	for _, o := range files {
		list = append(list, "SELECT * FROM "+quoteText(o.Name))
	}
	return "(" + strings.Join(list, " UNION ALL BY NAME ") + ")", cols, src, nil
}

func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func (j *join) keys() string {
	var list []string
	for _, k := range j.Keys {
		list = append(list, quoteName(k))
	}
	return strings.Join(list, ", ")
}

// checkKeys refuses keys that are not there, or that name several rows.
func (j *join) checkKeys(ctx context.Context) error {
	where := []string{j.First, j.Second}
	for i, cols := range j.cols {
		for _, k := range j.Keys {
			if !slices.Contains(cols, k) {
				return fault.Usagef("%s has no column %q; it has %s", where[i], k, strings.Join(cols, ", "))
			}
		}
	}
	for i := range j.from {
		twice, err := j.number(ctx, fmt.Sprintf("SELECT count(*)::BIGINT FROM (SELECT 1 FROM %s GROUP BY %s HAVING count(*) > 1)", j.from[i], j.keys()))
		if err != nil {
			return err
		}
		if twice > 0 {
			return fault.Usagef("%s: %d values of the key %s name more than one row", where[i], twice, strings.Join(j.Keys, ", "))
		}
	}
	return nil
}

// pairs returns the columns to compare, of the first table and of the second.
func (j *join) pairs() (pairs []Pair, err error) {
	if j.Join.Pairs != nil {
		return j.Join.Pairs, nil
	}
	for _, c := range j.cols[0] {
		if slices.Contains(j.cols[1], c) && !slices.Contains(j.Keys, c) {
			pairs = append(pairs, Pair{A: c, B: c})
		}
	}
	if pairs == nil {
		return nil, fault.Usage(errors.New("the tables have no column in common besides the key; name some with --pair A,B"))
	}
	return pairs, nil
}

// query joins the rows, in the order of the key, so that sums do not depend on
// threads.
func (j *join) query(pairs []Pair) string {
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

// minQueryMemory is what DuckDB wants at least.
const minQueryMemory = 256 << 20

func (j *join) open(ctx context.Context, query string) (sources.Source, error) {
	return sql.Open(ctx, query, sql.Options{Threads: runtime.NumCPU(), Memory: max(2*j.memory, minQueryMemory), Files: remote.New(), Rules: sources.Rules{AsFiles: true}})
}

// number returns the one number of a query.
func (j *join) number(ctx context.Context, query string) (n int64, err error) {
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
	return n, errors.Join(err, sources.Unchanged(ctx, src))
}
