package order

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/sinks/internal/format"
)

// bigValue is the number of bytes from which on a value, or all numbers of a row
// together, have a say where a row group ends. That of smaller ones is looked at
// every sizeStep rows, which takes no time.
const bigValue = 8 << 10

// scale weighs the big values of the rows of a record. Rows weigh the same
// whatever batch they come in.
type scale struct {
	fixed int64 // bytes of a row's numbers, if they are many
	big   []func(i int) int64
}

// newScale returns the scale for rec.
func newScale(rec arrow.Record) scale {
	s := scale{}
	for _, col := range rec.Columns() {
		if w, ok := col.DataType().(arrow.FixedWidthDataType); ok && col.DataType().ID() != arrow.DICTIONARY {
			s.fixed += int64(w.BitWidth()+7)/8 + 1
			continue
		}
		if of := bigOnes(col); of != nil {
			s.big = append(s.big, of)
		}
	}
	if s.fixed < bigValue {
		s.fixed = 0
	}
	return s
}

// light reports whether all rows weigh nothing.
func (s *scale) light() bool { return s.fixed == 0 && s.big == nil }

// row returns the weight of row i.
func (s *scale) row(i int) int64 {
	w := s.fixed
	for _, of := range s.big {
		if n := of(i); n >= bigValue {
			w += n
		}
	}
	return w
}

// bigOnes returns the sizes of the values of col, or nil if none is big.
func bigOnes(col arrow.Array) func(i int) int64 {
	if col.Len() == 0 || spanBytes(col, 0, col.Len()) < bigValue {
		return nil
	}
	if d, ok := col.(*array.Dictionary); ok {
		of := bigOnes(d.Dictionary())
		if of == nil {
			return nil
		}
		return func(i int) int64 {
			if d.IsNull(i) {
				return 0
			}
			return of(d.GetValueIndex(i))
		}
	}
	if anyBig(col) {
		return func(i int) int64 { return spanBytes(col, i, i+1) }
	}
	return nil
}

// anyBig reports whether a value of col is big. Most columns are text without one,
// for which a look at the offsets is much cheaper than at each value.
func anyBig(col arrow.Array) bool {
	if col.Len() == 0 {
		return false
	}
	switch col.(type) {
	case *array.String, *array.Binary:
		if buf := col.Data().Buffers()[1]; buf == nil || buf.Len() == 0 {
			return false
		}
		offsets := arrow.GetOffsets[int32](col.Data(), 1)
		for i, to := range offsets[1 : col.Len()+1] {
			if int64(to-offsets[i]) >= bigValue {
				return true
			}
		}
		return false
	}
	for i := range col.Len() {
		if spanBytes(col, i, i+1) >= bigValue {
			return true
		}
	}
	return false
}

// spanBytes returns about how many bytes the values from lo to before hi take in a
// block. Of dictionaries, those of the entries count.
func spanBytes(arr arrow.Array, lo, hi int) int64 {
	if lo == hi {
		return 0
	}
	switch a := arr.(type) {
	case array.ExtensionArray:
		return spanBytes(a.Storage(), lo, hi)
	case *array.Dictionary:
		return spanBytes(a.Dictionary(), 0, a.Dictionary().Len())
	case *array.String, *array.Binary:
		return offsetSpan[int32](arr, lo, hi)
	case *array.LargeString, *array.LargeBinary:
		return offsetSpan[int64](arr, lo, hi)
	case *array.Struct:
		return structBytes(a, lo, hi)
	case array.ListLike:
		from, _ := a.ValueOffsets(lo)
		_, to := a.ValueOffsets(hi - 1)
		return spanBytes(a.ListValues(), int(from), int(to)) + 2*(to-from)
	}
	if w, ok := arr.DataType().(arrow.FixedWidthDataType); ok {
		return int64(hi-lo) * int64(w.BitWidth()+7) / 8
	}
	return 0
}

func offsetSpan[O int32 | int64](arr arrow.Array, lo, hi int) int64 {
	if buf := arr.Data().Buffers()[1]; buf == nil || buf.Len() == 0 {
		return 0
	}
	offsets := arrow.GetOffsets[O](arr.Data(), 1)
	return int64(offsets[hi] - offsets[lo])
}

func structBytes(a *array.Struct, lo, hi int) (n int64) {
	for f := range a.NumField() {
		n += spanBytes(a.Field(f), lo, hi)
	}
	if format.IsVector(a.DataType()) { // which may be written as a list, with its zeros
		sizes := a.Field(1).(*array.Int32)
		for i := lo; i < hi; i++ {
			n += 4 * int64(sizes.Value(i))
		}
	}
	return n
}

// fits returns the row before which rows from lo on, up to hi, no longer fit into
// what room is left: at least one does if the block is empty. It also returns what
// these rows weigh.
func (s *scale) fits(lo, hi int, held, room int64) (int, int64) {
	weight := int64(0)
	for i := lo; i < hi; i++ {
		w := s.row(i)
		if held+weight > 0 && held+weight+w > room {
			return i, weight
		}
		weight += w
	}
	return hi, weight
}
