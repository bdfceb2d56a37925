package pipeline_test

import (
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/enginetest"
	"leapscore/engine/pipeline"
	"leapscore/ops/builtin"
)

// Rooms are whole numbers in the record, and doubles in the schema of the model.
func TestRunRecordRefusesOtherColumnsThanThoseOfBind(t *testing.T) {
	m := loadWith(t, enginetest.Linear("keep"), builtin.Registry())
	p := bind(t, m, m.Schema(), pipeline.Options{Outputs: m.FinalOutputs()})
	rec := enginetest.Record(memory.DefaultAllocator, enginetest.Homes(1, 10, 0))
	defer rec.Release()
	if _, err := p.RunRecord(memory.DefaultAllocator, rec); err == nil || !strings.Contains(err.Error(), `column "rooms" of the record is int32, and the model was bound to float64`) {
		t.Errorf("got %v, want an error about the type of rooms", err)
	}
	few := array.NewRecord(arrow.NewSchema(nil, nil), nil, rec.NumRows())
	defer few.Release()
	if _, err := p.RunRecord(memory.DefaultAllocator, few); err == nil || !strings.Contains(err.Error(), `the record has no column "`+p.Columns[0]+`"`) {
		t.Errorf("got %v, want an error about the column %s", err, p.Columns[0])
	}
}
