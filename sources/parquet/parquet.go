package parquet

import (
	"context"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/internal/scan"
)

const (
	// keepFooters is how many bytes of encoded footers a source keeps
	// decoded. The others are read again by each split.
	keepFooters = 64 << 20
)

// source is a Source over Parquet files.
type source struct {
	files  []*file
	schema *arrow.Schema
	errs   map[string]error // of columns that cannot be read
	batch  int

	piece      *sources.Piece // of the files, or nil for all of them
	readAhead  int
	streamFrom int
	remote     bool
}

// Open reads the footers of all files.
func Open(ctx context.Context, objects []store.Object, opt sources.Options) (sources.Source, error) {
	s := &source{files: make([]*file, len(objects)), errs: make(map[string]error), batch: opt.BatchRows, readAhead: readAhead, streamFrom: streamFrom, remote: opt.Remote, piece: opt.Shard.Of(objects)}
	metas := make([]*metadata, len(objects))
	err := scan.EachParallel(ctx, len(objects), scan.Openers(opt), func(ctx context.Context, i int) error {
		f := &file{name: objects[i].Name}
		f.open = func(ctx context.Context) (store.Reader, error) { return opt.Opener.Open(ctx, f.name) }
		r, err := f.open(ctx)
		if err != nil {
			return &sources.FileError{Name: f.name, Err: err}
		}
		defer r.Close()
		if metas[i], err = readMetadata(r); err != nil {
			return &sources.FileError{Name: f.name, Err: err}
		}
		for g := range metas[i].format.RowGroups {
			f.rows = append(f.rows, metas[i].format.RowGroups[g].NumRows)
		}
		s.files[i] = f
		return nil
	})
	if err != nil {
		return nil, err
	}
	kept := 0
	for i, m := range metas {
		if kept += m.bytes; kept <= keepFooters {
			s.files[i].meta = m
		}
	}
	nanos, err := s.findNanos(ctx, metas)
	if err != nil {
		return nil, err
	}
	for i, m := range metas {
		s.files[i].nanos = nanos
		if err := m.useNanos(nanos); err != nil {
			return nil, &sources.FileError{Name: s.files[i].name, Err: err}
		}
	}
	s.unify(metas)
	return s, nil
}

// unify makes the schema and notes which columns some file cannot deliver.
func (s *source) unify(metas []*metadata) {
	files := make([]scan.FileColumns, len(metas))
	for i, m := range metas {
		fields := make([]arrow.Field, len(m.cols))
		for k, c := range m.cols {
			fields[k] = c.field
		}
		files[i] = scan.FileColumns{Name: s.files[i].name, Fields: fields, Find: func(column string) (arrow.Field, bool, error) {
			c := m.byName[column]
			if c == nil {
				return arrow.Field{}, false, nil
			}
			return c.field, true, c.err
		}}
	}
	var fields []arrow.Field
	fields, s.errs = scan.Unite(files)
	s.schema = arrow.NewSchema(fields, nil)
}

func (s *source) Schema() *arrow.Schema { return s.schema }

func (s *source) Close() error { return nil }

func (s *source) Scan(ctx context.Context, cols []string) (sources.Scan, error) {
	fields, err := scan.Readable(s.schema, s.errs, cols)
	if err != nil {
		return nil, err
	}
	p := &pass{src: s, cols: cols, schema: arrow.NewSchema(fields, nil)}
	plan, err := p.plan(ctx)
	if err != nil {
		return nil, err
	}
	if s.remote {
		p.ahead = newAhead(ctx, p, plan)
	}
	scan := &partScan{ahead: p.ahead}
	n := 0
	for i, parts := range plan {
		split := p.split(i, n, parts)
		scan.Total += split.Rows
		scan.Splits = append(scan.Splits, split)
		n += len(parts)
	}
	return scan, nil
}

// pass is one scan: what its splits share.
type pass struct {
	src    *source
	cols   []string
	schema *arrow.Schema
	ahead  *ahead // nil where reads have no latency
}

// part is some consecutive rows of one row group.
type part struct {
	file  *file
	group int
	first int64 // row of the file that the group begins with
	from  int64 // rows of the group
	to    int64
	cut   *pageCut // where the pages are, if the group is cut
}

// plan cuts the files into splits, in order. It looks at row counts, and at
// the pages of row groups that are large.
func (p *pass) plan(ctx context.Context) ([][]part, error) {
	var splits [][]part
	var few []part // small row groups that will share a split
	var fewRows int64
	add := func(parts ...part) {
		if len(parts) > 0 {
			splits = append(splits, parts)
		}
	}
	flush := func() {
		add(few...)
		few, fewRows = nil, 0
	}
	for i, f := range p.src.files {
		var first int64
		total := f.total()
		for g, rows := range f.rows {
			part := part{file: f, group: g, first: first, to: rows}
			first += rows
			switch {
			case rows == 0 || !p.src.piece.Meets(i, part.first, first, total):
			case rows > scan.ManyRows:
				flush()
				cuts, err := p.cut(ctx, part)
				if err != nil {
					return nil, err
				}
				for _, c := range cuts {
					if p.src.piece.Has(i, c.first+c.from, c.first+c.to, total) {
						add(c)
					}
				}
			case !p.src.piece.Has(i, part.first, first, total):
			case rows >= scan.FewRows:
				flush()
				add(part)
			default:
				if fewRows+rows > sources.SplitRows {
					flush()
				}
				few = append(few, part)
				fewRows += rows
			}
		}
	}
	flush()
	return splits, nil
}

// split returns the split of some parts, the first of which is part n of the
// pass.
func (p *pass) split(index, n int, parts []part) sources.Split {
	var rows int64
	spans := make([]sources.Span, len(parts))
	for i, p := range parts {
		rows += p.to - p.from
		spans[i] = sources.Span{Origin: p.file.name, From: p.first + p.from, To: p.first + p.to}
	}
	return sources.Split{
		Index: index,
		Name:  splitName(parts),
		Rows:  rows,
		Spans: spans,
		Open: func(ctx context.Context, mem memory.Allocator) (sources.Reader, error) {
			return &reader{ctx: ctx, mem: mem, pass: p, split: index, parts: parts, at: n}, nil
		},
	}
}

// splitName says which row groups a split holds, as in "a.parquet#rg3" or
// "a.parquet#rg0..b.parquet#rg7"; "#rg3+116736" begins inside row group 3.
func splitName(parts []part) string {
	var b strings.Builder
	a, z := parts[0], parts[len(parts)-1]
	b.WriteString(a.file.name + "#rg" + strconv.Itoa(a.group))
	if a.cut != nil {
		b.WriteString("+" + strconv.FormatInt(a.from, 10))
	}
	switch {
	case a.file != z.file:
		b.WriteString(".." + z.file.name + "#rg" + strconv.Itoa(z.group))
	case a.group != z.group:
		b.WriteString(".." + strconv.Itoa(z.group))
	}
	return b.String()
}
