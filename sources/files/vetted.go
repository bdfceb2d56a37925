package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/internal/arrays"
	"leapscore/sources"
	"leapscore/sources/internal/scan"
)

// NoneReadableError says that all files were to be left out.
type NoneReadableError struct {
	Files int
	Err   error // why
}

func (e *NoneReadableError) Error() string {
	return fmt.Sprintf("none of %d files can be read: %v", e.Files, e.Err)
}

func (e *NoneReadableError) Unwrap() error { return e.Err }

// vettedSource is a Source over those of its files that can be read. A scan
// first reads, of each file, all of the columns that it is asked for, and leaves
// out the files where that fails: so that no row of theirs is ever seen.
type vettedSource struct {
	opt    sources.Options
	files  []store.Object // that can be opened
	schema *arrow.Schema
	reject func(sources.RejectedFile)
}

// storeError is trouble with the store, not with what is in a file: to leave
// the file out because of it would lose rows.
type storeError struct{ error }

func (e storeError) Unwrap() error { return e.error }

// openVetted opens the files that can be opened. The first of them says which
// columns there are.
func openVetted(ctx context.Context, files []store.Object, opt sources.Options) (sources.Source, error) {
	reject := opt.Reject
	opt.Reject = nil
	opt.Opener = markingOpener{opt.Opener}
	opt.Seen = &sync.Map{}
	s := &vettedSource{opt: opt, reject: reject}
	var first error
	err := s.each(ctx, files, scan.Openers(opt), func(ctx context.Context, o store.Object) (int64, error) {
		src, err := openFormat(ctx, []store.Object{o}, opt)
		if err != nil {
			return -1, err
		}
		return -1, src.Close()
	}, func(o store.Object, rows int64, err error) {
		if err == nil {
			s.files = append(s.files, o)
			return
		}
		first = errors.Join(first, err)
		reject(sources.RejectedFile{Name: o.Name, Err: err, Rows: rows})
	})
	if err != nil {
		return nil, err
	}
	if len(s.files) == 0 {
		return nil, &NoneReadableError{len(files), first}
	}
	src, err := openFormat(ctx, s.files, opt)
	if err != nil {
		return nil, err
	}
	if s.schema = src.Schema(); opt.Format != sources.JSON {
		if s.schema, err = s.ofFirst(ctx); err != nil {
			return nil, err
		}
	}
	// Text is read as what the first look said, whichever files remain.
	s.opt.Settled = s.schema
	return s, src.Close()
}

// ofFirst returns the columns of the first file, of the types that all share.
func (s *vettedSource) ofFirst(ctx context.Context) (*arrow.Schema, error) {
	src, err := openFormat(ctx, s.files[:1], s.opt)
	if err != nil {
		return nil, err
	}
	var fields []arrow.Field
	for _, f := range src.Schema().Fields() {
		shared, _ := s.schema.FieldsByName(f.Name) // it is that of all files
		fields = append(fields, shared[0])
	}
	return arrow.NewSchema(fields, nil), src.Close()
}

// each calls look for every file, some at once, and then done for every file, in
// order. Errors that are not about a file end it.
func (s *vettedSource) each(ctx context.Context, files []store.Object, width int, look func(context.Context, store.Object) (int64, error), done func(store.Object, int64, error)) error {
	var mu sync.Mutex
	errs, rows := make([]error, len(files)), make([]int64, len(files))
	err := scan.EachParallel(ctx, len(files), width, func(ctx context.Context, i int) error {
		n, err := look(ctx, files[i])
		changed := (*store.ChangedError)(nil)
		if trouble := (storeError{}); errors.As(err, &trouble) || errors.As(err, &changed) || ctx.Err() != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		errs[i], rows[i] = err, n
		return nil
	})
	if err != nil {
		return err
	}
	for i, o := range files {
		done(o, rows[i], errs[i])
	}
	return nil
}

func (s *vettedSource) Schema() *arrow.Schema { return s.schema }

func (s *vettedSource) Close() error { return nil }

func (s *vettedSource) Scan(ctx context.Context, cols []string) (sources.Scan, error) {
	fields, err := scan.Project(s.schema, cols)
	if err != nil {
		return nil, err
	}
	var whole []store.Object
	err = s.each(ctx, s.files, runtime.GOMAXPROCS(0), func(ctx context.Context, o store.Object) (int64, error) {
		return s.read(ctx, o, fields)
	}, func(o store.Object, rows int64, err error) {
		if err == nil {
			whole = append(whole, o)
			return
		}
		s.reject(sources.RejectedFile{Name: o.Name, Err: err, Rows: rows})
	})
	if err != nil {
		return nil, err
	}
	if len(whole) == 0 {
		return &scan.PlanScan{}, nil
	}
	src, err := openFormat(ctx, whole, s.opt)
	if err != nil {
		return nil, err
	}
	scan, err := src.Scan(ctx, cols)
	if err != nil {
		return nil, err
	}
	return sources.Wrap(scan, func(r sources.Reader, mem memory.Allocator) sources.Reader {
		return &vettedReader{Reader: r, mem: mem, fields: fields}
	}), nil
}

// read reads the columns of one file to its end. It returns how many rows the file
// has, as far as that is known.
func (s *vettedSource) read(ctx context.Context, o store.Object, fields []arrow.Field) (rows int64, err error) {
	rows = -1
	src, err := openFormat(ctx, []store.Object{o}, s.opt)
	if err != nil {
		return rows, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	if scan, err := src.Scan(ctx, nil); err == nil {
		rows = scan.Rows()
		if err := scan.Close(); err != nil {
			return rows, err
		}
	}
	var names []string
	for _, f := range fields {
		names = append(names, f.Name)
		here, ok := src.Schema().FieldsByName(f.Name)
		if !ok {
			return rows, s.misfit(o, fmt.Errorf("column %q is missing, it is in %s", f.Name, s.files[0].Name))
		}
		if wide, ok := scan.JoinTypes(here[0].Type, f.Type); !ok || !scan.SameType(wide, f.Type) {
			return rows, s.misfit(o, fmt.Errorf("column %q is %s, it is %s in %s", f.Name, here[0].Type, f.Type, s.files[0].Name))
		}
	}
	for _, f := range src.Schema().Fields() {
		if !s.schema.HasField(f.Name) && len(fields) == s.schema.NumFields() {
			return rows, s.misfit(o, fmt.Errorf("column %q is not in %s, and all columns are read", f.Name, s.files[0].Name))
		}
	}
	return rows, sources.Each(ctx, src, names, memory.NewGoAllocator(), func(sources.Batch) error { return nil })
}

func (s *vettedSource) misfit(o store.Object, err error) error {
	return &sources.FileError{Name: o.Name, Err: err}
}

// vettedReader gives columns the types that were announced: those of the files that
// remain may be narrower.
type vettedReader struct {
	sources.Reader
	mem    memory.Allocator
	fields []arrow.Field
}

func (r *vettedReader) Next() (sources.Batch, error) {
	b, err := r.Reader.Next()
	if err != nil {
		return b, err
	}
	cols := slices.Clone(b.Columns())
	same := true
	for i, f := range r.fields {
		c := cols[i]
		c.Retain()
		cols[i] = scan.Fitted(r.mem, c, f.Type)
		defer cols[i].Release()
		same = same && cols[i] == c
	}
	if same {
		return b, nil
	}
	rec := array.NewRecord(arrays.TypedAs(r.fields, cols), cols, b.NumRows())
	b.Release()
	b.Record = rec
	return b, nil
}

// markingOpener marks errors of the store.
type markingOpener struct{ sources.Opener }

func (o markingOpener) Open(ctx context.Context, name string) (store.Reader, error) {
	r, err := o.Opener.Open(ctx, name)
	switch {
	case err == nil:
		return markingReader{r}, nil
	case errors.Is(err, store.ErrNotExist), errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return nil, err
	}
	return nil, storeError{err}
}

type markingReader struct{ store.Reader }

func (r markingReader) ReadAt(b []byte, off int64) (int, error) {
	n, err := r.Reader.ReadAt(b, off)
	if err != nil && err != io.EOF {
		err = storeError{err}
	}
	return n, err
}
