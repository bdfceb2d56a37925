package bundle_test

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
)

// fuzzLimits are small, so that an input cannot make a target slow.
var fuzzLimits = bundle.WithDefaults(bundle.Limits{
	Bytes: 1 << 24, FileBytes: 1 << 22, Values: 1 << 18, TreeNodes: 1 << 14, Nodes: 200, Nesting: 20, Files: 1000,
})

// bounded runs f and checks that it allocates in proportion to its input.
func bounded(t *testing.T, input int, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	if used, limit := after.TotalAlloc-before.TotalAlloc, uint64(4<<20+500*input); used > limit {
		t.Errorf("%d bytes allocated for an input of %d, want at most %d", used, input, limit)
	}
}

// seed adds the files of that base name from all fixtures.
func seed(f *testing.F, base string) {
	f.Helper()
	n := 0
	for _, name := range caseBundles(f) {
		if !strings.HasSuffix(name, ".zip") {
			continue
		}
		for file, data := range unzip(f, name) {
			if path.Base(file) == base && len(data) < 5000 {
				f.Add(data)
				n++
			}
		}
	}
	if n == 0 {
		f.Fatalf("no %s among the fixtures", base)
	}
}

// parsed runs a parser within its memory bound; it returns false if the input
// is refused.
func parsed[T any](t *testing.T, data []byte, parse func([]byte, bundle.Limits) (T, error)) (out T, ok bool) {
	t.Helper()
	var err error
	bounded(t, len(data), func() { out, err = parse(data, fuzzLimits) })
	return out, err == nil
}

// again parses what was written and compares it with what it was written from.
func again[T any](t *testing.T, want T, written []byte, parse func([]byte, bundle.Limits) (T, error), opts cmp.Option) {
	t.Helper()
	got, err := parse(written, defaults)
	if err != nil {
		t.Fatalf("what was written does not parse: %v\n%q", err, written)
	}
	if diff := cmp.Diff(want, got, opts); diff != "" {
		t.Fatalf("parse, write, parse: %s\n%q", diff, written)
	}
}

var kinds = []string{
	`{"op":"a","attributes":{"b":{"boolean":true},"i":{"int":1},"l":{"long":-2},"f":{"float":1.5},"d":{"double":1e-3},"s":{"string":"\u00e9\ud83d\ude00"}}}`,
	`{"op":"a","attributes":{"bs":{"byte_string":"YQ=="},"bt":{"basic_type":"double"},"e":{},"n":{"double":null},"z":{"double":-1e-400}}}`,
	`{"op":"a","attributes":{"ds":{"data_shape":{"base":"tensor","isNullable":true,"tensorShape":{"dimensions":[{"size":3,"name":""}]}}}}}`,
	`{"op":"a","attributes":{"m":{"model":{"op":"b","attributes":{"k":{"type":"list","model":[{"op":"c"},{"op":"d","attributes":{}}]}}}}}}`,
	`{"op":"a","attributes":{"t":{"type":"tensor","string":["é","中"],"shape":{"dimensions":[{"size":-1,"name":"n"}]}}}}`,
	`{"op":"a","attributes":{"t":{"type":"tensor","byte":[1,-2],"shape":{"dimensions":[]}},"u":{"type":"list","tensor":[{"short":[3],"shape":{"dimensions":[]}}]}}}`,
	`{"op":"a","attributes":{"x":{"type":"list","boolean":[true],"int":[1],"long":[2],"float":[1e400],"double":[null],"string":["x"],"byte_string":[""],"basic_type":["int"]}}}`,
	`{"op":"a","op":"b","attributes":{"x":1,"x":{"int":"a","int":1.0}},"unknown":[[{"a":[null,true,false,-0.5E+1]}]]}`,
}

func FuzzModelJSON(f *testing.F) {
	seed(f, "model.json")
	for _, k := range kinds {
		f.Add([]byte(k))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, ok := parsed(t, data, bundle.ParseModelJSON)
		if !ok {
			return
		}
		if !json.Valid(data) {
			t.Fatalf("%q is not JSON", data)
		}
		again(t, m, bundletest.ModelJSON(m.Op, m.Attrs), bundle.ParseModelJSON, throughJSON)
		again(t, m, bundletest.ModelProto(m.Op, m.Attrs), bundle.ParseModelProto, exact)
		readAll(m.Attrs)
	})
}

func FuzzModelProto(f *testing.F) {
	seed(f, "model.pb")
	for _, k := range kinds {
		if m, err := bundle.ParseModelJSON([]byte(k), defaults); err == nil {
			f.Add(bundletest.ModelProto(m.Op, m.Attrs))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, ok := parsed(t, data, bundle.ParseModelProto); ok {
			again(t, m, bundletest.ModelProto(m.Op, m.Attrs), bundle.ParseModelProto, exact)
			readAll(m.Attrs)
		}
	})
}

// readAll reads every attribute in every way.
func readAll(a *bundle.Attrs) {
	for _, n := range a.Names() {
		_, _, _, _, _, _ = a.Bool(n), a.Int(n), a.Long(n), a.Float(n), a.Double(n), a.String(n)
		_, _, _, _, _, _ = a.Bools(n), a.Ints(n), a.Longs(n), a.Floats(n), a.Doubles(n), a.Strings(n)
		_, _, _, _, _, _ = a.Tensor(n), a.Tensors(n), a.Shape(n), a.Shapes(n), a.BasicType(n), a.BasicTypes(n)
		_, _, _ = a.Model(n), a.Models(n), a.ByteStrings(n)
	}
	_ = a.Err()
}

// FuzzTensor reads tensors of any shape and base, in bytes.
func FuzzTensor(f *testing.F) {
	f.Add(byte(bundle.Double), int32(1), int32(-1), []byte("\x3f\xe0\x00\x00\x00\x00\x00\x00"))
	f.Add(byte(100), int32(2), int32(1), []byte("\x00\x00\x00\x02ab\x00\x00\x00\x00"))
	f.Add(byte(1), int32(math.MaxInt32), int32(math.MaxInt32), []byte{1})
	f.Fuzz(func(t *testing.T, base byte, d0, d1 int32, value []byte) {
		tensor := join(varintField(1, uint64(base)), field(3, value),
			field(2, field(1, varintField(1, uint64(int64(d0)))), field(1, varintField(1, uint64(int64(d1))))))
		list := field(2, field(8, tensor))
		model := field(2, field(1, field(1, []byte("x")), field(2, list)))
		m, ok := parsed(t, model, bundle.ParseModelProto)
		if !ok {
			return
		}
		again(t, m, bundletest.ModelProto(m.Op, m.Attrs), bundle.ParseModelProto, exact)
		ts := m.Attrs.Tensors("x")
		if m.Attrs.Err() != nil {
			return
		}
		if n := ts[0].Dims[0] * ts[0].Dims[1]; n != ts[0].Len() {
			t.Errorf("sizes %v of %d values", ts[0].Dims, ts[0].Len())
		}
		if ts[0].Base != bundle.UnknownBase {
			again(t, m, bundletest.ModelJSON(m.Op, m.Attrs), bundle.ParseModelJSON, throughJSON)
		}
	})
}

func FuzzNodeJSON(f *testing.F) {
	seed(f, "node.json")
	f.Fuzz(func(t *testing.T, data []byte) {
		if n, ok := parsed(t, data, bundle.ParseNodeJSON); ok {
			again(t, n, bundletest.NodeJSON(n.Name, n.Inputs, n.Outputs), bundle.ParseNodeJSON, equateEmpty)
			again(t, n, bundletest.NodeProto(n.Name, n.Inputs, n.Outputs), bundle.ParseNodeProto, equateEmpty)
		}
	})
}

func FuzzNodeProto(f *testing.F) {
	seed(f, "node.pb")
	f.Fuzz(func(t *testing.T, data []byte) {
		if n, ok := parsed(t, data, bundle.ParseNodeProto); ok {
			again(t, n, bundletest.NodeProto(n.Name, n.Inputs, n.Outputs), bundle.ParseNodeProto, equateEmpty)
			again(t, n, bundletest.NodeJSON(n.Name, n.Inputs, n.Outputs), bundle.ParseNodeJSON, equateEmpty)
		}
	})
}

func FuzzBundleJSON(f *testing.F) {
	seed(f, "bundle.json")
	f.Add([]byte(`{"uid":"1-1-1-1-1","name":"","format":"protobuf","version":"","timestamp":"","meta":{"a":{"int":1}},"x":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if info, ok := parsed(t, data, bundle.ParseInfo); ok {
			if info.Name == "" || info.Version == "" || info.Timestamp == "" {
				return // the writer would fill these in
			}
			b := bundletest.Bundle{UID: info.UID, Name: info.Name, Format: info.Format, Version: info.Version, Timestamp: info.Timestamp}
			again(t, info, b.Files()["bundle.json"], bundle.ParseInfo, cmp.Options{})
		}
	})
}

func FuzzTreeJSON(f *testing.F) {
	seed(f, "tree.json")
	f.Add(bundletest.TreeJSON(sampleTree))
	f.Add([]byte(`{"type": "leaf", "values": [1.0, null]}` + "\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		nodes, ok := parsed(t, data, bundle.ParseTreeJSON)
		// The same with a space in each line, which takes the general way.
		general, err := bundle.ParseTreeJSON(bytes.ReplaceAll(data, []byte(`{`), []byte(`{ `)), fuzzLimits)
		if ok != (err == nil) || !cmp.Equal(nodes, general, exact) {
			t.Fatalf("the usual way: %v, %v; the general way: %v, %v", ok, nodes, general, err)
		}
		if ok {
			again(t, nodes, bundletest.TreeJSON(nodes), bundle.ParseTreeJSON, throughJSON)
			again(t, nodes, bundletest.TreeProto(nodes), bundle.ParseTreeProto, exact)
			checkTree(t, nodes)
		}
	})
}

// checkTree checks that every node but the root has one parent, before it.
func checkTree(t *testing.T, nodes []bundle.TreeNode) {
	t.Helper()
	parents := make([]int, len(nodes))
	for i, n := range nodes {
		if n.Leaf {
			if n.Left != 0 || n.Right != 0 {
				t.Fatalf("leaf %d has children %d and %d", i, n.Left, n.Right)
			}
			continue
		}
		if int(n.Left) != i+1 || n.Right <= n.Left || int(n.Right) >= len(nodes) {
			t.Fatalf("node %d has children %d and %d", i, n.Left, n.Right)
		}
		parents[n.Left]++
		parents[n.Right]++
	}
	for i, p := range parents {
		if (i == 0) != (p == 0) || p > 1 {
			t.Fatalf("node %d has %d parents", i, p)
		}
	}
}

func FuzzTreeProto(f *testing.F) {
	seed(f, "tree.pb")
	f.Add(bundletest.TreeProto(sampleTree))
	f.Fuzz(func(t *testing.T, data []byte) {
		if nodes, ok := parsed(t, data, bundle.ParseTreeProto); ok {
			again(t, nodes, bundletest.TreeProto(nodes), bundle.ParseTreeProto, exact)
			again(t, nodes, bundletest.TreeJSON(nodes), bundle.ParseTreeJSON, throughJSON)
			checkTree(t, nodes)
		}
	})
}

func FuzzClusterJSON(f *testing.F) {
	f.Add(bundletest.ClusterJSON(sampleClusters))
	f.Fuzz(func(t *testing.T, data []byte) {
		if nodes, ok := parsed(t, data, bundle.ParseClusterJSON); ok {
			again(t, nodes, bundletest.ClusterJSON(nodes), bundle.ParseClusterJSON, throughJSON)
			again(t, nodes, bundletest.ClusterProto(nodes), bundle.ParseClusterProto, cmp.Options{exact, equateEmpty})
		}
	})
}

func FuzzClusterProto(f *testing.F) {
	f.Add(bundletest.ClusterProto(sampleClusters))
	f.Fuzz(func(t *testing.T, data []byte) {
		if nodes, ok := parsed(t, data, bundle.ParseClusterProto); ok {
			again(t, nodes, bundletest.ClusterProto(nodes), bundle.ParseClusterProto, cmp.Options{exact, equateEmpty})
			again(t, nodes, bundletest.ClusterJSON(nodes), bundle.ParseClusterJSON, throughJSON)
		}
	})
}

func FuzzZip(f *testing.F) {
	for _, name := range caseBundles(f) {
		if strings.HasSuffix(name, ".zip") {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Add(pipelineBundle("").Zip())
	f.Fuzz(func(t *testing.T, data []byte) {
		// Unpacking may take fuzzLimits.Bytes, whatever the size of the input.
		bounded(t, len(data)+1<<20, func() {
			files, err := bundle.OpenZip(bytes.NewReader(data), int64(len(data)), fuzzLimits)
			if err != nil {
				return
			}
			b, err := bundle.LoadFiles(files, fuzzLimits)
			if err == nil && (b.Root == nil || len(b.SHA256) != 64) {
				t.Errorf("bundle without root or hash")
			}
		})
	})
}

func FuzzTar(f *testing.F) {
	for _, list := range [][]entry{
		{{"model.zip", string(small().Zip())}},
		{{"./a/bundle.json", "{}"}, {"/a/root/model.json", "{}"}, {"../b", ""}, {"a/MLmodel", "flavors:\n  mleap: {}\n"}},
	} {
		f.Add(tarEntries(f, list...))
		f.Add(gzipped(f, tarEntries(f, list...)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		// The buffers of gzip and of the reader are there for the smallest tar.
		bounded(t, len(data)+1<<20, func() {
			files, err := bundle.OpenTar(bytes.NewReader(data), int64(len(data)), fuzzLimits)
			if err != nil {
				return
			}
			defer files.Close()
			if b, err := bundle.LoadFiles(files, fuzzLimits); err == nil && (b.Root == nil || len(b.SHA256) != 64) {
				t.Errorf("bundle without root or hash")
			}
		})
	})
}
