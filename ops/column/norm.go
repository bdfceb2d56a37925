package column

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
	"leapscore/internal/half"
)

// Norm turns a source's column into the Arrow form of the type that MLeap
// would give it. The caller releases the result.
type Norm func(mem memory.Allocator, arr arrow.Array) arrow.Array

func keepAsIs(_ memory.Allocator, arr arrow.Array) arrow.Array {
	arr.Retain()
	return arr
}

// NewNorm returns the conversion of columns of Arrow type dt to t.
func NewNorm(dt arrow.DataType, t bundle.Type) (Norm, error) {
	if !t.IsVector() && arrow.TypeEqual(dt, ArrowType(t)) || stringLike(dt) {
		return keepAsIs, nil
	}
	switch d := dt.(type) {
	case *arrow.NullType:
		return func(_ memory.Allocator, arr arrow.Array) arrow.Array {
			// MakeArrayOfNull relies on zeroed memory, which mem need not give.
			return array.MakeArrayOfNull(memory.NewGoAllocator(), ArrowType(t), arr.Len())
		}, nil
	case *arrow.ListType, *arrow.LargeListType, *arrow.FixedSizeListType:
		return normList(d.(arrow.ListLikeType).Elem(), t)
	case *arrow.MapType:
		return normMap(d, t)
	case *arrow.StructType:
		if IsVectorLike(d) && t.IsVector() {
			return normVector, nil
		}
		if IsSparseLike(d) && t.IsVector() {
			return normSparse, nil
		}
	case *arrow.DictionaryType:
		inner, err := NewNorm(d.ValueType, t)
		if err != nil {
			return nil, err
		}
		return func(mem memory.Allocator, arr arrow.Array) arrow.Array {
			plain := decode(mem, arr.(*array.Dictionary))
			defer plain.Release()
			return inner(mem, plain)
		}, nil
	}
	if n, ok := normBase(dt); ok {
		return n, nil
	}
	return nil, fmt.Errorf("no conversion from %s to %s", dt, t)
}

// stringLike reports whether ViewStrings reads dt as it is.
func stringLike(dt arrow.DataType) bool {
	switch d := dt.(type) {
	case *arrow.StringType, *arrow.LargeStringType:
		return true
	case *arrow.DictionaryType:
		return d.ValueType.ID() == arrow.STRING || d.ValueType.ID() == arrow.LARGE_STRING
	}
	return false
}

func normBase(dt arrow.DataType) (Norm, bool) {
	switch dt.ID() {
	case arrow.UINT8:
		return func(mem memory.Allocator, arr arrow.Array) arrow.Array {
			return mapFixed(arr, arr.(*array.Uint8).Uint8Values(), NewShorts(mem, arr.Len()), func(x uint8) int16 { return int16(x) })
		}, true
	case arrow.UINT16:
		return func(mem memory.Allocator, arr arrow.Array) arrow.Array {
			return mapFixed(arr, arr.(*array.Uint16).Uint16Values(), NewInts(mem, arr.Len()), func(x uint16) int32 { return int32(x) })
		}, true
	case arrow.UINT32:
		return func(mem memory.Allocator, arr arrow.Array) arrow.Array {
			return mapFixed(arr, arr.(*array.Uint32).Uint32Values(), NewLongs(mem, arr.Len()), func(x uint32) int64 { return int64(x) })
		}, true
	case arrow.UINT64:
		return func(mem memory.Allocator, arr arrow.Array) arrow.Array {
			return mapFixed(arr, arr.(*array.Uint64).Uint64Values(), NewDoubles(mem, arr.Len()), func(x uint64) float64 { return float64(x) })
		}, true
	case arrow.FLOAT16:
		return func(mem memory.Allocator, arr arrow.Array) arrow.Array {
			return mapFixed(arr, arr.(*array.Float16).Values(), NewFloats(mem, arr.Len()), half.Float32)
		}, true
	case arrow.DECIMAL128, arrow.DECIMAL256:
		return normDecimal(dt), true
	case arrow.LARGE_BINARY, arrow.FIXED_SIZE_BINARY:
		return func(mem memory.Allocator, arr arrow.Array) arrow.Array {
			b := array.NewBinaryBuilder(mem, arrow.BinaryTypes.Binary)
			defer b.Release()
			for i := range arr.Len() {
				switch a := arr.(type) {
				case *array.LargeBinary:
					appendBytes(b, a.IsNull(i), a.Value, i)
				case *array.FixedSizeBinary:
					appendBytes(b, a.IsNull(i), a.Value, i)
				}
			}
			return b.NewArray()
		}, true
	}
	return nil, false
}

func appendBytes(b *array.BinaryBuilder, null bool, value func(int) []byte, i int) {
	if null {
		b.AppendNull()
		return
	}
	b.Append(value(i))
}

// normDecimal rounds each decimal once, to the nearest double.
func normDecimal(dt arrow.DataType) Norm {
	scale := dt.(arrow.DecimalType).GetScale()
	pow := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(scale, -scale))), nil)
	toDouble := func(v *big.Int) float64 {
		if scale < 0 {
			f, _ := new(big.Float).SetInt(v.Mul(v, pow)).Float64()
			return f
		}
		f, _ := new(big.Rat).SetFrac(v, pow).Float64()
		return f
	}
	return func(mem memory.Allocator, arr arrow.Array) arrow.Array {
		out := NewDoubles(mem, arr.Len())
		for i := range out.Values {
			switch a := arr.(type) {
			case *array.Decimal128:
				out.Values[i] = toDouble(a.Value(i).BigInt())
			case *array.Decimal256:
				out.Values[i] = toDouble(a.Value(i).BigInt())
			}
		}
		return finishNulls(arr, out)
	}
}

// mapFixed fills out with f of in and takes the nulls of arr over.
func mapFixed[F any, T Fixed](arr arrow.Array, in []F, out *Out[T], f func(F) T) arrow.Array {
	for i, x := range in {
		out.Values[i] = f(x)
	}
	return finishNulls(arr, out)
}

func finishNulls[T Fixed](arr arrow.Array, out *Out[T]) arrow.Array {
	if arr.NullN() > 0 {
		for i := range arr.Len() {
			if arr.IsNull(i) {
				out.SetNull(i)
			}
		}
	}
	return out.Array()
}

// decode expands a dictionary whose values are of fixed width or binary.
func decode(mem memory.Allocator, d *array.Dictionary) arrow.Array {
	parts := make([]arrow.Array, d.Len())
	null := array.MakeArrayOfNull(memory.NewGoAllocator(), d.Dictionary().DataType(), 1)
	defer null.Release()
	for i := range parts {
		if d.IsNull(i) {
			null.Retain()
			parts[i] = null
		} else {
			at := int64(d.GetValueIndex(i))
			parts[i] = array.NewSlice(d.Dictionary(), at, at+1)
		}
		defer parts[i].Release()
	}
	if len(parts) == 0 {
		return array.NewSlice(d.Dictionary(), 0, 0)
	}
	out, err := array.Concatenate(parts, mem)
	if err != nil { // only for types that cannot be dictionary values
		panic(err)
	}
	return out
}

func normList(elem arrow.DataType, t bundle.Type) (Norm, error) {
	inner, err := NewNorm(elem, bundle.Scalar(t.Base))
	if err != nil {
		return nil, err
	}
	if _, dict := elem.(*arrow.DictionaryType); dict || elem.ID() == arrow.LARGE_STRING {
		inner = plainStrings
	}
	return func(mem memory.Allocator, arr arrow.Array) arrow.Array {
		l := arr.(array.ListLike)
		return rebuildList(mem, arrow.ListOf(BaseType(t.Base)), arr, l.ValueOffsets, inner(mem, l.ListValues()))
	}, nil
}

// plainStrings turns any string column into a plain one.
func plainStrings(mem memory.Allocator, arr arrow.Array) arrow.Array {
	b := array.NewStringBuilder(mem)
	defer b.Release()
	s := ViewStrings(arr)
	for i := range s.Len() {
		if s.IsNull(i) {
			b.AppendNull()
			continue
		}
		b.Append(s.Value(i))
	}
	return b.NewArray()
}

// rebuildList returns a list column of type dt with the rows of arr over the
// elements child, which it takes over.
func rebuildList(mem memory.Allocator, dt arrow.DataType, arr arrow.Array, bounds func(row int) (int64, int64), child arrow.Array) arrow.Array {
	n := arr.Len()
	off := newGrow(mem, 4, n+1, arrow.Int32Traits.CastFromBytes)
	var nulls []int
	o := off.extend(n + 1)
	o[0] = 0
	compact := true // rows follow each other from 0 on
	for i := range n {
		lo, hi := bounds(i)
		if i == 0 {
			o[0] = int32(lo)
		}
		if int64(o[i]) != lo {
			compact = false
		}
		o[i+1] = int32(hi)
		if arr.IsNull(i) {
			nulls = append(nulls, i)
		}
	}
	if !compact { // cannot happen with Arrow's own lists
		panic("column: list offsets with gaps")
	}
	valid := validity(mem, n, nulls)
	data := array.NewData(dt, n, []*memory.Buffer{valid, off.done()}, []arrow.ArrayData{child.Data()}, len(nulls), 0)
	defer data.Release()
	if valid != nil {
		valid.Release()
	}
	off.buf.Release()
	child.Release()
	return array.MakeFromData(data)
}

func normMap(d *arrow.MapType, t bundle.Type) (Norm, error) {
	key, err := NewNorm(d.KeyType(), bundle.Scalar(t.Key))
	if err != nil {
		return nil, err
	}
	item, err := NewNorm(d.ItemType(), bundle.Scalar(t.Base))
	if err != nil {
		return nil, err
	}
	if t.Key == bundle.String {
		key = plainStrings
	}
	if t.Base == bundle.String {
		item = plainStrings
	}
	return func(mem memory.Allocator, arr arrow.Array) arrow.Array {
		m := arr.(*array.Map)
		return RebuildMap(mem, t, m, 0, key(mem, m.Keys()), item(mem, m.Items()))
	}, nil
}

// RebuildMap returns a map column of type t with the rows of m over other
// keys and items, which it takes over: those from entry first on.
func RebuildMap(mem memory.Allocator, t bundle.Type, m *array.Map, first int64, keys, items arrow.Array) arrow.Array {
	dt := ArrowType(t).(*arrow.MapType)
	entries := array.NewData(dt.Elem(), keys.Len(), []*memory.Buffer{nil}, []arrow.ArrayData{keys.Data(), items.Data()}, 0, 0)
	keys.Release()
	items.Release()
	child := array.MakeFromData(entries)
	entries.Release()
	return rebuildList(mem, dt, m, func(row int) (int64, int64) {
		lo, hi := m.ValueOffsets(row)
		return lo - first, hi - first
	}, child)
}

// IsVectorLike reports whether t has the fields of Spark's VectorUDT.
func IsVectorLike(t *arrow.StructType) bool { return sameFields(t, VectorType) }

// sameFields reports whether the fields of t have the names and types of those of
// form.
func sameFields(t, form *arrow.StructType) bool {
	if len(t.Fields()) != len(form.Fields()) {
		return false
	}
	for i, want := range form.Fields() {
		f := t.Field(i)
		if f.Name != want.Name {
			return false
		}
		if l, ok := want.Type.(*arrow.ListType); ok {
			g, ok := f.Type.(*arrow.ListType)
			if !ok || g.Elem().ID() != l.Elem().ID() {
				return false
			}
			continue
		}
		if f.Type.ID() != want.Type.ID() {
			return false
		}
	}
	return true
}

// normVector fills in the size of dense rows, which Spark leaves null, and sorts
// the entries of sparse ones. A row that is no vector, because two entries have
// one index or an index lies outside, becomes null.
func normVector(mem memory.Allocator, arr arrow.Array) arrow.Array {
	s := arr.(*array.Struct)
	form, size := s.Field(0).(*array.Int8), s.Field(1).(*array.Int32)
	idx, val := s.Field(2).(*array.List), s.Field(3).(*array.List)
	indices := idx.ListValues().(*array.Int32).Int32Values()
	values := val.ListValues().(*array.Float64).Float64Values()
	b := NewVectorBuilder(mem, s.Len(), 0)
	for i := range s.Len() {
		lo, hi := val.ValueOffsets(i)
		switch {
		case s.IsNull(i):
			b.AppendNull()
		case form.Value(i) == 1:
			b.AppendDense(values[lo:hi])
		default:
			ilo, ihi := idx.ValueOffsets(i)
			appendSorted(b, int(size.Value(i)), indices[ilo:ihi], values[lo:hi])
		}
	}
	return b.Array()
}

func appendSorted(b *VectorBuilder, size int, indices []int32, values []float64) {
	if len(indices) != len(values) {
		b.AppendNull()
		return
	}
	if !slices.IsSorted(indices) {
		at := make([]int, len(indices))
		for i := range at {
			at[i] = i
		}
		slices.SortFunc(at, func(i, j int) int { return int(indices[i]) - int(indices[j]) })
		sorted, of := make([]int32, len(at)), make([]float64, len(at))
		for i, k := range at {
			sorted[i], of[i] = indices[k], values[k]
		}
		indices, values = sorted, of
	}
	for i, at := range indices {
		if at < 0 || int(at) >= size || i > 0 && at == indices[i-1] {
			b.AppendNull()
			return
		}
	}
	b.AppendSparse(size, indices, values)
}
