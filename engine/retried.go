package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/sources"
)

const (
	sourceFile = "_source_file"
	sourceRow  = "_source_row"
	errorCode  = "_error_code"
)

// Rejected returns the rows of a table of rejects as they were before they were
// rejected: without the columns that say why, unless keep is set, and each with
// the place that it came from, so that a row that is rejected again still names
// it. Rows of which the table does not have the text as it was are left out, and
// warn is told how many. Closing it closes src.
func Rejected(src sources.Source, keep bool, warn func(msg string)) (sources.Source, error) {
	r := &rejectedSource{Source: src, warn: warn}
	var fields []arrow.Field
	missing := []string{}
	for _, f := range rejectFields {
		if len(src.Schema().FieldIndices(f.Name)) == 0 {
			missing = append(missing, f.Name)
		}
	}
	if len(missing) > 0 {
		return nil, usagef("this is no table of rejects: it has no column %s", strings.Join(missing, ", "))
	}
	for _, f := range src.Schema().Fields() {
		if keep || !isRejectField(f.Name) {
			fields = append(fields, f)
		}
	}
	r.schema = arrow.NewSchema(fields, nil)
	return r, nil
}

func isRejectField(name string) bool {
	return slices.ContainsFunc(rejectFields, func(f arrow.Field) bool { return f.Name == name })
}

type rejectedSource struct {
	sources.Source
	schema *arrow.Schema
	warn   func(msg string)
	left   atomic.Int64 // rows without their text
}

func (s *rejectedSource) Close() error {
	if n := s.left.Load(); n > 0 && s.warn != nil {
		s.warn(fmt.Sprintf("rejected rows that are not retried, because the rejects do not have their text as it was (%s, %s): %d; mend the files that they came from, and score those",
			ops.Malformed, ops.NotUTF8, n))
	}
	return s.Source.Close()
}

// Unwrap returns the table of rejects.
func (s *rejectedSource) Unwrap() sources.Source { return s.Source }

func (s *rejectedSource) Schema() *arrow.Schema { return s.schema }

func (s *rejectedSource) Scan(ctx context.Context, cols []string) (sources.Scan, error) {
	for _, c := range cols {
		if len(s.schema.FieldIndices(c)) == 0 {
			return nil, fmt.Errorf("no column %q", c)
		}
	}
	sc := &rejectedScan{src: s, cols: len(cols), names: cols, file: slices.Index(cols, sourceFile), row: slices.Index(cols, sourceRow), code: slices.Index(cols, errorCode)}
	read := slices.Clone(cols)
	for _, at := range []struct {
		name string
		pos  *int
	}{{sourceFile, &sc.file}, {sourceRow, &sc.row}, {errorCode, &sc.code}} {
		if *at.pos < 0 {
			*at.pos = len(read)
			read = append(read, at.name)
		}
	}
	var err error
	sc.Scan, err = s.Source.Scan(ctx, read)
	return sc, err
}

type rejectedScan struct {
	sources.Scan
	src   *rejectedSource
	cols  int // that were asked for
	names []string

	file, row, code int // positions
}

func (s *rejectedScan) Next() (sources.Split, error) {
	split, err := s.Scan.Next()
	if err != nil {
		return split, err
	}
	split.Rows = 0 // some may stand for files
	return split.Through(func(r sources.Reader, mem memory.Allocator) sources.Reader {
		return &rejectedReader{r, s, mem}
	}), nil
}

// Rows is not known: the table may hold rows that stand for files.
func (s *rejectedScan) Rows() int64 { return -1 }

type rejectedReader struct {
	sources.Reader
	scan *rejectedScan
	mem  memory.Allocator
}

func (r *rejectedReader) Next() (sources.Batch, error) {
	b, err := r.Reader.Next()
	if err != nil {
		return b, err
	}
	files, rows, codes := texts(b.Column(r.scan.file)), b.Column(r.scan.row), texts(b.Column(r.scan.code))
	places := make([]place, b.NumRows())
	for i := range places {
		p := &places[i]
		p.origin, p.row = b.At(i)
		if n, ok := rows.(*array.Int64); ok && n.IsValid(i) && files[i] != "" {
			p.origin, p.row = files[i], n.Value(i)
		}
		// The row is not known any more.
		if p.altered = codes[i] == string(ops.NotUTF8) || codes[i] == string(ops.Malformed); p.altered {
			r.scan.src.left.Add(1)
		}
	}
	rec, places, err := r.withoutFiles(b.Columns(), places)
	if err != nil {
		b.Release()
		return b, err
	}
	b.Release()
	b.Record, b.Place = rec, func(i int) (string, int64) { return places[i].origin, places[i].row }
	return b, nil
}

// withoutFiles returns the rows with the columns that were asked for, but for
// those that stand for whole files, and those with text in another form.
func (r *rejectedReader) withoutFiles(cols []arrow.Array, places []place) (arrow.Record, []place, error) {
	cols = cols[:r.scan.cols]
	isFile := func(p place) bool { return p.row == fileRow || p.altered }
	n := len(places)
	if slices.ContainsFunc(places, isFile) {
		kept, err := column.Filter(r.mem, cols, n, func(i int) bool { return !isFile(places[i]) })
		if err != nil {
			return nil, nil, err
		}
		for _, c := range kept {
			defer c.Release()
		}
		cols, places = kept, slices.DeleteFunc(places, isFile)
	}
	fields := make([]arrow.Field, len(cols))
	for i, c := range cols {
		fields[i] = arrow.Field{Name: r.scan.names[i], Type: c.DataType(), Nullable: true}
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), cols, int64(len(places))), places, nil
}

// place is where a row came from.
type place struct {
	origin string
	row    int64

	altered bool // its text is in another form, or not there
}

// texts returns the words of a column, each distinct one of which is kept once;
// null is "".
func texts(arr arrow.Array) []string {
	kept := map[string]string{}
	out := make([]string, arr.Len())
	for i := range out {
		if arr.IsNull(i) {
			continue
		}
		word := arr.ValueStr(i)
		if known, ok := kept[word]; ok {
			out[i] = known
			continue
		}
		word = strings.Clone(word)
		kept[word], out[i] = word, word
	}
	return out
}
