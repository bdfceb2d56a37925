package scan

import (
	"github.com/apache/arrow/go/v15/arrow"
)

// UUIDMeta says in a field of 16 bytes, at any depth, that they are a UUID. It is
// how Arrow IPC says so.
var UUIDMeta = arrow.NewMetadata([]string{extensionName, extensionData}, []string{uuidExtension, ""})

const (
	extensionName = "ARROW:extension:name"
	extensionData = "ARROW:extension:metadata"
	uuidExtension = "arrow.uuid"
)

// FieldMeta is what a source says about a field besides its type: that it is a
// UUID.
func FieldMeta(f arrow.Field) arrow.Metadata {
	t, ok := f.Type.(*arrow.FixedSizeBinaryType)
	if name, _ := f.Metadata.GetValue(extensionName); ok && t.ByteWidth == 16 && name == uuidExtension {
		return UUIDMeta
	}
	return arrow.Metadata{}
}

// joinMeta is what two files say about a field, if they agree.
func joinMeta(a, b arrow.Field) arrow.Metadata {
	if m := FieldMeta(a); m.Len() > 0 && FieldMeta(b).Len() > 0 {
		return m
	}
	return arrow.Metadata{}
}
