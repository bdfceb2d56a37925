// Package partition finds the folder, as a=1/b=x, that each row of a partitioned table
// goes to.
package partition

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/internal/arrays"
	"leapscore/internal/hive"
	"leapscore/internal/similar"
)

// Folder is one folder of a partitioned table, as a=1/b=x.
type Folder struct {
	Path   string
	Values map[string]*string // by column; nil is null
}

// Set are the folders of a table that a run writes. They are found by
// workers at the same time.
type Set struct {
	columns []int // that the table is partitioned by
	names   []string
	Rest    []int    // the others, which are stored in the files
	Only    []string // folders that a row must be in all of

	Limits Limits

	mu     sync.Mutex
	byPath map[string]*Folder
}

// ColumnError says that a table cannot be partitioned as asked.
type ColumnError struct {
	Column string
	Reason string
}

func (e *ColumnError) Error() string {
	return fmt.Sprintf("partition by %q: %s", e.Column, e.Reason)
}

// Split splits the schema of a table that is partitioned by columns: it also
// returns the schema of the files. only are the partitions that rows must be of, if
// there are some.
func Split(schema *arrow.Schema, by []string, only []Value) (*Set, *arrow.Schema, error) {
	if len(by) == 0 {
		return nil, schema, nil
	}
	p := &Set{names: by, Only: Names(only), byPath: make(map[string]*Folder)}
	fields := schema.Fields()
	for i, name := range by {
		at := slices.IndexFunc(fields, func(f arrow.Field) bool { return f.Name == name })
		switch {
		case at < 0:
			there := arrays.FieldNames(schema)
			return nil, nil, &ColumnError{name, "the table has no such column" + similar.Hint(name, there) + "; it has " + similar.List(there)}
		case slices.Contains(by[:i], name):
			return nil, nil, &ColumnError{name, "is there twice"}
		case textOf(valueType(fields[at].Type)) == nil:
			return nil, nil, &ColumnError{name, fmt.Sprintf("the type %s cannot be written as the name of a folder", fields[at].Type)}
		}
		p.columns = append(p.columns, at)
	}
	var kept []arrow.Field
	for i, f := range fields {
		if !slices.Contains(p.columns, i) {
			p.Rest = append(p.Rest, i)
			kept = append(kept, f)
		}
	}
	if len(kept) == 0 {
		return nil, nil, &ColumnError{by[0], "no column is left to be stored in the files"}
	}
	meta := schema.Metadata()
	return p, arrow.NewSchema(kept, &meta), nil
}

// valueType is the type of what a dictionary holds, or t.
func valueType(t arrow.DataType) arrow.DataType {
	if d, ok := t.(*arrow.DictionaryType); ok {
		return d.ValueType
	}
	return t
}

// find returns the partition of the values, one for each column.
func (p *Set) find(values []*string) *Folder {
	var b strings.Builder
	for i, name := range p.names {
		if i > 0 {
			b.WriteByte('/')
		}
		b.WriteString(hive.Folder(name, values[i]))
	}
	path := b.String()
	p.mu.Lock()
	defer p.mu.Unlock()
	found := p.byPath[path]
	if found == nil {
		found = &Folder{Path: path, Values: make(map[string]*string)}
		for i, name := range p.names {
			found.Values[name] = values[i]
		}
		p.byPath[path] = found
	}
	return found
}

// Sorted returns all partitions in the order of their paths.
func (p *Set) Sorted() []*Folder {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.SortedFunc(maps.Values(p.byPath), func(a, b *Folder) int { return cmp.Compare(a.Path, b.Path) })
}

// Keyer finds the partitions of rows, for one part. Each value of a column has a
// code; so has each combination of values.
type Keyer struct {
	p      *Set
	coders []coder
	folds  []map[uint64]int32 // combinations, by code of those before and code of the column
	tuples [][][]*string      // the values of a code
	found  []*Folder          // by the code of all columns
	codes  []int32
	next   []int32
	paths  int     // codes whose paths were checked
	long   []int32 // those that have too long a path
}

func (p *Set) Keyer() *Keyer {
	k := &Keyer{
		p: p, coders: make([]coder, len(p.columns)),
		folds: make([]map[uint64]int32, len(p.columns)), tuples: make([][][]*string, len(p.columns)),
	}
	for i, name := range p.names {
		k.coders[i].check = func(s string) error { return p.Limits.checkValue(name, s) }
	}
	return k
}

// Keys returns the code of each row of rec; k.partition tells what it means.
func (k *Keyer) Keys(rec arrow.Record) ([]int32, error) {
	n := int(rec.NumRows())
	k.codes = slices.Grow(k.codes[:0], n)[:n]
	for i, at := range k.p.columns {
		dst := k.codes
		if i > 0 {
			k.next = slices.Grow(k.next[:0], n)[:n]
			dst = k.next
		}
		if err := k.coders[i].code(rec.Column(at), dst); err != nil {
			return nil, fmt.Errorf("column %q: %w", k.p.names[i], err)
		}
		if i > 0 {
			k.fold(i)
		}
	}
	return k.codes, k.checkPaths()
}

// fold combines the codes of the columns before i with those of column i.
func (k *Keyer) fold(i int) {
	if k.folds[i] == nil {
		k.folds[i] = make(map[uint64]int32)
	}
	var last uint64
	var code int32 = -1
	for row, c := range k.next {
		key := uint64(k.codes[row])<<32 | uint64(c)
		if code < 0 || key != last {
			var ok bool
			if code, ok = k.folds[i][key]; !ok {
				code = int32(len(k.tuples[i]))
				k.folds[i][key] = code
				k.tuples[i] = append(k.tuples[i], append(slices.Clone(k.tuple(i-1, k.codes[row])), k.coders[i].values[c]))
			}
			last = key
		}
		k.codes[row] = code
	}
}

// tuple returns the values that a code of the columns up to i stands for.
func (k *Keyer) tuple(i int, code int32) []*string {
	if i == 0 {
		return []*string{k.coders[0].values[code]}
	}
	return k.tuples[i][code]
}

// Partition returns what a code of keys means.
func (k *Keyer) Partition(code int32) *Folder {
	for int(code) >= len(k.found) {
		k.found = append(k.found, nil)
	}
	if k.found[code] == nil {
		k.found[code] = k.p.find(k.tuple(len(k.p.columns)-1, code))
	}
	return k.found[code]
}

// coder numbers the values of one column.
type coder struct {
	check   func(string) error // whether a value can be a folder
	text    func(arrow.Array, int) string
	words   map[uint64]int32
	strings map[string]int32 // by the text of a value
	values  []*string        // by code
	null    int32            // code of null, plus one
	entries []int32          // codes of the entries of a dictionary, plus one
}

func (c *coder) code(arr arrow.Array, dst []int32) error {
	if ext, ok := arr.(array.ExtensionArray); ok {
		arr = ext.Storage()
	}
	if c.strings == nil {
		c.text, c.strings = textOf(valueType(arr.DataType())), make(map[string]int32)
	}
	switch a := arr.(type) {
	case *array.Null: // which do not say of a value that it is null
		for i := range dst {
			dst[i] = c.ofNull()
		}
		return nil
	case *array.Dictionary:
		return c.dictionary(a, dst)
	case *array.String:
		return c.texts(a, a.Value, dst)
	case *array.LargeString:
		return c.texts(a, a.Value, dst)
	case *array.Int8:
		return codeWords(c, a, a.Int8Values(), dst)
	case *array.Int16:
		return codeWords(c, a, a.Int16Values(), dst)
	case *array.Int32:
		return codeWords(c, a, a.Int32Values(), dst)
	case *array.Int64:
		return codeWords(c, a, a.Int64Values(), dst)
	case *array.Date32:
		return codeWords(c, a, a.Date32Values(), dst)
	case *array.Timestamp:
		return codeWords(c, a, a.TimestampValues(), dst)
	}
	return c.texts(arr, func(i int) string { return c.text(arr, i) }, dst)
}

func (c *coder) ofNull() int32 {
	if c.null == 0 {
		c.values = append(c.values, nil)
		c.null = int32(len(c.values))
	}
	return c.null - 1
}

// ofText returns the code of a value by its text. The empty string is null, since
// nobody could tell them apart afterwards.
func (c *coder) ofText(s string) (int32, error) {
	code, ok := c.strings[s]
	if ok {
		return code, nil
	}
	if err := c.check(s); err != nil {
		return 0, err
	}
	s = strings.Clone(s)
	if s == "" {
		code = c.ofNull()
	} else {
		code = int32(len(c.values))
		c.values = append(c.values, &s)
	}
	c.strings[s] = code
	return code, nil
}

func (c *coder) texts(arr arrow.Array, at func(int) string, dst []int32) (err error) {
	last, code := "", int32(-1)
	for i := range dst {
		if arr.IsNull(i) {
			dst[i] = c.ofNull()
			continue
		}
		s := at(i)
		if code < 0 || s != last {
			if code, err = c.ofText(s); err != nil {
				return err
			}
			last = s
		}
		dst[i] = code
	}
	return nil
}

func (c *coder) dictionary(arr *array.Dictionary, dst []int32) (err error) {
	dict := arr.Dictionary()
	c.entries = slices.Grow(c.entries[:0], dict.Len())[:dict.Len()]
	clear(c.entries)
	for i := range dst {
		if arr.IsNull(i) {
			dst[i] = c.ofNull()
			continue
		}
		at := arr.GetValueIndex(i)
		if c.entries[at] == 0 {
			var code int32
			if dict.IsNull(at) {
				code = c.ofNull()
			} else if code, err = c.ofText(c.text(dict, at)); err != nil {
				return err
			}
			c.entries[at] = code + 1
		}
		dst[i] = c.entries[at] - 1
	}
	return nil
}

func codeWords[T ~int8 | ~int16 | ~int32 | ~int64](c *coder, arr arrow.Array, values []T, dst []int32) (err error) {
	if c.words == nil {
		c.words = make(map[uint64]int32)
	}
	var last T
	code := int32(-1)
	for i := range dst {
		if arr.IsNull(i) {
			dst[i] = c.ofNull()
			continue
		}
		if v := values[i]; code < 0 || v != last {
			var ok bool
			if code, ok = c.words[uint64(v)]; !ok {
				if code, err = c.ofText(c.text(arr, i)); err != nil {
					return err
				}
				c.words[uint64(v)] = code
			}
			last = v
		}
		dst[i] = code
	}
	return nil
}
