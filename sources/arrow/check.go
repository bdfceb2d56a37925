package arrow

import (
	"errors"
	"fmt"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources/internal/scan"
)

// checkType returns why a column of a type cannot be read, or nil.
func checkType(t arrow.DataType) error {
	switch t := t.(type) {
	case *arrow.DictionaryType:
		return checkEntryType(t.ValueType)
	case *arrow.StructType:
		for _, f := range t.Fields() {
			if err := checkType(f.Type); err != nil {
				return err
			}
		}
		return nil
	case *arrow.ListType, *arrow.LargeListType, *arrow.FixedSizeListType, *arrow.MapType:
		return checkType(t.(arrow.ListLikeType).Elem())
	case arrow.ExtensionType, arrow.UnionType, *arrow.RunEndEncodedType,
		*arrow.ListViewType, *arrow.LargeListViewType:
		return fmt.Errorf("type %s is not read from Arrow IPC", t)
	}
	return nil
}

// columnsOf returns the columns cols of a record batch, checked, and with
// zeros in the slots of nulls. The record's memory is its own.
func columnsOf(rec arrow.Record, cols []arrow.Field) ([]arrow.Array, error) {
	if err := checkBatchRows(rec.NumRows(), int(rec.NumCols())); err != nil {
		return nil, err
	}
	if len(cols) == 0 && rec.NumCols() > 0 { // some column must have as many rows
		if err := checkArray(rec.Column(0).Data()); err != nil {
			return nil, fmt.Errorf("damaged: %w", err)
		}
	}
	out := make([]arrow.Array, len(cols))
	for i, f := range cols {
		at := rec.Schema().FieldIndices(f.Name)
		if len(at) != 1 {
			return nil, fmt.Errorf("no column %q", f.Name)
		}
		var err error
		if out[i], err = columnOf(memory.NewGoAllocator(), rec.Column(at[0]), rec.NumRows(), f, false); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// columnOf returns a column of a record batch as columnsOf does. Its dictionary may have
// been checked before.
func columnOf(mem memory.Allocator, c arrow.Array, rows int64, f arrow.Field, entriesChecked bool) (arrow.Array, error) {
	if int64(c.Len()) != rows {
		return nil, fmt.Errorf("damaged: column %q has %d rows, want %d", f.Name, c.Len(), rows)
	}
	if err := checkArray(c.Data()); err != nil {
		return nil, fmt.Errorf("damaged: column %q: %w", f.Name, err)
	}
	if d, ok := c.(*array.Dictionary); ok && !entriesChecked {
		if err := checkArray(d.Dictionary().Data()); err != nil {
			return nil, fmt.Errorf("damaged: column %q: %w", f.Name, err)
		}
	}
	out, err := plainColumn(mem, c, f.Type)
	if err != nil {
		return nil, fmt.Errorf("column %q: %w", f.Name, err)
	}
	scan.ZeroNulls(out.Data())
	return out, nil
}

// plainColumn returns a column in its plain form, or as a dictionary of strings.
func plainColumn(mem memory.Allocator, c arrow.Array, to arrow.DataType) (arrow.Array, error) {
	if d, ok := c.(*array.Dictionary); ok && d.Dictionary().DataType().ID() == arrow.STRING {
		if err := checkIndices(d); err != nil {
			return nil, fmt.Errorf("damaged: %w", err)
		}
		c.Retain()
		return c, nil
	}
	data, err := plainArray(mem, c.Data(), to)
	if data != nil {
		defer data.Release()
	}
	if err != nil {
		return nil, err
	}
	return array.MakeFromData(data), nil
}

// checkBatchRows refuses numbers of rows that nothing else in a record batch
// would stop: of batches without columns, and above what other readers take.
func checkBatchRows(rows int64, cols int) error {
	switch {
	case rows > 0 && cols == 0:
		return fmt.Errorf("%d rows without columns", rows)
	case rows < 0 || rows > math.MaxInt32:
		return fmt.Errorf("damaged: a record batch of %d rows", rows)
	}
	return nil
}

var errShortBuffer = errors.New("a buffer is too short")

// checkArray checks what readers of an array rely on, so that a damaged file
// is an error here and not a panic there.
func checkArray(d arrow.ArrayData) error {
	n := d.Len()
	if n < 0 || d.Offset() != 0 {
		return fmt.Errorf("length %d", n)
	}
	bufs := d.Buffers()
	if len(bufs) > 0 && bufs[0] != nil {
		if bufs[0].Len() < int(bitutil.BytesForBits(int64(n))) {
			return errShortBuffer
		}
		if nulls := n - bitutil.CountSetBits(bufs[0].Bytes(), 0, n); d.NullN() >= 0 && nulls != d.NullN() {
			return fmt.Errorf("%d nulls, announced %d", nulls, d.NullN())
		}
	} else if d.NullN() > 0 && d.DataType().ID() != arrow.NULL {
		return fmt.Errorf("%d nulls without a bitmap", d.NullN())
	}
	for _, kid := range d.Children() {
		if err := checkArray(kid); err != nil {
			return err
		}
	}
	return checkLayout(d)
}

func checkLayout(d arrow.ArrayData) error {
	bufs, n := d.Buffers(), d.Len()
	switch t := d.DataType().(type) {
	case *arrow.StringViewType, *arrow.BinaryViewType:
		return checkViews(d)
	case *arrow.StringType, *arrow.BinaryType:
		return checkOffsets[int32](bufs[1], n, bufferLen(bufs[2]))
	case *arrow.LargeStringType, *arrow.LargeBinaryType:
		return checkOffsets[int64](bufs[1], n, bufferLen(bufs[2]))
	case *arrow.ListType, *arrow.MapType:
		return checkOffsets[int32](bufs[1], n, d.Children()[0].Len())
	case *arrow.LargeListType:
		return checkOffsets[int64](bufs[1], n, d.Children()[0].Len())
	case *arrow.FixedSizeListType:
		if d.Children()[0].Len() < n*int(t.Len()) {
			return errShortBuffer
		}
	case *arrow.StructType:
		for _, kid := range d.Children() {
			if kid.Len() < n {
				return errShortBuffer
			}
		}
	case arrow.FixedWidthDataType:
		if w := t.BitWidth(); w < 0 || n > 0 && w > math.MaxInt/n-7 || n > 0 && bufferLen(bufs[1]) < (n*w+7)/8 {
			return errShortBuffer
		}
	}
	return nil
}

func bufferLen(b *memory.Buffer) int {
	if b == nil {
		return 0
	}
	return b.Len()
}

func checkOffsets[T int32 | int64](b *memory.Buffer, n, end int) error {
	if n == 0 {
		return nil
	}
	if b == nil {
		return errShortBuffer
	}
	off := scan.SliceOf[T](b.Bytes())
	if len(off) <= n {
		return errShortBuffer
	}
	last := T(0)
	for _, o := range off[:n+1] {
		if o < last || int64(o) > int64(end) {
			return fmt.Errorf("offset %d after %d, of %d", o, last, end)
		}
		last = o
	}
	return nil
}

// checkIndices checks the indices into a dictionary.
func checkIndices(d *array.Dictionary) error {
	data, n := d.Indices().Data(), uint64(d.Dictionary().Len())
	switch data.DataType().ID() {
	case arrow.INT8:
		return checkCodes(d, arrow.GetValues[int8](data, 1), n)
	case arrow.UINT8:
		return checkCodes(d, arrow.GetValues[uint8](data, 1), n)
	case arrow.INT16:
		return checkCodes(d, arrow.GetValues[int16](data, 1), n)
	case arrow.UINT16:
		return checkCodes(d, arrow.GetValues[uint16](data, 1), n)
	case arrow.INT32:
		return checkCodes(d, arrow.GetValues[int32](data, 1), n)
	case arrow.UINT32:
		return checkCodes(d, arrow.GetValues[uint32](data, 1), n)
	case arrow.INT64:
		return checkCodes(d, arrow.GetValues[int64](data, 1), n)
	default:
		return checkCodes(d, arrow.GetValues[uint64](data, 1), n)
	}
}

// checkCodes checks that all codes are below n, but for those of nulls. Negative ones are
// large as numbers without a sign.
func checkCodes[T int8 | uint8 | int16 | uint16 | int32 | uint32 | int64 | uint64](d *array.Dictionary, codes []T, n uint64) error {
	for i, c := range codes {
		if uint64(c) >= n && d.IsValid(i) {
			return fmt.Errorf("index %d into a dictionary of %d", c, n)
		}
	}
	return nil
}
