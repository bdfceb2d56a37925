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

	"leapscore/internal/rows"
	"leapscore/sources"
)

// sniffRows is how many rows of a CSV file tell which columns are numbers.
const sniffRows = 1000

// openUntyped opens rows that no model says the types of. Columns of text of CSV
// files are numbers if all of the first rows are.
func openUntyped(ctx context.Context, in Rows, opt rows.Options) (*rows.Opened, error) {
	src, err := in.Open(ctx, opt)
	if err != nil {
		return nil, err
	}
	if !isCSV(in, src.Source) {
		return src, nil
	}
	numbers, err := numberColumns(ctx, sources.Limit(src.Source, sniffRows))
	if err = errors.Join(err, src.Close()); err != nil {
		return nil, err
	}
	opt.Types = map[string]arrow.DataType{}
	for _, name := range numbers {
		opt.Types[name] = arrow.PrimitiveTypes.Float64
	}
	return in.Open(ctx, opt)
}

// isCSV reports whether rows are those of CSV files, which can be read twice.
func isCSV(in Rows, src sources.Source) bool {
	if in.Query() || in.Files[0] == "-" {
		return false
	}
	if in.Format != "" {
		return in.Format == string(sources.CSV)
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
