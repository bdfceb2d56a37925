package partition

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// textOf returns how Spark casts the values of a type to text, or nil if
// a table cannot be partitioned by it. Times are in UTC.
func textOf(t arrow.DataType) func(arr arrow.Array, i int) string {
	switch t := t.(type) {
	case *arrow.BooleanType:
		return func(a arrow.Array, i int) string { return strconv.FormatBool(a.(*array.Boolean).Value(i)) }
	case *arrow.Uint64Type:
		return func(a arrow.Array, i int) string { return strconv.FormatUint(a.(*array.Uint64).Value(i), 10) }
	case *arrow.Float32Type:
		return func(a arrow.Array, i int) string { return javaFloat(float64(a.(*array.Float32).Value(i)), 32) }
	case *arrow.Float64Type:
		return func(a arrow.Array, i int) string { return javaFloat(a.(*array.Float64).Value(i), 64) }
	case *arrow.Decimal128Type:
		return func(a arrow.Array, i int) string { return a.(*array.Decimal128).Value(i).ToString(t.Scale) }
	case *arrow.Date32Type:
		return func(a arrow.Array, i int) string { return sparkDate(a.(*array.Date32).Value(i).ToTime()) }
	case *arrow.Date64Type:
		return func(a arrow.Array, i int) string { return sparkDate(a.(*array.Date64).Value(i).ToTime()) }
	case *arrow.TimestampType:
		return func(a arrow.Array, i int) string { return sparkTime(a.(*array.Timestamp).Value(i).ToTime(t.Unit)) }
	case *arrow.BinaryType:
		return func(a arrow.Array, i int) string { return string(a.(*array.Binary).Value(i)) }
	case *arrow.LargeBinaryType:
		return func(a arrow.Array, i int) string { return string(a.(*array.LargeBinary).Value(i)) }
	case *arrow.StringType, *arrow.LargeStringType, *arrow.NullType, // which has no values
		*arrow.Int8Type, *arrow.Int16Type, *arrow.Int32Type, *arrow.Int64Type,
		*arrow.Uint8Type, *arrow.Uint16Type, *arrow.Uint32Type:
		return func(a arrow.Array, i int) string { return a.ValueStr(i) }
	}
	return nil
}

// javaFloat writes x as Double.toString and Float.toString do since JDK 19:
// the shortest digits that lead back to x, two at least.
func javaFloat(x float64, bits int) string {
	switch {
	case math.IsNaN(x):
		return "NaN"
	case math.IsInf(x, 0):
		return strings.TrimPrefix(strconv.FormatFloat(x, 'g', -1, bits), "+") + "inity"
	case x == 0:
		return strconv.FormatFloat(x, 'f', 1, bits)
	}
	s := strconv.FormatFloat(x, 'e', -1, bits)
	if !strings.Contains(s, ".") {
		s = strconv.FormatFloat(x, 'e', 1, bits)
	}
	digits, exp, _ := strings.Cut(s, "e")
	e, _ := strconv.Atoi(exp)
	if e < -3 || e >= 7 {
		return digits + "E" + strconv.Itoa(e)
	}
	s = strconv.FormatFloat(x, 'f', -1, bits)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

func sparkDate(t time.Time) string {
	s := t.UTC().Format("2006-01-02")
	if y := t.UTC().Year(); y > 9999 {
		return "+" + s
	}
	return s
}

func sparkTime(t time.Time) string {
	return sparkDate(t) + t.UTC().Format(" 15:04:05.999999999")
}
