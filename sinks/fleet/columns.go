package fleet

import (
	"bytes"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"leapscore/sinks"
)

// fileColumns are the statistics of the columns of a file, without their types, which
// are those of the fields of Types.
type fileColumns struct {
	Name    string              `json:"file"`
	Columns []sinks.ColumnStats `json:"columns"`
	Types   []byte              `json:"types"`
}

func encodeColumns(name string, columns []sinks.ColumnStats) fileColumns {
	c := fileColumns{Name: name}
	var fields []arrow.Field
	for i, stats := range columns {
		fields = append(fields, arrow.Field{Name: fmt.Sprint(i), Type: stats.Type, Nullable: true})
		stats.Type = nil
		c.Columns = append(c.Columns, stats)
	}
	c.Types = EncodeSchema(arrow.NewSchema(fields, nil))
	return c
}

func (c fileColumns) decode() ([]sinks.ColumnStats, error) {
	types, err := DecodeSchema(c.Types)
	if err != nil {
		return nil, err
	}
	if types.NumFields() != len(c.Columns) {
		return nil, fmt.Errorf("%d types of %d columns", types.NumFields(), len(c.Columns))
	}
	for i := range c.Columns {
		c.Columns[i].Type = types.Field(i).Type
	}
	return c.Columns, nil
}

// EncodeSchema returns a schema as Arrow IPC.
func EncodeSchema(s *arrow.Schema) []byte {
	var buf bytes.Buffer
	if err := ipc.NewWriter(&buf, ipc.WithSchema(s)).Close(); err != nil {
		panic(err) // into memory
	}
	return buf.Bytes()
}

// DecodeSchema is the inverse of EncodeSchema.
func DecodeSchema(data []byte) (*arrow.Schema, error) {
	r, err := ipc.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	defer r.Release()
	return r.Schema(), nil
}
