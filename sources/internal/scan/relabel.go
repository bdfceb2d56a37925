package scan

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// SameType compares types without regard to nullability and to the names
// that writers give to list elements and map entries.
func SameType(a, b arrow.DataType) bool {
	if a.ID() != b.ID() {
		return false
	}
	switch a := a.(type) {
	case *arrow.MapType: // before ListLikeType, which it is too
		b := b.(*arrow.MapType)
		return SameType(a.KeyType(), b.KeyType()) && SameType(a.ItemType(), b.ItemType())
	case *arrow.FixedSizeListType:
		b := b.(*arrow.FixedSizeListType)
		return a.Len() == b.Len() && SameType(a.Elem(), b.Elem())
	case arrow.ListLikeType:
		return SameType(a.Elem(), b.(arrow.ListLikeType).Elem())
	case *arrow.StructType:
		b := b.(*arrow.StructType)
		if a.NumFields() != b.NumFields() {
			return false
		}
		for i, f := range a.Fields() {
			if g := b.Field(i); f.Name != g.Name || !SameType(f.Type, g.Type) {
				return false
			}
		}
		return true
	}
	return arrow.TypeEqual(a, b)
}

// joinNulls returns a, in which all may be null that may be null in b, which is
// the same type but for that.
func joinNulls(a, b arrow.DataType) arrow.DataType {
	field := func(f, g arrow.Field) arrow.Field {
		f.Type, f.Nullable = joinNulls(f.Type, g.Type), f.Nullable || g.Nullable
		f.Metadata = joinMeta(f, g)
		return f
	}
	switch a := a.(type) {
	case *arrow.StructType:
		fields := make([]arrow.Field, a.NumFields())
		for i, f := range a.Fields() {
			fields[i] = field(f, b.(*arrow.StructType).Field(i))
		}
		return arrow.StructOf(fields...)
	case *arrow.MapType:
		b := b.(*arrow.MapType)
		key, item := field(a.KeyField(), b.KeyField()), field(a.ItemField(), b.ItemField())
		m := arrow.MapOfWithMetadata(key.Type, key.Metadata, item.Type, item.Metadata)
		m.SetItemNullable(item.Nullable)
		m.KeysSorted = a.KeysSorted && b.KeysSorted
		return m
	case *arrow.ListType:
		return arrow.ListOfField(field(a.ElemField(), b.(*arrow.ListType).ElemField()))
	case *arrow.LargeListType:
		return arrow.LargeListOfField(field(a.ElemField(), b.(*arrow.LargeListType).ElemField()))
	case *arrow.FixedSizeListType:
		return arrow.FixedSizeListOfField(a.Len(), field(a.ElemField(), b.(*arrow.FixedSizeListType).ElemField()))
	}
	return a
}

// Fitted returns arr, which it takes over, as an array of type to: the type that
// joinTypes made of that of arr and of others. Dictionaries stay what they are.
func Fitted(mem memory.Allocator, arr arrow.Array, to arrow.DataType) arrow.Array {
	from := arr.DataType()
	switch {
	case from.ID() == arrow.DICTIONARY, arrow.TypeEqual(from, to):
		return arr
	case from.ID() != to.ID():
		return Widened(mem, arr, to)
	}
	defer arr.Release()
	data := relabeled(arr.Data(), to)
	defer data.Release()
	return array.MakeFromData(data)
}

// relabeled returns the same values with the type to, which is the same type.
func relabeled(d arrow.ArrayData, to arrow.DataType) arrow.ArrayData {
	var types []arrow.DataType
	switch t := to.(type) {
	case arrow.ListLikeType:
		types = append(types, t.Elem())
	case *arrow.StructType:
		for _, f := range t.Fields() {
			types = append(types, f.Type)
		}
	}
	var kids []arrow.ArrayData
	for i, t := range types {
		kids = append(kids, relabeled(d.Children()[i], t))
		defer kids[i].Release()
	}
	return array.NewData(to, d.Len(), d.Buffers(), kids, d.NullN(), d.Offset())
}
