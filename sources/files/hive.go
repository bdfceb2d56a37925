package files

import (
	"context"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/internal/arrays"
	"leapscore/internal/hive"
	"leapscore/sources"
	"leapscore/sources/internal/scan"
)

// hiveSource adds the columns that folders tell to those of the files.
type hiveSource struct {
	sources.Source
	folders *sources.Folders
	schema  *arrow.Schema
}

// withFolders adds the columns that folders tell, if there are any. A column that
// the files have too stays where it is, and has the folders' values.
func withFolders(src sources.Source, folders *sources.Folders) sources.Source {
	if folders == nil {
		return src
	}
	fields := slices.Clone(src.Schema().Fields())
	for k, key := range folders.Keys {
		f := arrow.Field{Name: key, Type: folders.Types[k], Nullable: true}
		if at := slices.IndexFunc(fields, func(f arrow.Field) bool { return f.Name == key }); at >= 0 {
			fields[at] = f
		} else {
			fields = append(fields, f)
		}
	}
	return &hiveSource{Source: src, folders: folders, schema: arrow.NewSchema(fields, nil)}
}

func (h *hiveSource) Schema() *arrow.Schema { return h.schema }

func (h *hiveSource) Scan(ctx context.Context, cols []string) (sources.Scan, error) {
	fields, err := scan.Project(h.schema, cols)
	if err != nil {
		return nil, err
	}
	s := &hiveScan{folders: h.folders, fields: fields, from: make([]int, len(cols))}
	var inner []string
	for i, c := range cols {
		if k := slices.Index(h.folders.Keys, c); k >= 0 {
			if err := h.folders.Err(c, h.Source.Schema()); err != nil {
				return nil, err
			}
			s.from[i] = -1 - k
			continue
		}
		s.from[i] = len(inner)
		inner = append(inner, c)
	}
	scan, err := h.Source.Scan(ctx, inner)
	if err != nil {
		return nil, err
	}
	return sources.Wrap(scan, func(r sources.Reader, mem memory.Allocator) sources.Reader {
		return &hiveReader{Reader: r, scan: s, mem: mem, consts: make([]arrow.Array, len(fields))}
	}), nil
}

// hiveScan says where the columns of a scan come from.
type hiveScan struct {
	folders *sources.Folders
	fields  []arrow.Field
	from    []int // column of the files, or -1-k for key k
}

// hiveReader adds columns of one value, which the batches of a file share.
type hiveReader struct {
	sources.Reader
	scan   *hiveScan
	mem    memory.Allocator
	origin string
	consts []arrow.Array // nil for columns of the files
}

func (r *hiveReader) Next() (sources.Batch, error) {
	b, err := r.Reader.Next()
	if err != nil {
		return b, err
	}
	if b.Origin != r.origin {
		r.drop()
		r.origin = b.Origin
	}
	n := int(b.NumRows())
	cols := make([]arrow.Array, len(r.scan.fields))
	for i, from := range r.scan.from {
		if from >= 0 {
			cols[i] = b.Column(from)
			cols[i].Retain()
		} else {
			cols[i] = r.constant(i, -1-from, n)
		}
	}
	rec := array.NewRecord(arrays.TypedAs(r.scan.fields, cols), cols, b.NumRows())
	for _, c := range cols {
		c.Release()
	}
	b.Release()
	b.Record = rec
	return b, nil
}

// constant returns n times the value of key k.
func (r *hiveReader) constant(i, k, n int) arrow.Array {
	if c := r.consts[i]; c == nil || c.Len() < n {
		if c != nil {
			c.Release()
		}
		r.consts[i] = constantArray(r.mem, r.scan.folders.Types[k], r.scan.folders.Value(r.origin, k), n)
	}
	return array.NewSlice(r.consts[i], 0, int64(n))
}

func constantArray(mem memory.Allocator, t arrow.DataType, v hive.Value, n int) arrow.Array {
	if t.ID() == arrow.STRING && !v.Null {
		return constantText(mem, v.Text, n)
	}
	b := scan.NewCellBuilder(mem, t)
	defer b.Release()
	switch b := b.Builder.(type) {
	case *array.Int64Builder:
		if !v.Null {
			x, _ := hive.Integer(v.Text) // as typeOf did
			b.Reserve(n)
			for range n {
				b.UnsafeAppend(x)
			}
			return b.NewArray()
		}
	case *array.Date32Builder:
		if !v.Null {
			day, _ := hive.Date(v.Text)
			b.Reserve(n)
			for range n {
				b.UnsafeAppend(arrow.Date32(day))
			}
			return b.NewArray()
		}
	}
	if v.Null {
		b.AppendNulls(n)
		return b.Finish()
	}
	for range n {
		if err := appendFolderText(b, v.Text); err != nil {
			panic(err) // typeOf has tried it
		}
	}
	return b.Finish()
}

// constantText is a dictionary of one word.
func constantText(mem memory.Allocator, text string, n int) arrow.Array {
	b := array.NewStringBuilder(mem)
	defer b.Release()
	b.Append(text)
	dict := b.NewArray()
	defer dict.Release()
	buf := memory.NewResizableBuffer(mem)
	defer buf.Release()
	buf.Resize(4 * n)
	clear(buf.Bytes())
	dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	data := array.NewDataWithDictionary(dt, n, []*memory.Buffer{nil, buf}, 0, 0, dict.Data().(*array.Data))
	defer data.Release()
	return array.NewDictionaryData(data)
}

func (r *hiveReader) drop() {
	for i, c := range r.consts {
		if c != nil {
			c.Release()
			r.consts[i] = nil
		}
	}
}

func (r *hiveReader) Close() error {
	r.drop()
	return r.Reader.Close()
}

// fixedRoot returns the part of a file's name that the pattern fixed.
func fixedRoot(pattern, name string) string {
	if plain, err := store.Plain(pattern); err == nil {
		pattern = plain
	}
	if local, ok := strings.CutPrefix(pattern, "file://"); ok && strings.HasPrefix(name, "/") {
		return fixedRoot(local, name) // local files have paths as names, however they were found
	}
	if _, rest, isURL := strings.Cut(name, "://"); isURL && store.IsURL(pattern) {
		// A bucket may have several spellings: the name has the store's.
		place, _ := store.CutParameters(pattern)
		_, place, _ = strings.Cut(place, "://")
		_, key, _ := strings.Cut(place, "/")
		bucket, _, _ := strings.Cut(rest, "/")
		return name[:len(name)-len(rest)] + fixedRoot(bucket+"/"+key, rest)
	}
	root := pattern
	if clean := path.Clean(filepath.ToSlash(pattern)); strings.HasPrefix(name, clean) {
		root = clean
	}
	if name == root {
		return root[:strings.LastIndexByte(root, '/')+1]
	}
	if strings.HasPrefix(name, strings.TrimSuffix(root, "/")+"/") {
		return strings.TrimSuffix(root, "/") + "/"
	}
	root = path.Clean(filepath.ToSlash(pattern))
	if at := strings.IndexAny(root, `*?[{\`); at >= 0 {
		root = root[:at]
	}
	root = root[:strings.LastIndexByte(root, '/')+1]
	if !strings.HasPrefix(name, root) {
		return name[:strings.LastIndexByte(name, '/')+1] // takes no folders
	}
	return root
}
