package summary

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// summaryOf returns the summary of a column of vs, twice: as numbers and as lists
// of two.
func summaryOf(t *testing.T, vs []float64) (*Collector, *Summary) {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "x", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		{Name: "l", Type: arrow.ListOf(arrow.PrimitiveTypes.Float64), Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	lists := b.Field(1).(*array.ListBuilder)
	for _, v := range vs {
		b.Field(0).(*array.Float64Builder).Append(v)
		lists.Append(true)
		lists.ValueBuilder().(*array.Float64Builder).AppendValues([]float64{v, -v}, nil)
	}
	rec := b.NewRecord()
	defer rec.Release()
	c := New(schema, []string{"x", "l"}, nil)
	c.Add(rec)
	s := c.Summary()
	if s == nil {
		t.Fatal(c.Err())
	}
	return c, s
}

// Numbers that lie further apart than the greatest double have a summary, whose
// histogram has ascending edges and loses none, and so has its comparison.
func TestNumbersMayLieFurtherApartThanTheGreatestDouble(t *testing.T) {
	const most = math.MaxFloat64
	many := []float64{-most, most}
	for i := range 1000 {
		many = append(many, (float64(i)-500)*3e305, math.Ldexp(1, i))
	}
	for name, vs := range map[string][]float64{
		"two":        {-1e308, 9e307},
		"extremes":   {-most, most},
		"and zero":   {-most, 0, most},
		"not finite": {-most, math.Inf(1), math.NaN(), math.Inf(-1), most},
		"tiny":       {-5e-324, 5e-324},
		"many":       many,
	} {
		t.Run(name, func(t *testing.T) {
			c, s := summaryOf(t, vs)
			if _, err := json.Marshal(s); err != nil {
				t.Fatal(err)
			}
			if _, err := json.Marshal(c.Drift(s, []string{"x", "l"})); err != nil {
				t.Error(err)
			}
			n := s.Columns[0].Numbers
			h := n.Histogram
			if !slices.IsSorted(h.Edges) || h.Edges[0] != *n.Min || h.Edges[len(h.Edges)-1] != *n.Max {
				t.Errorf("edges %v of numbers from %v to %v", h.Edges, *n.Min, *n.Max)
			}
			var counted int64
			for _, x := range h.Counts {
				counted += x
			}
			if counted != n.Count {
				t.Errorf("%d numbers in the histogram, want %d", counted, n.Count)
			}
		})
	}
}

// The edges of bins are where they should be: one twentieth of the way each.
func TestEdgesOfAWideHistogramLieEvenly(t *testing.T) {
	_, s := summaryOf(t, []float64{-math.MaxFloat64, 0, math.MaxFloat64})
	for i, e := range s.Columns[0].Numbers.Histogram.Edges {
		want := float64(i-10) / 10
		if got := e / math.MaxFloat64; math.Abs(got-want) > 1e-15 {
			t.Errorf("edge %d at %v of the greatest double, want %v", i, got, want)
		}
	}
}

// A column that cannot be summed up leaves no summary, and a reason, but does not
// end the run: here the type of the rows is not that of the schema.
func TestABugInTheSummaryIsNoPanic(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.PrimitiveTypes.Float64}}, nil)
	other := arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.BinaryTypes.String}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, other)
	defer b.Release()
	b.Field(0).(*array.StringBuilder).Append("text")
	rec := b.NewRecord()
	defer rec.Release()
	c := New(schema, []string{"x"}, nil)
	c.Add(rec)
	if s := c.Summary(); s != nil || c.Err() == nil {
		t.Errorf("got %v and %v, want no summary and an error", s, c.Err())
	}
	if d := c.Drift(&Summary{}, []string{"x"}); d != nil {
		t.Errorf("got %v, want no drift", d)
	}
}
