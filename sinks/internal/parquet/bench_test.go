package parquet

import (
	"fmt"
	"io"
	"math/rand/v2"
	"syscall"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// mixed returns rows like those of a scoring job: an id, four doubles of which
// one has nulls, two integers and three strings of few values.
func mixed(rows, batch int, dictionaries bool) (*arrow.Schema, []arrow.Record) {
	text := arrow.DataType(arrow.BinaryTypes.String)
	if dictionaries {
		text = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	}
	null := func(name string, t arrow.DataType) arrow.Field {
		return arrow.Field{Name: name, Type: t, Nullable: true}
	}
	schema := arrow.NewSchema([]arrow.Field{
		null("id", arrow.BinaryTypes.String),
		null("d1", arrow.PrimitiveTypes.Float64), null("d2", arrow.PrimitiveTypes.Float64),
		null("d3", arrow.PrimitiveTypes.Float64), null("d4", arrow.PrimitiveTypes.Float64),
		null("i1", arrow.PrimitiveTypes.Int64), null("i2", arrow.PrimitiveTypes.Int32),
		null("s1", text), null("s2", text), null("s3", text),
	}, nil)
	r := rand.New(rand.NewPCG(1, 2))
	var recs []arrow.Record
	for row := 0; row < rows; row += batch {
		b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		for range min(batch, rows-row) {
			b.Field(0).(*array.StringBuilder).Append(fmt.Sprintf("%026x", r.Uint64()))
			for c := 1; c < 5; c++ {
				switch {
				case c == 4 && r.IntN(50) == 0:
					b.Field(c).AppendNull()
				case c == 3:
					b.Field(c).(*array.Float64Builder).Append(float64(r.IntN(20)))
				default:
					b.Field(c).(*array.Float64Builder).Append(r.NormFloat64())
				}
			}
			b.Field(5).(*array.Int64Builder).Append(r.Int64N(1 << 40))
			b.Field(6).(*array.Int32Builder).Append(r.Int32N(1000))
			for c, n := range []int{6, 50, 8} {
				v := fmt.Sprintf("value %d", r.IntN(n))
				if c == 2 && r.IntN(20) == 0 {
					b.Field(7 + c).AppendNull()
				} else if d, ok := b.Field(7 + c).(*array.BinaryDictionaryBuilder); ok {
					if err := d.AppendString(v); err != nil {
						panic(err)
					}
				} else {
					b.Field(7 + c).(*array.StringBuilder).Append(v)
				}
			}
		}
		recs = append(recs, b.NewRecord())
		b.Release()
	}
	return schema, recs
}

// cpuTime is what the process has used of all processors, in seconds: unlike
// the time on the wall, it is little disturbed by others on the machine.
func cpuTime(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

func benchmarkEncode(b *testing.B, codec string, schema *arrow.Schema, recs []arrow.Record) {
	s, err := NewSchema(schema)
	if err != nil {
		b.Fatal(err)
	}
	c, err := NewCodec(codec)
	if err != nil {
		b.Fatal(err)
	}
	e, g := NewEncoder(c), s.NewGroup()
	rows, size := 0, int64(0)
	for _, rec := range recs {
		rows += int(rec.NumRows())
	}
	b.ReportAllocs()
	start := cpuTime(b)
	for b.Loop() {
		f := NewFile(io.Discard, s, "bench", nil)
		for _, rec := range recs {
			if err := g.Append(rec, 0, int(rec.NumRows())); err != nil {
				b.Fatal(err)
			}
		}
		enc, err := e.Encode(g)
		if err != nil {
			b.Fatal(err)
		}
		if err := f.Append(enc); err != nil {
			b.Fatal(err)
		}
		size = f.written
	}
	b.ReportMetric(float64(rows)*float64(b.N)/(cpuTime(b)-start), "rows/cpu-s")
	b.ReportMetric(float64(size)/float64(rows), "bytes/row")
}

func BenchmarkEncodeMixed(b *testing.B) {
	const rows = 122_880
	for _, codec := range []string{"none", "snappy", "zstd", "lz4_raw", "gzip"} {
		b.Run("strings/"+codec, func(b *testing.B) {
			schema, recs := mixed(rows, 8192, false)
			benchmarkEncode(b, codec, schema, recs)
		})
	}
	b.Run("dictionaries/snappy", func(b *testing.B) {
		schema, recs := mixed(rows, 8192, true)
		benchmarkEncode(b, "snappy", schema, recs)
	})
}

func BenchmarkEncodeColumn(b *testing.B) {
	schema, recs := mixed(122_880, 8192, false)
	for i, f := range schema.Fields() {
		b.Run(f.Name, func(b *testing.B) {
			one := arrow.NewSchema([]arrow.Field{f}, nil)
			var parts []arrow.Record
			for _, rec := range recs {
				parts = append(parts, array.NewRecord(one, []arrow.Array{rec.Column(i)}, rec.NumRows()))
			}
			benchmarkEncode(b, "snappy", one, parts)
		})
	}
}

func BenchmarkEncodeVectors(b *testing.B) {
	for _, size := range []int{2, 100} {
		b.Run(fmt.Sprint("size=", size), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			lists := array.NewListBuilder(memory.DefaultAllocator, arrow.PrimitiveTypes.Float64)
			for range 8192 {
				lists.Append(true)
				for range size {
					lists.ValueBuilder().(*array.Float64Builder).Append(r.Float64())
				}
			}
			schema := arrow.NewSchema([]arrow.Field{{Name: "v", Type: lists.Type(), Nullable: true}}, nil)
			benchmarkEncode(b, "snappy", schema, []arrow.Record{array.NewRecord(schema, []arrow.Array{lists.NewArray()}, 8192)})
		})
	}
}
