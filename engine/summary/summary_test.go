package summary

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
)

var testSchema = arrow.NewSchema([]arrow.Field{
	{Name: "price", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
	{Name: "rooms", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
	{Name: "city", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "good", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
	{Name: "probability", Type: arrow.ListOf(arrow.PrimitiveTypes.Float64), Nullable: true},
	{Name: "features", Type: arrow.ListOf(arrow.PrimitiveTypes.Float64), Nullable: true},
	{Name: "words", Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true},
	{Name: "day", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
}, nil)

func names(s *arrow.Schema) (names []string) {
	for _, f := range s.Fields() {
		names = append(names, f.Name)
	}
	return names
}

// testRows returns n rows of every kind of column, with nulls.
func testRows(n int, seed uint64) arrow.Record {
	r := rand.New(rand.NewPCG(seed, 1))
	b := array.NewRecordBuilder(memory.DefaultAllocator, testSchema)
	defer b.Release()
	null := func(i int) bool {
		if r.IntN(20) == 0 {
			b.Field(i).AppendNull()
			return true
		}
		return false
	}
	list := func(i, n int, f func() float64) {
		if null(i) {
			return
		}
		l := b.Field(i).(*array.ListBuilder)
		l.Append(true)
		for range n {
			l.ValueBuilder().(*array.Float64Builder).Append(f())
		}
	}
	for range n {
		if !null(0) {
			b.Field(0).(*array.Float64Builder).Append(math.Exp(r.NormFloat64()*30) * float64(r.IntN(3)-1))
		}
		if !null(1) {
			b.Field(1).(*array.Int32Builder).Append(r.Int32N(7))
		}
		if !null(2) {
			b.Field(2).(*array.StringBuilder).Append(fmt.Sprint("city ", r.IntN(30)))
		}
		if !null(3) {
			b.Field(3).(*array.StringBuilder).Append(fmt.Sprint("name ", r.IntN(100_000)))
		}
		if !null(4) {
			b.Field(4).(*array.BooleanBuilder).Append(r.IntN(3) == 0)
		}
		list(5, 2, r.Float64)
		list(6, 12+r.IntN(10), r.NormFloat64)
		if !null(7) {
			l := b.Field(7).(*array.ListBuilder)
			l.Append(true)
			l.ValueBuilder().(*array.StringBuilder).Append("word")
		}
		if !null(8) {
			b.Field(8).(*array.Date32Builder).Append(arrow.Date32(r.Int32N(10)))
		}
	}
	return b.NewRecord()
}

func encode(t *testing.T, v any) string {
	t.Helper()
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func collect(recs ...arrow.Record) *Collector {
	c := New(recs[0].Schema(), names(recs[0].Schema()), nil)
	for _, r := range recs {
		c.Add(r)
	}
	return c
}

func TestSummaryDoesNotDependOnBatchesOrderOrWorkers(t *testing.T) {
	rec := testRows(20_000, 1)
	want := encode(t, collect(rec).Summary())
	ref := collect(testRows(5000, 2)).Summary()
	wantDrift := encode(t, collect(rec).Drift(ref, names(testSchema)))
	for _, size := range []int64{1, 37, 999, 8192} {
		var pieces []arrow.Record
		for at := int64(0); at < rec.NumRows(); at += size {
			pieces = append(pieces, rec.NewSlice(at, min(at+size, rec.NumRows())))
		}
		rand.New(rand.NewPCG(uint64(size), 2)).Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
		for _, workers := range []int{1, 7} {
			c := New(testSchema, names(testSchema), nil)
			var wg sync.WaitGroup
			for w := range workers {
				wg.Go(func() {
					for i := w; i < len(pieces); i += workers {
						c.Add(pieces[i])
					}
				})
			}
			wg.Wait()
			if diff := cmp.Diff(want, encode(t, c.Summary())); diff != "" {
				t.Errorf("batches of %d, %d workers: (-one batch +these)\n%s", size, workers, diff)
			}
			if diff := cmp.Diff(wantDrift, encode(t, c.Drift(ref, names(testSchema)))); diff != "" {
				t.Errorf("batches of %d, %d workers: drift: (-one batch +these)\n%s", size, workers, diff)
			}
		}
	}
}

// doubleColumn is a record of one column x.
func doubleColumn(vs ...float64) arrow.Record {
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.PrimitiveTypes.Float64}}, nil))
	defer b.Release()
	b.Field(0).(*array.Float64Builder).AppendValues(vs, nil)
	return b.NewRecord()
}

func numbersOf(vs ...float64) *Numbers {
	return collect(doubleColumn(vs...)).Summary().Columns[0].Numbers
}

func TestMomentsAreExact(t *testing.T) {
	// Sums in doubles would lose the ones.
	n := numbersOf(1e300, 1, -1e300, 1, 5e-324)
	if *n.Mean != 0.4 {
		t.Errorf("mean %v, want 0.4", *n.Mean)
	}
	big := make([]float64, 0, 1000)
	for i := range 1000 {
		big = append(big, 1e9+float64(i)/1024)
	}
	n = numbersOf(big...)
	if want := 1e9 + 999.0/2048; *n.Mean != want {
		t.Errorf("mean %v, want %v", *n.Mean, want)
	}
	if want := math.Sqrt(1000.0*1001/12) / 1024; math.Abs(*n.SD/want-1) > 1e-15 {
		t.Errorf("sd %v, want %v", *n.SD, want)
	}
	n = numbersOf(7)
	if *n.Mean != 7 || n.SD != nil {
		t.Errorf("mean %v, sd %v of one number", *n.Mean, n.SD)
	}
	if n = numbersOf(math.MaxFloat64, -math.MaxFloat64); *n.Mean != 0 || n.SD != nil {
		t.Errorf("mean %v, sd %v of the extremes: no double holds the latter", *n.Mean, n.SD)
	}
}

func TestQuantilesOfManyNumbersAreNear(t *testing.T) {
	for name, draw := range map[string]func(r *rand.Rand) float64{
		"uniform":     (*rand.Rand).Float64,
		"normal":      (*rand.Rand).NormFloat64,
		"exponential": func(r *rand.Rand) float64 { return 1e6 * r.ExpFloat64() },
		"far":         func(r *rand.Rand) float64 { return 1000 + r.NormFloat64() },
		"negative":    func(r *rand.Rand) float64 { return -math.Exp(r.NormFloat64()) },
	} {
		r := rand.New(rand.NewPCG(3, 3)) // of its own: maps have no order
		vs := make([]float64, 50_000)
		for i := range vs {
			vs[i] = draw(r)
		}
		n := numbersOf(vs...)
		slices.Sort(vs)
		if *n.Min != vs[0] || *n.Max != vs[len(vs)-1] {
			t.Errorf("%s: from %v to %v, want %v to %v", name, *n.Min, *n.Max, vs[0], vs[len(vs)-1])
		}
		for _, q := range n.Quantiles {
			want := vs[int(math.Ceil(q.P*float64(len(vs))))-1]
			if math.Abs(q.Value-want) > math.Abs(want)/512+1e-300 {
				t.Errorf("%s: quantile %v is %v, want %v", name, q.P, q.Value, want)
			}
		}
		var sum int64
		for _, c := range n.Histogram.Counts {
			sum += c
		}
		if sum != 50_000 || len(n.Histogram.Edges) != 21 {
			t.Errorf("%s: a histogram of %d numbers, %d edges", name, sum, len(n.Histogram.Edges))
		}
		for _, c := range n.Bins.Counts {
			if len(n.Bins.Counts) != 10 || c < 3800 || c > 6200 {
				t.Errorf("%s: bins %v, want ten of about 5000", name, n.Bins.Counts)
			}
		}
	}
}

func TestFewValuesAreExact(t *testing.T) {
	vs := slices.Repeat([]float64{0, 1, 1, math.Copysign(0, -1), 3, math.NaN(), math.Inf(1), math.Inf(-1)}, 5)
	n := numbersOf(vs...)
	want := []Count{{"0", 10}, {"1", 10}, {"3", 5}}
	if diff := cmp.Diff(want, n.Top); diff != "" || n.Distinct != 3 {
		t.Errorf("values: (-want +got)\n%s", diff)
	}
	if n.Count != 25 || n.NaN != 5 || n.PosInfinity != 5 || n.NegInfinity != 5 {
		t.Errorf("counts are %+v", n)
	}
	if *n.Mean != 1 || *n.Min != 0 || *n.Max != 3 || n.Quantiles[3].Value != 1 {
		t.Errorf("mean %v, from %v to %v, median %v", *n.Mean, *n.Min, *n.Max, n.Quantiles[3].Value)
	}
	if diff := cmp.Diff([]int64{0, 10, 10, 5, 0}, n.Bins.Counts); diff != "" {
		t.Errorf("a bin for each value: (-want +got)\n%s", diff)
	}
	if n := numbersOf(math.NaN()); n.Count != 0 || n.NaN != 1 || n.Mean != nil || n.Histogram != nil {
		t.Errorf("of NaN alone: %+v", n)
	}
}

func TestMemoryOfAColumnIsBounded(t *testing.T) {
	s := newNumbers(fullRoom)
	for id := range 1 << 12 {
		for i := range uint64(64) {
			s.add(math.Float64frombits(uint64(id)<<mantissaBits | i<<46))
		}
	}
	counters := 0
	for _, p := range s.pages {
		counters += len(p.counts)
	}
	if len(s.pages) != 4094 || counters > max(fullRoom, 1<<12) {
		t.Errorf("%d pages with %d counters, want 4094 pages with at most %d", len(s.pages), counters, max(fullRoom, 1<<12))
	}
	if n := s.summary(); n.Count != 4094*64 {
		t.Errorf("%d numbers counted, want %d", n.Count, 4094*64)
	}
	l := newLabels()
	for i := range 200_000 {
		l.add(strings.Repeat("x", 1000)+fmt.Sprint(i), 1)
	}
	got := l.summary()
	if len(l.seen) > maxLabels || !got.Sampled || got.Top != nil {
		t.Errorf("%d labels are kept: %+v", len(l.seen), got)
	}
	if got.Distinct < 150_000 || got.Distinct > 250_000 || got.Other != 200_000 {
		t.Errorf("%d different labels of %d, want about 200000 of 200000", got.Distinct, got.Other)
	}
}

func TestColumnsOfEveryKind(t *testing.T) {
	s := New(testSchema, names(testSchema), []string{"price"})
	rec := testRows(3000, 5)
	s.Add(rec)
	sum := s.Summary()
	col := func(name string) Column {
		c, ok := sum.Column(name)
		if !ok {
			t.Fatalf("no column %s", name)
		}
		at := testSchema.FieldIndices(name)[0]
		if c.Rows != 3000 || c.Nulls != int64(rec.Column(at).NullN()) || c.Model != (name == "price") {
			t.Errorf("%s: %d rows, %d nulls, model %v", name, c.Rows, c.Nulls, c.Model)
		}
		return c
	}
	if c := col("city"); c.Labels.Distinct != 30 || len(c.Labels.Top) != 20 || c.Labels.Sampled || c.Labels.Other == 0 {
		t.Errorf("city: %+v", c.Labels)
	}
	if c := col("name"); !c.Labels.Sampled || c.Labels.Distinct < 2000 || c.Labels.Distinct > 4000 {
		t.Errorf("name: %+v", c.Labels)
	}
	if c := col("good"); c.Labels.Distinct != 2 || c.Labels.Top[0].Value != "false" {
		t.Errorf("good: %+v", c.Labels)
	}
	if c := col("rooms"); c.Numbers.Distinct != 7 {
		t.Errorf("rooms: %+v", c.Numbers)
	}
	if c := col("probability"); len(c.Lists.Elements) != 2 || c.Lists.Norm != nil || *c.Lists.Length.Max != 2 {
		t.Errorf("probability: %+v", c.Lists)
	}
	if c := col("features"); c.Lists.Elements != nil || c.Lists.Norm.Count != c.Rows-c.Nulls {
		t.Errorf("features: %+v", c.Lists)
	}
	if c := col("words"); c.Lists.Elements != nil || c.Lists.Norm != nil || *c.Lists.Length.Max != 1 {
		t.Errorf("words: %+v", c.Lists)
	}
	col("day")
}

func TestDictionariesCountAsTheirValues(t *testing.T) {
	rec := testRows(1000, 6)
	plainCities := rec.Column(2).(*array.String)
	dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	b := array.NewDictionaryBuilder(memory.DefaultAllocator, dt).(*array.BinaryDictionaryBuilder)
	for i := range plainCities.Len() {
		if plainCities.IsNull(i) {
			b.AppendNull()
		} else if err := b.AppendString(plainCities.Value(i)); err != nil {
			t.Fatal(err)
		}
	}
	schema := arrow.NewSchema([]arrow.Field{{Name: "city", Type: arrow.BinaryTypes.String}}, nil)
	one := func(a arrow.Array) *Summary {
		c := New(schema, []string{"city"}, nil)
		c.Add(array.NewRecord(arrow.NewSchema([]arrow.Field{{Name: "city", Type: a.DataType()}}, nil), []arrow.Array{a}, int64(a.Len())))
		return c.Summary()
	}
	if diff := cmp.Diff(one(plainCities), one(b.NewArray())); diff != "" {
		t.Errorf("(-strings +dictionary)\n%s", diff)
	}
}

func TestNoRowsAndNoCollector(t *testing.T) {
	s := New(testSchema, names(testSchema), nil).Summary()
	if s.Rows != 0 || len(s.Columns) != 9 || s.Columns[0].Numbers.Count != 0 {
		t.Errorf("without rows: %+v", s)
	}
	encode(t, s)
	var none *Collector
	none.Add(testRows(1, 1))
	if none.Summary() != nil {
		t.Error("nothing collects something")
	}
}

func BenchmarkNumbers(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 3))
	vs := make([]float64, 8192)
	for i := range vs {
		vs[i] = 150 + 40*r.NormFloat64()
	}
	s := newNumbers(fullRoom)
	for b.Loop() {
		s.addAll(vs)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/8192, "ns/value")
}
