package mleap_test

import (
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/engine/pipeline"
	"leapscore/models/mleap"
	"leapscore/ops/builtin"
)

type attrs = map[string]bundle.Value

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
	m, err := mleap.Load(b, builtin.Registry())
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

// A file says of a column without values that its type is null.
func TestBindTakesColumnsWithoutValuesForAnyInput(t *testing.T) {
	sum := bundletest.Node{
		Name: "sum", Inputs: bundletest.Sockets("input_a", "x", "input_b", "y"), Outputs: bundletest.Sockets("output", "sum"),
		Model: bundletest.Model{Op: "math_binary", Attrs: attrs{"operation": bundletest.String("add")}},
	}
	words := bundletest.Node{
		Name: "words", Inputs: bundletest.Sockets("input", "text"), Outputs: bundletest.Sockets("output", "words"),
		Model: bundletest.Model{Op: "tokenizer"},
	}
	b, err := bundle.OpenFS(bundletest.Bundle{Root: bundletest.Pipeline("p", sum, words)}.FS(), bundle.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := mleap.Load(b, builtin.Registry())
	if err != nil {
		t.Fatal(err)
	}
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "x", Type: arrow.Null, Nullable: true}, {Name: "y", Type: arrow.Null, Nullable: true}, {Name: "text", Type: arrow.Null, Nullable: true},
	}, nil)
	for _, out := range []string{"sum", "words"} {
		p, err := m.Bind(schema, pipeline.Options{Outputs: []string{out}})
		if err != nil {
			t.Fatal(err)
		}
		var cols []arrow.Array
		for range p.Columns {
			cols = append(cols, array.NewNull(2))
		}
		r, err := p.Run(memory.DefaultAllocator, cols, 2)
		if err != nil {
			t.Fatal(err)
		}
		if r.Rejects() != 2 {
			t.Errorf("%s: %d of 2 nulls refused", out, r.Rejects())
		}
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
	if _, err = mleap.Load(b, builtin.Registry()); err == nil || !strings.Contains(err.Error(), "no output port is connected") {
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
	_, err = mleap.Load(b, builtin.Registry())
	const want = `column "x" is connected to the ports "input_a" and "input_b"`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want an error with %q", err, want)
	}
}
