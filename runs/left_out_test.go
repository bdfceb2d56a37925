package runs

import (
	"math"
	"strings"
	"testing"

	"leapscore/engine/summary"
)

// A record is written whatever is in its summary, and names the missing parts.
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

// Characters that a terminal obeys, or that turn text around, are escapes in the
// file of a record, and the same characters when it is read.
func TestARecordShowsNoCharacterThatATerminalObeys(t *testing.T) {
	const hostile = "a\u009b31m\u202eb"
	data, err := (&Record{Format: FormatV1, RunID: "night", Status: OK, Output: Output{Path: hostile}}).Encode()
	if err != nil || strings.ContainsAny(string(data), "\u009b\u202e") {
		t.Errorf("%v: %q", err, data)
	}
	if r, err := Decode(data); err != nil || r.Output.Path != hostile {
		t.Errorf("read back as %+v, %v", r, err)
	}
}

// A record of a failed run contains the good one that was in its place.
func TestTheLastGoodRunOfARecord(t *testing.T) {
	good, failed := &Record{RunID: "1", Status: OK}, &Record{RunID: "2", Status: Failed}
	if failed.Good() != nil || good.Good() != good {
		t.Error("a failed run is good, or a good one is not")
	}
	if failed.LastOK = good; failed.Good() != good {
		t.Error("the run before is not found")
	}
}
