package pipeline_test

import (
	"strings"
	"testing"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/engine/pipeline"
	"leapscore/ops/builtin"
)

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
