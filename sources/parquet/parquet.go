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
	// pqKeepFooters is how many bytes of encoded footers a source keeps
	// decoded. The others are read again by each split.
	pqKeepFooters = 64 << 20
)

// pqSource is a Source over Parquet files.
type pqSource struct {
	files  []*pqFile
	schema *arrow.Schema
	errs   map[string]error // of columns that cannot be read
	batch  int

	readAhead  int
	streamFrom int
	remote     bool
}

// Open reads the footers of all files.
func Open(ctx context.Context, objects []store.Object, opt sources.Options) (sources.Source, error) {
	s := &pqSource{files: make([]*pqFile, len(objects)), errs: make(map[string]error), batch: opt.BatchRows, readAhead: pqReadAhead, streamFrom: pqStreamFrom, remote: opt.Remote}
	metas := make([]*pqMeta, len(objects))
	err := scan.EachParallel(ctx, len(objects), scan.Openers(opt), func(ctx context.Context, i int) error {
		f := &pqFile{name: objects[i].Name}
		f.open = func(ctx context.Context) (store.Reader, error) { return opt.Opener.Open(ctx, f.name) }
		r, err := f.open(ctx)
		if err != nil {
			return &sources.FileError{Name: f.name, Err: err}
		}
		defer r.Close()
		if metas[i], err = readPqMeta(r); err != nil {
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
		if kept += m.bytes; kept <= pqKeepFooters {
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
func (s *pqSource) unify(metas []*pqMeta) {
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

func (s *pqSource) Schema() *arrow.Schema { return s.schema }

func (s *pqSource) Close() error { return nil }

func (s *pqSource) Scan(ctx context.Context, cols []string) (sources.Scan, error) {
	fields, err := scan.Readable(s.schema, s.errs, cols)
	if err != nil {
		return nil, err
	}
	p := &pqPass{src: s, cols: cols, schema: arrow.NewSchema(fields, nil)}
	plan, err := p.plan(ctx)
	if err != nil {
		return nil, err
	}
	if s.remote {
		p.ahead = newPqAhead(ctx, p, plan)
	}
	scan := &pqScan{PlanScan: scan.PlanScan{Total: s.rows()}, ahead: p.ahead}
	n := 0
	for i, parts := range plan {
		scan.Splits = append(scan.Splits, p.split(i, n, parts))
		n += len(parts)
	}
	return scan, nil
}

func (s *pqSource) rows() int64 {
	var n int64
	for _, f := range s.files {
		for _, r := range f.rows {
			n += r
		}
	}
	return n
}

// pqPass is one scan: what its splits share.
type pqPass struct {
	src    *pqSource
	cols   []string
	schema *arrow.Schema
	ahead  *pqAhead // nil where reads have no latency
}

// pqPart is some consecutive rows of one row group.
type pqPart struct {
	file  *pqFile
	group int
	first int64 // row of the file that the group begins with
	from  int64 // rows of the group
	to    int64
	cut   *pqCut // where the pages are, if the group is cut
}

// plan cuts the files into splits, in order. It looks at row counts, and at
// the pages of row groups that are large.
func (p *pqPass) plan(ctx context.Context) ([][]pqPart, error) {
	var splits [][]pqPart
	var few []pqPart // small row groups that will share a split
	var fewRows int64
	add := func(parts ...pqPart) {
		if len(parts) > 0 {
			splits = append(splits, parts)
		}
	}
	flush := func() {
		add(few...)
		few, fewRows = nil, 0
	}
	for _, f := range p.src.files {
		var first int64
		for g, rows := range f.rows {
			part := pqPart{file: f, group: g, first: first, to: rows}
			first += rows
			switch {
			case rows == 0:
			case rows > scan.ManyRows:
				flush()
				pieces, err := p.cut(ctx, part)
				if err != nil {
					return nil, err
				}
				for _, piece := range pieces {
					add(piece)
				}
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
func (p *pqPass) split(index, n int, parts []pqPart) sources.Split {
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
			return &pqReader{ctx: ctx, mem: mem, pass: p, split: index, parts: parts, at: n}, nil
		},
	}
}

// splitName says which row groups a split holds, as in "a.parquet#rg3" or
// "a.parquet#rg0..b.parquet#rg7"; "#rg3+116736" begins inside row group 3.
func splitName(parts []pqPart) string {
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
