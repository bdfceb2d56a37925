package pipeline

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/ops/column"
)

// Schema returns the columns that m reads, in Arrow's own types, for sources
// that have none: rows that come one by one, or as text. Bind takes other types,
// too.
func (m *Model) Schema() *arrow.Schema {
	fields := make([]arrow.Field, len(m.Inputs))
	for i, f := range m.Inputs {
		fields[i] = arrow.Field{Name: f.Name, Type: column.EdgeType(f.Type), Nullable: true}
	}
	return arrow.NewSchema(fields, nil)
}

// RunRecord is Run for a record of the schema that p was bound to. It takes the
// columns that it needs by their names.
func (p *Pipeline) RunRecord(mem memory.Allocator, rec arrow.Record) (*Result, error) {
	cols := make([]arrow.Array, len(p.Columns))
	for i, name := range p.Columns {
		at := rec.Schema().FieldIndices(name)
		if len(at) == 0 {
			return nil, fmt.Errorf("the record has no column %q", name)
		}
		cols[i] = rec.Column(at[0])
		if got, want := cols[i].DataType(), p.inputs[i].arrow; !arrow.TypeEqual(got, want) {
			return nil, fmt.Errorf("column %q of the record is %s, and the model was bound to %s", name, got, want)
		}
	}
	return p.Run(mem, cols, int(rec.NumRows()))
}
