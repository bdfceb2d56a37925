package delta

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sinks"
)

// statsColumns is how many columns of a file have statistics in the log, as in
// other writers.
const statsColumns = 32

// stats returns the statistics of a file as in the log.
func stats(columns []sinks.ColumnStats, rows int64) (string, error) {
	lo, hi, nulls := map[string]any{}, map[string]any{}, map[string]any{}
	n := 0
	for _, c := range columns {
		if c.Nested {
			continue
		}
		if n++; n > statsColumns {
			break
		}
		set(nulls, c.Path, c.Nulls)
		if v, ok := bound(c.Type, c.Min); ok {
			set(lo, c.Path, v)
		}
		// To others NaN is the greatest number, and bounds leave it out here.
		if v, ok := bound(c.Type, c.Max); ok && !c.NaN {
			set(hi, c.Path, v)
		}
	}
	text, err := json.Marshal(map[string]any{"minValues": lo, "maxValues": hi, "nullCount": nulls, "numRecords": rows})
	return string(text), err
}

func set(m map[string]any, path []string, v any) {
	for _, p := range path[:len(path)-1] {
		inner, ok := m[p].(map[string]any)
		if !ok {
			inner = map[string]any{}
			m[p] = inner
		}
		m = inner
	}
	m[path[len(path)-1]] = v
}

// bound returns a bound of a column of type t as JSON. Bounds that have no
// exact form there are left out.
func bound(t arrow.DataType, v []byte) (any, bool) {
	if v == nil {
		return nil, false
	}
	switch t := t.(type) {
	case *arrow.StringType, *arrow.LargeStringType, *arrow.DictionaryType:
		return string(v), utf8.Valid(v)
	case *arrow.Int8Type, *arrow.Int16Type, *arrow.Int32Type:
		return int32(binary.LittleEndian.Uint32(v)), true
	case *arrow.Int64Type:
		return int64(binary.LittleEndian.Uint64(v)), true
	case *arrow.Float32Type:
		f := math.Float32frombits(binary.LittleEndian.Uint32(v))
		return f, !math.IsInf(float64(f), 0)
	case *arrow.Float64Type:
		f := math.Float64frombits(binary.LittleEndian.Uint64(v))
		return f, !math.IsInf(f, 0)
	case *arrow.Date32Type, *arrow.Date64Type:
		day := time.Unix(0, 0).UTC().AddDate(0, 0, int(int32(binary.LittleEndian.Uint32(v))))
		return day.Format(time.DateOnly), day.Year() >= 1 && day.Year() <= 9999
	case *arrow.TimestampType:
		at := time.UnixMicro(int64(binary.LittleEndian.Uint64(v))).UTC()
		layout := "2006-01-02T15:04:05.000000"
		if t.TimeZone != "" {
			layout += "Z"
		}
		return at.Format(layout), at.Year() >= 1 && at.Year() <= 9999
	case *arrow.Decimal128Type:
		return decimal(t, v)
	}
	return nil, false
}

// decimal writes decimals that are stored as numbers.
func decimal(t *arrow.Decimal128Type, v []byte) (any, bool) {
	var n int64
	switch len(v) {
	case 4:
		n = int64(int32(binary.LittleEndian.Uint32(v)))
	case 8:
		n = int64(binary.LittleEndian.Uint64(v))
	default:
		return nil, false
	}
	if t.Precision > 15 || t.Scale < 0 { // readers may go by way of a double
		return nil, false
	}
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	digits := fmt.Sprintf("%0*d", t.Scale+1, n)
	at := len(digits) - int(t.Scale)
	return json.Number(strings.TrimSuffix(sign+digits[:at]+"."+digits[at:], ".")), true
}
