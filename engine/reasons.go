package engine

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/pipeline"
	"leapscore/ops/column"
	"leapscore/sources"
)

// rejectFields are the columns of the rejects table after the input columns.
var rejectFields = []arrow.Field{
	{Name: "_error_code", Type: arrow.BinaryTypes.String},
	{Name: "_error_node", Type: arrow.BinaryTypes.String},
	{Name: "_error_op", Type: arrow.BinaryTypes.String},
	{Name: "_error_column", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "_error_message", Type: arrow.BinaryTypes.String},
	{Name: "_source_file", Type: arrow.BinaryTypes.String},
	{Name: "_source_row", Type: arrow.PrimitiveTypes.Int64},
}

// rejectRecord returns the rejected rows of a batch, with the reasons. res is
// the result of rows [off, off+n) of the batch.
func (p *Plan) rejectRecord(mem memory.Allocator, b sources.Batch, off, n int, res *pipeline.Result) (arrow.Record, error) {
	part := b.NewSlice(int64(off), int64(off+n))
	defer part.Release()
	in := make([]arrow.Array, len(p.reject))
	for i, at := range p.reject {
		in[i] = part.Column(at)
	}
	cols, err := column.Filter(mem, in, n, func(row int) bool {
		r, bad := res.Rejected(row)
		return bad && !r.Drop
	})
	if err != nil {
		return nil, err
	}
	defer func() {
		for _, c := range cols {
			c.Release()
		}
	}()
	for i, c := range cols {
		if cols[i], err = readableColumn(mem, c); err != nil {
			cols[i] = c
			return nil, err
		}
		c.Release()
	}
	cols = append(cols, reasons(mem, b, off, n, res)...)
	bad := cols[len(cols)-1].Len()
	cols = append(cols, p.Job.Lineage.columns(mem, bad)...)
	return newRecord(p.Rejects, cols, bad), nil
}

// reasons returns the columns that say why rows were rejected, and where they come
// from.
func reasons(mem memory.Allocator, b sources.Batch, off, n int, res *pipeline.Result) (cols []arrow.Array) {
	text := make([]*array.StringBuilder, 6)
	for i := range text {
		text[i] = array.NewStringBuilder(mem)
		defer text[i].Release()
	}
	rowNo := array.NewInt64Builder(mem)
	defer rowNo.Release()
	for row := range n {
		r, bad := res.Rejected(row)
		if !bad || r.Drop {
			continue
		}
		text[0].Append(string(r.Code))
		text[1].Append(readable(r.Node))
		text[2].Append(r.Op)
		if r.Column == "" {
			text[3].AppendNull()
		} else {
			text[3].Append(readable(r.Column))
		}
		text[4].Append(readable(r.Msg))
		origin, at := b.At(off + row)
		text[5].Append(readable(origin))
		rowNo.Append(at)
	}
	for _, t := range text {
		cols = append(cols, t.NewArray())
	}
	return append(cols, rowNo.NewArray())
}
