package engine

import (
	"slices"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Lineage are columns at the end of the output table and of the rejects that say
// what made a row. Each has one value in the whole run.
type Lineage struct {
	ModelName, ModelVersion, ModelSHA256 string
	RunID                                string
	ScoredAt                             time.Time
}

// LineageNames are the names of the columns, in order.
var LineageNames = []string{"_model_name", "_model_version", "_model_sha256", "_run_id", "_scored_at"}

// fields are those of the columns.
func (l *Lineage) fields() []arrow.Field {
	if l == nil {
		return nil
	}
	fields := make([]arrow.Field, len(LineageNames))
	for i, name := range LineageNames {
		fields[i] = arrow.Field{Name: name, Type: arrow.BinaryTypes.String}
	}
	fields[len(fields)-1].Type = &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	return fields
}

// columns returns the columns for n rows. Text is in dictionaries of one word.
func (l *Lineage) columns(mem memory.Allocator, n int) []arrow.Array {
	if l == nil {
		return nil
	}
	first := memory.NewResizableBuffer(mem)
	first.Resize(4 * n)
	clear(first.Bytes())
	defer first.Release()
	var cols []arrow.Array
	for _, text := range []string{l.ModelName, l.ModelVersion, l.ModelSHA256, l.RunID} {
		cols = append(cols, repeated(mem, first, readable(text), n))
	}
	times := memory.NewResizableBuffer(mem)
	times.Resize(8 * n)
	defer times.Release()
	at := arrow.Timestamp(l.ScoredAt.UnixMicro())
	all := arrow.TimestampTraits.CastFromBytes(times.Bytes())
	for i := range all {
		all[i] = at
	}
	data := array.NewData(l.fields()[4].Type, n, []*memory.Buffer{nil, times}, nil, 0, 0)
	defer data.Release()
	return append(cols, array.NewTimestampData(data))
}

// repeated returns n rows of text; first is n indices of zero.
func repeated(mem memory.Allocator, first *memory.Buffer, text string, n int) arrow.Array {
	b := array.NewStringBuilder(mem)
	defer b.Release()
	b.Append(text)
	word := b.NewArray()
	defer word.Release()
	indices := array.NewData(arrow.PrimitiveTypes.Int32, n, []*memory.Buffer{nil, first}, nil, 0, 0)
	defer indices.Release()
	at := array.NewInt32Data(indices)
	defer at.Release()
	return array.NewDictionaryArray(&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}, at, word)
}

// replaces reports whether a column of the source gives way to one of the lineage
// of this run.
func (l *Lineage) replaces(name string) bool {
	return l != nil && slices.Contains(LineageNames, name)
}

// withoutOld drops the lineage of an earlier run from columns that are kept
// without having been named.
func (j *Job) withoutOld(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), j.Lineage.replaces)
}
