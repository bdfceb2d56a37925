package files

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/internal/arrays"
	"leapscore/sources"
	"leapscore/sources/internal/scan"
)

// filledSource is a Source over files of which some lack columns that others
// have: these are null there.
type filledSource struct {
	files  []sources.Source // one of each
	schema *arrow.Schema
	errs   map[string]error
	piece  *sources.Piece // of the files, or nil for all of them
}

// openFilled opens each of the files by itself.
func openFilled(ctx context.Context, objects []store.Object, opt sources.Options) (sources.Source, error) {
	s := &filledSource{files: make([]sources.Source, len(objects)), piece: opt.Shard.Of(objects)}
	opt.Shard = nil
	err := scan.EachParallel(ctx, len(objects), scan.Openers(opt), func(ctx context.Context, i int) (err error) {
		s.files[i], err = openFormat(ctx, objects[i:i+1], opt)
		return err
	})
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	columns := make([]scan.FileColumns, len(objects))
	for i, o := range objects {
		columns[i] = scan.SchemaColumns(o.Name, s.files[i].Schema())
		here := columns[i].Find
		columns[i].Find = func(column string) (arrow.Field, bool, error) {
			if f, ok, err := here(column); ok || err != nil {
				return f, ok, err
			}
			return arrow.Field{Name: column, Type: arrow.Null, Nullable: true}, true, nil
		}
	}
	fields, errs := scan.Unite(columns)
	s.schema, s.errs = arrow.NewSchema(fields, nil), errs
	return s, nil
}

func (s *filledSource) Schema() *arrow.Schema { return s.schema }

func (s *filledSource) Close() (err error) {
	for _, f := range s.files {
		if f != nil {
			err = errors.Join(err, f.Close())
		}
	}
	return err
}

func (s *filledSource) Scan(ctx context.Context, cols []string) (sources.Scan, error) {
	fields, err := scan.Readable(s.schema, s.errs, cols)
	if err != nil {
		return nil, err
	}
	sc := &filledScan{src: s, ctx: ctx, fields: fields}
	if first := s.next(0); first < len(s.files) {
		err = sc.begin(first) // finds columns that cannot be read
	}
	return sc, err
}

// next returns the first file from i on that is of the shard.
func (s *filledSource) next(i int) int {
	for i < len(s.files) && !s.piece.HasFile(i) {
		i++
	}
	return i
}

// filledScan reads one file after the other.
type filledScan struct {
	src    *filledSource
	ctx    context.Context
	fields []arrow.Field

	mu    sync.Mutex
	file  int
	scan  sources.Scan
	have  []int          // column of the file's scan, or -1, of each column
	done  []sources.Scan // whose splits may still be read
	index int
}

func (sc *filledScan) begin(file int) (err error) {
	var cols []string
	sc.file, sc.have = file, make([]int, len(sc.fields))
	for i, f := range sc.fields {
		sc.have[i] = -1
		if sc.src.files[file].Schema().HasField(f.Name) {
			sc.have[i] = len(cols)
			cols = append(cols, f.Name)
		}
	}
	sc.scan, err = sc.src.files[file].Scan(sc.ctx, cols)
	return err
}

func (sc *filledScan) Rows() int64 { return -1 }

func (sc *filledScan) Next() (sources.Split, error) {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	for sc.scan != nil {
		split, err := sc.scan.Next()
		if err == nil {
			split.Index = sc.index
			sc.index++
			have := sc.have
			return split.Through(func(r sources.Reader, mem memory.Allocator) sources.Reader {
				return &filledReader{r, mem, sc.fields, have}
			}), nil
		}
		if err != io.EOF {
			return split, err
		}
		sc.done, sc.scan = append(sc.done, sc.scan), nil
		if next := sc.src.next(sc.file + 1); next < len(sc.src.files) {
			if err := sc.begin(next); err != nil {
				return sources.Split{}, err
			}
		}
	}
	return sources.Split{}, io.EOF
}

func (sc *filledScan) Close() (err error) {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	if sc.scan != nil {
		err = sc.scan.Close()
	}
	for _, s := range sc.done {
		err = errors.Join(err, s.Close())
	}
	return err
}

// filledReader adds the columns that a file lacks, and widens the others.
type filledReader struct {
	sources.Reader
	mem    memory.Allocator
	fields []arrow.Field
	have   []int
}

func (r *filledReader) Next() (sources.Batch, error) {
	b, err := r.Reader.Next()
	if err != nil {
		return b, err
	}
	cols := make([]arrow.Array, len(r.fields))
	for i, f := range r.fields {
		switch {
		case r.have[i] < 0:
			cols[i] = array.MakeArrayOfNull(memory.NewGoAllocator(), f.Type, int(b.NumRows()))
		default:
			cols[i] = b.Column(r.have[i])
			cols[i].Retain()
			if !scan.SameType(cols[i].DataType(), f.Type) && scan.Widens(cols[i].DataType(), f.Type) {
				cols[i] = scan.Widened(r.mem, cols[i], f.Type)
			}
		}
	}
	rec := array.NewRecord(arrays.TypedAs(r.fields, cols), cols, b.NumRows())
	for _, c := range cols {
		c.Release()
	}
	b.Release()
	b.Record = rec
	return b, nil
}
