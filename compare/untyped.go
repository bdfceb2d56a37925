package compare

import (
	"context"
	"errors"
	"path"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
	"leapscore/sources"
)

// sniffRows is how many rows of a CSV file tell which columns are numbers.
const sniffRows = 1000

// Source is what rows are read from.
type Source = sources.Source

// OpenUntyped opens a source that no model says the types of. Columns of text of CSV
// files are numbers if all of the first rows are. format is that of the files, or
// empty if their names tell it.
func OpenUntyped(ctx context.Context, files []string, format string, open func(types []bundle.Field) (Source, error)) (Source, error) {
	src, err := open(nil)
	if err != nil || !isCSV(files, format, src) {
		return src, err
	}
	numbers, err := numberColumns(ctx, sources.Limit(src, sniffRows))
	if err = errors.Join(err, src.Close()); err != nil {
		return nil, err
	}
	var types []bundle.Field
	for _, name := range numbers {
		types = append(types, bundle.Field{Name: name, Type: bundle.Scalar(bundle.Double)})
	}
	return open(types)
}

// isCSV reports whether files are CSV that can be read twice.
func isCSV(files []string, format string, src Source) bool {
	if len(files) == 0 || files[0] == "-" {
		return false
	}
	if format != "" {
		return format == string(sources.CSV)
	}
	found, _ := sources.FilesOf(src)
	return len(found) > 0 && strings.Contains(strings.ToLower(path.Base(found[0].Name)), ".csv")
}

// numberColumns returns the columns of text of which all values are numbers.
func numberColumns(ctx context.Context, src sources.Source) (names []string, err error) {
	var cols []string
	for _, f := range src.Schema().Fields() {
		if f.Type.ID() == arrow.STRING {
			cols = append(cols, f.Name)
		}
	}
	numbers, some := make([]bool, len(cols)), make([]bool, len(cols))
	for i := range numbers {
		numbers[i] = true
	}
	err = sources.Each(ctx, src, cols, memory.DefaultAllocator, func(b sources.Batch) error {
		for i, c := range b.Columns() {
			for row := range c.Len() {
				if c.IsNull(row) {
					continue
				}
				some[i] = true
				_, err := strconv.ParseFloat(cellText(c, row), 64)
				numbers[i] = numbers[i] && err == nil
			}
		}
		return nil
	})
	for i, name := range cols {
		if numbers[i] && some[i] {
			names = append(names, name)
		}
	}
	return names, err
}

func cellText(arr arrow.Array, row int) string {
	if s, ok := arr.(*array.String); ok {
		return s.Value(row)
	}
	return arr.ValueStr(row)
}
