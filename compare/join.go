package compare

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	allocator "github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/internal/fault"
	"leapscore/internal/limits"
	"leapscore/internal/memory"
	"leapscore/internal/rows"
	"leapscore/internal/similar"
	"leapscore/sources"
	"leapscore/sources/files"
)

// join is two tables whose rows have partners by key. DuckDB joins them.
type join struct {
	tables [2]string // as they were asked for
	keys   []string
	opt    Options

	from  [2]string // how a query reads them
	cols  [2][]string
	files [2]*rows.Opened // as they were found, closed but for their stores
}

// openJoin looks at the two tables of a Request. The join is to be closed, after an error
// too.
func openJoin(ctx context.Context, r Request) (*join, error) {
	j := &join{tables: [2]string{r.Rows.Files[0], r.With}, keys: r.Keys, opt: r.Options}
	for i, where := range j.tables {
		in := Rows{Files: []string{where}, AsFiles: r.Rows.AsFiles, RequireSuccess: r.Rows.RequireSuccess}
		var err error
		if j.from[i], j.cols[i], j.files[i], err = tableInSQL(ctx, in, r.Warn, r.Stores); err != nil {
			return j, err
		}
	}
	return j, j.checkKeys(ctx)
}

// close closes the stores of the tables.
func (j *join) close() {
	for _, src := range j.files {
		if src != nil {
			_ = src.CloseStores() // they were only read from: nothing can be lost
		}
	}
}

// run compares the rows that both tables have, and counts the others. Without pairs,
// all columns of one name are compared whose types can be.
func (j *join) run(ctx context.Context, pairs []Pair) (*Comparison, error) {
	found := pairs == nil
	if found {
		if pairs = j.sameNames(); pairs == nil {
			return nil, fault.Usage(errors.New("the tables have no column in common besides the key; name some with --pair A,B"))
		}
	}
	alone, err := j.count(ctx)
	if err != nil {
		return nil, err
	}
	report, err := j.compare(ctx, pairs, found)
	if is[*PairError](err) {
		return nil, err
	}
	err = errors.Join(err, files.Unchanged(ctx, j.files[0].Source), files.Unchanged(ctx, j.files[1].Source))
	return &Comparison{alone, report}, err
}

// count counts the rows without a partner.
func (j *join) count(ctx context.Context) (*Unmatched, error) {
	u := &Unmatched{}
	for i, n := range []*int64{&u.OnlyFirst, &u.OnlySecond} {
		var err error
		if *n, err = j.number(ctx, fmt.Sprintf("SELECT count(*)::BIGINT FROM %s AS a ANTI JOIN %s AS b USING (%s)", j.from[i], j.from[1-i], j.keyNames())); err != nil {
			return nil, err
		}
	}
	return u, nil
}

// compare compares the columns of rows that both tables have. Pairs that were found, and
// not named, may be of types that cannot be compared, such as the day of a partition:
// they are left out unless there are no others.
func (j *join) compare(ctx context.Context, pairs []Pair, found bool) (*Report, error) {
	src, err := j.open(ctx, j.query(pairs))
	if err != nil {
		return nil, err
	}
	defer src.Close()
	var named []Pair
	for i := range pairs {
		named = append(named, Pair{A: "first." + pairs[i].A, B: "second." + pairs[i].B})
	}
	if found {
		schema := src.Source.Schema()
		fit := slices.DeleteFunc(slices.Clone(named), func(p Pair) bool {
			return !hasKind(schema, p.A) || !hasKind(schema, p.B)
		})
		if len(fit) > 0 {
			named = fit
		}
	}
	opt := j.opt
	for _, k := range j.keys {
		opt.NamedBy = append(opt.NamedBy, NameColumn{Column: "key." + k, Name: k})
	}
	return Table(ctx, src.Source, named, opt)
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// tableInSQL returns how a query reads a table, its columns, and its files.
func tableInSQL(ctx context.Context, in Rows, warn func(string), stores store.Options) (from string, cols []string, src *rows.Opened, err error) {
	if src, err = in.Open(ctx, rows.Options{Warn: warn, Stores: stores}); err != nil {
		return "", nil, nil, err
	}
	defer src.Source.Close()
	for _, f := range src.Schema().Fields() {
		cols = append(cols, f.Name)
	}
	files, ok := sources.FilesOf(src.Source)
	if !ok || len(files) == 0 {
		return "", nil, src, fault.Usagef("%s: want files, as of a table", in.Files[0])
	}
	var list []string
	for _, o := range files {
		list = append(list, "SELECT * FROM "+quoteText(o.Name))
	}
	return "(" + strings.Join(list, " UNION ALL BY NAME ") + ")", cols, src, nil
}

func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func (j *join) keyNames() string {
	var list []string
	for _, k := range j.keys {
		list = append(list, quoteName(k))
	}
	return strings.Join(list, ", ")
}

// checkKeys refuses keys that are not there, or that name several rows.
func (j *join) checkKeys(ctx context.Context) error {
	for i, cols := range j.cols {
		for _, k := range j.keys {
			if !slices.Contains(cols, k) {
				return fault.Usagef("key: %s has no column %s; it has %s", j.tables[i], similar.Each([]string{k}, cols), similar.List(cols))
			}
		}
	}
	for i := range j.from {
		twice, err := j.number(ctx, fmt.Sprintf("SELECT count(*)::BIGINT FROM (SELECT 1 FROM %s GROUP BY %s HAVING count(*) > 1)", j.from[i], j.keyNames()))
		if err != nil {
			return err
		}
		if twice > 0 {
			return fault.Usagef("%s: %d values of the key %s name more than one row", j.tables[i], twice, strings.Join(j.keys, ", "))
		}
	}
	return nil
}

// sameNames returns the columns of one name, but for the keys.
func (j *join) sameNames() (pairs []Pair) {
	for _, c := range j.cols[0] {
		if slices.Contains(j.cols[1], c) && !slices.Contains(j.keys, c) {
			pairs = append(pairs, Pair{A: c, B: c})
		}
	}
	return pairs
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
	for _, k := range j.keys {
		add("a", "key", k)
	}
	return fmt.Sprintf("SELECT %s FROM %s AS a JOIN %s AS b USING (%s) ORDER BY %s", strings.Join(cols, ", "), j.from[0], j.from[1], j.keyNames(), j.keyNames())
}

// open opens a query over the tables, whose files are known: they are read as files.
func (j *join) open(ctx context.Context, query string) (*rows.Opened, error) {
	in := Rows{SQL: query, AsFiles: true}
	return in.Open(ctx, rows.Options{Stores: j.opt.Stores, Threads: limits.Here().Workers(), Memory: max(2*j.opt.Memory, memory.MinQuery)})
}

// number returns the one number of a query.
func (j *join) number(ctx context.Context, query string) (n int64, err error) {
	src, err := j.open(ctx, query)
	if err != nil {
		return 0, err
	}
	defer src.Close()
	err = sources.Each(ctx, src.Source, []string{src.Schema().Field(0).Name}, allocator.DefaultAllocator, func(b sources.Batch) error {
		if b.NumRows() > 0 {
			n, _ = strconv.ParseInt(b.Column(0).ValueStr(0), 10, 64)
		}
		return nil
	})
	return n, errors.Join(err, files.Unchanged(ctx, src.Source))
}
