package pipeline

import (
	"encoding/json"
	"math"
	"sort"
	"strconv"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// valueText is the value of arr at row as text. Lists and structs are those of
// ValueStr, which panics where they hold NaN or an infinity.
func valueText(arr arrow.Array, row int) string {
	if arr.IsNull(row) {
		return arr.ValueStr(row)
	}
	switch arr.(type) {
	case array.ListLike, *array.Struct:
		return string(appendValue(nil, arr, row))
	}
	return arr.ValueStr(row)
}

func appendValue(dst []byte, arr arrow.Array, row int) []byte {
	if arr.IsNull(row) {
		return append(dst, "null"...)
	}
	switch a := arr.(type) {
	case array.ListLike:
		dst = append(dst, '[')
		lo, hi := a.ValueOffsets(row)
		for i := lo; i < hi; i++ {
			if i > lo {
				dst = append(dst, ',')
			}
			dst = appendValue(dst, a.ListValues(), int(i))
		}
		return append(dst, ']')
	case *array.Struct:
		fields := a.DataType().(*arrow.StructType).Fields()
		order := make([]int, len(fields))
		for i := range order {
			order[i] = i
		}
		sort.SliceStable(order, func(i, j int) bool { return fields[order[i]].Name < fields[order[j]].Name })
		dst = append(dst, '{')
		for i, f := range order {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendJSON(dst, fields[f].Name), ':')
			dst = appendValue(dst, a.Field(f), row)
		}
		return append(dst, '}')
	}
	v := arr.GetOneForMarshal(row)
	switch x := v.(type) {
	case float64:
		return appendFloat(dst, x, 64)
	case float32:
		return appendFloat(dst, float64(x), 32)
	}
	return appendJSON(dst, v)
}

func appendFloat(dst []byte, x float64, bits int) []byte {
	if abs := math.Abs(x); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		return strconv.AppendFloat(dst, x, 'e', -1, bits)
	}
	return strconv.AppendFloat(dst, x, 'f', -1, bits)
}

// appendJSON appends v as JSON, or nothing if it cannot be.
func appendJSON(dst []byte, v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		return dst
	}
	return append(dst, text...)
}

// shortened is the beginning of text, up to a whole character.
func shortened(text string) string {
	const most = 200
	if len(text) <= most {
		return text
	}
	cut := most
	for cut > most-utf8.UTFMax && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "..."
}
