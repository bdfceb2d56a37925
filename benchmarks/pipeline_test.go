package benchmarks

import (
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/benchmarks/data/shapes"
	"leapscore/engine/pipeline"
)

// BenchmarkPipeline measures the pipeline alone, on one goroutine: as it runs,
// and with every node a step of its own.
func BenchmarkPipeline(b *testing.B) {
	for _, s := range []shapes.Shape{shapes.Listings(20, 5), shapes.Columns(2000), shapes.Text(1_000_000), shapes.Classes(50, 20, 8), shapes.Labels(1_000_000)} {
		rows := batchRows
		if s.Schema.NumFields() > 1000 {
			rows = batchRows / 16
		}
		rec := s.Rows(0, rows)
		for _, bun := range s.Models() {
			m := load(b, bun)
			for _, plain := range []bool{false, true} {
				name := bun.Name + "/fused/batch=8192"
				if plain {
					name = bun.Name + "/plain/batch=8192"
				}
				if rows != batchRows {
					name = name[:len(name)-4] + "512"
				}
				b.Run(name, func(b *testing.B) { benchPipeline(b, m, rec, plain) })
			}
		}
		rec.Release()
	}
}

func benchPipeline(b *testing.B, m *pipeline.Model, rec arrow.Record, plain bool) {
	p, err := m.Bind(rec.Schema(), pipeline.Options{Outputs: m.FinalOutputs(), Plain: plain})
	if err != nil {
		b.Fatal(err)
	}
	mem := memory.NewGoAllocator()
	cols := make([]arrow.Array, len(p.Columns))
	for i, name := range p.Columns {
		cols[i] = asSourcesGive(mem, rec.Column(rec.Schema().FieldIndices(name)[0]))
	}
	rows := int(rec.NumRows())
	allocs := mallocs()
	for b.Loop() {
		res, err := p.Run(mem, cols, rows)
		if err != nil {
			b.Fatal(err)
		}
		if res.Rejects() > 0 {
			b.Fatalf("%d rows refused, want none", res.Rejects())
		}
		res.Release()
	}
	report(b, rows, mallocs()-allocs)
}

// asSourcesGive turns strings that repeat into a dictionary, which is what a
// reader of Parquet makes of them.
func asSourcesGive(mem memory.Allocator, a arrow.Array) arrow.Array {
	s, ok := a.(*array.String)
	if !ok {
		return a
	}
	dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	d := array.NewDictionaryBuilder(mem, dt).(*array.BinaryDictionaryBuilder)
	defer d.Release()
	for i := range s.Len() {
		if err := d.AppendString(s.Value(i)); err != nil {
			panic(err)
		}
	}
	if coded := d.NewDictionaryArray(); coded.Dictionary().Len() < s.Len()/4 {
		return coded
	}
	return a
}
