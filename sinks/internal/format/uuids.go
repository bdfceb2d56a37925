package format

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// uuids are 16 bytes each in Arrow, which text spells as UUIDs are spelled.
type uuids struct{ *array.FixedSizeBinary }

// asUUIDs returns arr, of a field, as uuids if the field says that it has them.
func asUUIDs(f arrow.Field, arr arrow.Array) arrow.Array {
	a, ok := arr.(*array.FixedSizeBinary)
	if name, _ := f.Metadata.GetValue("ARROW:extension:name"); !ok || name != "arrow.uuid" || a.DataType().(*arrow.FixedSizeBinaryType).ByteWidth != 16 {
		return arr
	}
	return uuids{a}
}
