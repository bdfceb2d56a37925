package bundle_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
)

func TestOldPortNamesReadAsTodays(t *testing.T) {
	for _, c := range []struct {
		op              string
		in, out         []bundle.Socket
		wantIn, wantOut []bundle.Socket
	}{
		{
			"string_indexer", bundletest.Sockets("input", "a"), bundletest.Sockets("output", "b"),
			bundletest.Sockets("input0", "a"), bundletest.Sockets("output0", "b"),
		},
		{
			"one_hot_encoder", bundletest.Sockets("input", "a", "input1", "c"), bundletest.Sockets("output", "x", "output", "b"),
			bundletest.Sockets("input0", "a"), bundletest.Sockets("output0", "b"),
		},
		{
			"string_indexer", bundletest.Sockets("input0", "a", "input1", "c"), bundletest.Sockets("output0", "b", "output1", "d"),
			bundletest.Sockets("input0", "a", "input1", "c"), bundletest.Sockets("output0", "b", "output1", "d"),
		},
		{
			"bucketizer", bundletest.Sockets("input", "a"), bundletest.Sockets("output", "b"),
			bundletest.Sockets("input", "a"), bundletest.Sockets("output", "b"),
		},
	} {
		b := bundletest.Bundle{Root: bundletest.Node{Inputs: c.in, Outputs: c.out, Model: bundletest.Model{Op: c.op}}}
		got, err := bundle.OpenFS(b.FS(), bundle.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([][]bundle.Socket{c.wantIn, c.wantOut}, [][]bundle.Socket{got.Root.Inputs, got.Root.Outputs}); diff != "" {
			t.Errorf("%s %v: %s", c.op, c.in, diff)
		}
	}
	b := bundletest.Bundle{Root: bundletest.Node{
		Inputs: bundletest.Sockets("input", "a"), Outputs: bundletest.Sockets("output0", "b"), Model: bundletest.Model{Op: "string_indexer"},
	}}
	_, err := bundle.OpenFS(b.FS(), bundle.Limits{})
	wantError(t, err, `root/node.json: string_indexer with port "input" but without port "output"`)
}
