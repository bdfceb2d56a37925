package parquet

import "github.com/apache/arrow/go/v15/arrow"

// isUUID reports whether the 16 bytes of f are a UUID. Its metadata says so, as in
// Arrow IPC.
func isUUID(f arrow.Field) bool {
	t, ok := f.Type.(*arrow.FixedSizeBinaryType)
	name, _ := f.Metadata.GetValue("ARROW:extension:name")
	return ok && t.ByteWidth == 16 && name == "arrow.uuid"
}
