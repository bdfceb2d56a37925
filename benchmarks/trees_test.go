package benchmarks

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/benchmarks/data/shapes"
	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/engine/pipeline"
	"leapscore/internal/testcpu"
	"leapscore/ops/column"
)

var treesFile = flag.String("trees", "", "JSON file with the trees, rows and expected sums for BenchmarkTrees; made by benchmarks/peers")

// treesInput is the input that benchmarks/peers gives to every engine. A node
// is [feature, threshold], a leaf [value]; they stand in pre-order.
type treesInput struct {
	Features int           `json:"features"`
	Trees    [][][]float64 `json:"trees"`
	Rows     [][]float64   `json:"rows"`
	Expected []float64     `json:"expected"`
}

// BenchmarkTrees measures tree ensembles on one goroutine, in ns for each row
// and tree: over a column of vectors, which is the kernel, and over the columns
// that the vectors are assembled of. Without -trees, the trees are full.
func BenchmarkTrees(b *testing.B) {
	const trees, depth, rows = 500, 6, 65_536
	in, count := treesInput{Features: 20}, trees
	s := shapes.Boosted(trees, depth)
	bun := s.Models()[0]
	rec := s.Rows(0, rows)
	if *treesFile != "" {
		in = readTrees(b, *treesFile)
		count = len(in.Trees)
		bun.Root.Nodes[1].Model = in.model()
		rec = in.record(s.Schema)
	}
	b.Run("columns", func(b *testing.B) { in.bench(b, load(b, bun), count, rec) })
	assembled := bun
	assembled.Root = bundletest.Pipeline("vectors", bun.Root.Nodes[1])
	b.Run("vectors", func(b *testing.B) { in.bench(b, load(b, assembled), count, asVectors(rec)) })
}

func readTrees(tb testing.TB, path string) (in treesInput) {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &in)
	}
	if err != nil {
		tb.Fatal(err)
	}
	if in.Features != 20 {
		tb.Fatalf("%s: %d features, want 20", path, in.Features)
	}
	return in
}

func (in *treesInput) model() bundletest.Model {
	m := bundletest.Model{Op: "gbt_regression", Subs: map[string]bundletest.Model{}}
	features := bundletest.Long(int64(in.Features))
	var names []string
	var weights []float64
	for t, tree := range in.Trees {
		var nodes []bundle.TreeNode
		for _, n := range tree {
			if len(n) == 1 {
				nodes = append(nodes, bundletest.Leaf(n[0]))
			} else {
				nodes = append(nodes, bundletest.Split(int32(n[0]), n[1]))
			}
		}
		name := fmt.Sprintf("tree%d", t)
		names, weights = append(names, name), append(weights, 1)
		m.Subs[name] = bundletest.Model{Op: "decision_tree_regression", Attrs: map[string]bundle.Value{"num_features": features}, Tree: nodes}
	}
	m.Attrs = map[string]bundle.Value{
		"num_features": features, "tree_weights": bundletest.Doubles(weights...), "trees": bundletest.Strings(names...),
	}
	return m
}

// record returns the rows as columns, after an id.
func (in *treesInput) record(schema *arrow.Schema) arrow.Record {
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i, row := range in.Rows {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		for f, x := range row {
			b.Field(1 + f).(*array.Float64Builder).Append(x)
		}
	}
	return b.NewRecord()
}

// asVectors returns the columns after the first as one column of dense vectors.
func asVectors(rec arrow.Record) arrow.Record {
	n, width := int(rec.NumRows()), int(rec.NumCols())-1
	out := column.NewVectorBuilder(memory.DefaultAllocator, n, width)
	row := make([]float64, width)
	for i := range n {
		for f := range row {
			row[f] = rec.Column(1 + f).(*array.Float64).Value(i)
		}
		out.AppendDense(row)
	}
	schema := arrow.NewSchema([]arrow.Field{{Name: "features", Type: column.VectorType, Nullable: true}}, nil)
	return array.NewRecord(schema, []arrow.Array{out.Array()}, int64(n))
}

func (in *treesInput) bench(b *testing.B, m *pipeline.Model, trees int, rec arrow.Record) {
	p, err := m.Bind(rec.Schema(), pipeline.Options{Outputs: m.FinalOutputs()})
	if err != nil {
		b.Fatal(err)
	}
	batches := cut(p, rec)
	cpu := testcpu.Time()
	for b.Loop() {
		done := 0
		for _, cols := range batches {
			res, err := p.Run(memory.DefaultAllocator, cols, cols[0].Len())
			if err != nil {
				b.Fatal(err)
			}
			if in.Expected != nil {
				in.check(b, done, res.Columns[0])
			}
			res.Release()
			done += cols[0].Len()
		}
	}
	per := func(d time.Duration) float64 {
		return float64(d.Nanoseconds()) / float64(b.N) / float64(rec.NumRows()) / float64(trees)
	}
	b.ReportMetric(per(b.Elapsed()), "ns/row/tree")
	b.ReportMetric(per(testcpu.Time()-cpu), "cpu-ns/row/tree")
}

// cut returns the columns that p reads in batches, the whole table 8192 rows at
// a time.
func cut(p *pipeline.Pipeline, rec arrow.Record) [][]arrow.Array {
	var batches [][]arrow.Array
	for lo := int64(0); lo < rec.NumRows(); lo += batchRows {
		part := rec.NewSlice(lo, min(lo+batchRows, rec.NumRows()))
		var cols []arrow.Array
		for _, name := range p.Columns {
			cols = append(cols, part.Column(part.Schema().FieldIndices(name)[0]))
		}
		batches = append(batches, cols)
	}
	return batches
}

// check compares sums that another engine computed, with other precision. It
// costs nothing beside 500 trees.
func (in *treesInput) check(b *testing.B, first int, got arrow.Array) {
	for i, x := range got.(*array.Float64).Float64Values() {
		if want := in.Expected[first+i]; !(math.Abs(x-want) < 1e-3) {
			b.Fatalf("row %d: %v, want %v", first+i, x, want)
		}
	}
}
