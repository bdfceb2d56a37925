// Package fit checks that rows go with the table that they are added to.
package fit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine/store"
	"leapscore/internal/arrays"
	"leapscore/internal/fault"
	"leapscore/internal/filetype"
	"leapscore/job/internal/place"
	"leapscore/sinks"
	"leapscore/sources"
	"leapscore/sources/files"
)

// Rows checks that the files of a run can be read together with those of the table
// that they are added to, which anybody may have written: the same format, columns and
// types. The error is sinks.ErrMismatch with the whole list of differences.
func Rows(ctx context.Context, where string, opt sinks.Options, stores store.Options) error {
	if opt.Mode != sinks.ModeAppend && opt.Mode != sinks.ModeOverwritePartitions || !place.IsFolder(where) {
		return nil
	}
	st, name, err := store.OpenWith(ctx, where, stores)
	if err != nil {
		return fault.Usage(err)
	}
	defer st.Close()
	files, err := sinks.Existing(ctx, st, name)
	if err != nil || len(files) == 0 {
		return err
	}
	if err := sinks.CheckLayout(st, name, files, opt); err != nil {
		return err
	}
	ours, err := opt.Extension()
	if err != nil {
		return err
	}
	for _, f := range files {
		if !sameEnding(f.Name, ours) {
			return fmt.Errorf("%s: %w:\n  the table holds %s, and the run would add files that end in %s: readers of one kind would not see or not read the others; "+
				"choose the same --output-format and --compression, or another place", where, sinks.ErrMismatch, st.URL(f.Name), ours)
		}
	}
	diffs, at, err := differences(ctx, st, files, opt)
	if err != nil {
		return err
	}
	if len(diffs) > 0 {
		return fmt.Errorf("%s: %w, as %s has them:\n  %s\nchoose the columns with --keep, --outputs, --rename and --vectors, cast them in --sql, or choose another place",
			where, sinks.ErrMismatch, st.URL(at), strings.Join(diffs, "\n  "))
	}
	return nil
}

// NotInside checks that a place does not lie in a table of another format.
func NotInside(ctx context.Context, flag, where string, stores store.Options) error {
	if where == sinks.StreamName || where == "" {
		return nil
	}
	st, name, err := store.OpenWith(ctx, where, stores)
	if err != nil {
		return fault.Usage(err)
	}
	defer st.Close()
	table := (*files.TableError)(nil)
	if err := files.Inside(ctx, st, name); errors.As(err, &table) {
		return fault.Usage(fmt.Errorf("%s %s: lies in %s, which is %s, as %s shows: its readers would not see what is written there, and its own clean-up would remove it; choose another place",
			flag, where, table.Folder, table.Kind, table.Sign))
	} else if err != nil {
		return fmt.Errorf("%s %s: %w", flag, where, err)
	}
	return nil
}

// sameEnding reports whether a file is of the format that names with the extension
// ext tell, and compressed as a whole in the same way.
func sameEnding(name, ext string) bool {
	t, packed := filetype.Of(name)
	want, wantPacked := filetype.Of("x" + ext)
	return t.Name == want.Name && packed == wantPacked
}

// differences compares the columns of the run with those of the first and the last
// file of a table, and returns what differs, and from which file.
func differences(ctx context.Context, st *store.Store, found []store.Object, opt sinks.Options) (diffs []string, at string, err error) {
	format := files.FormatOf(found[0].Name)
	if format == sources.JSON {
		// A file has the keys of its rows, and values tell no more than kinds.
		found = slices.DeleteFunc(slices.Clone(found), func(o store.Object) bool { return o.Size == 0 })
	}
	var ours *arrow.Schema
	if format == sources.JSON {
		ours, err = withoutPartitions(opt)
	} else {
		ours, err = emptySchema(ctx, opt, format)
	}
	if err != nil {
		return nil, "", err
	}
	for i, f := range found {
		if i > 0 && i < len(found)-1 {
			continue
		}
		theirs, err := schemaOf(ctx, openedStore{st}, f, format)
		if err != nil {
			return nil, "", fmt.Errorf("the table cannot be added to, since one of its files cannot be read: %w", err)
		}
		if diffs = schemaDifferences(theirs, ours, format); len(diffs) > 0 {
			return diffs, f.Name, nil
		}
	}
	return nil, "", nil
}

// withoutPartitions is the schema of the files of a table.
func withoutPartitions(opt sinks.Options) (*arrow.Schema, error) {
	var fields []arrow.Field
	for _, f := range opt.Schema.Fields() {
		if !slices.Contains(opt.PartitionBy, f.Name) {
			fields = append(fields, f)
		}
	}
	return arrow.NewSchema(fields, nil), nil
}

// emptySchema is the schema of the run's files as they are read.
func emptySchema(ctx context.Context, opt sinks.Options, format sources.Format) (*arrow.Schema, error) {
	data, err := sinks.EmptyFile(ctx, opt)
	if err != nil {
		return nil, err
	}
	ext, err := opt.Extension()
	if err != nil {
		return nil, err
	}
	return schemaOf(ctx, inMemory(data), store.Object{Name: "empty" + ext, Size: int64(len(data))}, format)
}

// schemaOf reads the schema of one file.
func schemaOf(ctx context.Context, in opens, o store.Object, format sources.Format) (*arrow.Schema, error) {
	src, err := files.Open(ctx, []string{o.Name}, sources.Options{Opener: oneFile{in, o}, Format: format, Hive: sources.HiveOff, CSV: written(format)})
	if err != nil {
		return nil, err
	}
	return src.Schema(), src.Close()
}

// opens opens an object.
type opens interface {
	open(ctx context.Context, o store.Object) (store.Reader, error)
}

type openedStore struct{ st *store.Store }

func (s openedStore) open(ctx context.Context, o store.Object) (store.Reader, error) {
	return s.st.OpenListed(ctx, o)
}

type inMemory []byte

func (m inMemory) open(context.Context, store.Object) (store.Reader, error) {
	return memoryReader{bytes.NewReader(m)}, nil
}

type memoryReader struct{ *bytes.Reader }

func (r memoryReader) Close() error { return nil }

// oneFile is a sources.Opener of one object.
type oneFile struct {
	opens
	o store.Object
}

func (f oneFile) Glob(context.Context, string) ([]store.Object, error) {
	return []store.Object{f.o}, nil
}

func (f oneFile) Open(ctx context.Context, name string) (store.Reader, error) {
	if name != f.o.Name {
		return nil, errors.New(name + ": not the file that was asked for")
	}
	return f.open(ctx, f.o)
}

// schemaDifferences lists what differs between the columns of a table and those of
// the rows that are to be added to it.
func schemaDifferences(table, rows *arrow.Schema, format sources.Format) (diffs []string) {
	for _, f := range rows.Fields() {
		at := table.FieldIndices(f.Name)
		switch {
		case len(at) == 0:
			diffs = append(diffs, fmt.Sprintf("column %q (%s): the table has none of that name", f.Name, f.Type))
		case format == sources.CSV: // whose columns have no types
		case !sameKind(table.Field(at[0]).Type, f.Type, format == sources.JSON):
			diffs = append(diffs, fmt.Sprintf("column %q: found %s, the table has %s", f.Name, f.Type, table.Field(at[0]).Type))
		}
	}
	for _, f := range table.Fields() {
		if len(rows.FieldIndices(f.Name)) == 0 {
			diffs = append(diffs, fmt.Sprintf("column %q (%s): missing, and the table has it", f.Name, f.Type))
		}
	}
	if format == sources.CSV && len(diffs) == 0 && !slices.Equal(arrays.FieldNames(table), arrays.FieldNames(rows)) {
		diffs = append(diffs, fmt.Sprintf("the columns are in the order %s, and in the table %s, which matters in CSV",
			strings.Join(arrays.FieldNames(rows), ", "), strings.Join(arrays.FieldNames(table), ", ")))
	}
	return diffs
}

// sameKind compares types without regard to whether values may be null and to what
// the fields of lists are called. Of JSON, only the kind of the value is known.
func sameKind(a, b arrow.DataType, json bool) bool {
	a, b = storageOf(a), storageOf(b)
	if json {
		return sameInJSON(kindOf(a), kindOf(b))
	}
	switch x := a.(type) {
	case *arrow.StructType:
		y, ok := b.(*arrow.StructType)
		if !ok || len(x.Fields()) != len(y.Fields()) {
			return false
		}
		for _, f := range x.Fields() {
			g, ok := y.FieldByName(f.Name)
			if !ok || !sameKind(f.Type, g.Type, false) {
				return false
			}
		}
		return true
	case *arrow.MapType:
		y, ok := b.(*arrow.MapType)
		return ok && sameKind(x.KeyType(), y.KeyType(), false) && sameKind(x.ItemType(), y.ItemType(), false)
	case arrow.ListLikeType:
		y, ok := b.(arrow.ListLikeType)
		_, isMap := b.(*arrow.MapType)
		return ok && !isMap && sameKind(x.Elem(), y.Elem(), false)
	case *arrow.TimestampType:
		y, ok := b.(*arrow.TimestampType)
		return ok && x.Unit == y.Unit && (x.TimeZone == "") == (y.TimeZone == "")
	}
	return arrow.TypeEqual(a, b)
}

// sameInJSON compares the kind of values in a table with that of rows. Doubles can
// be whole, and some of them, such as NaN, are text.
func sameInJSON(table, rows string) bool {
	return table == rows || table == "" || rows == "" ||
		rows == "double" && (table == "number" || table == "text") || table == "double" && rows == "number"
}

// storageOf is what a type is stored as.
func storageOf(t arrow.DataType) arrow.DataType {
	switch x := t.(type) {
	case *arrow.DictionaryType:
		t = x.ValueType
	case arrow.ExtensionType:
		t = x.StorageType()
	}
	switch t.ID() {
	case arrow.LARGE_STRING:
		return arrow.BinaryTypes.String
	case arrow.LARGE_BINARY:
		return arrow.BinaryTypes.Binary
	}
	return t
}

// kindOf is what JSON makes of a type: "" is unknown.
func kindOf(t arrow.DataType) string {
	switch t.ID() {
	case arrow.NULL:
		return ""
	case arrow.BOOL:
		return "boolean"
	case arrow.STRUCT, arrow.MAP:
		return "object"
	case arrow.LIST, arrow.LARGE_LIST, arrow.FIXED_SIZE_LIST:
		return "list"
	case arrow.FLOAT32, arrow.FLOAT64:
		return "double"
	case arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64, arrow.UINT8, arrow.UINT16, arrow.UINT32, arrow.UINT64,
		arrow.DECIMAL128, arrow.DECIMAL256:
		return "number"
	}
	return "text"
}

// written is how tables are written: no header tells another delimiter.
func written(format sources.Format) (d sources.Dialect) {
	if format == sources.CSV {
		d.Delimiter = ','
	}
	return d
}
