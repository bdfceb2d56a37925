package fit

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine/store"
	"leapscore/internal/fault"
	"leapscore/internal/filetype"
	"leapscore/internal/hive"
	"leapscore/sources"
	"leapscore/sources/files"
)

// Columns refuses rows that have other columns than the table that they are to be
// appended to: those of one table have the same.
func Columns(ctx context.Context, where string, asFiles bool, rows *arrow.Schema, stores store.Options) error {
	opt := sources.Options{Rules: sources.Rules{AsFiles: asFiles}}
	if far := files.StoresFor([]string{where}, stores); far != nil {
		defer far.Close() // they are only read from: nothing can be lost
		opt.Opener, opt.Remote = far, true
	}
	table, err := files.Open(ctx, []string{where}, opt)
	if err != nil {
		return nil // there is none yet, or it cannot be read, which is an error when it is opened to be written
	}
	defer table.Close()
	if problems := columnProblems(table, rows); len(problems) > 0 {
		return fault.Usagef("the rows do not fit the table %s: %s; choose other columns with --keep, --outputs or --rename, or another table",
			where, strings.Join(problems, "; "))
	}
	return nil
}

func columnProblems(table sources.Source, rows *arrow.Schema) (problems []string) {
	var lacks, more, other []string
	for _, c := range rows.Fields() {
		there, ok := table.Schema().FieldsByName(c.Name)
		if !ok {
			more = append(more, strconv.Quote(c.Name))
		} else if typed(table, c.Name) && there[0].Type.ID() != c.Type.ID() {
			other = append(other, fmt.Sprintf("%q is %s and would be %s", c.Name, there[0].Type, c.Type))
		}
	}
	for _, c := range table.Schema().Fields() {
		if len(rows.FieldIndices(c.Name)) == 0 {
			lacks = append(lacks, strconv.Quote(c.Name))
		}
	}
	if lacks != nil {
		problems = append(problems, "they lack "+strings.Join(lacks, ", "))
	}
	if more != nil {
		problems = append(problems, "it has no "+strings.Join(more, ", "))
	}
	return append(problems, other...)
}

// typed reports whether the files of a table say what type a column has. Text does
// not, nor do the names of folders.
func typed(table sources.Source, column string) bool {
	files, _ := sources.FilesOf(table)
	if len(files) == 0 || slices.ContainsFunc(hive.Of(files[0].Name), func(p hive.Pair) bool { return p.Key == column }) {
		return false
	}
	t, _ := filetype.Of(files[0].Name)
	return t.Name == filetype.Parquet
}
