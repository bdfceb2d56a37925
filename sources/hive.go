package sources

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
)

// Hive says whether folders named key=value are columns.
type Hive string

const (
	// HiveAuto takes the folders below the fixed part of the patterns as
	// columns if all files have the same keys there, in the same order.
	HiveAuto Hive = ""
	// HiveOn takes all folders of the names, and it is an error if the keys
	// differ or there are none.
	HiveOn Hive = "on"
	// HiveOff takes none.
	HiveOff Hive = "off"
)

// hiveNull is the folder's value for a null.
const hiveNull = "__HIVE_DEFAULT_PARTITION__"

// hiveValue is the value of one key for one file.
type hiveValue struct {
	text string
	null bool
}

// hiveSource adds the columns that folders tell to those of the files.
type hiveSource struct {
	Source
	keys   []string
	types  []arrow.DataType
	values map[string][]hiveValue // of each file
	schema *arrow.Schema
}

// withFolders adds the columns that the folders of the files tell. roots are
// the fixed parts of the patterns that found them.
func withFolders(src Source, files []store.Object, roots map[string]string, mode Hive) (Source, error) {
	if mode == HiveOff {
		return src, nil
	}
	if mode != HiveAuto && mode != HiveOn {
		return nil, fmt.Errorf("hive folders %q, want %q or %q", mode, HiveOn, HiveOff)
	}
	h := &hiveSource{Source: src, values: make(map[string][]hiveValue)}
	for i, f := range files {
		root := roots[f.Name]
		if mode == HiveOn {
			root = ""
		}
		keys, values := folderValues(f.Name[len(root):])
		if i == 0 {
			h.keys = keys
		}
		if len(keys) == 0 || !slices.Equal(keys, h.keys) {
			if mode == HiveAuto {
				return src, nil
			}
			return nil, &FileError{Name: f.Name, Err: fmt.Errorf(
				"its folders have the keys %q, want one or more, and %q as in %s", keys, h.keys, files[0].Name)}
		}
		h.values[f.Name] = values
	}
	h.inferTypes()
	return h, nil
}

// folderValues returns the keys and values of the folders of a name, or none
// if a key is there twice.
func folderValues(name string) (keys []string, values []hiveValue) {
	parts := strings.Split(name, "/")
	for _, p := range parts[:len(parts)-1] {
		key, value, ok := strings.Cut(p, "=")
		if !ok || key == "" || value == "" {
			continue
		}
		if key = UnescapeFolder(key); slices.Contains(keys, key) {
			return nil, nil
		}
		keys = append(keys, key)
		values = append(values, hiveValue{text: UnescapeFolder(value), null: value == hiveNull})
	}
	return keys, values
}

// UnescapeFolder decodes %XX in a key or a value of a folder's name. As in Spark, a percent sign that begins no such
// code stands for itself.
func UnescapeFolder(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// inferTypes settles the types and the schema. A column that the files have
// too stays where it is, and has the folders' values.
func (h *hiveSource) inferTypes() {
	fields := slices.Clone(h.Source.Schema().Fields())
	for k, key := range h.keys {
		var typ arrow.DataType = arrow.BinaryTypes.String
		if h.integers(k) {
			typ = arrow.PrimitiveTypes.Int64
		}
		h.types = append(h.types, typ)
		f := arrow.Field{Name: key, Type: typ, Nullable: true}
		if at := slices.IndexFunc(fields, func(f arrow.Field) bool { return f.Name == key }); at >= 0 {
			fields[at] = f
		} else {
			fields = append(fields, f)
		}
	}
	h.schema = arrow.NewSchema(fields, nil)
}

// integers says whether all values of key k are integers.
func (h *hiveSource) integers(k int) bool {
	some := false
	for _, v := range h.values {
		if v[k].null {
			continue
		}
		if _, err := strconv.ParseInt(v[k].text, 10, 64); err != nil {
			return false
		}
		some = true
	}
	return some
}

func (h *hiveSource) Schema() *arrow.Schema { return h.schema }

func (h *hiveSource) Scan(ctx context.Context, cols []string) (Scan, error) {
	fields, err := project(h.schema, cols)
	if err != nil {
		return nil, err
	}
	s := &hiveScan{src: h, fields: fields, from: make([]int, len(cols))}
	var inner []string
	for i, c := range cols {
		if k := slices.Index(h.keys, c); k >= 0 {
			s.from[i] = -1 - k
			continue
		}
		s.from[i] = len(inner)
		inner = append(inner, c)
	}
	s.Scan, err = h.Source.Scan(ctx, inner)
	return s, err
}

type hiveScan struct {
	Scan
	src    *hiveSource
	fields []arrow.Field
	from   []int // column of the files, or -1-k for key k
}

func (s *hiveScan) Next() (Split, error) {
	split, err := s.Scan.Next()
	if err != nil {
		return split, err
	}
	open := split.Open
	split.Open = func(ctx context.Context, mem memory.Allocator) (Reader, error) {
		r, err := open(ctx, mem)
		if err != nil {
			return nil, err
		}
		return &hiveReader{Reader: r, scan: s, mem: mem, consts: make([]arrow.Array, len(s.fields))}, nil
	}
	return split, nil
}

// hiveReader adds columns of one value, which the batches of a file share.
type hiveReader struct {
	Reader
	scan   *hiveScan
	mem    memory.Allocator
	origin string
	consts []arrow.Array // nil for columns of the files
}

func (r *hiveReader) Next() (Batch, error) {
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
	fields := slices.Clone(r.scan.fields)
	for i, from := range r.scan.from {
		if from >= 0 {
			cols[i] = b.Column(from)
			cols[i].Retain()
		} else {
			cols[i] = r.constant(i, -1-from, n)
		}
		fields[i].Type = cols[i].DataType()
	}
	rec := array.NewRecord(arrow.NewSchema(fields, nil), cols, b.NumRows())
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
		r.consts[i] = constantArray(r.mem, r.scan.src.types[k], r.scan.src.values[r.origin][k], n)
	}
	return array.NewSlice(r.consts[i], 0, int64(n))
}

func constantArray(mem memory.Allocator, t arrow.DataType, v hiveValue, n int) arrow.Array {
	switch {
	case v.null:
		b := newCellBuilder(mem, t)
		defer b.Release()
		b.AppendNulls(n)
		return b.finish()
	case t.ID() == arrow.INT64:
		b := array.NewInt64Builder(mem)
		defer b.Release()
		x, _ := strconv.ParseInt(v.text, 10, 64) // as inferTypes did
		b.Reserve(n)
		for range n {
			b.UnsafeAppend(x)
		}
		return b.NewArray()
	}
	b := array.NewStringBuilder(mem)
	defer b.Release()
	b.Append(v.text)
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
	if local, ok := strings.CutPrefix(pattern, "file://"); ok && strings.HasPrefix(name, "/") {
		return fixedRoot(local, name) // local files have paths as names, however they were found
	}
	if at := strings.Index(pattern, "://") + len("://"); at >= len("://") && strings.HasPrefix(name, pattern[:at]) {
		scheme := pattern[:at]
		rest, _, _ := strings.Cut(pattern[at:], "?") // the parameters of the URL
		return scheme + fixedRoot(rest, name[at:])
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
