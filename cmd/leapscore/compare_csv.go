package main

import (
	"context"
	"errors"
	"path"
	"runtime"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
	"leapscore/engine/pipeline"
	"leapscore/sources"
)

// sniffRows is how many rows of a CSV file tell which columns are numbers.
const sniffRows = 1000

// openUntyped opens a source that no model says the types of. Columns of CSV
// files are numbers if all of the first rows are.
func (f *compareFlags) openUntyped(ctx context.Context) (sources.Source, error) {
	none := &pipeline.Model{}
	src, err := f.open(ctx, none, newPairs(""), runtime.NumCPU(), 0)
	if err != nil || !f.isCSV(src) {
		return src, err
	}
	numbers, err := numberColumns(ctx, sources.Limit(src, sniffRows))
	if err = errors.Join(err, src.Close()); err != nil {
		return nil, err
	}
	for _, name := range numbers {
		none.Inputs = append(none.Inputs, bundle.Field{Name: name, Type: bundle.Scalar(bundle.Double)})
	}
	return f.open(ctx, none, newPairs(""), runtime.NumCPU(), 0)
}

// isCSV reports whether the input is CSV that can be read twice.
func (f *compareFlags) isCSV(src sources.Source) bool {
	if len(f.input) == 0 || f.input[0] == "-" {
		return false
	}
	if f.format != "" {
		return f.format == string(sources.CSV)
	}
	files, _ := sources.FilesOf(src)
	return len(files) > 0 && strings.Contains(strings.ToLower(path.Base(files[0].Name)), ".csv")
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
				_, err := strconv.ParseFloat(text(c, row), 64)
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

func text(arr arrow.Array, row int) string {
	if s, ok := arr.(*array.String); ok {
		return s.Value(row)
	}
	return arr.ValueStr(row)
}
