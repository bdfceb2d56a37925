package parquet

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
)

// FieldID is the key of the metadata of an Arrow field, at any depth, that holds
// the id which the field has in the file.
const FieldID = "PARQUET:field_id"

// fieldID returns the id in the metadata of f, or 0, which stands for none.
func fieldID(f arrow.Field) int32 {
	text, ok := f.Metadata.GetValue(FieldID)
	if !ok {
		return 0
	}
	id, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0
	}
	return int32(id)
}

// ColumnStats sums up what is in a column of a file.
type ColumnStats struct {
	Path   []string       // of names in the file
	ID     int32          // 0 if the column has none
	Type   arrow.DataType // of the values; what is stored may have another unit
	Nested bool           // in a list or map: values are not rows
	Values int64          // nulls included
	Nulls  int64
	Bytes  int64
	// Min and Max bound the values that are numbers or text, in PLAIN form
	// without length. They are nil if they are not known.
	Min, Max []byte
	NaN      bool // there are values that are no numbers, which the bounds leave out
}

// Stats returns the sums of what was appended so far, a column after the other.
func (f *File) Stats() []ColumnStats {
	stats := make([]ColumnStats, len(f.schema.leaves))
	for i, l := range f.schema.leaves {
		st := &stats[i]
		*st = ColumnStats{Path: l.path, ID: l.id, Type: l.typ, Nested: l.maxRep > 0, NaN: f.nan[i]}
		known := true
		for _, rg := range f.meta.RowGroups {
			m := &rg.Columns[i].MetaData
			st.Values += m.NumValues
			st.Nulls += m.Statistics.NullCount
			st.Bytes += m.TotalCompressedSize
			if m.NumValues == m.Statistics.NullCount {
				continue
			}
			lo, hi := m.Statistics.MinValue, m.Statistics.MaxValue
			if !lo.Valid { // only values that are no numbers
				known = known && f.nan[i]
				continue
			}
			if st.Min == nil || l.physical.compare(lo.V, st.Min) < 0 {
				st.Min = lo.V
			}
			if !hi.Valid {
				known = false
			} else if st.Max == nil || l.physical.compare(hi.V, st.Max) > 0 {
				st.Max = hi.V
			}
		}
		if !known {
			st.Max = nil
		}
	}
	return stats
}

// compare orders two values in PLAIN form.
func (p *physical) compare(x, y []byte) int {
	switch p.order {
	case bytesOrder:
		return bytes.Compare(x, y)
	case decimalOrder:
		return (&arrayValues{physical: p}).compare(x, y)
	}
	a, b := p.word(x), p.word(y)
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// word maps a value of four or eight bytes, or a boolean, to a number with the
// same order.
func (p *physical) word(v []byte) uint64 {
	var w uint64
	switch len(v) {
	case 8:
		w = binary.LittleEndian.Uint64(v)
	case 4:
		w = uint64(binary.LittleEndian.Uint32(v))
		if p.order == signedOrder {
			w = uint64(int64(int32(w)))
		}
		if p.order == floatOrder {
			w = math.Float64bits(float64(math.Float32frombits(uint32(w))))
		}
	default:
		return uint64(v[0])
	}
	const sign = 1 << 63
	switch {
	case p.order == signedOrder:
		return w ^ sign
	case p.order == floatOrder && w&sign != 0:
		return ^w
	case p.order == floatOrder:
		return w | sign
	}
	return w
}
