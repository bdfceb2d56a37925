package scan

import (
	"unsafe"
)

// SliceOf views bytes as values of T.
func SliceOf[T any](b []byte) []T {
	if len(b) == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(*new(T))))
}

// AsString views text, which must not change while the string is in use.
func AsString(text []byte) string { return unsafe.String(unsafe.SliceData(text), len(text)) }

func Short(raw []byte) []byte { return raw[:min(len(raw), 100)] }
