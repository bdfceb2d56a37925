package parquet_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources"
	"leapscore/sources/sourcetest"
)

func TestINT96IsReadWithAllItsDigits(t *testing.T) {
	tests := []struct {
		files []string
		typ   string
		want  []string
	}{
		{[]string{"int96_nanos"}, "timestamp[ns]", []string{"1", "999", "1500", "null", "-1"}},
		{[]string{"int96_micros"}, "timestamp[us]", []string{"1", "999", "-1", "null", "1000000000000000"}},
		{[]string{"int96_years"}, "timestamp[us]", []string{"253402300799999999", "-62135596800000000"}},
		{[]string{"int96_edges"}, "timestamp[ns]", []string{"9223372036854775807", "-9223372036854775808"}},
		// One file with such digits is enough, wherever it stands.
		{[]string{"int96_micros", "int96_nanos"}, "timestamp[ns]", []string{"1000", "999000", "-1000", "null", "1000000000000000000", "1", "999", "1500", "null", "-1"}},
		{[]string{"int96_nanos", "types"}, "timestamp[ns]", []string{"1", "999", "1500", "null", "-1", "1", "null", "3", "4"}},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.files, "+"), func(t *testing.T) {
			var names []string
			for _, f := range tt.files {
				names = append(names, legacy(f))
			}
			s := sourcetest.Open(t, sources.Options{BatchRows: 2}, names...)
			f, _ := s.Schema().FieldsByName("t")
			if got := f[0].Type.String(); got != tt.typ {
				t.Errorf("type %s, want %s", got, tt.typ)
			}
			got, err := intColumn(s, "t")
			if err != nil {
				t.Fatal(err)
			}
			sourcetest.Diff(t, tt.want, got)
		})
	}
}

func TestTypesThatParquetTellsByAnnotationsAreKept(t *testing.T) {
	s := sourcetest.Open(t, sources.Options{}, legacy("types"))
	const uuid = `fixed_size_binary[16]`
	want := map[string]string{
		"id": uuid, "half": "float16", "span": "duration[ms]", "l": "list<element: " + uuid + ", nullable>",
		"t_utc": "timestamp[ns, tz=UTC]", "t": "timestamp[ns]", "time": "time64[ns]",
		"st": "struct<id: " + uuid + ", half: float16, span: duration[ms]>",
		"m":  "map<utf8, " + uuid + ", items_nullable>",
	}
	for _, f := range s.Schema().Fields() {
		if got := f.Type.String(); got != want[f.Name] {
			t.Errorf("column %s is %s, want %s", f.Name, got, want[f.Name])
		}
	}
	for _, file := range []string{"types", "uuid_of_arrow"} {
		s := sourcetest.Open(t, sources.Options{}, legacy(file))
		f, _ := s.Schema().FieldsByName("id")
		if name, _ := f[0].Metadata.GetValue("ARROW:extension:name"); name != "arrow.uuid" {
			t.Errorf("%s: the column says %q of itself, want arrow.uuid", file, name)
		}
	}
}

// intColumn returns the numbers behind the times of a column.
func intColumn(s sources.Source, col string) ([]string, error) {
	var out []string
	err := sourcetest.EachBatch(s, []string{col}, memory.DefaultAllocator, func(_ sources.Split, b sources.Batch) {
		c := b.Column(0).(*array.Timestamp)
		for i := range c.Len() {
			if c.IsNull(i) {
				out = append(out, "null")
			} else {
				out = append(out, strconv.FormatInt(int64(c.Value(i)), 10))
			}
		}
	})
	return out, err
}
