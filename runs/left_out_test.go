package runs

import (
	"math"
	"strings"
	"testing"

	"leapscore/engine/summary"
)

// A record is written whatever is in its summary, and says what is missing.
func TestARecordIsWrittenWithoutASummaryThatCannotBe(t *testing.T) {
	inf := math.Inf(1)
	for name, r := range map[string]*Record{
		"summary": {Summary: &summary.Summary{Columns: []summary.Column{{Name: "x", Numbers: &summary.Numbers{Max: &inf}}}}},
		"drift":   {Drift: &summary.Drift{Columns: []summary.ColumnDrift{{Column: "x", PSI: math.NaN()}}}},
	} {
		r.Format, r.RunID = FormatV1, "night"
		data, err := r.Encode()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := Decode(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got.RunID != "night" || got.Summary != nil || got.Drift != nil || !strings.Contains(got.LeftOut, "unsupported value") {
			t.Errorf("%s: read back as %+v", name, got)
		}
	}
}
