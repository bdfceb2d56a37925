package arrow

import (
	"fmt"
	"math"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources/internal/scan"
)

// Arrow has several forms for the same values. The readers of IPC
// turn them into the plain one: views become strings and binaries, and dictionaries
// their values. Dictionaries of strings stay, outside of other types.

// plainType is the type of t's values in their plain form.
func plainType(t arrow.DataType) arrow.DataType {
	inner := func(f arrow.Field) arrow.Field {
		return arrow.Field{Name: f.Name, Type: plainType(f.Type), Nullable: f.Nullable, Metadata: scan.FieldMeta(f)}
	}
	switch t := t.(type) {
	case *arrow.StringViewType:
		return arrow.BinaryTypes.String
	case *arrow.BinaryViewType:
		return arrow.BinaryTypes.Binary
	case *arrow.DictionaryType:
		return plainType(t.ValueType)
	case *arrow.StructType:
		fields := make([]arrow.Field, t.NumFields())
		for i, f := range t.Fields() {
			fields[i] = inner(f)
		}
		return arrow.StructOf(fields...)
	case *arrow.MapType:
		key, item := inner(t.KeyField()), inner(t.ItemField())
		m := arrow.MapOfWithMetadata(key.Type, key.Metadata, item.Type, item.Metadata)
		m.SetItemNullable(item.Nullable)
		m.KeysSorted = t.KeysSorted
		return m
	case *arrow.ListType:
		return arrow.ListOfField(inner(t.ElemField()))
	case *arrow.LargeListType:
		return arrow.LargeListOfField(inner(t.ElemField()))
	case *arrow.FixedSizeListType:
		return arrow.FixedSizeListOfField(t.Len(), inner(t.ElemField()))
	}
	return t
}

// plainArray returns values that checkArray has seen in their plain form, whose
// type is to.
func plainArray(mem memory.Allocator, d arrow.ArrayData, to arrow.DataType) (arrow.ArrayData, error) {
	switch t := d.DataType().(type) {
	case *arrow.StringViewType, *arrow.BinaryViewType:
		return textsOfViews(mem, d, to)
	case *arrow.DictionaryType:
		return decodedEntries(mem, d, to)
	case *arrow.Date64Type:
		d.Retain()
		return d, checkDays(d)
	case *arrow.StructType, arrow.ListLikeType:
		if arrow.TypeEqual(t, to) && !holdsOtherForms(t) {
			d.Retain()
			return d, nil
		}
	default:
		d.Retain()
		return d, nil
	}
	var kids []arrow.ArrayData
	for i, kid := range d.Children() {
		plain, err := plainArray(mem, kid, childType(to, i))
		if plain != nil {
			defer plain.Release()
		}
		if err != nil {
			return nil, err
		}
		kids = append(kids, plain)
	}
	return array.NewData(to, d.Len(), d.Buffers(), kids, d.NullN(), d.Offset()), nil
}

// childType is the type of child i of values of the type t.
func childType(t arrow.DataType, i int) arrow.DataType {
	if s, ok := t.(*arrow.StructType); ok {
		return s.Field(i).Type
	}
	return t.(arrow.ListLikeType).Elem()
}

// holdsOtherForms reports whether plainArray has something to do in values of a
// nested type.
func holdsOtherForms(t arrow.DataType) bool {
	switch t := t.(type) {
	case *arrow.StringViewType, *arrow.BinaryViewType, *arrow.DictionaryType, *arrow.Date64Type:
		return true
	case *arrow.StructType:
		for _, f := range t.Fields() {
			if holdsOtherForms(f.Type) {
				return true
			}
		}
	case arrow.ListLikeType:
		return holdsOtherForms(t.Elem())
	}
	return false
}

// checkDays refuses dates in milliseconds that are no whole days: no other format
// has them, and their time would be lost.
func checkDays(d arrow.ArrayData) error {
	a := array.NewDate64Data(d)
	defer a.Release()
	for i, v := range a.Date64Values() {
		if v%86_400_000 != 0 && a.IsValid(i) {
			at := time.UnixMilli(int64(v)).UTC().Format("2006-01-02T15:04:05.999")
			return fmt.Errorf("row %d of a record batch is the date64 %s, which is no whole day; write it as a timestamp", i, at)
		}
	}
	return nil
}

// viewArray is how a view begins: its length, and the text or where it is.
type viewArray struct {
	size   int32
	_      [4]byte // the first bytes of the text
	buffer int32
	offset int32
}

const inlineBytes = 12 // bytes that a view holds itself

// checkViews checks where views say that their bytes are.
func checkViews(d arrow.ArrayData) error {
	n := d.Len()
	if n > 0 && bufferLen(d.Buffers()[1]) < 16*n {
		return errShortBuffer
	}
	if n == 0 {
		return nil
	}
	for i, v := range scan.SliceOf[viewArray](d.Buffers()[1].Bytes())[:n] {
		if v.size >= 0 && v.size <= inlineBytes || !validAt(d, i) {
			continue
		}
		if v.size < 0 || v.buffer < 0 || int(v.buffer) >= len(d.Buffers())-2 || v.offset < 0 ||
			int64(v.offset)+int64(v.size) > int64(bufferLen(d.Buffers()[2+v.buffer])) {
			return fmt.Errorf("a view of %d bytes at %d of buffer %d", v.size, v.offset, v.buffer)
		}
	}
	return nil
}

func validAt(d arrow.ArrayData, i int) bool {
	return d.NullN() == 0 || d.Buffers()[0] == nil || bitutil.BitIsSet(d.Buffers()[0].Bytes(), i)
}

// textsOfViews copies the bytes of views one behind the other.
func textsOfViews(mem memory.Allocator, d arrow.ArrayData, to arrow.DataType) (arrow.ArrayData, error) {
	var raw []byte
	if buf := d.Buffers()[1]; buf != nil {
		raw = buf.Bytes()
	}
	views := scan.SliceOf[viewArray](raw)
	total := 0
	for i := range d.Len() {
		if validAt(d, i) {
			total += int(views[i].size)
		}
	}
	if total > math.MaxInt32 {
		return nil, scan.ErrBatchBytes
	}
	offsets, text := memory.NewResizableBuffer(mem), memory.NewResizableBuffer(mem)
	defer offsets.Release()
	defer text.Release()
	offsets.Resize(4 * (d.Len() + 1))
	text.Resize(total + inlineBytes)
	ends, dst, at := scan.SliceOf[int32](offsets.Bytes()), text.Bytes(), 0
	ends[0] = 0
	for i := range d.Len() {
		switch v := &views[i]; {
		case !validAt(d, i):
		case v.size <= inlineBytes:
			// All twelve bytes at once: those behind the text are overwritten.
			*(*[inlineBytes]byte)(dst[at:]) = *(*[inlineBytes]byte)(raw[16*i+4:])
			at += int(v.size)
		default:
			at += copy(dst[at:], d.Buffers()[2+v.buffer].Bytes()[v.offset:v.offset+v.size])
		}
		ends[i+1] = int32(at)
	}
	text.Resize(total)
	return array.NewData(to, d.Len(), []*memory.Buffer{d.Buffers()[0], offsets, text}, nil, d.NullN(), 0), nil
}

// decodedEntries returns what the indices of a dictionary stand for.
func decodedEntries(mem memory.Allocator, d arrow.ArrayData, to arrow.DataType) (arrow.ArrayData, error) {
	dict := array.NewDictionaryData(d)
	defer dict.Release()
	if err := checkIndices(dict); err != nil {
		return nil, err
	}
	entries, err := plainArray(mem, dict.Dictionary().Data(), to)
	if err != nil {
		return nil, err
	}
	defer entries.Release()
	from := array.MakeFromData(entries)
	defer from.Release()
	b := array.NewBuilder(memory.NewGoAllocator(), to)
	defer b.Release()
	b.Reserve(dict.Len())
	for i := range dict.Len() {
		if dict.IsNull(i) || from.IsNull(dict.GetValueIndex(i)) {
			b.AppendNull()
		} else if err := appendEntry(b, from, dict.GetValueIndex(i)); err != nil {
			return nil, err
		}
	}
	out := b.NewArray()
	defer out.Release()
	out.Data().Retain()
	return out.Data(), nil
}
