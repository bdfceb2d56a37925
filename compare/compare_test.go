package compare_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"

	"leapscore/compare"
	"leapscore/sources"
	"leapscore/sources/files"
)

// wanted has the figures of testdata/make.py, found by other means.
type wanted struct {
	Rows  int64
	Pairs map[string]struct {
		NullA        int64 `json:"null_a"`
		NullB        int64 `json:"null_b"`
		NullBoth     int64 `json:"null_both"`
		EqualValues  int64 `json:"equal_values"`
		Compared     int64
		Mean         float64
		MeanAbsolute float64 `json:"mean_absolute"`
		MaxAbsolute  float64 `json:"max_absolute"`
		Spearman     *float64
		PSI          *float64
		ArgmaxFlips  int64 `json:"argmax_flips"`
		Flips        *struct {
			Rows  int64
			Table map[string]int64
		}
	}
}

func openTable(t *testing.T, batch int) sources.Source {
	t.Helper()
	src, err := files.Open(t.Context(), []string{"testdata/pairs.parquet"}, sources.Options{BatchRows: batch})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { src.Close() })
	return src
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-12*math.Max(1, math.Abs(want)) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// The figures are those of pandas, NumPy and SciPy, however little memory there
// is for sorting.
func TestFiguresAreThoseOfPandasAndSciPy(t *testing.T) {
	data, err := os.ReadFile("testdata/pairs.json")
	if err != nil {
		t.Fatal(err)
	}
	var want wanted
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	var first *compare.Report
	for _, memory := range []int64{0, 1} {
		for _, batch := range []int{0, 7} {
			src := openTable(t, batch)
			pairs := compare.Pairs(src.Schema(), nil)
			rep, err := compare.Table(t.Context(), src, pairs, compare.Options{Memory: memory, TempDir: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = rep
			} else if diff := cmp.Diff(first, rep); diff != "" {
				t.Errorf("memory %d, batches of %d: other figures:\n%s", memory, batch, diff)
			}
		}
	}
	if len(first.Pairs) != len(want.Pairs) || first.Rows != want.Rows {
		t.Fatalf("%d pairs of %d rows, want %d of %d", len(first.Pairs), first.Rows, len(want.Pairs), want.Rows)
	}
	for _, r := range first.Pairs {
		w := want.Pairs[strings.TrimPrefix(r.A, "a_")]
		if got := [4]int64{r.NullA, r.NullB, r.NullBoth, r.EqualValues}; got != [4]int64{w.NullA, w.NullB, w.NullBoth, w.EqualValues} {
			t.Errorf("%s: nulls and equal values %v, want %+v", r.A, got, w)
		}
		if r.Kind != compare.Label {
			if r.Difference.Compared != w.Compared {
				t.Errorf("%s: %d compared, want %d", r.A, r.Difference.Compared, w.Compared)
			}
			near(t, r.A+": mean", r.Difference.Mean, w.Mean)
			near(t, r.A+": mean absolute difference", r.Difference.MeanAbsolute, w.MeanAbsolute)
			near(t, r.A+": largest difference", r.Difference.MaxAbsolute, w.MaxAbsolute)
		}
		if w.Spearman != nil {
			near(t, r.A+": rank correlation", *r.Spearman, *w.Spearman)
		}
		if w.PSI != nil {
			near(t, r.A+": PSI", *r.PSI, *w.PSI)
		}
		if r.Kind == compare.VectorKind && r.Vector.ArgmaxFlips != w.ArgmaxFlips {
			t.Errorf("%s: %d flips, want %d", r.A, r.Vector.ArgmaxFlips, w.ArgmaxFlips)
		}
		if (r.Flips != nil) != (w.Flips != nil) {
			t.Errorf("%s: flips %+v, want %+v", r.A, r.Flips, w.Flips)
			continue
		}
		if w.Flips == nil {
			continue
		}
		listed := int64(0)
		for _, f := range r.Flips.Table {
			listed += f.Rows
			if n := w.Flips.Table[f.A+" "+f.B]; n != f.Rows {
				t.Errorf("%s: %d rows from %s to %s, want %d", r.A, f.Rows, f.A, f.B, n)
			}
		}
		if r.Flips.Rows != w.Flips.Rows || listed+r.Flips.More != r.Flips.Rows {
			t.Errorf("%s: %d flips, %d listed and %d more, want %d", r.A, r.Flips.Rows, listed, r.Flips.More, w.Flips.Rows)
		}
	}
}

func TestAColumnAgainstItself(t *testing.T) {
	for _, c := range []string{"a_price", "a_class", "a_count", "a_label", "a_probability"} {
		rep, err := compare.Table(t.Context(), openTable(t, 0), []compare.Pair{{A: c, B: c}}, compare.Options{})
		if err != nil {
			t.Fatal(err)
		}
		r := rep.Pairs[0]
		if *r.EqualBitsShare != 1 || *r.EqualValuesShare != 1 {
			t.Errorf("%s: %v equal in bits, %v as values", c, *r.EqualBitsShare, *r.EqualValuesShare)
		}
		if r.PSI != nil && *r.PSI != 0 {
			t.Errorf("%s: PSI %v", c, *r.PSI)
		}
		if r.Spearman != nil {
			near(t, c+": rank correlation", *r.Spearman, 1)
		}
		if r.Difference != nil && (r.Difference.MaxAbsolute != 0 || r.Difference.Mean != 0) {
			t.Errorf("%s: %+v", c, r.Difference)
		}
		if r.Flips != nil && r.Flips.Rows != 0 {
			t.Errorf("%s: %d flips", c, r.Flips.Rows)
		}
	}
}

func TestPairsAreColumnsOfOneNameUnderDifferentPrefixes(t *testing.T) {
	schema := func(names ...string) *arrow.Schema {
		var fields []arrow.Field
		for _, n := range names {
			dt := arrow.DataType(arrow.PrimitiveTypes.Float64)
			if strings.HasSuffix(n, "word") {
				dt = arrow.BinaryTypes.String
			}
			fields = append(fields, arrow.Field{Name: n, Type: dt})
		}
		return arrow.NewSchema(fields, nil)
	}
	for _, c := range []struct {
		prefixes []string
		columns  []string
		want     string
	}{
		{nil, []string{"id", "a_x", "b_x", "a_y_z", "b_y_z"}, "[{a_x b_x} {a_y_z b_y_z}]"},
		{nil, []string{"a_x", "b_x", "c_x"}, "[{a_x b_x} {a_x c_x} {b_x c_x}]"},
		{[]string{"new", "old"}, []string{"old_x", "new_x", "host_x"}, "[{new_x old_x}]"},
		{[]string{"v_1", "v_2"}, []string{"v_1_x", "v_2_x", "v_1_w"}, "[{v_1_x v_2_x}]"},
		{nil, []string{"a_word", "b_word", "c_y", "d_yword"}, "[{a_word b_word}]"},
		{nil, []string{"x", "y", "_z"}, "[]"},
	} {
		if got := fmt.Sprint(compare.Pairs(schema(c.columns...), c.prefixes)); got != c.want {
			t.Errorf("%v: %s, want %s", c.columns, got, c.want)
		}
	}
}

func TestAllThatIsWrongWithPairsIsInOneError(t *testing.T) {
	_, err := compare.Table(t.Context(), openTable(t, 0), []compare.Pair{{A: "a_price", B: "b_prise"}, {A: "a_price", B: "b_label"}}, compare.Options{})
	for _, want := range []string{`there is no column "b_prise" (did you mean "b_price"?); there are a_price, `, `column "a_price" is a number and column "b_label" is a label`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want an error with %q", err, want)
		}
	}
}
