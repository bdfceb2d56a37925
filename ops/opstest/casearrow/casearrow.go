// Package casearrow turns the values of case files into Arrow columns, as the
// engine sees them, and back. It checks nothing: values must be of the type of
// their column.
package casearrow

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
	"leapscore/ops/column"
	"leapscore/ops/opstest/casefile"
)

// Type returns the bundle type of a column of a case.
func Type(t casefile.Type) bundle.Type {
	base, ok := bundle.ParseBase(string(t.Base))
	if !ok {
		panic("casearrow: unknown base " + string(t.Base))
	}
	switch t.Kind {
	case casefile.List:
		return bundle.List(base)
	case casefile.Tensor:
		return bundle.Type{Kind: bundle.TensorKind, Base: base, Dims: t.Dims, Nullable: true}
	case casefile.Map:
		key, _ := bundle.ParseBase(string(t.Key))
		return bundle.Map(key, base)
	}
	return bundle.Scalar(base)
}

// New returns values as a column of type t. The caller releases it.
func New(mem memory.Allocator, t bundle.Type, values []casefile.Value) arrow.Array {
	if t.IsVector() {
		b := column.NewVectorBuilder(mem, len(values), 0)
		for _, v := range values {
			appendVector(b, v)
		}
		return b.Array()
	}
	b := array.NewBuilder(mem, column.ArrowType(t))
	defer b.Release()
	for _, v := range values {
		appendValue(b, v)
	}
	return b.NewArray()
}

func appendVector(b *column.VectorBuilder, v casefile.Value) {
	if v == nil {
		b.AppendNull()
		return
	}
	a := v.(*casefile.Array).Flat()
	if !a.Sparse {
		b.AppendDense(a.Doubles())
		return
	}
	indices := make([]int32, len(a.Indices))
	for i, at := range a.Indices {
		indices[i] = int32(at[0])
	}
	b.AppendSparse(a.Dims[0], indices, a.Doubles())
}

func appendValue(b array.Builder, v casefile.Value) {
	if v == nil {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.Append(v.(bool))
	case *array.Int8Builder:
		b.Append(int8(v.(int64)))
	case *array.Int16Builder:
		b.Append(int16(v.(int64)))
	case *array.Int32Builder:
		b.Append(int32(v.(int64)))
	case *array.Int64Builder:
		b.Append(v.(int64))
	case *array.Float32Builder:
		b.Append(v.(float32))
	case *array.Float64Builder:
		b.Append(v.(float64))
	case *array.StringBuilder:
		b.Append(v.(string))
	case *array.BinaryBuilder:
		b.Append(v.([]byte))
	case *array.ListBuilder:
		b.Append(true)
		elems, ok := v.([]casefile.Value)
		if !ok {
			elems = v.(*casefile.Array).Values
		}
		for _, e := range elems {
			appendValue(b.ValueBuilder(), e)
		}
	case *array.MapBuilder:
		b.Append(true)
		for _, e := range v.([]casefile.Entry) {
			appendValue(b.KeyBuilder(), e.Key)
			appendValue(b.ItemBuilder(), e.Value)
		}
	default:
		panic(fmt.Sprintf("casearrow: no builder for %T", b))
	}
}

// Value returns the value in row of a column of type t. Tensors come back with
// one dimension: Arrow keeps no others.
func Value(t bundle.Type, arr arrow.Array, row int) casefile.Value {
	if arr.IsNull(row) {
		return nil
	}
	if t.IsVector() {
		v := column.ViewVectors(arr)
		r := v.Row(row)
		a := &casefile.Array{Dims: []int{r.Size}, Sparse: !r.Dense, Values: []casefile.Value{}}
		for _, x := range r.Values {
			a.Values = append(a.Values, x)
		}
		for _, i := range r.Indices {
			a.Indices = append(a.Indices, []int{int(i)})
		}
		return a
	}
	v := scalarAt(arr, row)
	if elems, ok := v.([]casefile.Value); ok && t.Kind == bundle.TensorKind {
		return &casefile.Array{Dims: []int{len(elems)}, Values: elems}
	}
	return v
}

func scalarAt(arr arrow.Array, row int) casefile.Value {
	if arr.IsNull(row) {
		return nil
	}
	switch a := arr.(type) {
	case *array.Boolean:
		return a.Value(row)
	case *array.Int8:
		return int64(a.Value(row))
	case *array.Int16:
		return int64(a.Value(row))
	case *array.Int32:
		return int64(a.Value(row))
	case *array.Int64:
		return a.Value(row)
	case *array.Float32:
		return a.Value(row)
	case *array.Float64:
		return a.Value(row)
	case *array.String, *array.Dictionary:
		return column.ViewStrings(a).Value(row)
	case *array.Binary:
		return a.Value(row)
	case *array.Map:
		lo, hi := a.ValueOffsets(row)
		entries := []casefile.Entry{}
		for i := int(lo); i < int(hi); i++ {
			entries = append(entries, casefile.Entry{Key: scalarAt(a.Keys(), i), Value: scalarAt(a.Items(), i)})
		}
		return entries
	case *array.List:
		lo, hi := a.ValueOffsets(row)
		elems := []casefile.Value{}
		for i := int(lo); i < int(hi); i++ {
			elems = append(elems, scalarAt(a.ListValues(), i))
		}
		return elems
	}
	panic(fmt.Sprintf("casearrow: no values of %v", arr.DataType()))
}
