package mleap_test

import (
	"errors"
	"strings"
	"testing"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/engine/pipeline"
	"leapscore/models/mleap"
	"leapscore/ops/builtin"
)

// A one-hot encoder of more categories than anyone has is a bad model, and the
// error names the node and the limit; a hash may be of any width, as it costs
// nothing.
func TestVectorsThatAreTooWideAreABadModel(t *testing.T) {
	oneHot := func(n int32) bundletest.Node {
		return bundletest.Node{
			Name: "encode", Inputs: bundletest.Sockets("input0", "x"), Outputs: bundletest.Sockets("output0", "v"),
			Model: bundletest.Model{Op: "one_hot_encoder", Attrs: attrs{
				"category_sizes": bundletest.Ints(n), "handle_invalid": bundletest.String("error"), "drop_last": bundletest.Bool(false),
			}},
		}
	}
	hash := bundletest.Node{
		Name: "hash", Inputs: bundletest.Sockets("input", "x"), Outputs: bundletest.Sockets("output", "v"),
		Model: bundletest.Model{Op: "hashing_term_frequency", Attrs: attrs{"num_features": bundletest.Long(1<<31 - 1), "binary": bundletest.Bool(false)}},
	}
	for _, c := range []struct {
		node bundletest.Node
		ok   bool
	}{{oneHot(pipeline.MaxWidth), true}, {oneHot(pipeline.MaxWidth + 1), false}, {oneHot(100_000_000), false}, {oneHot(1<<31 - 1), false}, {hash, true}} {
		b, err := bundle.OpenFS(bundletest.Bundle{Root: bundletest.Pipeline("p", c.node)}.FS(), bundle.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = mleap.Load(b, builtin.Registry())
		if c.ok && err != nil {
			t.Errorf("%s: %v", c.node.Op, err)
		}
		bad := (*pipeline.LoadError)(nil)
		if !c.ok && (!errors.As(err, &bad) || !strings.Contains(err.Error(), "encode.node (one_hot_encoder)") || !strings.Contains(err.Error(), "at most 67108864")) {
			t.Errorf("%v: got %v, want a bad model", c.node.Attrs, err)
		}
	}
}
