package pipeline_test

import (
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/engine/pipeline"
	"leapscore/ops/builtin"
)

func TestBindRefusesTensorsThatTheAssemblerCannotTake(t *testing.T) {
	hashes := bundletest.Node{
		Name: "hash", Inputs: bundletest.Sockets("input", "x"), Outputs: bundletest.Sockets("output", "h"),
		Model: bundletest.Model{Op: "min_hash_lsh", Attrs: attrs{
			"random_coefficients_a": bundletest.Longs(1, 2), "random_coefficients_b": bundletest.Longs(3, 4), "input_size": bundletest.Int(2),
		}},
	}
	assembler := bundletest.Node{
		Name: "assemble", Inputs: bundletest.Sockets("input0", "h"), Outputs: bundletest.Sockets("output", "v"),
		Model: bundletest.Model{Op: "vector_assembler", Attrs: attrs{"input_shapes": bundletest.Shapes(bundletest.VectorShape(2))}},
	}
	b, err := bundle.OpenFS(bundletest.Bundle{Root: bundletest.Pipeline("p", hashes, assembler)}.FS(), bundle.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := pipeline.Load(b, builtin.Registry())
	if err != nil {
		t.Fatal(err)
	}
	schema := arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.ListOf(arrow.PrimitiveTypes.Float64)}}, nil)
	_, err = m.Bind(schema, pipeline.Options{Outputs: []string{"v"}})
	if err == nil || !strings.Contains(err.Error(), "tensors of 2 dimensions") {
		t.Errorf("got %v, want an error about tensors of 2 dimensions", err)
	}
	if _, err := m.Bind(schema, pipeline.Options{Outputs: []string{"h"}}); err != nil {
		t.Errorf("without the assembler: %v", err)
	}
}

func TestLoadRefusesANodeWithoutOutputs(t *testing.T) {
	b, err := bundle.OpenFS(bundletest.Bundle{Root: bundletest.Node{
		Name: "exp", Inputs: bundletest.Sockets("input", "x"),
		Model: bundletest.Model{Op: "math_unary", Attrs: attrs{"operation": bundletest.String("exp")}},
	}}.FS(), bundle.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = pipeline.Load(b, builtin.Registry()); err == nil || !strings.Contains(err.Error(), "no output port is connected") {
		t.Errorf("got %v, want an error about outputs", err)
	}
}

func TestLoadRefusesAColumnOnTwoPorts(t *testing.T) {
	b, err := bundle.OpenFS(bundletest.Bundle{Root: bundletest.Node{
		Name: "sum", Inputs: bundletest.Sockets("input_a", "x", "input_b", "x"), Outputs: bundletest.Sockets("output", "y"),
		Model: bundletest.Model{Op: "math_binary", Attrs: attrs{"operation": bundletest.String("add")}},
	}}.FS(), bundle.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = pipeline.Load(b, builtin.Registry())
	const want = `column "x" is connected to the ports "input_a" and "input_b"`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want an error with %q", err, want)
	}
}
