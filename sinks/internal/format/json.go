package format

import (
	"encoding/base64"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/internal/half"
)

// jsonLines is one JSON object per line, with a key for each column, null or
// not. Integers and decimals are numbers of any size; doubles have the fewest
// digits that give them back. What JSON has no number for is a string, "NaN",
// "Infinity" or "-Infinity", as Spark writes and reads it: a bare NaN is no JSON,
// and null would be another value. Times are strings as in ISO 8601, and binary
// values strings in base64. Structs are objects; so are maps, whose keys become
// strings.
type jsonLines struct{ keys [][]byte }

func newJSON(s *arrow.Schema) (lineFormat, error) {
	l := jsonLines{}
	for i, f := range s.Fields() {
		l.keys = append(l.keys, jsonKey(i, f.Name))
	}
	return l, nil
}

// jsonKey is what stands before the value of key i of an object.
func jsonKey(i int, name string) []byte {
	key := []byte{','}
	if i == 0 {
		key[0] = '{'
	}
	return append(appendJSONString(key, []byte(name)), ':')
}

func (jsonLines) header() []byte { return nil }

func (l jsonLines) row(cols []column) func([]byte, int) []byte {
	return func(dst []byte, i int) []byte {
		for c, col := range cols {
			dst = append(dst, l.keys[c]...)
			if col.IsNull(i) {
				dst = append(dst, "null"...)
			} else {
				dst = col.text(dst, i)
			}
		}
		return append(dst, "}\n"...)
	}
}

func (jsonLines) column(arr arrow.Array) (cell, error) { return jsonValue(arr) }

// jsonValue returns how to append the values of arr as JSON.
func jsonValue(arr arrow.Array) (cell, error) {
	if text := textsOf(arr); text != nil {
		return func(dst []byte, i int) []byte { return appendJSONString(dst, text(i)) }, nil
	}
	switch a := arr.(type) {
	case array.ExtensionArray:
		return jsonValue(a.Storage())
	case *array.Null, *array.Boolean:
		return scalarText(arr), nil
	case *array.Float32:
		return jsonFloat(scalarText(arr), func(i int) float64 { return float64(a.Value(i)) }), nil
	case *array.Float16:
		return jsonFloat(scalarText(arr), func(i int) float64 { return float64(half.Float32(a.Value(i))) }), nil
	case *array.Float64:
		return jsonFloat(scalarText(arr), a.Value), nil
	case *array.Struct:
		return jsonStruct(a)
	case *array.Map:
		return jsonMap(a)
	case array.ListLike:
		return jsonList(a)
	}
	plain := scalarText(arr)
	switch id := arr.DataType().ID(); {
	case plain == nil:
		return nil, fmt.Errorf("%s has no JSON form here", arr.DataType())
	case arrow.IsInteger(id), arrow.IsDecimal(id):
		return plain, nil
	}
	return inQuotes(plain), nil
}

// inQuotes is for text that needs no escapes.
func inQuotes(plain cell) cell {
	return func(dst []byte, i int) []byte { return append(plain(append(dst, '"'), i), '"') }
}

func jsonFloat(plain cell, value func(int) float64) cell {
	quoted := inQuotes(plain)
	return func(dst []byte, i int) []byte {
		if x := value(i); math.IsNaN(x) || math.IsInf(x, 0) {
			return quoted(dst, i)
		}
		return plain(dst, i)
	}
}

// jsonNullable is what stands inside a list or a struct.
func jsonNullable(arr arrow.Array) (cell, error) {
	value, err := jsonValue(arr)
	if err != nil || arr.NullN() == 0 {
		return value, err
	}
	return func(dst []byte, i int) []byte {
		if arr.IsNull(i) {
			return append(dst, "null"...)
		}
		return value(dst, i)
	}, nil
}

func jsonStruct(a *array.Struct) (cell, error) {
	var keys [][]byte
	var values []cell
	for i := range a.NumField() {
		value, err := jsonNullable(asUUIDs(a.DataType().(*arrow.StructType).Field(i), a.Field(i)))
		if err != nil {
			return nil, err
		}
		keys = append(keys, jsonKey(i, a.DataType().(*arrow.StructType).Field(i).Name))
		values = append(values, value)
	}
	return func(dst []byte, i int) []byte {
		for f, value := range values {
			dst = value(append(dst, keys[f]...), i)
		}
		return append(dst, '}')
	}, nil
}

func jsonList(a array.ListLike) (cell, error) {
	values := a.ListValues()
	if t, ok := a.DataType().(arrow.ListLikeType); ok {
		values = asUUIDs(t.ElemField(), values)
	}
	value, err := jsonNullable(values)
	if err != nil {
		return nil, err
	}
	return func(dst []byte, i int) []byte {
		lo, hi := a.ValueOffsets(i)
		dst = append(dst, '[')
		for j := lo; j < hi; j++ {
			if j > lo {
				dst = append(dst, ',')
			}
			dst = value(dst, int(j))
		}
		return append(dst, ']')
	}, nil
}

func jsonMap(a *array.Map) (cell, error) {
	entries := a.ListValues().(*array.Struct)
	t := a.DataType().(*arrow.MapType)
	key, err := mapKey(asUUIDs(t.KeyField(), entries.Field(0)))
	if err != nil {
		return nil, err
	}
	value, err := jsonNullable(asUUIDs(t.ItemField(), entries.Field(1)))
	if err != nil {
		return nil, err
	}
	return func(dst []byte, i int) []byte {
		lo, hi := a.ValueOffsets(i)
		dst = append(dst, '{')
		for j := lo; j < hi; j++ {
			if j > lo {
				dst = append(dst, ',')
			}
			dst = value(append(key(dst, int(j)), ':'), int(j))
		}
		return append(dst, '}')
	}, nil
}

// mapKey is the text of a key, which JSON wants as a string.
func mapKey(arr arrow.Array) (cell, error) {
	if plain := scalarText(arr); plain != nil {
		return inQuotes(plain), nil
	}
	if textsOf(arr) == nil {
		return nil, fmt.Errorf("maps from %s have no JSON form here", arr.DataType())
	}
	return jsonValue(arr)
}

const hexDigits = "0123456789abcdef"

// appendJSONString appends text as a string. Bytes that are no UTF-8 become the
// replacement character.
func appendJSONString(dst, text []byte) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRune(text[i:])
			if r == utf8.RuneError && n == 1 {
				dst = append(append(dst, text[from:i]...), `\ufffd`...)
				from = i + 1
			}
			i += n
			continue
		}
		dst = append(dst, text[from:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		from = i
	}
	return append(append(dst, text[from:]...), '"')
}

// base64Text appends bytes as text.
func base64Text(dst, b []byte) []byte { return base64.StdEncoding.AppendEncode(dst, b) }
