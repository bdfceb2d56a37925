package summary

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func normal(n int, mean float64, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 9))
	vs := make([]float64, n)
	for i := range vs {
		vs[i] = mean + r.NormFloat64()
	}
	return vs
}

// reread returns the summary as a later run finds it.
func reread(t *testing.T, s *Summary) *Summary {
	t.Helper()
	again := new(Summary)
	if err := json.Unmarshal([]byte(encode(t, s)), again); err != nil {
		t.Fatal(err)
	}
	return again
}

func TestDriftOfNumbers(t *testing.T) {
	ref := reread(t, collect(doubleColumn(normal(20_000, 0, 1)...)).Summary())
	for _, c := range []struct {
		mean     float64
		min, max float64
	}{
		// Of normal numbers moved by m, the index is about m*m.
		{0, 0, 0.005}, {0.3, 0.07, 0.1}, {1, 0.7, 1.1}, {10, 5, 20},
	} {
		d := collect(doubleColumn(normal(20_000, c.mean, 2)...)).Drift(ref, []string{"x"})
		if got := d.Columns[0]; !(got.PSI >= c.min && got.PSI <= c.max) || math.Abs(got.Chance-0.0009) > 1e-9 {
			t.Errorf("moved by %v: index %v (chance %v), want %v to %v", c.mean, got.PSI, got.Chance, c.min, c.max)
		}
	}
	same := collect(doubleColumn(normal(20_000, 0, 1)...)).Drift(ref, []string{"x"})
	if same.Columns[0].PSI != 0 {
		t.Errorf("the same numbers have moved by %v", same.Columns[0].PSI)
	}
}

func TestDriftSeesValuesThatWereNotThere(t *testing.T) {
	ref := reread(t, collect(doubleColumn(0, 1, 0, 1, 1, 1, 0, 0)).Summary())
	d := collect(doubleColumn(0, 2, 0, 2, 1, 1, -1, 0.4)).Drift(ref, []string{"x"})
	want := []Bin{{"< -0.5", 0, 1}, {"-0.5 to 0.5", 4, 3}, {"0.5 to 1.5", 4, 2}, {">= 1.5", 0, 2}}
	for i, b := range d.Columns[0].Bins {
		if i >= len(want) || b != want[i] {
			t.Errorf("bins %+v, want %+v", d.Columns[0].Bins, want)
			break
		}
	}
	nan := collect(doubleColumn(math.NaN(), math.Inf(1))).Drift(ref, []string{"x"})
	if nan.Columns[0].PSI < 1 {
		t.Errorf("nothing but NaN moves by %v only", nan.Columns[0].PSI)
	}
}

func TestDriftOfEveryKindOfColumn(t *testing.T) {
	all := names(testSchema)
	ref := reread(t, collect(testRows(4000, 1)).Summary())
	d := collect(testRows(4000, 2)).Drift(ref, all)
	var cols []string
	for _, c := range d.Columns {
		cols = append(cols, c.Column)
		if c.PSI > 0.05 {
			t.Errorf("%s has moved by %v, yet comes from the same rows", c.Column, c.PSI)
		}
	}
	want := "price rooms city good probability[0] probability[1] length of probability norm of features length of features length of words"
	if got := strings.Join(cols, " "); got != want {
		t.Errorf("compared %s, want %s", got, want)
	}
	skipped := "name: more than 1024 different labels; day: date32 now, date32 in the reference: not comparable"
	if got := strings.Join(d.Skipped, "; "); got != skipped {
		t.Errorf("skipped %s, want %s", got, skipped)
	}
}

func TestDriftOfColumnsThatDoNotCompare(t *testing.T) {
	one := collect(doubleColumn(1, 2, 3))
	other := *one.Summary()
	other.Columns = append([]Column(nil), other.Columns...)
	other.Columns[0].Name = "y"
	for want, ref := range map[string]*Summary{
		"x: not in the reference": &other,
		"x: no rows":              collect(doubleColumn()).Summary(),
		"x: float64 now, utf8 in the reference: not comparable": {Columns: []Column{{Name: "x", Type: "utf8", Rows: 1, Labels: &Labels{}}}},
	} {
		if d := one.Drift(ref, []string{"x"}); len(d.Columns) > 0 || len(d.Skipped) != 1 || d.Skipped[0] != want {
			t.Errorf("%+v, want %s", d, want)
		}
	}
	worst := (&Drift{Columns: []ColumnDrift{{Column: "a", PSI: 0.1}, {Column: "b", PSI: 0.3}, {Column: "c", PSI: 0.2}}}).Worst(0.2)
	if got := Describe(worst); got != "b 0.3, c 0.2" {
		t.Errorf("worst are %s", got)
	}
}
