// Package shapes makes tables and the bundles that score them, of the shapes
// that the demo and the benchmarks run on. Equal arguments give equal rows and
// equal bundles. It measures nothing, and its models mean nothing: only their
// size and form are those of real ones.
package shapes

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/engine/store"
	"leapscore/sinks"
)

// Shape is a table of any number of rows and the models that score it.
type Shape struct {
	Name   string
	Schema *arrow.Schema

	// Models makes the bundles. Their names begin with that of the shape and
	// end in what they are: lr for linear models, rf for forests.
	Models func() []bundletest.Bundle

	// fill appends row to the columns.
	fill func(row int, cols []array.Builder)
}

// Rows returns the rows from lo up to hi. The caller releases them.
func (s Shape) Rows(lo, hi int) arrow.Record {
	b := array.NewRecordBuilder(memory.DefaultAllocator, s.Schema)
	defer b.Release()
	b.Reserve(hi - lo)
	for row := lo; row < hi; row++ {
		s.fill(row, b.Fields())
	}
	return b.NewRecord()
}

// WriteModels writes the bundles into the folder dir as NAME.zip.
func (s Shape) WriteModels(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, b := range s.Models() {
		if err := os.WriteFile(filepath.Join(dir, b.Name+".zip"), b.Zip(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// WriteTable writes rows into the folder dir, as Parquet files of about equal
// length.
func (s Shape) WriteTable(ctx context.Context, dir string, rows, files int) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for f := range files {
		path := filepath.Join(dir, fmt.Sprintf("%s-%05d.parquet", s.Name, f))
		if err := s.writeFile(ctx, path, rows*f/files, rows*(f+1)/files); err != nil {
			return err
		}
	}
	return nil
}

// WriteDays writes rows into the folder dir, as one file for each of as many
// days: ds=2026-11-26 is the first.
func (s Shape) WriteDays(ctx context.Context, dir string, rows, days int) error {
	first := time.Date(2026, time.November, 26, 0, 0, 0, 0, time.UTC)
	for d := range days {
		day := filepath.Join(dir, "ds="+first.AddDate(0, 0, d).Format(time.DateOnly))
		if err := os.MkdirAll(day, 0o755); err != nil {
			return err
		}
		if err := s.writeFile(ctx, filepath.Join(day, s.Name+".parquet"), rows*d/days, rows*(d+1)/days); err != nil {
			return err
		}
	}
	return nil
}

func (s Shape) writeFile(ctx context.Context, path string, lo, hi int) (err error) {
	st, name, err := store.Open(ctx, path)
	if err != nil {
		return err
	}
	t, err := sinks.CreateFile(ctx, st, name, sinks.Options{Schema: s.Schema, RunID: "data", Mode: sinks.ModeOverwrite})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Abort(ctx)) }()
	part, err := t.Part(ctx, 0)
	if err != nil {
		return err
	}
	step := max(64, min(8192, 1<<20/s.Schema.NumFields()))
	for ; lo < hi; lo += step {
		rec := s.Rows(lo, min(lo+step, hi))
		err := part.Write(rec)
		rec.Release()
		if err != nil {
			part.Abort()
			return err
		}
	}
	if err := part.Commit(ctx); err != nil {
		return err
	}
	_, err = t.Commit(ctx, sinks.Run{ID: "data"})
	return err
}

// mix is splitmix64: a good hash of row and column.
func mix(row, col int) uint64 {
	z := uint64(row)*0x9E3779B97F4A7C15 + uint64(col)*0xD1B54A32D192ED03
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

func field(name string, t arrow.DataType) arrow.Field {
	return arrow.Field{Name: name, Type: t, Nullable: true}
}

func appendDouble(b array.Builder, x float64) { b.(*array.Float64Builder).Append(x) }
func appendLong(b array.Builder, x int64)     { b.(*array.Int64Builder).Append(x) }
func appendString(b array.Builder, x string)  { b.(*array.StringBuilder).Append(x) }

// attrs are the attributes of a model.
type attrs = map[string]bundle.Value

func stages(name string, nodes ...bundletest.Node) bundletest.Bundle {
	return bundletest.Bundle{Name: name, Root: bundletest.Pipeline(name, nodes...)}
}

func assembler(output string, inputs []string, shapes []bundle.DataShape) bundletest.Node {
	var pairs []string
	for i, in := range inputs {
		pairs = append(pairs, fmt.Sprintf("input%d", i), in)
	}
	return bundletest.Node{
		Name:   "assemble_" + output,
		Model:  bundletest.Model{Op: "vector_assembler", Attrs: attrs{"input_shapes": bundletest.Shapes(shapes...)}},
		Inputs: bundletest.Sockets(pairs...), Outputs: bundletest.Sockets("output", output),
	}
}

// scalars assembles scalar columns into the column features.
func scalars(names []string) bundletest.Node {
	shapes := make([]bundle.DataShape, len(names))
	for i := range shapes {
		shapes[i] = bundletest.ScalarShape
	}
	return assembler("features", names, shapes)
}

func scaler(input, output string, mean, std []float64) bundletest.Node {
	return bundletest.Node{
		Name:   "scale_" + input,
		Model:  bundletest.Model{Op: "standard_scaler", Attrs: attrs{"mean": bundletest.Vector(mean...), "std": bundletest.Vector(std...)}},
		Inputs: bundletest.Sockets("input", input), Outputs: bundletest.Sockets("output", output),
	}
}

func indexer(column string, labels []string) bundletest.Node {
	return bundletest.Node{
		Name: "index_" + column,
		Model: bundletest.Model{Op: "string_indexer", Attrs: attrs{
			"labels_length": bundletest.Int(1), "labels_array_0": bundletest.Strings(labels...),
			"handle_invalid": bundletest.String("keep"),
		}},
		Inputs: bundletest.Sockets("input0", column), Outputs: bundletest.Sockets("output0", column+"_index"),
	}
}

// linear is a linear regression over the column features.
func linear(output string, coefficients []float64, intercept float64) bundletest.Node {
	return bundletest.Node{
		Name: "linear_regression",
		Model: bundletest.Model{Op: "linear_regression", Attrs: attrs{
			"coefficients": bundletest.Vector(coefficients...), "intercept": bundletest.Double(intercept),
		}},
		Inputs: bundletest.Sockets("features", "features"), Outputs: bundletest.Sockets("prediction", output),
	}
}

// coefficients are n numbers between -2 and 2.
func coefficients(n int) []float64 {
	c := make([]float64, n)
	for i := range c {
		c[i] = float64(mix(i, 97)%4096)/1024 - 2
	}
	return c
}

// forest is an ensemble of trees over the column features. grow returns the
// tree of a number.
func forest(op string, member bundletest.Model, trees int, grow func(tree int) []bundle.TreeNode) bundletest.Node {
	n := bundletest.Node{
		Name: op, Model: bundletest.Model{Op: op, Subs: map[string]bundletest.Model{}},
		Inputs: bundletest.Sockets("features", "features"), Outputs: bundletest.Sockets("prediction", "prediction"),
	}
	var names []string
	var weights []float64
	for t := range trees {
		name := fmt.Sprintf("tree%d", t)
		names, weights = append(names, name), append(weights, 1)
		member.Tree = grow(t)
		n.Subs[name] = member
	}
	n.Attrs = attrs{"tree_weights": bundletest.Doubles(weights...), "trees": bundletest.Strings(names...)}
	for k, v := range member.Attrs {
		n.Attrs[k] = v
	}
	return n
}

// grower makes full trees that split on all features.
type grower struct {
	features  int
	threshold func(feature int, h uint64) float64
	leaf      func(h uint64) []float64
}

// tree returns a tree in pre-order; number tells trees apart.
func (g grower) tree(number, depth int) []bundle.TreeNode {
	return g.grow(make([]bundle.TreeNode, 0, 2<<depth), number, 1, depth)
}

// grow appends the subtree at heap position at.
func (g grower) grow(nodes []bundle.TreeNode, number, at, depth int) []bundle.TreeNode {
	h := mix(number*1_000_003+at, 99)
	if depth == 0 {
		return append(nodes, bundletest.Leaf(g.leaf(h)...))
	}
	f := int(h % uint64(g.features))
	nodes = append(nodes, bundletest.Split(int32(f), g.threshold(f, h)))
	nodes = g.grow(nodes, number, 2*at, depth-1)
	return g.grow(nodes, number, 2*at+1, depth-1)
}

// normal is about normally distributed.
func normal(h uint64) float64 {
	var sum float64
	for range 4 {
		sum += float64(h % 65536)
		h >>= 16
	}
	return (sum/65536 - 2) * math.Sqrt(3)
}
