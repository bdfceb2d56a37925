package order

import (
	"slices"

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
	big   [][]int64
	sizes []int64 // of one column, kept for its memory
	ends  [][]int // by depth, kept for their memory
}

// put places the rows of rec on the scale.
func (s *scale) put(rec arrow.Record) {
	s.fixed, s.big = 0, nil
	for _, col := range rec.Columns() {
		if w, ok := col.DataType().(arrow.FixedWidthDataType); ok && col.DataType().ID() != arrow.DICTIONARY {
			s.fixed += int64(w.BitWidth()+7)/8 + 1
			continue
		}
		if sizes := s.bigOnes(col); sizes != nil {
			s.big = append(s.big, sizes)
		}
	}
	if s.fixed < bigValue {
		s.fixed = 0
	}
}

// light reports whether all rows weigh nothing.
func (s *scale) light() bool { return s.fixed == 0 && s.big == nil }

// row returns the weight of row i.
func (s *scale) row(i int) int64 {
	w := s.fixed
	for _, sizes := range s.big {
		if n := sizes[i]; n >= bigValue {
			w += n
		}
	}
	return w
}

// bigOnes returns the sizes of the values of col, or nil if none is big.
func (s *scale) bigOnes(col arrow.Array) []int64 {
	n := col.Len()
	if n == 0 || spanBytes(col, 0, n) < bigValue {
		return nil
	}
	if d, ok := col.(*array.Dictionary); ok {
		of := s.bigOnes(d.Dictionary())
		if of == nil {
			return nil
		}
		sizes := make([]int64, n)
		for i := range sizes {
			if !d.IsNull(i) {
				sizes[i] = of[d.GetValueIndex(i)]
			}
		}
		return sizes
	}
	if noneBig(col) {
		return nil
	}
	if sizes := s.weigh(col); slices.Max(sizes) >= bigValue {
		return slices.Clone(sizes)
	}
	return nil
}

// weigh returns spanBytes of each value of col, until it is called again.
func (s *scale) weigh(col arrow.Array) []int64 {
	n := col.Len()
	s.sizes = slices.Grow(s.sizes[:0], n)[:n]
	clear(s.sizes)
	ends := s.room(0, n+1)
	for i := range ends {
		ends[i] = i
	}
	s.add(0, col)
	return s.sizes
}

// noneBig reports whether col is text without a big value, as most columns are.
func noneBig(col arrow.Array) bool {
	switch col.(type) {
	case *array.String, *array.Binary:
		offsets := arrow.GetOffsets[int32](col.Data(), 1)
		for i, to := range offsets[1 : col.Len()+1] {
			if int64(to-offsets[i]) >= bigValue {
				return false
			}
		}
		return true
	}
	return false
}

// room returns n ends of the depth.
func (s *scale) room(depth, n int) []int {
	for depth >= len(s.ends) {
		s.ends = append(s.ends, nil)
	}
	s.ends[depth] = slices.Grow(s.ends[depth][:0], n)[:n]
	return s.ends[depth]
}

// add adds to the size of each row i that of the values of arr from ends[i] to
// before ends[i+1] of the depth.
func (s *scale) add(depth int, arr arrow.Array) {
	ends := s.ends[depth]
	switch a := arr.(type) {
	case array.ExtensionArray:
		s.add(depth, a.Storage())
	case *array.String, *array.Binary:
		addLengths[int32](s.sizes, ends, arr)
	case *array.LargeString, *array.LargeBinary:
		addLengths[int64](s.sizes, ends, arr)
	case *array.Struct:
		for f := range a.NumField() {
			s.add(depth, a.Field(f))
		}
		if format.IsVector(a.DataType()) {
			all := a.Field(1).(*array.Int32).Int32Values()
			for i := range s.sizes {
				s.sizes[i] += listBytes(all[ends[i]:ends[i+1]])
			}
		}
	case array.ListLike:
		inner := s.room(depth+1, len(ends))
		elementEnds(inner, ends, a)
		for i := range s.sizes {
			s.sizes[i] += levelBytes * int64(inner[i+1]-inner[i])
		}
		s.add(depth+1, a.ListValues())
	case *array.Dictionary:
		for i := range s.sizes {
			s.sizes[i] += spanBytes(arr, ends[i], ends[i+1])
		}
	default:
		if w, ok := arr.DataType().(arrow.FixedWidthDataType); ok {
			for i := range s.sizes {
				s.sizes[i] += int64(ends[i+1]-ends[i]) * int64(w.BitWidth()+7) / 8
			}
		}
	}
}

// addLengths adds the lengths of texts.
func addLengths[O int32 | int64](sizes []int64, ends []int, arr arrow.Array) {
	if buf := arr.Data().Buffers()[1]; buf == nil || buf.Len() == 0 {
		return
	}
	offsets := arrow.GetOffsets[O](arr.Data(), 1)
	for i := range sizes {
		sizes[i] += int64(offsets[ends[i+1]] - offsets[ends[i]])
	}
}

// elementEnds sets inner to where the elements of the lists before each of ends end.
func elementEnds(inner, ends []int, lists array.ListLike) {
	switch lists.(type) {
	case *array.List, *array.Map:
		if buf := lists.Data().Buffers()[1]; buf != nil && buf.Len() > 0 {
			offsets := arrow.GetOffsets[int32](lists.Data(), 1)
			for i, at := range ends {
				inner[i] = int(offsets[at])
			}
			return
		}
	}
	for i, at := range ends {
		switch {
		case at < lists.Len():
			lo, _ := lists.ValueOffsets(at)
			inner[i] = int(lo)
		case at > 0:
			_, hi := lists.ValueOffsets(at - 1)
			inner[i] = int(hi)
		default:
			inner[i] = 0
		}
	}
}

// levelBytes is how many bytes the levels of an element of a list take.
const levelBytes = 2

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
		return spanBytes(a.ListValues(), int(from), int(to)) + levelBytes*(to-from)
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
	if format.IsVector(a.DataType()) {
		n += listBytes(a.Field(1).(*array.Int32).Int32Values()[lo:hi])
	}
	return n
}

// listBytes returns what vectors of these sizes take more if they are written as
// lists, with their zeros.
func listBytes(sizes []int32) (n int64) {
	for _, size := range sizes {
		n += 4 * int64(size)
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
