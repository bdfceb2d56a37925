package format

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Lists of doubles may come as vectors, laid out as Spark's VectorUDT, so that
// sparse ones are small until they are written. Parquet takes them as they are; for
// other formats they become lists here, a few at a time.

// listValues is how many values, zeros included, become lists at a time, and
// longestList how many one list may have.
const (
	listValues  = 1 << 20
	longestList = 1 << 26
)

// vectorsForLists returns the columns of rec that hold vectors where schema has
// lists.
func vectorsForLists(rec arrow.Record, schema *arrow.Schema) (at []int) {
	for i, f := range schema.Fields() {
		if l, ok := f.Type.(*arrow.ListType); ok && l.Elem().ID() == arrow.FLOAT64 && i < int(rec.NumCols()) && IsVector(rec.Column(i).DataType()) {
			at = append(at, i)
		}
	}
	return at
}

// asLists calls add with the rows of spans of rec, some at a time, with the vectors
// in columns as lists.
func asLists(rec arrow.Record, columns, spans []int, add func(rec arrow.Record, spans []int) error) error {
	for s := 0; s < len(spans); s += 2 {
		for lo := spans[s]; lo < spans[s+1]; {
			hi, err := listsEnd(rec, columns, lo, spans[s+1])
			if err != nil {
				return err
			}
			part := listed(rec, columns, lo, hi)
			err = add(part, []int{0, hi - lo})
			part.Release()
			if err != nil {
				return err
			}
			lo = hi
		}
	}
	return nil
}

// listsEnd returns the row before which lists from row lo on are many enough.
func listsEnd(rec arrow.Record, columns []int, lo, hi int) (int, error) {
	n := 0
	for i := lo; i < hi; i++ {
		for _, c := range columns {
			size := 0
			if arr := rec.Column(c).(*array.Struct); !arr.IsNull(i) {
				size = int(arr.Field(1).(*array.Int32).Value(i))
			}
			if size > longestList {
				return 0, fmt.Errorf("column %q: a vector of %d values, of which a list would hold every zero; write --vectors sparse or udt, or leave it out with --outputs", rec.ColumnName(c), size)
			}
			n += size
		}
		if n > listValues && i > lo {
			return i, nil
		}
	}
	return hi, nil
}

// listed returns rows of rec with lists for vectors.
func listed(rec arrow.Record, columns []int, lo, hi int) arrow.Record {
	part := rec.NewSlice(int64(lo), int64(hi))
	defer part.Release()
	cols := append([]arrow.Array{}, part.Columns()...)
	fields := part.Schema().Fields()
	for _, c := range columns {
		cols[c] = listOf(cols[c].(*array.Struct))
		defer cols[c].Release()
		fields[c].Type = cols[c].DataType()
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), cols, part.NumRows())
}

// listOf returns vectors as lists of all their values.
func listOf(arr *array.Struct) arrow.Array {
	n := arr.Len()
	dense, sizes := arr.Field(0).(*array.Int8), arr.Field(1).(*array.Int32)
	idx, val := arr.Field(2).(*array.List), arr.Field(3).(*array.List)
	ends := make([]int32, n+1)
	for i := range n {
		ends[i+1] = ends[i]
		if arr.IsValid(i) {
			ends[i+1] += sizes.Value(i)
		}
	}
	all := make([]float64, ends[n])
	indices := idx.ListValues().(*array.Int32).Int32Values()
	stored := val.ListValues().(*array.Float64).Float64Values()
	for i := range n {
		row := all[ends[i]:ends[i+1]]
		if len(row) == 0 {
			continue
		}
		lo, hi := val.ValueOffsets(i)
		if dense.Value(i) == 1 {
			copy(row, stored[lo:hi])
			continue
		}
		from, _ := idx.ValueOffsets(i)
		for k, at := range indices[from : from+hi-lo] {
			row[at] = stored[int(lo)+k]
		}
	}
	values := array.NewData(arrow.PrimitiveTypes.Float64, len(all), []*memory.Buffer{nil, memory.NewBufferBytes(arrow.GetBytes(all))}, nil, 0, 0)
	defer values.Release()
	bufs := []*memory.Buffer{validBits(arr), memory.NewBufferBytes(arrow.GetBytes(ends))}
	data := array.NewData(arrow.ListOf(arrow.PrimitiveTypes.Float64), n, bufs, []arrow.ArrayData{values}, arr.NullN(), 0)
	defer data.Release()
	return array.MakeFromData(data)
}

// validBits returns the validity of arr from its first value on, or nil if all are
// valid.
func validBits(arr arrow.Array) *memory.Buffer {
	if arr.NullN() == 0 {
		return nil
	}
	bits := make([]byte, bitutil.BytesForBits(int64(arr.Len())))
	bitutil.CopyBitmap(arr.NullBitmapBytes(), arr.Data().Offset(), arr.Len(), bits, 0)
	return memory.NewBufferBytes(bits)
}
