package engine

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/pipeline"
	"leapscore/ops"
	"leapscore/sinks"
	"leapscore/sources"
)

// refuseUnread refuses the rows that the source could not read, whatever the model made
// of the nulls in them.
func refuseUnread(res *pipeline.Result, bad []sources.BadRow) {
	for _, x := range bad {
		code := ops.Malformed
		if x.NotUTF8 {
			code = ops.NotUTF8
		}
		res.Refuse(pipeline.Reject{Row: x.Row, Code: code, Column: x.Column, Msg: x.Why})
	}
}

// write writes rec, the rows of cols that the model has taken. A row that the table
// cannot hold is refused like one that the model refuses: the record that is returned in
// place of rec, which is released, lacks it. Where rows are not rejected, nothing is
// written then.
func (w *splitWriter) write(mem memory.Allocator, rec arrow.Record, cols []arrow.Array, n int, res *pipeline.Result) (arrow.Record, error) {
	for {
		err := once(func() error { return w.part.Write(rec) })
		bad := (*sinks.ValueError)(nil)
		if err == nil {
			return rec, nil
		}
		rec.Release()
		if !errors.As(err, &bad) {
			return nil, err
		}
		kept := make([]int, 0, n)
		for row := range n {
			if _, gone := res.Rejected(row); !gone {
				kept = append(kept, row)
			}
		}
		code := ops.NotUTF8
		if bad.Folder {
			code = ops.Folder
		}
		for _, v := range bad.Rows {
			res.Refuse(pipeline.Reject{Row: kept[v.Row], Code: code, Column: bad.Column, Msg: v.Why})
		}
		if rec, err = w.record(mem, cols, n, res); err != nil || !w.run.Plan.Job.Reject {
			return rec, err
		}
	}
}

// readable gives rejected rows with text that is not UTF-8 that reason, whatever the
// model had against them: the rejects hold such text in another form, which must not
// be scored for the row.
func (w *splitWriter) readable(b sources.Batch, off, n int, res *pipeline.Result) {
	for row := range n {
		x, bad := res.Rejected(row)
		if !bad || x.Drop || x.Code == ops.NotUTF8 {
			continue
		}
		for _, at := range w.run.Plan.reject {
			if sinks.TextOf(b.Column(at), off+row) == "" {
				continue
			}
			x = pipeline.Reject{Row: row, Code: ops.NotUTF8, Column: b.ColumnName(at), Msg: "text that is not UTF-8; besides: " + readable(x.Msg)}
			res.Refuse(x)
			break
		}
	}
}

// readable writes bytes that are no UTF-8 as \xNN.
func readable(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\x%02x`, s[0])
		} else {
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	return b.String()
}

// readableColumn returns a column of the rejects in which all text is UTF-8. Its
// rows are few.
func readableColumn(mem memory.Allocator, arr arrow.Array) (arrow.Array, error) {
	odd := false
	for row := range arr.Len() {
		odd = odd || sinks.TextOf(arr, row) != ""
	}
	if !odd {
		arr.Retain()
		return arr, nil
	}
	switch arr.(type) {
	case *array.String, *array.LargeString, *array.Dictionary:
		return readableStrings(mem, arr), nil
	}
	// A nested value with such text is null.
	parts := make([]arrow.Array, arr.Len())
	for row := range parts {
		if sinks.TextOf(arr, row) == "" {
			parts[row] = array.NewSlice(arr, int64(row), int64(row)+1)
		} else {
			// Which takes memory for zeroed, and that of mem is not.
			parts[row] = array.MakeArrayOfNull(memory.NewGoAllocator(), arr.DataType(), 1)
		}
		defer parts[row].Release()
	}
	return array.Concatenate(parts, mem)
}

func readableStrings(mem memory.Allocator, arr arrow.Array) arrow.Array {
	b := array.NewStringBuilder(mem)
	defer b.Release()
	for row := range arr.Len() {
		if arr.IsNull(row) {
			b.AppendNull()
			continue
		}
		b.Append(readable(arr.ValueStr(row)))
	}
	return b.NewArray()
}
