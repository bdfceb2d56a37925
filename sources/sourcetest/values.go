package sourcetest

import (
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Text renders the values of an array so that different values differ.
func Text(a arrow.Array) []string {
	out := make([]string, a.Len())
	for i := range out {
		out[i] = text(a, i)
	}
	return out
}

func text(a arrow.Array, i int) string {
	if a.IsNull(i) {
		return "null"
	}
	switch a := a.(type) {
	case *array.Map:
		from, to := a.ValueOffsets(i)
		var b []string
		for j := int(from); j < int(to); j++ {
			b = append(b, text(a.Keys(), j)+":"+text(a.Items(), j))
		}
		return "{" + strings.Join(b, " ") + "}"
	case *array.List:
		from, to := a.ValueOffsets(i)
		var b []string
		for j := int(from); j < int(to); j++ {
			b = append(b, text(a.ListValues(), j))
		}
		return "[" + strings.Join(b, " ") + "]"
	case *array.Struct:
		var b []string
		for f := range a.NumField() {
			b = append(b, text(a.Field(f), i))
		}
		return "(" + strings.Join(b, " ") + ")"
	case *array.Dictionary:
		return text(a.Dictionary(), a.GetValueIndex(i))
	case *array.String:
		return strconv.Quote(a.Value(i))
	case *array.Binary:
		return strconv.Quote(string(a.Value(i)))
	}
	return a.ValueStr(i)
}

// dirtyAllocator gives memory that is not zero, as an allocator may.
type dirtyAllocator struct{ memory.Allocator }

func (a dirtyAllocator) Allocate(size int) []byte { return dirty(a.Allocator.Allocate(size), 0) }

func (a dirtyAllocator) Reallocate(size int, b []byte) []byte {
	return dirty(a.Allocator.Reallocate(size, b), len(b))
}

func dirty(b []byte, from int) []byte {
	for i := from; i < len(b); i++ {
		b[i] = 0xa5
	}
	return b
}

// dirtyNull returns the first slot that is null and not zero, or -1.
func dirtyNull(d arrow.ArrayData) int {
	a := array.MakeFromData(d)
	defer a.Release()
	for _, kid := range d.Children() {
		if at := dirtyNull(kid); at >= 0 {
			return at
		}
	}
	fixed, ok := d.DataType().(arrow.FixedWidthDataType)
	if !ok || a.NullN() == 0 {
		return -1
	}
	w := fixed.BitWidth()
	if dict, ok := d.DataType().(*arrow.DictionaryType); ok {
		w = dict.IndexType.(arrow.FixedWidthDataType).BitWidth()
	}
	data := d.Buffers()[1].Bytes()
	for i := range a.Len() {
		if a.IsValid(i) {
			continue
		}
		for bit := (i + d.Offset()) * w; bit < (i+d.Offset()+1)*w; bit++ {
			if bitutil.BitIsSet(data, bit) {
				return i
			}
		}
	}
	return -1
}
