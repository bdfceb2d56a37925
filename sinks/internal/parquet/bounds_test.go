package parquet

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

var mem = memory.DefaultAllocator

func TestLongStringsHaveCutBounds(t *testing.T) {
	tests := []struct {
		name             string
		lo, hi           string
		text             bool
		wantMin, wantMax string
		noMax            bool
	}{
		{"short", "a", "b", true, "a", "b", false},
		{"ascii", strings.Repeat("a", 70), strings.Repeat("b", 70), true,
			strings.Repeat("a", 64), strings.Repeat("b", 63) + "c", false},
		{"inside a character", strings.Repeat("é", 40), "a" + strings.Repeat("é", 40), true,
			strings.Repeat("é", 32), "a" + strings.Repeat("é", 30) + "ê", false},
		{"greatest characters", "", "ab" + strings.Repeat("\U0010FFFF", 20), true, "", "ac", false},
		{"nothing is greater", "", strings.Repeat("\U0010FFFF", 20), true, "", "", true},
		{"before the surrogates", "", strings.Repeat("x", 61) + "\uD7FF" + "yyyy", true, "", strings.Repeat("x", 61) + "\uE000", false},
		{"bytes", strings.Repeat("\xff", 70), "z" + strings.Repeat("\xff", 70), false, strings.Repeat("\xff", 64), "{", false},
		{"nothing is greater than bytes", "", strings.Repeat("\xff", 70), false, "", "", true},
		{"not UTF-8 after all", "\xff" + strings.Repeat("a", 70), strings.Repeat("\xff", 70), true,
			"\xff" + strings.Repeat("a", 63), "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := truncatedBounds([]byte(tt.lo), []byte(tt.hi), tt.text)
			if string(b.min) != tt.wantMin || string(b.max) != tt.wantMax || b.noMax != tt.noMax {
				t.Errorf("got %q, %q, no max %v; want %q, %q, %v", b.min, b.max, b.noMax, tt.wantMin, tt.wantMax, tt.noMax)
			}
			if b.minExact != (tt.lo == tt.wantMin) || b.maxExact != (tt.hi == tt.wantMax && !tt.noMax) {
				t.Errorf("exact: %v and %v", b.minExact, b.maxExact)
			}
		})
	}
}

// From parquet.thrift: a minimum of zero is written as -0, a maximum as +0, and
// NaN is in neither.
func TestFloatBoundsFollowTheFormat(t *testing.T) {
	negZero := math.Copysign(0, -1)
	nan := math.NaN()
	tests := []struct {
		values   []float64
		min, max float64
		known    bool
	}{
		{[]float64{1, 2}, 1, 2, true},
		{[]float64{0, 1}, negZero, 1, true},
		{[]float64{-1, negZero}, -1, 0, true},
		{[]float64{0}, negZero, 0, true},
		{[]float64{nan, 3, nan, -3, nan}, -3, 3, true},
		{[]float64{nan}, 0, 0, false},
		{[]float64{math.Inf(-1), math.Inf(1)}, math.Inf(-1), math.Inf(1), true},
		{nil, 0, 0, false},
	}
	for _, tt := range tests {
		b64, b32 := array.NewFloat64Builder(mem), array.NewFloat32Builder(mem)
		for _, v := range tt.values {
			b64.Append(v)
			b32.Append(float32(v))
		}
		for _, arr := range []arrow.Array{b64.NewArray(), b32.NewArray()} {
			p, err := physicalOf(arr.DataType())
			if err != nil {
				t.Fatal(err)
			}
			c := newColumn(&leaf{physical: p})
			c.values.append(arr, []span{{0, arr.Len()}}, bitmap{})
			b := c.values.bounds()
			wantMin, wantMax := wordBytes(math.Float64bits(tt.min)), wordBytes(math.Float64bits(tt.max))
			if arr.DataType().ID() == arrow.FLOAT32 {
				wantMin, wantMax = wordBytes(math.Float32bits(float32(tt.min))), wordBytes(math.Float32bits(float32(tt.max)))
			}
			if b.known != tt.known || b.known && (string(b.min) != string(wantMin) || string(b.max) != string(wantMax)) {
				t.Errorf("%v %v: got %v %x %x, want %v %x %x", arr.DataType(), tt.values, b.known, b.min, b.max, tt.known, wantMin, wantMax)
			}
		}
	}
}

func TestRefusesWhatItCannotWrite(t *testing.T) {
	field := func(t arrow.DataType, nullable bool) *arrow.Schema {
		return arrow.NewSchema([]arrow.Field{{Name: "x", Type: t, Nullable: nullable}}, nil)
	}
	if _, err := NewSchema(field(arrow.FixedWidthTypes.MonthInterval, true)); err == nil ||
		err.Error() != `column "x": month_interval has no Parquet form here` {
		t.Errorf("interval: %v", err)
	}
	for _, scale := range []int32{-2, 6} { // other readers cannot open a file with such a column
		want := fmt.Sprintf(`column "x": decimal(5, %d) has no Parquet form: its scale is not from 0 to its precision`, scale)
		if _, err := NewSchema(field(&arrow.Decimal128Type{Precision: 5, Scale: scale}, true)); err == nil || err.Error() != want {
			t.Errorf("scale %d: %v", scale, err)
		}
	}
	if _, err := NewSchema(field(arrow.StructOf(), true)); err == nil {
		t.Error("a struct without fields was taken")
	}

	strings, numbers := array.NewStringBuilder(mem), array.NewInt32Builder(mem)
	strings.Append("a")
	numbers.AppendNull()
	append1 := func(want arrow.DataType, nullable bool, arr arrow.Array) error {
		s, err := NewSchema(field(want, nullable))
		if err != nil {
			t.Fatal(err)
		}
		return s.NewGroup().Append(array.NewRecord(field(arr.DataType(), true), []arrow.Array{arr}, int64(arr.Len())), 0, arr.Len())
	}
	if err := append1(arrow.PrimitiveTypes.Float64, true, strings.NewArray()); err == nil ||
		err.Error() != `column "x": found utf8, want float64` {
		t.Errorf("string for a number: %v", err)
	}
	if err := append1(arrow.PrimitiveTypes.Int32, false, numbers.NewArray()); err == nil ||
		err.Error() != `column "x": null in a column that is declared as never null` {
		t.Errorf("null: %v", err)
	}
}
