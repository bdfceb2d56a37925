package format

import (
	"bytes"
	"encoding/base64"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"
)

// arrowKey is where readers of Arrow look for types that Parquet does not have.
const arrowKey = "ARROW:schema"

// arrowSchemaText is the schema in the form that stands under arrowKey, or "" if
// Parquet has all of its types. Parquet has no durations: they are stored as
// integers, and only this text tells what they are.
func arrowSchemaText(s *arrow.Schema) (string, error) {
	found := false
	fields := make([]arrow.Field, s.NumFields())
	for i, f := range s.Fields() {
		f.Type = arrowType(f.Type)
		fields[i] = f
		found = found || hasDuration(f.Type)
	}
	if !found {
		return "", nil
	}
	var buf bytes.Buffer
	w := ipc.NewWriter(&buf, ipc.WithSchema(arrow.NewSchema(fields, nil)))
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(buf.Bytes()), nil
}

func hasDuration(t arrow.DataType) bool {
	switch t := t.(type) {
	case *arrow.DurationType:
		return true
	case *arrow.StructType:
		for _, f := range t.Fields() {
			if hasDuration(f.Type) {
				return true
			}
		}
	case arrow.ListLikeType:
		return hasDuration(t.Elem())
	}
	return false
}
