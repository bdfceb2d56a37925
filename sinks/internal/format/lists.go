package format

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
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
	b := array.NewListBuilder(memory.DefaultAllocator, arrow.PrimitiveTypes.Float64)
	defer b.Release()
	values := b.ValueBuilder().(*array.Float64Builder)
	dense, sizes := arr.Field(0).(*array.Int8), arr.Field(1).(*array.Int32)
	idx, val := arr.Field(2).(*array.List), arr.Field(3).(*array.List)
	indices := idx.ListValues().(*array.Int32).Int32Values()
	stored := val.ListValues().(*array.Float64).Float64Values()
	var row []float64
	for i := range arr.Len() {
		if arr.IsNull(i) {
			b.AppendNull()
			continue
		}
		b.Append(true)
		lo, hi := val.ValueOffsets(i)
		if dense.Value(i) == 1 {
			values.AppendValues(stored[lo:hi], nil)
			continue
		}
		row = append(row[:0], make([]float64, sizes.Value(i))...)
		from, _ := idx.ValueOffsets(i)
		for k, v := range stored[lo:hi] {
			row[indices[int(from)+k]] = v
		}
		values.AppendValues(row, nil)
	}
	return b.NewArray()
}
