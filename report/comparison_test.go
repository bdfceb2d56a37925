package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"leapscore/compare"
)

func TestAPageOfAComparison(t *testing.T) {
	found := &compare.Comparison{Unmatched: &compare.Unmatched{OnlyFirst: 1200, OnlySecond: 3}, Report: &compare.Report{Rows: 4000, Pairs: []compare.Result{
		{
			Pair: compare.Pair{A: "first.price", B: "second.price"}, Kind: compare.Number, Rows: 4000, EqualValuesShare: number(0.75), EqualBitsShare: number(0.5),
			NullA: 7, Spearman: number(0.98), PSI: number(0.25), Difference: &compare.Difference{Mean: -7.5, MeanAbsolute: 8, MaxAbsolute: 30, MaxAt: "listing_id=123"},
			Bins: []compare.Bin{{Name: "1 to 2", A: 10, B: 30}, {Name: "2 to 3", A: 30, B: 10}},
		},
		{
			Pair: compare.Pair{A: "<b>", B: "label"}, Kind: compare.Label, Rows: 4000, Flips: &compare.Flips{
				Rows: 1500, Share: number(0.375), Table: []compare.Flip{{A: "<i>no", B: "yes", Rows: 1000}}, More: 500},
		},
	}}}
	var b bytes.Buffer
	when := time.Date(2026, 1, 31, 5, 6, 0, 0, time.UTC)
	if err := WriteComparison(&b, Comparison{First: "old", Second: "new", Keys: []string{"listing_id"}, When: when, Found: found}); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(strings.ReplaceAll(b.String(), "<wbr>", "")))
	if err != nil {
		t.Fatal(err)
	}
	got := words(root)
	for _, want := range []string{
		"Comparison of old and new", "table A old table B new rows are named by listing_id date 31 January 2026, 05:06 UTC",
		"4,000 rows compared 1,200 only in A 3 only in B", "first.price → second.price", "equal 75 % in value, 50 % to the bit", "7 in A only, 0 in B only",
		"mean -7.5, mean absolute 8, largest 30", "largest at listing_id=123", "rank correlation 0.98", "PSI 0.25", "1 to 2 25 % 75 %", "<b> → label",
		"flips 1,500 rows, 37.5 %", "<i>no yes 1,000", "And 500 rows with other changes.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page has no %q: %s", want, got)
		}
	}
	if n := len(tagged(root, "i")) + len(tagged(root, "script")); n > 0 {
		t.Errorf("%d elements that a name made", n)
	}
}
