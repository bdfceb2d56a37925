package sources

import (
	"github.com/apache/arrow/go/v15/arrow"
)

// uuidMeta says in a field of 16 bytes, at any depth, that they are a UUID. It is
// how Arrow IPC says so.
var uuidMeta = arrow.NewMetadata([]string{extensionName, extensionData}, []string{uuidExtension, ""})

const (
	extensionName = "ARROW:extension:name"
	extensionData = "ARROW:extension:metadata"
	uuidExtension = "arrow.uuid"
)

// fieldMeta is what a source says about a field besides its type: that it is a
// UUID.
func fieldMeta(f arrow.Field) arrow.Metadata {
	t, ok := f.Type.(*arrow.FixedSizeBinaryType)
	if name, _ := f.Metadata.GetValue(extensionName); ok && t.ByteWidth == 16 && name == uuidExtension {
		return uuidMeta
	}
	return arrow.Metadata{}
}

// joinMeta is what two files say about a field, if they agree.
func joinMeta(a, b arrow.Field) arrow.Metadata {
	if m := fieldMeta(a); m.Len() > 0 && fieldMeta(b).Len() > 0 {
		return m
	}
	return arrow.Metadata{}
}
