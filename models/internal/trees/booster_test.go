package trees

import (
	"crypto/sha256"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
	"leapscore/engine/pipeline"
	"leapscore/models"
	"leapscore/models/explain"
	"leapscore/ops/tree"
	"leapscore/ops/tree/shap"
)

// code is the place of a category, or NaN.
func code(category string) float64 {
	if at := slices.Index([]string{"a", "b", "7"}, category); at >= 0 {
		return float64(at)
	}
	return math.NaN()
}

// adding is a booster whose raw value is the sum of its features: a number and the place
// of a word among categories. It refuses negative sums.
func adding() *Booster {
	return &Booster{
		Op:       "adding",
		Features: []Feature{{Name: "x"}, {Name: "kind", Category: code}},
		Outputs: []Output{
			{Name: "prediction", Base: bundle.Double, Width: 1},
			{Name: "raw", Base: bundle.Float, Width: 2, Aside: true},
			{Name: "leaf", Base: bundle.Int, Width: 0, Aside: true},
			{Name: "label", Base: bundle.String, Width: 1, Aside: true},
		},
		Score: func(r *tree.Rows, out []*Values) {
			for i := range r.N {
				sum := r.Columns[0][r.From+i] + r.Columns[1][r.From+i]
				if sum < 0 {
					r.Refuse(r.From+i, "a negative sum %v", sum)
				}
				if out[0] != nil {
					out[0].Doubles[i] = sum
				}
				if out[1] != nil {
					out[1].Floats[2*i], out[1].Floats[2*i+1] = float32(sum), -float32(sum)
				}
				if out[3] != nil {
					out[3].Words[i] = map[bool]string{true: "much", false: "little"}[sum > 1]
				}
			}
		},
		SHA256: sha256.Sum256([]byte("adding")),
	}
}

func record(t *testing.T, rows int) arrow.Record {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "x", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
		{Name: "kind", Type: arrow.BinaryTypes.String, Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range rows {
		b.Field(0).(*array.BooleanBuilder).Append(i%2 == 1)
		switch i % 4 {
		case 3:
			b.Field(1).AppendNull()
		default:
			b.Field(1).(*array.StringBuilder).Append([]string{"a", "b", "unknown"}[i%4])
		}
	}
	return b.NewRecord()
}

func TestABoosterIsANodeOfAPipeline(t *testing.T) {
	m, err := adding().Open(models.About{Name: "sum", SHA256: strings.Repeat("ab", 32)})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(m.FinalOutputs(), ","); got != "prediction" {
		t.Errorf("final outputs %s, want prediction", got)
	}
	const rows = 3*tree.Block/2 + 1
	rec := record(t, rows)
	defer rec.Release()
	p, err := m.Bind(rec.Schema(), pipeline.Options{Outputs: m.AllOutputs()})
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.RunRecord(memory.DefaultAllocator, rec)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	// false and a, true and b, false and no category, true and null.
	for i, want := range []float64{0, 2, math.NaN(), math.NaN()} {
		for row := i; row < rows; row += 4 {
			got := r.Columns[0].(*array.Float64).Value(row)
			if got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
				t.Fatalf("row %d: prediction %v, want %v", row, got, want)
			}
			raw := r.Columns[1].(*array.List)
			lo, hi := raw.ValueOffsets(row)
			if values := raw.ListValues().(*array.Float32); hi-lo != 2 || values.Value(int(lo)) != -values.Value(int(lo)+1) && !math.IsNaN(want) {
				t.Fatalf("row %d: raw %s, want two values", row, raw.ValueStr(row))
			}
			if leaf := r.Columns[2].ValueStr(row); leaf != "[]" {
				t.Fatalf("row %d: leaves %s, want none", row, leaf)
			}
			if label := r.Columns[3].ValueStr(row); label != map[bool]string{true: "much", false: "little"}[want > 1] {
				t.Fatalf("row %d: label %s", row, label)
			}
		}
	}
}

// Outputs that are not asked for are not computed.
func TestABoosterMakesOnlyWhatIsWanted(t *testing.T) {
	b := adding()
	score := b.Score
	b.Score = func(r *tree.Rows, out []*Values) {
		if out[0] != nil || out[1] == nil || out[2] != nil || out[3] != nil {
			t.Error("another output than raw is computed")
		}
		score(r, out)
	}
	m, err := b.Open(models.About{})
	if err != nil {
		t.Fatal(err)
	}
	rec := record(t, 2)
	defer rec.Release()
	p, err := m.Bind(rec.Schema(), pipeline.Options{Outputs: []string{"raw"}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.RunRecord(memory.DefaultAllocator, rec)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if got := r.Columns[0].ValueStr(1); got != "[2,-2]" {
		t.Errorf("raw %s, want [2,-2]", got)
	}
}

func TestNamesOfFeatures(t *testing.T) {
	for _, c := range []struct {
		given, file []string
		want, err   string
	}{
		{nil, nil, "f0,f1", ""},
		{nil, []string{"a", ""}, "a,f1", ""},
		{[]string{"x", "y"}, []string{"a", "b"}, "x,y", ""},
		{[]string{"x"}, nil, "", "features names 1 columns, and the model has 2 inputs"},
		{nil, []string{"f1"}, "", `two inputs are named "f1"`},
	} {
		got, err := Names(2, c.given, c.file, "f%d")
		if strings.Join(got, ",") != c.want && c.err == "" || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("names %v of the file and %v given: %v, %v; want %s %s", c.file, c.given, got, err, c.want, c.err)
		}
	}
}

// Rows that the booster refuses have no explanation, be it the only column that is wanted.
func TestAnExplanationRefusesWhatTheBoosterDoes(t *testing.T) {
	b := adding()
	b.Features = []Feature{{Name: "x"}, {Name: "y"}}
	b.Explain = func() (shap.Explainer, error) { return shap.NewLinear([]float32{1, 1}, []float32{0}), nil }
	m, err := b.Open(models.About{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := explain.ParseMode("all")
	if err != nil {
		t.Fatal(err)
	}
	graph, err := explain.Add(m.Model, all)
	if err != nil {
		t.Fatal(err)
	}
	const rows = 1200 // more than go through at a time
	schema := arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.PrimitiveTypes.Float64}, {Name: "y", Type: arrow.PrimitiveTypes.Float64, Nullable: true}}, nil)
	rb := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer rb.Release()
	for i := range rows {
		rb.Field(0).(*array.Float64Builder).Append(float64(i))
		if i%7 == 3 {
			rb.Field(1).AppendNull()
		} else {
			rb.Field(1).(*array.Float64Builder).Append(map[bool]float64{true: -5000, false: 0.5}[i == 700])
		}
	}
	rec := rb.NewRecord()
	defer rec.Release()
	p, err := graph.Bind(schema, pipeline.Options{Outputs: []string{"explain_y", "explain_x", "explain_bias"}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.RunRecord(memory.DefaultAllocator, rec)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if bad, _ := r.Rejected(700); r.Rejects() != 1 || bad.Msg != "a negative sum -4300" {
		t.Errorf("%d rows are rejected, row 700 for %q", r.Rejects(), bad.Msg)
	}
	for i := range 700 {
		y := 0.5
		if i%7 == 3 {
			y = 0
		}
		if got := r.Columns[0].(*array.Float64).Value(i); got != y {
			t.Fatalf("row %d: the value of y is %v, want %v", i, got, y)
		}
		if got := r.Columns[1].(*array.Float64).Value(i); got != float64(i) {
			t.Fatalf("row %d: the value of x is %v", i, got)
		}
	}
}
