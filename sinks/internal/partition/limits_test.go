package partition

import (
	"errors"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sinks/internal/unwritable"
)

// On stores, it is the whole key that has a limit; the same long path is refused for
// each record that has it, and other rows are taken.
func TestPathsOfPartitionsHaveALimitOnStores(t *testing.T) {
	fields := []arrow.Field{{Name: "a", Type: arrow.BinaryTypes.String}, {Name: "b", Type: arrow.BinaryTypes.String}, {Name: "v", Type: arrow.BinaryTypes.String}}
	parts, _, err := Split(arrow.NewSchema(fields, nil), []string{"a", "b"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	parts.Limits = Limits{path: 50}
	k := parts.Keyer()
	long := strings.Repeat("x", 30)
	rec := func(a ...string) arrow.Record {
		b := array.NewStringBuilder(memory.DefaultAllocator)
		b.AppendValues(a, nil)
		col := b.NewArray()
		return array.NewRecord(arrow.NewSchema(fields, nil), []arrow.Array{col, col, col}, int64(len(a)))
	}
	for range 2 {
		r := rec("ok", long, "fine", long)
		_, err := k.Keys(r)
		var bad *unwritable.ValueError
		if !errors.As(k.Refused(r, err), &bad) || len(bad.Rows) != 2 || bad.Rows[1].Row != 3 || !bad.Folder {
			t.Errorf("%v, want rows 1 and 3 refused", err)
		}
	}
	if _, err := k.Keys(rec("ok", "fine")); err != nil {
		t.Error(err)
	}
}
