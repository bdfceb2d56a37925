package summary

import (
	"math"
	"reflect"
	"strconv"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Rows that are summed up in pieces, saved and loaded give the summary of all rows.
func TestSavedSummariesAddUp(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "few", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "many", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		{Name: "text", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "list", Type: arrow.ListOf(arrow.PrimitiveTypes.Float64), Nullable: true},
		{Name: "words", Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true},
		{Name: "day", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
	}, nil)
	names := []string{"few", "many", "text", "list", "words", "day"}
	record := func(from, to int) arrow.Record {
		b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		defer b.Release()
		for i := from; i < to; i++ {
			b.Field(0).(*array.Int64Builder).Append(int64(i % 7))
			x := math.Exp(float64(i%97)-40) * float64(1-2*(i%2))
			if i%50 == 0 {
				x = math.Inf(1)
			}
			b.Field(1).(*array.Float64Builder).Append(x)
			if i%11 == 0 {
				b.Field(2).AppendNull()
			} else {
				b.Field(2).(*array.StringBuilder).Append("label " + strconv.Itoa(i%3000))
			}
			l := b.Field(3).(*array.ListBuilder)
			l.Append(true)
			for k := range i % 3 {
				l.ValueBuilder().(*array.Float64Builder).Append(float64(i*k) / 3)
			}
			w := b.Field(4).(*array.ListBuilder)
			w.Append(true)
			w.ValueBuilder().(*array.StringBuilder).Append("x")
			b.Field(5).AppendNull()
		}
		return b.NewRecord()
	}
	const rows = 5000
	whole := New(schema, names, names[:2])
	whole.Add(record(0, rows))
	sum := New(schema, names, names[:2])
	for _, cut := range [][2]int{{0, 1}, {1, 1}, {1, 40}, {40, 3000}, {3000, rows}} {
		part := New(schema, names, names[:2])
		part.Add(record(cut[0], cut[1]))
		data, err := part.Save()
		if err != nil {
			t.Fatal(err)
		}
		if err := sum.Load(data); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := sum.Summary(), whole.Summary(); !reflect.DeepEqual(got, want) {
		t.Errorf("the sum of 5 pieces is\n%+v\nwant that of all rows:\n%+v", got, want)
	}
	if err := New(schema, names[:1], nil).Load(nil); err == nil {
		t.Error("no data was loaded")
	}
	other, err := New(schema, names[2:3], nil).Save()
	if err != nil {
		t.Fatal(err)
	}
	if err := New(schema, names[:1], nil).Load(other); err == nil {
		t.Error("labels were loaded as numbers")
	}
}
