package sourcetest

import (
	"bytes"
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/hamba/avro/v2/ocf"
)

// ArrowColumns reads the rows that PyArrow found in a Parquet file and wrote as
// an Arrow file beside it.
func ArrowColumns(tb testing.TB, name string) (*arrow.Schema, map[string][]string) {
	tb.Helper()
	f, err := os.Open(name)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	r, err := ipc.NewFileReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	defer r.Close()
	out := make(map[string][]string)
	for i := range r.NumRecords() {
		rec, err := r.Record(i)
		if err != nil {
			tb.Fatal(err)
		}
		for c, col := range rec.Columns() {
			out[rec.ColumnName(c)] = append(out[rec.ColumnName(c)], Text(col)...)
		}
	}
	return r.Schema(), out
}

var TextTypes = map[string]arrow.DataType{
	"id":    arrow.PrimitiveTypes.Int32,
	"price": arrow.PrimitiveTypes.Float64,
	"rate":  arrow.PrimitiveTypes.Float32,
	"ok":    arrow.FixedWidthTypes.Boolean,
	"tags":  arrow.ListOf(arrow.BinaryTypes.String),
	"by":    arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Float64),
}

// TextRows makes n rows as CSV and as JSON lines.
func TextRows(n int) (csv, json string) {
	var c, j strings.Builder
	c.WriteString("id,price,rate,ok,name,tags,by\n")
	for i := range n {
		name := fmt.Sprintf("name \"%d\",\nsecond line", i)
		quoted := `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		escaped := strings.NewReplacer(`"`, `\"`, "\n", `\n`).Replace(name)
		if i%7 == 3 {
			c.WriteString(",,,,,,\n")
			j.WriteString("{}\n")
			continue
		}
		fmt.Fprintf(&c, `%d,%g,%g,%t,%s,"[""a"",null]","{""k"":%d}"`+"\n", i, float64(i)/3, float32(i)/7, i%2 == 0, quoted, i)
		fmt.Fprintf(&j, `{"id":%d,"price":%g,"rate":%g,"ok":%t,"name":"%s","tags":["a",null],"by":{"k":%d}}`+"\n",
			i, float64(i)/3, float32(i)/7, i%2 == 0, escaped, i)
	}
	return c.String(), j.String()
}

// Numbers makes record batches of consecutive ints with these lengths.
func Numbers(tb testing.TB, file bool, lengths ...int) []byte {
	tb.Helper()
	schema := arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int64}}, nil)
	var buf bytes.Buffer
	var w interface {
		Write(arrow.Record) error
		Close() error
	} = ipc.NewWriter(&buf, ipc.WithSchema(schema))
	if file {
		var err error
		if w, err = ipc.NewFileWriter(&seekless{&buf}, ipc.WithSchema(schema)); err != nil {
			tb.Fatal(err)
		}
	}
	b := array.NewInt64Builder(memory.DefaultAllocator)
	next := int64(0)
	for _, n := range lengths {
		for range n {
			b.Append(next)
			next++
		}
		col := b.NewArray()
		if err := w.Write(array.NewRecord(schema, []arrow.Array{col}, int64(n))); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

// seekless knows where it is, which is all that the writer of files asks.
type seekless struct{ *bytes.Buffer }

func (s *seekless) Seek(int64, int) (int64, error) { return int64(s.Len()), nil }

const AvroSchema = `{"type":"record","name":"r","fields":[
	{"name":"ok","type":"boolean"}, {"name":"i","type":"int"}, {"name":"l","type":["null","long"]}, {"name":"f","type":"float"},
	{"name":"d","type":["double","null"]}, {"name":"s","type":"string"}, {"name":"by","type":"bytes"},
	{"name":"e","type":{"type":"enum","name":"e","symbols":["A","B"]}}, {"name":"ls","type":{"type":"array","items":["null","string"]}},
	{"name":"m","type":{"type":"map","values":"int"}}, {"name":"day","type":{"type":"int","logicalType":"date"}},
	{"name":"at","type":{"type":"long","logicalType":"timestamp-micros"}},
	{"name":"dec","type":{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}},
	{"name":"st","type":{"type":"record","name":"p","fields":[{"name":"x","type":"int"}]}}]}`

// AvroFile writes rows with hamba/avro, a few to a block.
func AvroFile(tb testing.TB, schema string, codec ocf.CodecName, rows ...map[string]any) []byte {
	tb.Helper()
	var buf bytes.Buffer
	enc, err := ocf.NewEncoder(schema, &buf, ocf.WithCodec(codec), ocf.WithBlockLength(3))
	if err != nil {
		tb.Fatal(err)
	}
	for _, r := range rows {
		if err := enc.Encode(r); err != nil {
			tb.Fatal(err)
		}
	}
	if err := enc.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

func AvroRows() []map[string]any {
	row := map[string]any{
		"ok": true, "i": -7, "l": int64(1) << 40, "f": float32(0.5), "d": 0.1, "s": "né", "by": []byte("hi"), "e": "B",
		"ls": []any{"x", nil}, "m": map[string]any{"k": 3}, "day": time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
		"at": time.Date(2024, 2, 29, 1, 2, 3, 4000, time.UTC), "dec": big.NewRat(-12345, 100), "st": map[string]any{"x": 5},
	}
	empty := map[string]any{
		"ok": false, "i": 0, "l": nil, "f": float32(0), "d": nil, "s": "", "by": []byte{}, "e": "A", "ls": []any{}, "m": map[string]any{},
		"day": time.Unix(0, 0).UTC(), "at": time.Unix(0, 0).UTC(), "dec": big.NewRat(0, 1), "st": map[string]any{"x": 0},
	}
	return []map[string]any{row, empty, row, empty, row, empty, row}
}
