package column

import (
	"fmt"
	"sort"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
)

// Report is called for a row whose value cannot be cast, with the reason.
type Report func(row int, format string, args ...any)

// Cast converts a column from one bundle type to another. The caller releases
// the result. Rows that are reported hold any value.
type Cast func(mem memory.Allocator, arr arrow.Array, bad Report) arrow.Array

// NewCast returns the conversion that MLeap makes when a column of type from
// is bound to a port of type to, as Casting.scala: chosen by the declared types
// alone. It is nil where values pass as they are. Nulls pass; refusing them is
// for the caller, who knows both types.
func NewCast(from, to bundle.Type) (Cast, error) {
	base, err := newBaseCast(from.Base, to.Base)
	if err != nil {
		return nil, err
	}
	// Text that stands for null reaches a port that cannot be null as the
	// unboxed null of the JVM, which is zero.
	zero := !to.Nullable
	switch from.Kind {
	case bundle.ScalarKind:
		if to.Kind == bundle.ScalarKind {
			return scalarCast(base, zero), nil
		}
		if to.Kind == bundle.TensorKind && to.Dims != nil && len(to.Dims) == 0 {
			return scalarToTensor(base, to), nil
		}
	case bundle.ListKind:
		switch {
		case to.Kind == bundle.ListKind && base == nil:
			return nil, nil
		case to.Kind == bundle.ListKind:
			return listCast(base, ArrowType(to)), nil
		case to.IsVector():
			return listToVector(base), nil
		case to.Kind == bundle.TensorKind:
			return listCast(base, ArrowType(to)), nil
		}
	case bundle.TensorKind:
		return tensorCast(base, from, to)
	case bundle.MapKind:
		if to.Kind == bundle.MapKind {
			return mapCast(base, from, to)
		}
	}
	return nil, fmt.Errorf("MLeap has no conversion from %s to %s", from.NonNull(), to.NonNull())
}

func scalarCast(base baseCast, zero bool) Cast {
	if base == nil {
		return nil
	}
	return func(mem memory.Allocator, arr arrow.Array, bad Report) arrow.Array {
		return base(mem, arr, zero, bad)
	}
}

// orSelf is base, or the identity where there is nothing to convert.
func (base baseCast) orSelf() baseCast {
	if base != nil {
		return base
	}
	return func(mem memory.Allocator, arr arrow.Array, _ bool, _ Report) arrow.Array {
		if _, dict := arr.(*array.Dictionary); dict {
			return plainStrings(mem, arr)
		}
		arr.Retain()
		return arr
	}
}

// scalarToTensor makes tensors without dimensions, which hold one value.
func scalarToTensor(base baseCast, to bundle.Type) Cast {
	return func(mem memory.Allocator, arr arrow.Array, bad Report) arrow.Array {
		child := base.orSelf()(mem, arr, true, bad)
		if !to.IsVector() {
			one := func(row int) (int64, int64) { return int64(row), int64(row) + 1 }
			return rebuildList(mem, ArrowType(to), arr, one, child)
		}
		defer child.Release()
		b := NewVectorBuilder(mem, arr.Len(), 1)
		for i, x := range Doubles(child) {
			if child.IsNull(i) {
				b.AppendNull()
				continue
			}
			b.Dense(1)[0] = x
		}
		return b.Array()
	}
}

// rowOf returns the row of a list column that holds element i.
func rowOf(l array.ListLike, i int) int {
	return sort.Search(l.Len(), func(row int) bool {
		_, hi := l.ValueOffsets(row)
		return hi > int64(i)
	})
}

// span returns where the elements of the rows of l begin and end.
func span(l array.ListLike) (lo, hi int64) {
	if n := l.Len(); n > 0 {
		lo, _ = l.ValueOffsets(0)
		_, hi = l.ValueOffsets(n - 1)
	}
	return lo, hi
}

// elements casts the elements of a list column. Only elements of its rows are
// converted, so that a slice costs what it holds; lo is the first of them.
func elements(mem memory.Allocator, l array.ListLike, base baseCast, zero bool, bad Report) (child arrow.Array, lo int64) {
	lo, hi := span(l)
	report := func(i int, format string, args ...any) { bad(rowOf(l, i+int(lo)), format, args...) }
	return base.each(mem, l.ListValues(), lo, hi, zero, report), lo
}

// each casts the elements of arr from lo up to hi. MLeap's casts of elements
// know no nulls: that of a number is the unboxed null of the JVM, which is
// zero, and a text that is null is refused.
func (base baseCast) each(mem memory.Allocator, arr arrow.Array, lo, hi int64, zero bool, bad Report) arrow.Array {
	part := array.NewSlice(arr, lo, hi)
	defer part.Release()
	if part.NullN() == 0 {
		return base.orSelf()(mem, part, zero, bad)
	}
	boxless := zeroNulls(mem, part)
	defer boxless.Release()
	out := base.orSelf()(mem, boxless, zero, bad)
	for i := range boxless.Len() {
		if base != nil && boxless.IsNull(i) {
			bad(i, "null among texts that are read as numbers")
		}
	}
	return out
}

// zeroNulls returns arr with zeros for nulls; of texts, as it is.
func zeroNulls(mem memory.Allocator, arr arrow.Array) arrow.Array {
	n := arr.Len()
	switch a := arr.(type) {
	case *array.Boolean:
		b := array.NewBooleanBuilder(mem)
		defer b.Release()
		for i := range n {
			b.Append(!a.IsNull(i) && a.Value(i))
		}
		return b.NewArray()
	case *array.Int8:
		return withZeros(a, a.Int8Values(), NewBytes(mem, n))
	case *array.Int16:
		return withZeros(a, a.Int16Values(), NewShorts(mem, n))
	case *array.Int32:
		return withZeros(a, a.Int32Values(), NewInts(mem, n))
	case *array.Int64:
		return withZeros(a, a.Int64Values(), NewLongs(mem, n))
	case *array.Float32:
		return withZeros(a, a.Float32Values(), NewFloats(mem, n))
	case *array.Float64:
		return withZeros(a, a.Float64Values(), NewDoubles(mem, n))
	}
	return retained(arr)
}

func withZeros[T Fixed](arr arrow.Array, values []T, out *Out[T]) arrow.Array {
	for i, x := range values {
		if !arr.IsNull(i) {
			out.Values[i] = x
		}
	}
	return out.Array()
}

func listCast(base baseCast, dt arrow.DataType) Cast {
	return func(mem memory.Allocator, arr arrow.Array, bad Report) arrow.Array {
		l := arr.(array.ListLike)
		child, first := elements(mem, l, base, false, bad)
		return rebuildList(mem, dt, arr, func(row int) (int64, int64) {
			lo, hi := l.ValueOffsets(row)
			return lo - first, hi - first
		}, child)
	}
}

// listToVector makes dense vectors.
func listToVector(base baseCast) Cast {
	return func(mem memory.Allocator, arr arrow.Array, bad Report) arrow.Array {
		l := arr.(array.ListLike)
		child, first := elements(mem, l, base, true, bad)
		defer child.Release()
		if v, ok := denseOver(mem, l, child, first); ok {
			return v
		}
		xs := Doubles(child)
		b := NewVectorBuilder(mem, arr.Len(), len(xs)/max(arr.Len(), 1)+1)
		for i := range arr.Len() {
			if arr.IsNull(i) {
				b.AppendNull()
				continue
			}
			lo, hi := l.ValueOffsets(i)
			b.AppendDense(xs[lo-first : hi-first])
		}
		return b.Array()
	}
}

func tensorCast(base baseCast, from, to bundle.Type) (Cast, error) {
	switch {
	case to.Kind == bundle.TensorKind && base == nil:
		return nil, nil
	case to.Kind == bundle.ListKind && from.IsVector():
		return vectorToList(base, ArrowType(to)), nil
	case to.Kind == bundle.ListKind && base == nil:
		return nil, nil
	case to.Kind == bundle.ScalarKind && from.IsVector() && oneElement(from.Dims):
		return vectorToScalar(base, !to.Nullable), nil
	case to.IsVector():
		return listToVector(base), nil
	case from.IsVector() && to.Kind == bundle.TensorKind:
		return vectorToList(base, ArrowType(to)), nil
	case to.Kind == bundle.ListKind, to.Kind == bundle.TensorKind:
		return listCast(base, ArrowType(to)), nil
	}
	return nil, fmt.Errorf("MLeap has no conversion from %s to %s", from.NonNull(), to.NonNull())
}

func oneElement(dims []int) bool {
	if dims == nil {
		return false
	}
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n == 1
}

// vectorToList gives the values of dense vectors; MLeap refuses sparse ones.
func vectorToList(base baseCast, dt arrow.DataType) Cast {
	return func(mem memory.Allocator, arr arrow.Array, bad Report) arrow.Array {
		v := ViewVectors(arr)
		for i := range v.Len() {
			if !v.IsNull(i) && !v.Row(i).Dense {
				bad(i, "a sparse tensor cannot be read as a list")
			}
		}
		vals := arr.(*array.Struct).Field(3).(*array.List)
		if base == nil {
			return rebuildList(mem, dt, arr, vals.ValueOffsets, retained(vals.ListValues()))
		}
		return listCast(base, dt)(mem, vals, bad)
	}
}

func retained(arr arrow.Array) arrow.Array {
	arr.Retain()
	return arr
}

// vectorToScalar gives the first element.
func vectorToScalar(base baseCast, zero bool) Cast {
	return func(mem memory.Allocator, arr arrow.Array, bad Report) arrow.Array {
		v := ViewVectors(arr)
		out := NewDoubles(mem, v.Len())
		for i := range out.Values {
			switch {
			case v.IsNull(i):
				out.SetNull(i)
			case v.Row(i).Size == 0:
				bad(i, "an empty tensor cannot be read as a scalar")
			default:
				out.Values[i] = v.Row(i).At(0)
			}
		}
		first := out.Array()
		if base == nil {
			return first
		}
		defer first.Release()
		return base(mem, first, zero, bad)
	}
}

func mapCast(value baseCast, from, to bundle.Type) (Cast, error) {
	key, err := newBaseCast(from.Key, to.Key)
	if err != nil {
		return nil, err
	}
	if key == nil && value == nil {
		return nil, nil
	}
	return func(mem memory.Allocator, arr arrow.Array, bad Report) arrow.Array {
		m := arr.(*array.Map)
		lo, hi := span(m) // entries outside may be of rows that are not there
		report := func(i int, format string, args ...any) { bad(rowOf(m, i+int(lo)), format, args...) }
		keys, items := array.NewSlice(m.Keys(), lo, hi), array.NewSlice(m.Items(), lo, hi)
		defer keys.Release()
		defer items.Release()
		cast := func(base baseCast, arr arrow.Array) arrow.Array {
			if base == nil { // nulls stay
				return base.orSelf()(mem, arr, false, report)
			}
			return base.each(mem, arr, 0, hi-lo, false, report)
		}
		return RebuildMap(mem, to, m, lo, cast(key, keys), cast(value, items))
	}, nil
}
